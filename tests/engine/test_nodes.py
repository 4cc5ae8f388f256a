"""How nodes begin, and what they may ask for: the promises of actor.py and setup.py that need no fault."""

import pytest

from simulator.engine.agenda import BIRTH
from simulator.engine.clock import MS
from tests.tools.toys import act, after, do, heard_by, start, tell


@pytest.fixture
def run():
    """Three peers, a millisecond apart from each other, all started."""
    return after(start(), 1)


# How they begin


def test_nodes_start_one_by_one_within_the_time_they_are_given():
    run = start(peers=50, chats=1, stagger_ms=100)
    started = []
    for ms in range(101):
        after(run, 0 if ms == 0 else 1)
        started.append(sum(bool(node.timers) and node.kept is not None for node in run.cluster.ordered))
    assert started[0] < 5 and 15 < started[50] < 35 and started[100] == 50


def test_what_arrives_before_a_node_has_started_waits_for_that():
    run = start(peers=9, stagger_ms=100)
    starts = {node.id: run.cluster.at_ns(node.timers[BIRTH].event) for node in run.cluster.ordered}
    early, late = min(starts, key=starts.get), max(starts, key=starts.get)
    run.advance(starts[early])
    tell(run, early, late)
    assert heard_by(after(run, 5), late) == []
    run.advance(starts[late])
    assert heard_by(run, late) == ["hello"]


def test_clocks_are_off_by_as_much_as_was_asked_for_and_no_two_alike():
    run = start(peers=50, clocks={"skew_ms": 100, "drift_ppm": 1000})
    skews = [node.clock() / MS for node in run.cluster.ordered]
    assert -100 <= min(skews) < -60 and 60 < max(skews) <= 100 and len(set(skews)) == 50
    after(run, 10_000)
    gained = [(node.clock() - run.now_ns) / MS - skew for node, skew in zip(run.cluster.ordered, skews, strict=True)]
    assert -10 <= min(gained) < -6 and 6 < max(gained) <= 10


# Disks


@pytest.mark.parametrize("fsync_ms", [0, 10])
def test_what_follows_a_forced_write_happens_when_the_disk_has_it(run, fsync_ms):
    act(run, "slow_disk", "peer-0", fsync_ms=fsync_ms)
    do(run, "peer-0", "keep", value=7, then="stored")
    if fsync_ms:
        assert after(run, 9.9).cluster.nodes["peer-0"].stored == ()
    assert after(run, 0.1).cluster.nodes["peer-0"].stored == (((1 + fsync_ms) * MS, 7),)


def test_what_follows_a_write_that_a_crash_took_back_does_not_happen(run):
    act(run, "slow_disk", "peer-0", fsync_ms=10)
    do(run, "peer-0", "keep", value=7, then="stored")
    act(after(run, 5), "crash", "peer-0")
    act(run, "restart", "peer-0")
    assert after(run, 50).cluster.nodes["peer-0"].stored == ()


# Points


def test_a_node_crashes_at_a_point_as_often_as_chance_says_and_restarts_after_its_time(run):
    fell = 0
    for _ in range(200):
        do(run, "peer-0", "risk", chance=0.25, restart_after_ms=10)
        state = run.cluster.nodes["peer-0"].state
        fell += state == "down"
        assert after(run, 9).cluster.nodes["peer-0"].state == state
        assert after(run, 2).cluster.nodes["peer-0"].state == "up"
    assert 30 < fell < 70


def test_a_node_that_nobody_restarts_stays_down(run):
    do(run, "peer-0", "risk", chance=1.0)
    assert after(run, 10_000).cluster.nodes["peer-0"].state == "down"
    assert run.cluster.nodes["peer-0"].passed == 0


# Links


def test_messages_that_are_held_back_are_overtaken():
    run = after(start(network={"delay": {"law": "constant", "delay_ms": 1}, "reorder": 0.5, "reorder_ms": 5}), 1)
    for number in range(100):
        tell(run, text=str(number))
    heard = heard_by(after(run, 1), "peer-1")
    assert 30 < len(heard) < 70
    heard = heard_by(after(run, 5), "peer-1")
    assert sorted(heard, key=int) == [str(number) for number in range(100)] != heard


def test_copies_have_a_delay_of_their_own():
    run = after(start(network={"delay": {"law": "uniform", "minimum_ms": 1, "maximum_ms": 100}, "duplicate": 1.0}), 1)
    tell(run)
    while not heard_by(run, "peer-1"):
        after(run, 0.5)
    assert heard_by(run, "peer-1") == ["hello"]
    assert heard_by(after(run, 100), "peer-1") == ["hello", "hello"]
