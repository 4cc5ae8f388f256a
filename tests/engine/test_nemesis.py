"""The nemesis breaks at the rate that was asked for, mends what it broke, and can be written down as Actions."""

import pytest

from simulator.engine.action import Action
from simulator.engine.clock import S
from simulator.engine.nemesis import PALETTE
from simulator.engine.simulation import Plan
from tests.tools.toys import start

LONG = Plan(100 * S, 100 * S, 100 * S)
MENDS = {"restart", "restart_wiped", "resume", "mend", "heal"}


def broken(seed=1, cut=LONG, peers=5, chats=0, **options):
    """(the run at its end, Actions of the nemesis)."""
    nemesis = {"rate_per_s": 2.0, "mean_duration_ms": 400.0, "until_share": 0.8, "spare": "nobody"} | options
    run = start(seed, cut, peers=peers, chats=chats, nemesis=nemesis)
    run.advance(cut.duration_ns)
    rows = run.tables()["actions"]
    assert not [row for row in rows if row.get("refused")]
    return run, rows


def scheduled(rows, seed, cut=LONG, **config):
    """The same Actions without a nemesis."""
    run = start(seed, cut, **config)
    for row in rows:
        run.advance(row["at_ns"])
        run.apply(Action(row["at_ns"], row["kind"], row["target"], row["params"]))
    run.advance(cut.duration_ns)
    return run


@pytest.mark.parametrize("kind", list(PALETTE))
def test_each_fault_is_done_and_mended_before_the_given_share_of_the_run(kind):
    fault = PALETTE[kind]
    run, rows = broken(faults=[kind], chats=2)
    done = [row for row in rows if row["kind"] == fault.does]
    assert len(done) > 10
    assert all(row["by"] == "nemesis" and row["at_ns"] <= 80 * S or kind == "crash_at" for row in rows)
    if fault.undo != fault.does and kind != "crash_at":
        assert {row["kind"] for row in rows} <= {fault.does, fault.undo, "heal"}
    keyframe = run.keyframe()
    assert (keyframe["cut"], keyframe["links"]) == ([], [])
    fresh = start(1, LONG, peers=5).keyframe()
    for now, before in zip(keyframe["nodes"], fresh["nodes"], strict=True):
        assert (now["state"], now["slow_ms"], now["fsync_ms"]) == ("up", before["slow_ms"], before["fsync_ms"])
        assert now["drift_ppm"] == before["drift_ppm"]


def test_no_rate_and_no_faults_mean_no_nemesis():
    assert broken(rate_per_s=0.0)[1] == []
    assert broken(faults=[])[1] == []
    assert broken(until_share=0.0)[1] == []


def test_faults_come_as_often_as_was_asked_for():
    _run, rows = broken(rate_per_s=5.0, mean_duration_ms=1.0, until_share=1.0, faults=["skew"])
    count = sum(row["kind"] == "skew" for row in rows) / 2  # each jumps back
    assert 500 - 3 * 500 ** 0.5 < count < 500 + 3 * 500 ** 0.5


def test_the_same_seed_breaks_the_same_things_and_another_does_not():
    first, again, other = (broken(seed, faults=list(PALETTE))[1] for seed in (1, 1, 2))
    assert first == again
    assert first != other


@pytest.mark.parametrize("seed", range(4))
def test_its_actions_scheduled_give_the_same_run_without_it(seed):
    cut = Plan(10 * S, 10 * S, 10 * S)
    one, rows = broken(seed, cut, chats=10, faults=list(PALETTE), rate_per_s=4.0)
    other = scheduled(rows, seed, cut, peers=5, chats=10)
    kept = [{name: value for name, value in row.items() if name != "by"} for row in rows]
    tables = other.tables()
    assert tables["actions"] == kept
    a, b = one.summary(), other.summary()
    for name in ("events", "messages", "operations", "reached", "breaches"):
        assert a[name] == b[name], name
    assert one.cluster.rows == other.cluster.rows


@pytest.mark.parametrize("kinds", [["crash"], ["crash", "pause", "isolate"], ["partition", "crash"], ["partition"]])
@pytest.mark.parametrize("peers", [3, 4, 5])
def test_it_leaves_a_majority_alone_where_that_is_wanted(kinds, peers):
    """Up, not paused, and in one piece: at every moment more than half of the peers can talk to each other."""
    _run, rows = broken(peers=peers, faults=kinds, spare="majority", rate_per_s=20.0, until_share=0.3)
    run = start(1, LONG, peers=peers)
    fewest = peers
    for row in rows:
        run.advance(row["at_ns"])
        run.apply(Action(row["at_ns"], row["kind"], row["target"], row["params"]))
        healthy = [node.id for node in run.cluster.ordered if node.state == "up"]
        linked = max((sum(a == b or not {(a, b), (b, a)} & run.cluster.cut for b in healthy) for a in healthy), default=0)
        fewest = min(fewest, linked)
        assert 2 * linked > peers
    assert fewest < peers, "and it breaks something"


def test_it_spares_nobody_where_that_is_wanted():
    run = start(1, LONG, peers=3, nemesis={"rate_per_s": 20.0, "mean_duration_ms": 2000.0, "spare": "nobody", "faults": ["crash"]})
    fewest = 3
    for moment in range(1, 50):
        run.advance(moment * S)
        fewest = min(fewest, sum(node.state == "up" for node in run.cluster.ordered))
    assert fewest == 0


def test_it_mends_only_what_it_broke():
    run = start(1, LONG, peers=4, nemesis={"rate_per_s": 5.0, "mean_duration_ms": 100.0, "faults": ["partition", "cut", "isolate"]})
    run.advance(1)
    run.apply(Action(1, "cut", "peer-0->peer-1"))
    run.apply(Action(1, "delay_link", "peer-2->peer-3", {"ms": 5.0}))
    run.advance(LONG.duration_ns)
    keyframe = run.keyframe()
    assert keyframe["cut"] == [["peer-0", "peer-1"]]
    assert "heal" not in {row["kind"] for row in run.tables()["actions"]}


def test_a_node_that_somebody_else_restarted_or_removed_is_left_alone():
    run = start(1, LONG, peers=4, nemesis={"rate_per_s": 5.0, "mean_duration_ms": 1000.0, "faults": ["crash", "pause", "slow"]})
    for moment in range(1, 60):
        run.advance(moment * S)
        down = [node.id for node in run.cluster.ordered if node.state == "down"]
        if down:
            run.apply(Action(run.now_ns, "restart", down[0]))
    run.apply(Action(run.now_ns, "remove", "peer-3"))
    run.advance(LONG.duration_ns)
    assert not [row for row in run.tables()["actions"] if row.get("refused")]


@pytest.mark.parametrize("seed", range(5))
def test_a_node_that_crashes_at_a_point_is_restarted_however_late_it_comes_there(seed):
    """Also where it was down or paused when the crash at the point was to be mended."""
    run, _rows = broken(seed, faults=["crash_at", "crash", "pause"], chats=2, rate_per_s=10.0, mean_duration_ms=200.0)
    assert {node.state for node in run.cluster.ordered} == {"up"}


def test_what_was_altered_before_is_put_back_as_it_was():
    run = start(1, LONG, peers=2, nemesis={"rate_per_s": 1.0, "mean_duration_ms": 100.0, "until_share": 0.5, "faults": [
        "slow", "slow_disk", "drift", "delay_link", "lose", "duplicate_link"]})
    run.advance(1)
    for kind, target, params in (("slow", "peer-0", {"handling_ms": 7.0}), ("slow_disk", "peer-0", {"fsync_ms": 9.0}),
                                 ("drift", "peer-0", {"ppm": 11.0}), ("delay_link", "peer-0->peer-1", {"ms": 13.0}),
                                 ("lose", "peer-0->peer-1", {"share": 0.25}), ("duplicate_link", "peer-0->peer-1", {"share": 0.125})):
        run.apply(Action(1, kind, target, params))
    before = run.keyframe()
    run.advance(LONG.duration_ns)
    after = run.keyframe()
    assert len(run.tables()["actions"]) > 40
    assert after["links"] == before["links"]
    for name in ("slow_ms", "fsync_ms", "drift_ppm"):
        assert after["nodes"][0][name] == before["nodes"][0][name]
