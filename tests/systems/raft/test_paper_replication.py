"""Sentences of the paper on logs, commitment, snapshots and clients (5.3, 5.4.2, 5.5, 7, 8)."""

import pytest

from simulator.systems.raft.messages import (
    AppendEntries, AppendEntriesReply, ClientReply, ClientRequest, Command, InstallSnapshot, InstallSnapshotReply, Snapshot, Vote)
from tests.systems.raft.bench import Bench, entries, terms


def ask(serial: int, f: str = "write", key: str = "x", value="1") -> ClientRequest:
    return ClientRequest(serial, f, key, value if f == "write" else None)


def led(term: int = 1, servers: int = 3, log: tuple = (), **config) -> Bench:
    """Server 0 leads `term` with `log`, and nobody has answered yet; what is on the way is forgotten."""
    bench = Bench(servers, **{"no_op": False, **config})
    bench[0].log, bench[0].term = log, term - 1
    bench.time_out(0)
    for voter in range(1, servers // 2 + 1):
        bench.feed(0, Vote(term, True), voter)
    bench.cluster.heap.clear()
    return bench


def yes(term: int, index: int, round: int = 1) -> AppendEntriesReply:
    return AppendEntriesReply(term, True, index, None, 0, round)


# 5.3


def test_the_leader_appends_the_command_as_a_new_entry_then_issues_append_entries_in_parallel_to_each_of_the_others():
    bench = led()
    bench[0]._asked = ()
    sent = bench.feed(0, ask(1), "client-0")
    entry = (1, 1, Command("write", "client-0", 1, "x", "1"))
    assert bench[0].log == (entry,)
    assert sent == [(f"server-{n}", AppendEntries(1, 0, 0, (entry,), 0, 1)) for n in (1, 2)]


@pytest.mark.parametrize(("servers", "acks", "committed"), [(2, 1, True), (3, 0, False), (3, 1, True), (5, 1, False), (5, 2, True), (4, 1, False)])
def test_a_log_entry_is_committed_once_the_leader_has_replicated_it_on_a_majority(servers, acks, committed):
    bench = led(servers=servers)
    bench.feed(0, ask(1), "client-0")
    for follower in range(1, acks + 1):
        bench.feed(0, yes(1, 1), follower)
    assert (bench[0].commit_index == 1) is committed


def test_when_the_entry_has_been_safely_replicated_the_leader_applies_it_and_returns_the_result():
    bench = led()
    bench.feed(0, ask(1), "client-0")
    sent = bench.feed(0, yes(1, 1), 1)
    assert sent == [("client-0", ClientReply(1, True, None, "server-0"))]
    assert (bench[0].last_applied, bench[0].store) == (1, {"x": "1"})


def test_committing_an_entry_also_commits_all_preceding_entries_including_those_of_previous_leaders():
    bench = led(term=3, log=entries(1, 2))
    bench.feed(0, ask(5), "client-1")
    bench.feed(0, yes(3, 3), 1)
    assert (bench[0].commit_index, bench[0].store) == (3, {"x": "1"})


def test_the_leader_includes_the_highest_committed_index_in_future_append_entries_so_that_others_find_out():
    bench = led()
    bench.feed(0, ask(1), "client-0")
    bench.feed(0, yes(1, 1), 1)
    assert [m.leader_commit for _to, m in bench.time_out(0, "heartbeat")] == [1, 1]


def test_once_a_follower_learns_that_an_entry_is_committed_it_applies_it_in_log_order():
    bench = Bench()
    bench.feed(0, AppendEntries(1, 0, 0, entries(1, 1, 1), 2, 1))
    assert (bench[0].commit_index, bench[0].last_applied, bench[0].store) == (2, 2, {"x": "1.2"})
    bench.feed(0, AppendEntries(1, 3, 1, (), 3, 1))
    assert bench[0].store == {"x": "1.3"}


def test_a_follower_commits_no_further_than_the_last_new_entry():
    bench = Bench()
    bench[0].log, bench[0].term = entries(1, 1, 1), 1
    bench.feed(0, AppendEntries(2, 1, 1, (), 3, 1))
    assert bench[0].commit_index == 1


@pytest.mark.parametrize(("index", "term", "success"), [(0, 0, True), (1, 1, True), (2, 2, True), (2, 1, False), (3, 2, False), (1, 4, False)])
def test_if_the_follower_does_not_find_an_entry_with_the_same_index_and_term_it_refuses_the_new_entries(index, term, success):
    bench = Bench()
    bench[0].log, bench[0].term = entries(1, 2), 2
    [(_to, reply)] = bench.feed(0, AppendEntries(4, index, term, (), 0, 1))
    assert reply.success is success
    assert terms(bench[0]) == [1, 2]


@pytest.mark.parametrize(("before", "sent", "after"), [
    (2, (1, 1, 3), [1, 1, 3]), (1, (1, 3, 4), [1, 3, 4]), (0, (1, 1), [1, 1, 2]), (2, (1, 1, 2), [1, 1, 2]), (0, (3, 4), [3, 4])])
def test_an_entry_that_conflicts_is_deleted_with_all_that_follow_it_and_nothing_else_is(before, sent, after):
    bench = Bench()
    bench[0].log, bench[0].term = entries(1, 1, 2), 2
    log = entries(*sent)
    bench.feed(0, AppendEntries(4, before, log[before - 1].term if before else 0, log[before:], 0, 1))
    assert terms(bench[0]) == after


def test_the_leader_first_tries_the_index_just_after_its_last_entry():
    bench = led(term=4, log=entries(1, 2, 3))
    assert bench[0].next_index == {"server-1": 4, "server-2": 4}


@pytest.mark.parametrize(("conflict", "then"), [((None, 2), 2), ((2, 2), 4), ((3, 3), 3)])
def test_after_a_rejection_the_leader_decrements_next_index_by_what_the_follower_says(conflict, then):
    bench = led(term=5, log=entries(1, 2, 2, 4, 4))
    [(_to, retry)] = bench.feed(0, AppendEntriesReply(5, False, 5, *conflict, 1), 1)
    assert (retry.prev_log_index, bench[0].next_index["server-1"]) == (then - 1, then)


def test_an_old_rejection_changes_nothing():
    bench = led(term=5, log=entries(1, 2, 2, 4, 4))
    bench.feed(0, yes(5, 5), 1)
    assert bench.feed(0, AppendEntriesReply(5, False, 3, None, 1, 1), 1) == []
    assert bench[0].next_index["server-1"] == 6


FIGURE_7 = {
    "a": (1, 1, 1, 4, 4, 5, 5, 6, 6), "b": (1, 1, 1, 4), "c": (1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6),
    "d": (1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7), "e": (1, 1, 1, 4, 4, 4, 4), "f": (1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3)}


@pytest.mark.parametrize("follower", FIGURE_7)
def test_figure_7_whatever_a_follower_lacks_or_has_too_much_its_log_becomes_the_leaders(follower):
    bench = Bench(2, no_op=True)
    leader_log = (1, 1, 1, 4, 4, 5, 5, 6, 6, 6)
    bench[0].log, bench[0].term = entries(*leader_log), 7
    bench[1].log, bench[1].term = entries(*FIGURE_7[follower]), 7
    for server in (bench[0], bench[1]):
        server.save("term", "log")
    bench[1].log = ()  # so that it votes at all: with the logs of c and d it would not
    bench.act("stand", "server-0")
    bench.run(11)
    bench[1].log = entries(*FIGURE_7[follower])
    bench.run(500)
    assert bench[0].standing == "leader"
    assert bench[1].log == bench[0].log and terms(bench[1]) == [*leader_log, 8]
    assert bench[1].commit_index == 11


# 5.4.2


def test_only_entries_from_the_leaders_current_term_are_committed_by_counting_replicas():
    bench = led(term=4, log=entries(1, 2))
    bench.feed(0, yes(4, 2), 1)
    bench.feed(0, yes(4, 2), 2)
    assert bench[0].commit_index == 0
    bench.feed(0, ask(9), "client-0")
    bench.feed(0, yes(4, 3), 1)
    assert bench[0].commit_index == 3


# 5.5


def test_append_entries_are_idempotent():
    bench = Bench()
    message = AppendEntries(1, 0, 0, entries(1, 1), 1, 1)
    first = bench.feed(0, message)
    state = dict(bench[0].__dict__)
    assert bench.feed(0, message) == first and bench[0].__dict__ == state


# 7


def snapshot(index: int, term: int) -> Snapshot:
    return Snapshot(index, term, (("x", "9"),), (("client-0", (4, None)),), ("server-0", "server-1", "server-2"))


def test_a_server_replaces_the_entries_it_has_applied_by_a_snapshot_and_goes_on_from_it_after_a_restart():
    bench = Bench(snapshot_after=4, snapshot_ms=5)
    bench.feed(0, AppendEntries(1, 0, 0, entries(1, 1, 1, 1, 1), 4, 1))
    bench.run(6)
    assert (bench[0].snapshot.last_index, bench[0].snapshot.last_term, terms(bench[0])) == (4, 1, [1])
    bench.act("crash", "server-0")
    bench.act("restart", "server-0")
    bench.run(1)
    assert (bench[0].commit_index, bench[0].last_applied, bench[0].store) == (4, 4, {"x": "1.4"})


def test_the_leader_sends_its_snapshot_when_it_has_discarded_the_next_entry_that_it_would_send():
    bench = led(term=2, log=entries(1, 1, 1), snapshot_ms=0)
    bench[0].snapshot, bench[0].log = snapshot(3, 1), ()
    [(_to, sent)] = bench.feed(0, AppendEntriesReply(2, False, 3, None, 1, 1), 1)
    assert sent == InstallSnapshot(2, snapshot(3, 1), 1)
    bench.feed(0, InstallSnapshotReply(2, 3, 1), 1)
    assert (bench[0].match_index["server-1"], bench[0].next_index["server-1"]) == (3, 4)


@pytest.mark.parametrize(("mine", "left"), [((1,), []), ((1, 1, 2, 2, 2), [2, 2]), ((1, 1, 1, 1, 1), [])])
def test_the_follower_discards_its_log_but_keeps_entries_that_follow_what_the_snapshot_describes(mine, left):
    bench = Bench()
    bench[0].log = entries(*mine)
    assert bench.feed(0, InstallSnapshot(3, snapshot(3, 2), 1)) == [("server-1", InstallSnapshotReply(3, 3, 1))]
    assert (terms(bench[0]), bench[0].last_applied, bench[0].store, bench[0].sessions) == (left, 3, {"x": "9"}, {"client-0": (4, None)})


def test_a_snapshot_that_is_older_than_what_is_committed_changes_nothing():
    bench = Bench()
    bench.feed(0, AppendEntries(3, 0, 0, entries(1, 1, 2, 3), 4, 1))
    bench.feed(0, InstallSnapshot(3, snapshot(3, 2), 1))
    assert (bench[0].last_applied, bench[0].store) == (4, {"x": "3.4"})


# 8


def test_a_new_leader_commits_a_blank_no_op_entry_at_the_start_of_its_term():
    bench = Bench()
    bench.elect(0)
    bench.run(30)
    assert [entry.command.f for entry in bench[0].log] == ["no-op"] and bench[0].commit_index == 1


def test_a_follower_rejects_clients_and_says_who_leads():
    bench = Bench()
    bench.elect(2)
    bench.run(20)
    assert bench.feed(0, ask(1), "client-0") == [("client-0", ClientReply(1, False, None, "server-2"))]


def test_a_command_whose_serial_number_has_been_executed_is_answered_without_executing_it_again():
    bench = Bench()
    bench.elect(0)
    bench.feed(0, ask(1, value="a"), "client-0")
    bench.run(50)
    bench.feed(0, ask(1, value="b"), "client-1")
    bench.run(50)
    assert bench.feed(0, ask(1, value="a"), "client-0") == [("client-0", ClientReply(1, True, None, "server-0"))]
    assert bench[0].store == {"x": "b"}


def test_a_command_that_stands_in_the_log_twice_takes_effect_once():
    bench = Bench()
    again = entries(1)[0].command
    log = entries(1, 1, 1)
    log = (log[0], log[1], log[2]._replace(command=again))
    bench.feed(0, AppendEntries(1, 0, 0, log, 3, 1))
    assert bench[0].store == {"x": "1.2"}


@pytest.mark.parametrize("name", ["log", "read_index", "lease"])
def test_a_leader_does_not_answer_a_read_from_its_state_before_a_majority_has_taken_it_for_the_leader(name):
    bench = Bench(reads={"name": name})
    bench.elect(0)
    bench.run(60)
    bench.feed(0, ask(1, value="a"), "client-0")
    bench.run(60)
    sent = bench.feed(0, ask(2, "read"), "client-0")
    answers = [m for to, m in sent if to == "client-0"]
    assert answers == ([ClientReply(2, True, "a", "server-0")] if name == "lease" else [])
    assert sum(isinstance(m, AppendEntries) for _to, m in sent) == (0 if name == "lease" else 2)


def test_with_read_index_a_deposed_leader_answers_no_reads():
    bench = Bench()
    bench.elect(0)
    bench.run(60)
    bench.act("partition", groups="server-0|server-1,server-2")
    assert not [m for to, m in bench.feed(0, ask(1, "read"), "client-0") if to == "client-0"]
    assert len(bench[0].reads) == 1
    bench.run(1000)
    assert bench[0].reads == () and bench[0].standing != "leader"


def test_a_leader_reads_only_what_is_not_older_than_the_first_entry_of_its_term():
    bench = led(term=3, log=entries(1, 2))
    bench.feed(0, ask(1, "read"), "client-1")
    assert bench[0].reads[0].index == 3
    for follower in (1, 2):
        bench.feed(0, yes(3, 2, 2), follower)
    assert len(bench[0].reads) == 1
    bench.feed(0, ask(7), "client-0")
    assert ("client-1", ClientReply(1, True, "3", "server-0")) not in bench.feed(0, yes(3, 2, 2), 1)
    assert [m.value for to, m in bench.feed(0, yes(3, 3, 3), 1) if to == "client-1"] == ["1"]
