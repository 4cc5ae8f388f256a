"""Sentences of the paper on terms, elections and votes (5.1, 5.2, 5.4.1, 6), and of the dissertation on pre-vote (9.6)."""

import pytest

from simulator.systems.raft.messages import AppendEntries, AppendEntriesReply, InstallSnapshotReply, PreVote, RequestPreVote, RequestVote, Vote
from tests.systems.raft.bench import Bench, built, entries


def heartbeat(term: int, commit: int = 0) -> AppendEntries:
    return AppendEntries(term, 0, 0, (), commit, 1)


def asks(term: int, index: int = 0, last_term: int = 0, disrupt: bool = False) -> RequestVote:
    return RequestVote(term, index, last_term, disrupt)


# 5.1


@pytest.mark.parametrize("message", [asks(5), heartbeat(5), Vote(5, False), AppendEntriesReply(5, False, 0, None, 1, 0)], ids=lambda m: type(m).__name__)
@pytest.mark.parametrize("standing", ["follower", "candidate", "leader"])
def test_a_candidate_or_leader_that_discovers_that_its_term_is_out_of_date_reverts_to_follower(standing, message):
    bench = Bench()
    if standing == "candidate":
        bench.time_out(0)
    elif standing == "leader":
        bench.elect(0)
        bench.run(400)  # so long ago that a vote may be asked for, as nobody has answered
    assert bench[0].standing == standing
    bench[0]._lease_ns = None
    bench.feed(0, message)
    assert (bench[0].standing, bench[0].term) == ("follower", 5)


def test_a_server_that_receives_a_request_with_a_stale_term_number_rejects_it():
    bench = Bench()
    bench.feed(0, heartbeat(5), 1)
    [(to, reply)] = bench.feed(0, AppendEntries(4, 0, 0, entries(4), 1, 1), 2)
    assert (to, reply.term, reply.success, bench[0].log, bench[0].leader) == ("server-2", 5, False, (), "server-1")
    bench.run(149)
    bench[0]._heard_ns = None
    assert bench.feed(0, asks(4), 2) == [("server-2", Vote(5, False))]


# 5.2


def test_when_servers_start_up_they_begin_as_followers():
    assert [(server.standing, server.term, server.voted_for) for server in Bench(5).servers] == [("follower", 0, None)] * 5


def test_to_begin_an_election_a_follower_increments_its_term_votes_for_itself_and_asks_the_others_in_parallel():
    bench = Bench()
    bench[0].log, bench[0].term = entries(1, 2), 2
    assert bench.time_out(0) == [("server-1", asks(3, 2, 2)), ("server-2", asks(3, 2, 2))]
    assert (bench[0].standing, bench[0].term, bench[0].voted_for, bench[0].votes) == ("candidate", 3, "server-0", ("server-0",))


@pytest.mark.parametrize(("servers", "votes", "wins"), [(2, 1, True), (3, 0, False), (3, 1, True), (4, 1, False), (4, 2, True), (5, 1, False), (5, 2, True)])
def test_a_candidate_wins_if_it_receives_votes_from_a_majority_of_the_full_cluster(servers, votes, wins):
    bench = Bench(servers)
    bench.time_out(0)
    for voter in range(1, votes + 1):
        bench.feed(0, Vote(1, True), voter)
    assert (bench[0].standing == "leader") is wins


def test_refusals_and_repeated_votes_do_not_count():
    bench = Bench(5)
    bench.time_out(0)
    for vote in (Vote(1, True), Vote(1, True), Vote(0, True)):
        bench.feed(0, vote, 1)
    bench.feed(0, Vote(1, False), 2)
    bench.feed(0, Vote(0, True), 3)
    assert (bench[0].standing, bench[0].votes) == ("candidate", ("server-0", "server-1"))


def test_each_server_will_vote_for_at_most_one_candidate_in_a_given_term_on_a_first_come_first_served_basis():
    bench = Bench()
    assert bench.feed(0, asks(1), 1) == [("server-1", Vote(1, True))]
    assert bench.feed(0, asks(1), 2) == [("server-2", Vote(1, False))]
    assert bench.feed(0, asks(1), 1) == [("server-1", Vote(1, True))]
    assert bench.feed(0, asks(2), 2) == [("server-2", Vote(2, True))]


def test_servers_update_persistent_state_before_responding():
    bench = Bench(disk={"fsync_ms": 50})
    assert bench.feed(0, asks(1), 1) == []
    bench.run(49)
    assert bench.cluster.disk("server-0").get("voted_for") is None
    bench.run(2)
    assert bench.cluster.disk("server-0") == {"term": 1, "voted_for": "server-1"}
    bench.act("crash", "server-0")
    bench.act("restart", "server-0")
    bench.run(1)
    assert bench.feed(0, asks(1), 2) == [("server-2", Vote(1, False))]


@pytest.mark.parametrize("message", [heartbeat(7), Vote(7, False), AppendEntriesReply(7, False, 0, None, 1, 0), InstallSnapshotReply(7, 0, 0), asks(7)],
                         ids=lambda message: type(message).__name__)
def test_the_latest_term_that_a_server_has_seen_survives_a_restart(message):
    """Figure 2, persistent state: else it could follow a leader that it has outlived, and lose what it has acknowledged."""
    bench = Bench()
    bench.feed(0, message)
    bench.act("crash", "server-0")
    bench.act("restart", "server-0")
    assert bench[0].term == 7


@pytest.mark.parametrize(("term", "standing"), [(1, "follower"), (2, "follower"), (0, "candidate")])
def test_a_candidate_recognises_a_leader_whose_term_is_at_least_as_large_as_its_own(term, standing):
    bench = Bench()
    bench.time_out(0)
    [(_to, reply)] = bench.feed(0, heartbeat(term))
    assert (bench[0].standing, reply.success) == (standing, standing == "follower")


def test_once_a_candidate_wins_it_sends_heartbeats_to_all_to_establish_its_authority():
    bench = Bench(5)
    bench.time_out(0)
    bench.feed(0, Vote(1, True), 1)
    sent = bench.feed(0, Vote(1, True), 2)
    assert [to for to, m in sent if isinstance(m, AppendEntries)] == ["server-1", "server-2", "server-3", "server-4"]


def test_leaders_send_periodic_heartbeats_and_so_stay_leaders():
    bench = Bench(5)
    bench.elect(0)
    bench.run(10_000)
    assert (bench[0].standing, {server.term for server in bench.servers}) == ("leader", {1})


def test_each_candidate_restarts_its_randomised_election_timeout_and_splits_are_resolved_quickly():
    bench = Bench(4, election_timeout_min_ms=150, election_timeout_max_ms=300)
    for candidate in (0, 1):  # both at once: two votes each
        bench.act("stand", f"server-{candidate}")
    bench.act("partition", groups="server-0,server-2|server-1,server-3")
    bench.run(50)
    assert [server.standing for server in bench.servers] == ["candidate", "candidate", "follower", "follower"]
    bench.act("heal")
    bench.run(1500)
    assert sorted(server.standing for server in bench.servers) == ["follower"] * 3 + ["leader"]


def test_election_timeouts_are_chosen_randomly_from_a_fixed_interval():
    dues = []
    for seed in range(40):
        protocol = built({"servers": 5, "stagger_ms": 0}, seed)
        protocol.advance(0)
        dues += [server.timers["election", None].due_ns / 1e6 for server in protocol.cluster.of("server")]
    assert all(150 <= due <= 300 for due in dues)
    assert len(set(dues)) == len(dues)
    assert sum(due < 225 for due in dues) / len(dues) == pytest.approx(0.5, abs=0.12)


# 5.4.1


@pytest.mark.parametrize(("mine", "index", "term", "granted"), [
    ((1, 1), 2, 1, True),  # equal
    ((1, 1), 1, 1, False), ((1, 1), 3, 1, True),  # same term: whichever log is longer
    ((1, 2), 5, 1, False), ((1, 1, 1, 1), 1, 2, True),  # the later term
    ((), 0, 0, True),
])
def test_the_voter_denies_its_vote_if_its_own_log_is_more_up_to_date(mine, index, term, granted):
    bench = Bench()
    bench[0].log, bench[0].term = entries(*mine), 2
    assert bench.feed(0, asks(3, index, term)) == [("server-1", Vote(3, granted))]


# 6


def test_a_request_within_the_minimum_election_timeout_of_hearing_from_a_leader_changes_neither_term_nor_vote():
    bench = Bench()
    bench.feed(0, heartbeat(1), 1)
    bench.run(100)
    assert bench.feed(0, asks(7), 2) == []
    assert (bench[0].term, bench[0].voted_for) == (1, None)
    assert bench.feed(0, asks(7, disrupt=True), 2) == [("server-2", Vote(7, True))]


@pytest.mark.parametrize(("reads", "voted"), [("lease", None), ("read_index", "server-2")])
def test_with_leases_a_server_that_restarts_ignores_candidates_for_it_may_just_have_answered_a_heartbeat(reads, voted):
    bench = Bench(reads={"name": reads})
    bench.act("crash", "server-0")
    bench.act("restart", "server-0")
    bench.run(1)
    bench.feed(0, asks(1), 2)
    assert bench[0].voted_for == voted


def test_later_it_does():
    bench = Bench()
    bench.feed(0, heartbeat(1), 1)
    bench.cluster.now_ns += 151_000_000
    assert bench.feed(0, asks(7), 2) == [("server-2", Vote(7, True))]


def test_a_leader_that_a_majority_answers_ignores_candidates_too():
    bench = Bench()
    bench.elect(0)
    bench.run(50)
    assert bench.feed(0, asks(9), 2) == [] and bench[0].standing == "leader"


# Dissertation, 6.2: a leader steps down if an election timeout elapses without a majority


@pytest.mark.parametrize("steps_down", [True, False])
def test_a_leader_without_a_majority_steps_down_where_it_is_told_to(steps_down):
    bench = Bench(check_quorum=steps_down)
    bench.elect(0)
    bench.act("isolate", "server-0")
    bench.run(1000)
    assert (bench[0].standing == "leader") is not steps_down


# Dissertation, 9.6


def test_a_candidate_only_increments_its_term_if_it_first_learns_that_a_majority_would_vote_for_it():
    bench = Bench(pre_vote=True)
    assert bench.time_out(0) == [("server-1", RequestPreVote(1, 0, 0)), ("server-2", RequestPreVote(1, 0, 0))]
    assert (bench[0].standing, bench[0].term) == ("follower", 0)
    assert bench.feed(0, PreVote(0, False), 1) == []
    sent = bench.feed(0, PreVote(1, True), 2)
    assert sent[0] == ("server-1", asks(1)) and bench[0].standing == "candidate"


def test_a_pre_vote_changes_neither_the_term_nor_the_vote_of_who_grants_it():
    bench = Bench(pre_vote=True)
    assert bench.feed(1, RequestPreVote(1, 0, 0), 0) == [("server-0", PreVote(1, True))]
    assert bench.feed(1, RequestPreVote(1, 0, 0), 2) == [("server-2", PreVote(1, True))]
    assert (bench[1].term, bench[1].voted_for) == (0, None)
    bench.feed(1, heartbeat(1), 2)
    assert bench.feed(1, RequestPreVote(2, 0, 0), 0) == [("server-0", PreVote(1, False))]


@pytest.mark.parametrize("pre_vote", [True, False])
def test_a_server_that_was_cut_off_does_not_come_back_with_a_larger_term(pre_vote):
    bench = Bench(5, pre_vote=pre_vote)
    bench.elect(0)
    bench.act("isolate", "server-4")
    bench.run(3000)
    assert (bench[4].term == 1) is pre_vote
    bench.act("heal")
    bench.run(1000)
    assert ([server.standing for server in bench.servers if server.term == 1][:1] == ["leader"]) is pre_vote
