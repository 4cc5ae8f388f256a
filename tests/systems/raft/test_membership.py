"""Sentences of the dissertation's chapter 4, on changes of the configuration one server at a time."""

import pytest

from simulator.systems.raft.messages import AddServer, AppendEntries, AppendEntriesReply, Command, Entry, MembershipReply, RemoveServer
from tests.systems.raft.bench import Bench, entries

ADMINISTRATOR = "administrator-0"


def ready(servers: int = 3, **config) -> Bench:
    """Server 0 leads and has committed an entry of its term."""
    bench = Bench(servers, **config)
    bench.elect(0)
    bench.run(60)
    assert bench[0].commit_index == 1
    return bench


def test_a_server_that_does_not_lead_says_who_does():
    bench = ready()
    bench.run(20)
    assert bench.feed(1, AddServer("server-9"), ADMINISTRATOR) == [(ADMINISTRATOR, MembershipReply("server-9", "not leader", "server-0"))]


def test_a_new_server_catches_up_before_it_counts_and_is_then_told_apart_by_the_log_alone():
    bench = ready()
    bench.act("add_server")
    bench.run(5)
    assert (bench[3].members, bench[0].members) == ((), ("server-0", "server-1", "server-2"))
    bench.run(300)
    assert all(server.members == ("server-0", "server-1", "server-2", "server-3") for server in bench.servers)
    assert bench[3].log == bench[0].log and not bench.cluster.nodes[ADMINISTRATOR].changes


def test_a_new_server_that_does_not_answer_is_not_added():
    bench = ready()
    bench.act("add_server")
    bench.act("partition", groups="server-0,server-1,server-2|server-3")
    bench.run(2000)
    assert len(bench[0].members) == 3 and bench.cluster.nodes[ADMINISTRATOR].changes == {"server-3": "add"}
    bench.act("heal")
    bench.run(1000)
    assert len(bench[0].members) == 4


def test_each_server_adopts_the_configuration_as_soon_as_it_is_in_its_log_and_goes_back_if_it_is_removed_from_it():
    bench = Bench()
    smaller = Entry(1, 1, Command("configuration", value=("server-0", "server-1")))
    bench.feed(0, AppendEntries(1, 0, 0, (smaller,), 0, 1))
    assert (bench[0].members, bench[0].commit_index) == (("server-0", "server-1"), 0)
    bench.feed(0, AppendEntries(2, 0, 0, entries(2), 0, 1), 2)
    assert bench[0].members == ("server-0", "server-1", "server-2")


def test_a_leader_begins_no_change_before_the_one_before_is_committed():
    bench = ready(5)
    bench.feed(0, RemoveServer("server-4"), ADMINISTRATOR)
    assert len(bench[0].members) == 4
    assert bench.feed(0, RemoveServer("server-3"), ADMINISTRATOR) == [(ADMINISTRATOR, MembershipReply("server-3", "busy", "server-0"))]
    bench.run(30)
    bench.feed(0, RemoveServer("server-3"), ADMINISTRATOR)
    assert bench[0].members == ("server-0", "server-1", "server-2")


def test_a_leader_begins_no_change_before_an_entry_of_its_own_term_is_committed():
    bench = Bench(5, no_op=False)
    bench.elect(0)
    bench.run(60)
    bench.feed(0, RemoveServer("server-4"), ADMINISTRATOR)
    assert len(bench[0].members) == 5
    bench.act("write", "client-0", key="x", value="1")
    bench.run(60)
    assert len(bench[0].members) == 4


def test_a_leader_that_is_removed_does_not_count_itself_and_steps_down_once_its_removal_is_committed():
    bench = ready(3)
    bench.feed(0, RemoveServer("server-0"), ADMINISTRATOR)
    bench.feed(0, AppendEntriesReply(1, True, 2, None, 0, bench[0]._round), 1)
    assert (bench[0].standing, bench[0].commit_index) == ("leader", 1)
    bench.feed(0, AppendEntriesReply(1, True, 2, None, 0, bench[0]._round), 2)
    assert (bench[0].standing, bench[0].commit_index) == ("follower", 2)
    bench.run(1500)
    assert not bench[0].may_stand()
    assert [server.standing for server in bench.servers].count("leader") == 1


def test_a_removed_server_does_not_disturb_the_others():
    bench = ready(4)
    bench.act("exclude", "server-3")
    bench.run(200)
    before = bench[0].term
    bench.run(5000)
    assert (bench[0].standing, bench[0].term) == ("leader", before)


@pytest.mark.parametrize("down", [True, False])
def test_the_administrator_can_remove_a_server_that_is_down_and_add_it_again(down):
    bench = ready(4)
    if down:
        bench.act("crash", "server-3")
    bench.act("exclude", "server-3")
    bench.run(400)
    assert len(bench[0].members) == 3
    if down:
        bench.act("restart", "server-3")
    bench.act("include", "server-3")
    bench.run(1000)
    assert len(bench[0].members) == len(bench[3].members) == 4
    assert not bench.breaches()


def test_two_servers_are_always_left():
    bench = ready(2)
    assert bench.feed(0, RemoveServer("server-1"), ADMINISTRATOR) == [(ADMINISTRATOR, MembershipReply("server-1", "ok", "server-0"))]
    assert len(bench[0].members) == 2
