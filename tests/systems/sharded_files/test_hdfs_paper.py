"""HDFS, sentence by sentence: what the paper and the documentation say happens, happens."""

from collections import Counter

import pytest

from simulator.engine.clock import MS, S
from simulator.engine.simulation import plan
from simulator.systems.sharded_files.files import home, rack_of
from simulator.systems.sharded_files.hdfs import repairing
from tests.systems.sharded_files.short_runs import FACTS, Action, metrics, options, run

STILL = {"racks": 3, "nodes_per_rack": 3, "files": 0, "size": {"law": "constant", "mb": 200}, "clients": 2, "think_ms": None, "stagger_ms": 0,
         "network": {"delay": {"law": "constant", "delay_ms": 1}}}


def play(config: dict, until_s: float, actions=(), seed: int = 1):
    """(the run at its end, its tables). Actions as (s, kind, target, params)."""
    made = FACTS.build(FACTS.config.model_validate({**STILL, **config}, strict=False), seed, plan(round(until_s * S)), {}, {})
    for at_s, kind, target, params in actions:
        made.advance(round(at_s * S))
        made.apply(Action(made.now_ns, kind, target, params))
    made.advance(round(until_s * S))
    assert made.cluster.telling.breaches == {}
    return made, made.tables()


def operations(made) -> list[tuple]:
    """(f, outcome, result, ms) of each."""
    return [(one.f, one.outcome, one.result, (one.completed_ns - one.invoked_ns) / MS) for one in made.cluster.operations]


def name(made):
    """The name node."""
    return made.cluster.nodes["name_node-0"]


def holders(made, block: int) -> list[str]:
    """Data nodes that have the block whole and sound, crashed ones included."""
    return [node.id for node in made.cluster.of("data_node")
            if block in node.shelf and node.shelf[block].whole and block not in node.damaged and node.state != "removed"]


def values(tables, node: str, field: str) -> list[tuple]:
    """(s, value) of each change of a field."""
    return [(row["at_ns"] / S, row["value"]) for row in tables["changes"] if (row["node"], row["field"]) == (node, field)]


def test_a_file_is_split_into_blocks_and_read_back_whole():
    made, _tables = play({}, 30, [(1, "create", "client-0", {"file": "a", "mb": 300.0}), (15, "read", "client-1", {"file": "a"})])
    assert [block.mb for block in name(made).space.blocks.values()] == [128, 128, 44]
    assert [one[:3] for one in operations(made)] == [("create", "ok", 300.0), ("read", "ok", 300.0)]


def test_data_never_passes_through_the_name_node():
    made, tables = play({}, 30, [(1, "create", "client-0", {"file": "a", "mb": 300.0}), (15, "read", "client-1", {"file": "a"})])
    kinds, ids = [message.__name__ for message in FACTS.messages], list(made.cluster.nodes)
    carried = [(kinds[kind], ids[src], ids[dst]) for kind, src, dst in zip(*(tables["messages"][name] for name in ("kind", "src", "dst")), strict=True)]
    data = [one for one in carried if one[0] in ("Packet", "BlockData", "CopyBlock")]
    assert len(data) > 10 and all("name_node-0" not in one for one in data)


def test_a_write_takes_as_long_as_its_pipeline_not_as_all_replicas_one_after_the_other():
    """128 MB at 100 MB/s: 1.28 s, not three times that."""
    made, _tables = play({}, 30, [(1, "create", "client-0", {"file": "a", "mb": 128.0})])
    assert operations(made)[0][3] == pytest.approx(1280, abs=40)


def test_the_second_and_third_replica_are_on_one_other_rack():
    made, _tables = play({"files": 200, "size": {"law": "constant", "mb": 1}}, 1)
    for block in name(made).space.blocks.values():
        first, second, third = (rack_of(nth, made.config) for nth in block.places)
        assert first != second == third


def test_the_first_replica_is_on_the_writers_node():
    made, _tables = play({}, 30, [(1, "create", "client-1", {"file": "a", "mb": 300.0})])
    for block in name(made).space.blocks.values():
        assert block.places[0] == home(1, made.config) or home(1, made.config) in block.places
        assert len({rack_of(nth, made.config) for nth in block.places}) == 2


def test_a_pipeline_goes_on_without_the_node_that_failed_and_its_replica_is_stale():
    """Half of the block is written when a node of its pipeline crashes; it comes back with what it had, and that is deleted."""
    actions = [(1, "create", "client-0", {"file": "a", "mb": 128.0})]
    victim = name(play({}, 1.2, actions)[0]).space.blocks[0].pipeline[1]
    made, _tables = play({"client_timeout_ms": 3000}, 120, [*actions, (2.0, "crash", victim, {}), (30, "restart", victim, {})])
    assert operations(made)[0][:3] == ("create", "ok", 128.0)
    assert metrics(made)["recoveries"] == 1
    block = name(made).space.blocks[0]
    assert block.gen > 1001 and len(block.places) == 3
    assert {node.shelf[0].gen for node in made.cluster.of("data_node") if 0 in node.shelf} == {block.gen}


def test_a_read_turns_to_the_next_replica_when_the_nearest_does_not_answer():
    made, _tables = play({"client_timeout_ms": 2000}, 30, [
        (1, "create", "client-0", {"file": "a", "mb": 100.0}), (10, "crash", "data_node-0", {}), (11, "read", "client-0", {"file": "a"})])
    assert operations(made)[1][:3] == ("read", "ok", 100.0)
    assert operations(made)[1][3] == pytest.approx(2000 + 1000, abs=20)
    assert metrics(made)["turns"] == 1


def test_a_checksum_error_is_reported_and_the_block_repaired():
    made, tables = play({}, 40, [
        (1, "create", "client-0", {"file": "a", "mb": 100.0}), (10, "corrupt", "data_node-0", {"block": "0"}), (11, "read", "client-0", {"file": "a"})])
    assert operations(made)[1][:3] == ("read", "ok", 100.0)
    assert [value for _at, value in values(tables, "name_node-0", "under_replicated")] == [1, 0]
    assert len(holders(made, 0)) == 3 and made.cluster.nodes["data_node-0"].damaged == {}


def test_no_copy_is_made_of_a_damaged_replica():
    """Nobody has read it: the node that is sent the copy finds out."""
    actions = [(1, "create", "client-0", {"file": "a", "mb": 100.0}), (10, "corrupt", "data_node-0", {"block": "0"}), (20, "lose_rack", "", {"rack": 1})]
    made, _tables = play({}, 900, actions)
    assert [node.id for node in made.cluster.of("data_node") if 0 in node.shelf and node.state == "up"] == ["data_node-0"]
    assert (name(made).lost, name(made).under_replicated) == (1, 0)
    made, _tables = play({}, 1000, [*actions, (900, "restore_rack", "", {"rack": 1})])
    assert len(holders(made, 0)) == 3 and name(made).lost == 0 and all(not node.damaged for node in made.cluster.of("data_node"))


def lost_rack(config: dict, until_s: float = 1500, **more):
    """A run in which rack 1 is lost at 10 s."""
    return play({"files": 60, "size": {"law": "constant", "mb": 128}, **config}, until_s, [(10, "lose_rack", "", {"rack": 1}), *more.get("actions", ())])


def test_a_lost_rack_is_brought_back_by_the_others_and_trimmed_when_it_returns():
    made, tables = lost_rack({}, actions=[(1000, "restore_rack", "", {"rack": 1})])
    counts = Counter(len(holders(made, block)) for block in name(made).space.blocks)
    assert counts == {3: 60} and metrics(made)["trimmed"] > 0
    healthy = values(tables, "name_node-0", "under_replicated")
    assert 636 < healthy[0][0] < 644 and healthy[-1][1] == 0
    assert all(len({rack_of(nth, made.config) for nth in block.places}) >= 2 for block in name(made).space.blocks.values())


def test_blocks_with_one_replica_left_come_first():
    """Two of three racks are lost: those of which one replica is left are brought back before those with two."""
    made, _tables = play({"files": 60, "size": {"law": "constant", "mb": 128}, "nodes_per_rack": 4}, 641, [(10, "lose_rack", "", {"rack": 1})])
    queues = name(made).map.queues
    lefts = [len(name(made).map.live(name(made).space.blocks[block])) for block in made.cluster.nodes["name_node-0"].map.pending]
    assert len(queues[2]) > 0 and lefts and (min(lefts) == 1 or len(queues[0]) == 0)


def test_repairs_are_throttled():
    """No node sends more than four copies at a time, and no look at the repairs begins more than twice the live nodes."""
    made, tables = lost_rack({"files": 400, "capacity_gb": 100}, 660)
    assert max(value for _at, value in values(tables, "name_node-0", "replicating")) <= 2 * 2 * 6
    assert max(value for id in made.cluster.roster["data_node"] for _at, value in values(tables, id, "streams")) <= 2


def test_after_a_crash_the_name_node_is_in_safe_mode_until_blocks_are_reported():
    made, tables = play({"files": 60, "size": {"law": "constant", "mb": 128}}, 100, [
        (1, "create", "client-0", {"file": "a", "mb": 300.0}), (20, "crash", "name_node-0", {}), (25, "restart", "name_node-0", {}),
        (26, "write", "client-0", {"file": "a", "mb": 10.0}), (90, "read", "client-0", {"file": "a"})])
    safe = values(tables, "name_node-0", "safe_mode")
    assert [value for _at, value in safe] == [True, False]
    assert 25 + 30 < safe[1][0] < 25 + 30 + 4, "all heartbeats, and the extension of 30 s"
    assert [one[:3] for one in operations(made)] == [("create", "ok", 300.0), ("write", "fail", "safe mode"), ("read", "ok", 300.0)]


def test_an_operator_can_end_safe_mode():
    _made, tables = play({"files": 5}, 40, [(20, "crash", "name_node-0", {}), (25, "restart", "name_node-0", {}), (30, "leave_safe_mode", "name_node-0", {})])
    assert values(tables, "name_node-0", "safe_mode")[-1] == (30, False)


def test_what_was_not_on_the_disk_was_not_acknowledged():
    """The name node crashes while the log is being written: the client asks again, and is told once."""
    made, _tables = play({"disk": {"fsync_ms": 500}, "client_timeout_ms": 3000, "design": {"name": "hdfs", "safe_extension_s": 0}}, 60, [
        (1, "create", "client-0", {"file": "a", "mb": 10.0}), (1.2, "crash", "name_node-0", {}), (1.4, "restart", "name_node-0", {}),
        (30, "read", "client-1", {"file": "a"})])
    assert [one.outcome for one in made.cluster.operations][1:] in (["ok"], ["fail"])
    assert metrics(made)["lost"] == 0


def test_a_node_that_leaves_in_good_order_takes_nothing_with_it():
    made, tables = play({"files": 60, "size": {"law": "constant", "mb": 128}}, 300, [(10, "decommission", "data_node-4", {}), (250, "remove", "data_node-4", {})])
    admin = [value.get("data_node-4") for _at, value in values(tables, "name_node-0", "liveness")]
    assert admin[:2] == ["decommissioning", "decommissioned"]
    assert all(len(holders(made, block)) == 3 for block in name(made).space.blocks)


def test_a_node_that_is_to_stay_after_all_keeps_what_it_has():
    made, _tables = play({"files": 60, "size": {"law": "constant", "mb": 128}}, 300, [(10, "decommission", "data_node-4", {}), (100, "recommission", "data_node-4", {})])
    assert name(made).liveness == {} and Counter(len(holders(made, block)) for block in name(made).space.blocks) == {3: 60}


def test_the_balancer_brings_all_nodes_near_the_mean_and_keeps_the_rack_rule():
    made, tables = play({"files": 100, "size": {"law": "constant", "mb": 128}, "capacity_gb": 10}, 400, [
        (5, "add_data_node", "", {}), (6, "add_data_node", "", {}), (20, "balance", "", {})])
    shares = [node.used_mb / node.capacity_mb for node in made.cluster.of("data_node")]
    mean = sum(shares) / len(shares)
    assert all(abs(share - mean) <= 0.1 + 0.0129 for share in shares)
    assert values(tables, "name_node-0", "balancing")[-1][1] is False
    assert all(len(block.places) == 3 and len({rack_of(nth, made.config) for nth in block.places}) >= 2 for block in name(made).space.blocks.values())


def test_the_standby_takes_over_with_all_that_was_acknowledged_and_the_old_one_is_fenced():
    """The active one is cut off from the other name node and from two of three journal nodes."""
    cuts = [(10, "cut", f"{a}->{b}", {}) for other in ("name_node-1", "journal_node-0", "journal_node-1") for a, b in (("name_node-0", other), (other, "name_node-0"))]
    made, tables = play({"files": 10, "client_timeout_ms": 5000, "design": {"name": "hdfs", "standby": True}}, 120, [
        (1, "create", "client-0", {"file": "a", "mb": 100.0}), *cuts, (30, "create", "client-1", {"file": "b", "mb": 100.0}),
        (80, "read", "client-0", {"file": "b"}), (100, "heal", "", {})])
    assert [one[:2] for one in operations(made)] == [("create", "ok"), ("create", "ok"), ("read", "ok")]
    assert [made.cluster.nodes[id].active for id in ("name_node-0", "name_node-1")] == [False, True]
    assert values(tables, "name_node-1", "active")[0][1] is True and 17 < values(tables, "name_node-1", "active")[0][0] < 23


def test_without_the_fence_two_name_nodes_write_the_log():
    cuts = [(10, "cut", f"{a}->{b}", {}) for a, b in (("name_node-0", "name_node-1"), ("name_node-1", "name_node-0"))]
    actions = [(1, "create", "client-0", {"file": "a", "mb": 10.0}), *cuts, (30, "create", "client-1", {"file": "b", "mb": 10.0}),
               (40, "failover", "name_node-1", {})]
    config = {**STILL, "files": 10, "client_timeout_ms": 5000, "design": {"name": "hdfs", "standby": True}, "faulty": "missing_fence"}
    made = FACTS.build(FACTS.config.model_validate(config, strict=False), 1, plan(60 * S), {}, {})
    for at_s, kind, target, params in actions:
        made.advance(round(at_s * S))
        made.apply(Action(made.now_ns, kind, target, params))
    made.advance(60 * S)
    assert [made.cluster.nodes[id].active for id in ("name_node-0", "name_node-1")] == [True, True]


def test_where_nobody_has_room_no_place_is_looked_for_block_by_block(monkeypatch):
    asked, choose = Counter(), repairing.chooser(options())
    for gb in (0.04, 100.0):  # twenty blocks of 2 MB a node, of thirty that there would be, or as many as one likes
        monkeypatch.setattr(repairing, "chooser", lambda _options, gb=gb: lambda *given: asked.update([gb]) or choose(*given))
        config = options(nemesis={"rate_per_s": 0}, capacity_gb=gb, files=40, size={"law": "constant", "mb": 2}, think_ms=None)
        made = run(config, 1, 400, [(20, "crash", "data_node-0", {})])
        assert made.cluster.nodes["name_node-0"].under_replicated > 0 or gb == 100.0
    assert list(asked) == [100.0]
