"""What each fault does to messages in flight, timers, volatile and durable state: the promises of faults.py, one by one."""

import pytest

from simulator.engine.action import ActionRefused
from simulator.engine.clock import MS
from simulator.engine.rows import CANCELLED, DELIVERED, DOWN, IN_FLIGHT
from tests.tools.toys import Peer, act, after, do, fates, heard_by, start, tell, told


@pytest.fixture
def run():
    """Three peers, a millisecond apart from each other, all started."""
    return after(start(), 1)


# Crash and restart


def test_a_message_that_had_left_before_its_sender_crashed_still_arrives(run):
    tell(run)
    act(run, "crash", "peer-0")
    assert heard_by(after(run, 1), "peer-1") == ["hello"]


def test_a_message_that_arrives_at_a_crashed_node_is_lost(run):
    tell(run)
    act(run, "crash", "peer-1")
    act(after(run, 5), "restart", "peer-1")
    assert heard_by(after(run, 5), "peer-1") == []
    assert fates(run) == [DOWN]


def test_a_message_that_arrives_after_the_restart_is_handled(run):
    act(run, "crash", "peer-1")
    tell(run)
    act(run, "restart", "peer-1")
    assert heard_by(after(run, 1), "peer-1") == ["hello"]


def test_timers_die_in_a_crash(run):
    do(run, "peer-1", "remind", after_ms=5)
    act(run, "crash", "peer-1")
    act(after(run, 1), "restart", "peer-1")
    assert after(run, 20).cluster.nodes["peer-1"].rings == ()


def test_what_was_not_persisted_is_gone_and_what_was_is_there(run):
    do(run, "peer-1", "keep", value="precious")
    tell(run)
    act(after(run, 2), "crash", "peer-1")
    act(run, "restart", "peer-1")
    node = after(run, 1).cluster.nodes["peer-1"]
    assert (node.kept, node.heard) == ("precious", ())
    assert node.back == run.now_ns - MS, "on_restart was called"


def test_a_restart_without_the_disk_begins_with_nothing(run):
    do(run, "peer-1", "keep", value="precious")
    act(run, "crash", "peer-1")
    act(run, "restart_wiped", "peer-1")
    assert after(run, 1).cluster.nodes["peer-1"].kept is None
    assert run.cluster.disk("peer-1") == {}


def test_a_crash_in_the_middle_of_a_handler_leaves_the_rest_undone(run):
    act(run, "crash_at", "peer-0", point="told_one")
    tell(run, dst="peer-1,peer-2")
    after(run, 2)
    assert run.cluster.nodes["peer-0"].state == "down"
    assert (heard_by(run, "peer-1"), heard_by(run, "peer-2")) == (["hello"], [])


def test_a_point_crashes_once(run):
    act(run, "crash_at", "peer-0", point="told_one")
    tell(run)
    act(after(run, 2), "restart", "peer-0")
    tell(after(run, 2))
    assert after(run, 2).cluster.nodes["peer-0"].state == "up"


# Pause and slowness


def test_a_paused_node_handles_what_waited_when_it_resumes_in_its_order(run):
    act(run, "pause", "peer-1")
    tell(run, text="first")
    tell(after(run, 0.5), "peer-2", text="second")
    do(run, "peer-1", "remind", after_ms=1)
    after(run, 10)
    assert heard_by(run, "peer-1") == []
    act(run, "resume", "peer-1")
    node = after(run, 0).cluster.nodes["peer-1"]
    assert heard_by(run, "peer-1") == ["first", "second"]
    assert [at_ns for at_ns, *_rest in node.rings] == [run.now_ns]
    assert fates(run) == [DELIVERED, DELIVERED]


def test_what_waited_at_a_paused_node_is_lost_when_it_crashes(run):
    act(run, "pause", "peer-1")
    tell(run)
    do(run, "peer-1", "remind", after_ms=1)
    act(after(run, 5), "crash", "peer-1")
    act(run, "restart", "peer-1")
    after(run, 5)
    assert (heard_by(run, "peer-1"), run.cluster.nodes["peer-1"].rings) == ([], ())
    assert fates(run) == [DOWN]


def test_a_paused_node_keeps_its_memory(run):
    tell(run)
    act(after(run, 2), "pause", "peer-1")
    act(after(run, 2), "resume", "peer-1")
    assert heard_by(run, "peer-1") == ["hello"]


def test_a_slow_node_handles_one_message_after_the_other(run):
    act(run, "slow", "peer-1", handling_ms=10)
    tell(run, text="first")
    tell(run, text="second")
    assert heard_by(after(run, 10), "peer-1") == []
    assert heard_by(after(run, 1), "peer-1") == ["first"]
    assert heard_by(after(run, 10), "peer-1") == ["first", "second"]
    act(run, "slow", "peer-1", handling_ms=0)
    tell(run, text="third")
    assert heard_by(after(run, 1), "peer-1") == ["first", "second", "third"]


def test_what_a_slow_node_was_at_dies_in_a_crash(run):
    act(run, "slow", "peer-1", handling_ms=10)
    tell(run)
    act(after(run, 5), "crash", "peer-1")
    act(run, "restart", "peer-1")
    assert heard_by(after(run, 50), "peer-1") == []
    assert fates(run) == [DOWN]


def test_what_a_slow_node_was_at_stays_dead_when_it_comes_back_quick(run):
    act(run, "slow", "peer-1", handling_ms=10)
    tell(run)
    act(after(run, 5), "crash", "peer-1")
    act(run, "slow", "peer-1", handling_ms=0)
    act(run, "restart", "peer-1")
    assert heard_by(after(run, 50), "peer-1") == []
    assert fates(run) == [DOWN]


def test_a_slow_node_that_crashed_owes_nothing_for_what_was_lost(run):
    act(run, "slow", "peer-1", handling_ms=100)
    tell(run)
    act(after(run, 5), "crash", "peer-1")
    act(run, "slow", "peer-1", handling_ms=10)
    act(run, "restart", "peer-1")
    tell(after(run, 20), text="after")
    assert heard_by(after(run, 11), "peer-1") == ["after"]


# Clocks


def test_timers_go_off_by_the_new_clock_after_a_jump(run):
    do(run, "peer-1", "remind", after_ms=100)
    act(run, "skew", "peer-1", ms=60)
    after(run, 39.9)
    assert run.cluster.nodes["peer-1"].rings == ()
    assert len(after(run, 0.2).cluster.nodes["peer-1"].rings) == 1


def test_an_overdue_timer_goes_off_at_once(run):
    do(run, "peer-1", "remind", after_ms=100)
    act(run, "skew", "peer-1", ms=1000)
    assert len(after(run, 0).cluster.nodes["peer-1"].rings) == 1


def test_a_clock_that_goes_back_makes_timers_late(run):
    do(run, "peer-1", "remind", after_ms=10)
    act(run, "skew", "peer-1", ms=-20)
    assert after(run, 29.9).cluster.nodes["peer-1"].rings == ()
    assert len(after(run, 0.2).cluster.nodes["peer-1"].rings) == 1


@pytest.mark.parametrize(("ppm", "real_ms"), [(250_000, 80), (-500_000, 200)])
def test_timers_run_by_the_drifting_clock(run, ppm, real_ms):
    act(run, "drift", "peer-1", ppm=ppm)
    before = run.cluster.nodes["peer-1"].clock()
    do(run, "peer-1", "remind", after_ms=100)
    node = after(run, real_ms - 0.01).cluster.nodes["peer-1"]
    assert node.rings == ()
    assert len(after(run, 0.02).cluster.nodes["peer-1"].rings) == 1
    assert node.clock() - before == pytest.approx(100 * MS, rel=1e-3)


def test_a_drift_that_ends_leaves_the_clock_where_it_got_to(run):
    act(run, "drift", "peer-1", ppm=100_000)
    act(after(run, 100), "drift", "peer-1", ppm=0)
    node = after(run, 100).cluster.nodes["peer-1"]
    assert node.clock() - run.now_ns == pytest.approx(10 * MS, abs=2)


def test_a_timer_that_is_set_again_is_replaced_and_one_about_something_else_is_not(run):
    do(run, "peer-1", "remind", after_ms=5)
    do(run, "peer-1", "remind", after_ms=10)
    do(run, "peer-1", "remind", after_ms=7, about="tea")
    rings = after(run, 20).cluster.nodes["peer-1"].rings
    assert [(at_ns // MS, about) for at_ns, _clock, about in rings] == [(8, "tea"), (11, None)]


# Disks


def test_a_message_waits_for_the_forced_write_before_it(run):
    act(run, "slow_disk", "peer-0", fsync_ms=10)
    do(run, "peer-0", "keep", value=1, to="peer-1")
    tell(run, text="later")
    assert heard_by(after(run, 10.9), "peer-1") == []
    assert heard_by(after(run, 0.1), "peer-1") == ["kept 1", "later"]


def test_a_crash_during_a_forced_write_loses_the_write_and_what_waited_for_it(run):
    act(run, "slow_disk", "peer-0", fsync_ms=10)
    do(run, "peer-0", "keep", value=1, to="peer-1")
    act(after(run, 5), "crash", "peer-0")
    act(run, "restart", "peer-0")
    assert after(run, 20).cluster.nodes["peer-0"].kept is None
    do(run, "peer-0", "keep", value=2, to="peer-1")
    assert heard_by(after(run, 20), "peer-1") == ["kept 2"]


def test_a_write_that_ends_together_with_an_older_one_is_not_undone_by_it(run, monkeypatch):
    """The disk becomes quick again, and in the very nanosecond in which the slow write ends comes another one."""
    monkeypatch.setattr(Peer, "on_ring_timeout", lambda node: node.do_keep(2))
    act(run, "slow_disk", "peer-1", fsync_ms=1)
    do(run, "peer-1", "remind", after_ms=1)
    do(run, "peer-1", "keep", value=1)
    act(run, "slow_disk", "peer-1", fsync_ms=0)
    assert after(run, 1).cluster.disk("peer-1") == {"kept": 2}


def test_writes_go_to_the_disk_one_after_the_other(run):
    act(run, "slow_disk", "peer-0", fsync_ms=10)
    do(run, "peer-0", "keep", value=1, to="peer-1")
    do(run, "peer-0", "keep", value=2, to="peer-1")
    after(run, 15)
    assert (heard_by(run, "peer-1"), run.cluster.disk("peer-0")) == (["kept 1"], {"kept": 1})
    after(run, 6)
    assert (heard_by(run, "peer-1"), run.cluster.disk("peer-0")) == (["kept 1", "kept 2"], {"kept": 2})


def test_a_lazy_write_holds_nothing_back_and_dies_in_a_crash(run):
    do(run, "peer-0", "keep", value=1, force=False, to="peer-1")
    assert heard_by(after(run, 1), "peer-1") == ["kept 1"]
    act(run, "crash", "peer-0")
    act(run, "restart", "peer-0")
    assert run.cluster.nodes["peer-0"].kept is None
    do(run, "peer-0", "keep", value=2, field="also")
    assert after(run, 10_000).cluster.disk("peer-0") == {"also": 2}


def test_a_lazy_write_reaches_the_disk_after_a_while():
    run = after(start(disk={"flush_ms": 100}), 1)
    do(run, "peer-0", "keep", value=1, force=False)
    assert after(run, 99).cluster.disk("peer-0") == {}
    act(after(run, 2), "crash", "peer-0")
    act(run, "restart", "peer-0")
    assert run.cluster.nodes["peer-0"].kept == 1


def test_a_lazy_write_goes_with_the_next_forced_one(run):
    do(run, "peer-0", "keep", value=1, force=False)
    do(run, "peer-0", "keep", value=2, field="also")
    assert run.cluster.disk("peer-0") == {"kept": 1, "also": 2}


def test_a_lazy_write_is_not_undone_by_an_older_forced_one():
    run = after(start(disk={"flush_ms": 10}), 1)
    act(run, "slow_disk", "peer-0", fsync_ms=50)
    do(run, "peer-0", "keep", value=1)
    do(after(run, 1), "peer-0", "keep", value=2, force=False)
    assert after(run, 40).cluster.disk("peer-0") == {}, "one disk: it waits until the forced write is done"
    assert after(run, 10).cluster.disk("peer-0") == {"kept": 2}


# Clients


def test_what_becomes_of_the_operations_of_a_client_that_crashes_nobody_knows(run):
    do(run, "peer-0", "begin", key="x")
    do(run, "peer-1", "begin", key="y")
    act(run, "crash", "peer-0")
    assert run.summary()["operations"] == {"ok": 0, "fail": 0, "info": 1, "open": 1}


# Joining and leaving


def test_a_node_that_joins_starts_and_can_be_reached(run):
    act(run, "add_peer")
    tell(after(run, 1), dst="peer-3")
    assert heard_by(after(run, 1), "peer-3") == ["hello"]
    assert run.keyframe()["nodes"][3]["id"] == "peer-3"


def test_a_removed_node_never_comes_back_and_loses_what_arrives(run):
    tell(run)
    act(run, "remove", "peer-1")
    after(run, 5)
    assert fates(run) == [DOWN]
    for kind in ("restart", "crash", "pause", "remove"):
        with pytest.raises(ActionRefused, match="peer-1"):
            act(run, kind, "peer-1")


def test_a_timer_of_a_node_that_is_removed_dies(run):
    do(run, "peer-1", "remind", after_ms=5)
    act(run, "remove", "peer-1")
    assert after(run, 10).cluster.nodes["peer-1"].rings == ()
    assert told(run).pending_timers() == []


def test_an_unknown_target_is_refused_in_a_sentence_that_names_it(run):
    for kind, target in (("crash", "peer-9"), ("cut", "peer-0"), ("cut", "peer-0->peer-9"), ("partition", "")):
        with pytest.raises(ActionRefused):
            act(run, kind, target, **({"groups": "peer-0|peer-9"} if kind == "partition" else {}))


def test_messages_of_a_cancelled_timer_and_in_flight_are_told_as_they_are(run):
    tell(run)
    do(run, "peer-1", "remind", after_ms=5)
    do(run, "peer-1", "remind", after_ms=9)
    after(run, 0.5)
    story = told(run)
    assert [one.fate for one in story.messages()] == [IN_FLIGHT]
    assert len(story.pending_timers()) == 1
    assert CANCELLED not in [one.fate for one in story.messages()]
