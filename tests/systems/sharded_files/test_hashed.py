"""Shards that are placed by hashing: what a change of the nodes moves, and that moving them loses nothing."""

from collections import Counter

import pytest

from simulator.engine.action import Action
from simulator.engine.clock import MS
from tests.systems.sharded_files.running import FACTS, breaches, built, metrics, played

TWINS = ["forgets_before_it_has_arrived", "goes_on_behind_the_fence", "acknowledges_before_the_replicas"]
PLACEMENTS = ["modulo", "ring", "rendezvous", "range", "jump"]
EVERYTHING = ["crash", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "delay_link", "lose", "duplicate_link"]


def quiet(placement: str, nodes: int, replication: int = 1, **design) -> dict:
    """Many shards, and clients that hardly disturb."""
    return {"design": {"name": "hashed", "placement": {"name": placement}, "shards": 600, "replication": replication, "move_mb_s": 1000.0, **design},
            "racks": 1, "nodes_per_rack": nodes, "files": 1200, "size": {"law": "constant", "mb": 10.0}, "think_ms": 100.0}


def rough(seed: int, faulty: str = "none") -> dict:
    """A small cluster in which everything breaks; by the seed one of the placements, with one to three replicas."""
    replication = 1 + seed // len(PLACEMENTS) % 3
    return {
        "design": {"name": "hashed", "placement": {"name": PLACEMENTS[seed % len(PLACEMENTS)]}, "shards": 6, "replication": replication,
                   "move_mb_s": 20_000.0, "repeat_ms": 15.0, "alive_ms": 15.0, "dead_after_s": 0.12, "gives_up": replication > 1},
        "racks": 1, "nodes_per_rack": 4, "files": 6, "size": {"law": "constant", "mb": 100.0}, "append_mb": 10.0, "network_mb_s": 1e6,
        "clients": 2, "think_ms": 3.0, "stagger_ms": 2, "mix": {"create": 0, "write": 0.7, "append": 0.1, "read": 0.15, "delete": 0.05}, "faulty": faulty,
        "nemesis": {"rate_per_s": 20, "faults": EVERYTHING, "mean_duration_ms": 60},
        "network": {"loss": 0.02, "duplicate": 0.02, "reorder": 0.1, "reorder_ms": 10.0}}


CHANGES = [(60, "add_data_node", ""), (200, "retire", "data_node-1"), (320, "add_data_node", "")]


# What a change costs


@pytest.mark.parametrize(("placement", "nodes", "expected", "within"), [
    ("modulo", 3, 0.75, 0.03), ("modulo", 10, 0.9091, 0.02), ("ring", 3, 1 / 4, 0.06), ("ring", 10, 1 / 11, 0.03), ("rendezvous", 3, 1 / 4, 0.045),
    ("rendezvous", 10, 1 / 11, 0.03), ("jump", 10, 1 / 11, 0.03), ("range", 4, 1 / 8, 0.005)])
def test_a_join_copies_what_the_placement_says_and_nothing_between_nodes_that_stay(placement, nodes, expected, within):
    run = played(quiet(placement, nodes), 1, 30, [(1000, "add_data_node", "")])
    measured = metrics(run)
    assert measured["moved_share"] == measured["planned_share"] == pytest.approx(expected, abs=within)
    assert measured["least_share"] == pytest.approx(1 / (nodes + 1))
    if placement != "modulo":
        assert [node.moved for node in run.cluster.of("data_node")[:-1]] == [0] * nodes, "the new node alone gets any"
    held = Counter(shard for node in run.cluster.of("data_node") for shard in node.blocks)
    assert held == dict.fromkeys(range(600), 1), "and the old owners forget what they gave away"
    assert not breaches(run) and run.cluster.telling.outcomes["info"] == 0


@pytest.mark.parametrize("placement", ["ring", "rendezvous"])
def test_a_leave_copies_what_the_node_held(placement):
    held = built(quiet(placement, 5, replication=2, shards=200), 1, 30).cluster.disk("data_node-2")
    share = sum(name.startswith("_s") for name in held) / 400
    run = played(quiet(placement, 5, replication=2, shards=200), 1, 30, [(1000, "retire", "data_node-2"), (29_000, "remove", "data_node-2")])
    assert metrics(run)["moved_share"] == pytest.approx(share) == pytest.approx(0.2, abs=0.05)
    assert run.cluster.nodes["data_node-2"].replicas == 0 and not breaches(run)


def test_a_node_that_is_gone_for_good_is_given_up_and_the_others_copy_what_it_held():
    run = played(quiet("ring", 5, replication=2, shards=100, dead_after_s=5), 1, 40, [(1000, "remove", "data_node-3")])
    counts = Counter(shard for node in run.cluster.of("data_node") if node.state == "up" for shard in node.blocks)
    assert counts == dict.fromkeys(range(100), 2)
    administrator = run.cluster.of("administrator")[0]
    assert "data_node-3" not in administrator.membership.layouts[-1].nodes and len(administrator.membership.layouts) == 1
    assert not breaches(run)


def test_reads_and_writes_go_on_during_a_move():
    """Moves of 20 s; nobody waits longer than a second, and shards that are on their way are shown."""
    config = quiet("modulo", 4, replication=2, shards=100) | {"think_ms": 50.0}
    config["design"]["move_mb_s"] = 200.0
    run = built(config, 1, 60)
    run.advance(1000 * MS)
    run.apply(Action(run.now_ns, "add_data_node"))
    run.advance(6000 * MS)
    arriving = {shard for node in run.cluster.of("data_node") for shard in node.arriving}
    assert len(arriving) > 30 and run.cluster.of("data_node")[-1].role == "data_node"
    run.advance(60_000 * MS)
    assert "a_write_during_a_move" in run.cluster.telling.reached and not breaches(run)
    assert max(run.cluster.telling.latencies_ns) < 1000 * MS and run.cluster.telling.outcomes["info"] == 0
    assert all(node.arriving == () for node in run.cluster.of("data_node"))
    assert metrics(run)["redirected"] > 0


def test_copies_are_throttled():
    """Half of 4 GB leaves one node at 100 MB/s: 20 s."""
    config = quiet("range", 1, shards=40) | {"files": 400, "think_ms": None}
    config["design"]["move_mb_s"] = 100.0
    run = built(config, 1, 60)
    run.advance(1000 * MS)
    run.apply(Action(run.now_ns, "add_data_node"))
    new, times = run.cluster.of("data_node")[-1], {}
    for second in range(2, 40):
        run.advance(second * 1000 * MS)
        times[second] = new.moved_mb
    assert metrics(run)["moved"] == 20 and times[39] == pytest.approx(2000, rel=0.3)
    rates = [times[second + 1] - times[second] for second in range(3, 15)]
    assert sum(rates) / len(rates) == pytest.approx(100, rel=0.25)


# What is promised


def test_nothing_acknowledged_is_lost_whatever_breaks():
    reached = Counter()
    for seed in range(100):
        run = played(rough(seed), seed, 0.5, CHANGES)
        assert not breaches(run), (seed, run.cluster.telling.breaches)
        reached.update(list(run.cluster.telling.reached))
    assert set(reached) == {"a_shard_moved", "a_change_is_over", "a_write_during_a_move"} and min(reached.values()) > 75


@pytest.mark.parametrize("twin", TWINS)
def test_every_missing_rule_is_seen_within_30_seeds(twin):
    assert twin in FACTS.twins
    assert any(breaches(played(rough(seed, twin), seed, 0.5, CHANGES)) for seed in range(30))


@pytest.mark.parametrize(("twin", "promise"), [
    ("forgets_before_it_has_arrived", "who_is_in_charge_has_everything"), ("goes_on_behind_the_fence", "who_is_in_charge_has_everything"),
    ("acknowledges_before_the_replicas", "who_is_in_charge_has_everything")])
def test_the_loss_itself_is_seen_and_not_only_the_missing_rule(twin, promise):
    assert any(promise in breaches(played(rough(seed, twin), seed, 0.5, CHANGES)) for seed in range(30))
