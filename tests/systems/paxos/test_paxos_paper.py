"""Paxos against the sentences of "Paxos made simple" (Lamport 2001), and of "Flexible Paxos" (Howard et al. 2016)."""

import pytest

from simulator.parts.ballot import Ballot
from simulator.scenarios.mistake import Mistake
from simulator.systems.paxos.roles import Proposal
from tests.systems.paxos.trying import Run, document

CALM = {"retry_ms": 1000, "backoff_ms": 0, "ask_ms": 5000, "clients": 0}
RIGHT = "proposer-1,acceptor-1,acceptor-2"


def calm(**config) -> Run:
    """A run in which nothing happens by itself."""
    return Run("paxos", **CALM | config).to(1)


def learned(run: Run) -> set:
    """What the nodes have learned."""
    return {node.learned for node in run.nodes.values() if hasattr(node, "learned")}


# 2.1 The problem


def test_if_no_value_is_proposed_then_no_value_should_be_chosen():
    run = calm(ask_ms=50).to(2000)
    assert learned(run) == {None} and "a_value_is_chosen" not in run.reached


def test_if_a_value_has_been_proposed_and_chosen_then_processes_should_be_able_to_learn_it():
    assert learned(calm().do("propose", "proposer-1", value="X").to(100)) == {"X"}


# 2.2 Choosing a value


def test_in_the_absence_of_failure_a_value_is_chosen_even_if_only_one_value_is_proposed_by_a_single_proposer():
    run = calm(proposers=1, acceptors=1, learners=1).do("propose", "proposer-0", value="X").to(100)
    assert learned(run) == {"X"}


def test_p1_an_acceptor_must_accept_the_first_proposal_that_it_receives():
    run = calm().do("propose", "proposer-0", value="X").to(35)
    assert all(node.accepted == Proposal(Ballot(1, "proposer-0"), "X") for node in run.simulation.cluster.of("acceptor"))


def test_different_proposals_have_different_numbers():
    one, other = Ballot(1, "proposer-0"), Ballot(1, "proposer-1")
    assert one != other and one < other < Ballot(2, "proposer-0")
    assert one < Ballot(2, "proposer-0") and not other < one


def test_p2_if_a_proposal_with_value_v_is_chosen_then_every_higher_numbered_proposal_that_is_chosen_has_value_v():
    run = calm(learners=0)
    run.do("partition", groups="proposer-0,acceptor-0,acceptor-1|proposer-1,acceptor-2")
    run.do("propose", "proposer-0", value="A").to(60)
    run.do("heal").do("partition", groups=f"proposer-0,acceptor-0|{RIGHT}")
    run.do("propose", "proposer-1", value="B").to(200)
    assert run["acceptor-2"].accepted == Proposal(Ballot(1, "proposer-1"), "A")
    assert learned(run) == {"A"} and "a_value_is_adopted" in run.reached


def test_p1a_an_acceptor_can_accept_a_proposal_numbered_n_iff_it_has_not_responded_to_a_prepare_request_with_a_greater_number():
    run = calm(acceptors=1, learners=0).do("propose", "proposer-0", value="A").to(16)
    run.do("propose", "proposer-1", value="B").to(28)  # its Prepare is there at 26, the other's Accept at 31
    assert run["acceptor-0"].promised == Ballot(1, "proposer-1")
    run.to(32)
    assert run["acceptor-0"].accepted is None
    assert learned(run.to(60)) == {"B"}


def test_an_acceptor_accepts_nothing_below_what_it_has_accepted_although_it_never_promised_that():
    """Accepting is a promise, too: else an old request could take away a vote that a choice was made of."""
    run = calm(learners=0).do("propose", "proposer-0", value="A").to(12)
    run.do("delay_link", "proposer-0->acceptor-0", ms=100)  # its Accept comes at 131
    run.do("cut", "proposer-1->acceptor-0").do("propose", "proposer-1", value="B").to(13).do("mend", "proposer-1->acceptor-0").to(50)
    assert run["acceptor-0"].accepted == Proposal(Ballot(1, "proposer-1"), "B"), "the other one's Prepare was lost, its Accept was not"
    assert run.to(145)["acceptor-0"].accepted == Proposal(Ballot(1, "proposer-1"), "B")
    assert run["proposer-0"].refused == 3


def test_an_acceptor_needs_to_remember_its_promise_and_its_highest_numbered_proposal_even_if_it_fails_and_then_restarts():
    run = calm().do("propose", "proposer-0", value="A").to(35)
    before = {node.id: (node.promised, node.accepted) for node in run.simulation.cluster.of("acceptor")}
    for acceptor in before:
        run.do("crash", acceptor).do("restart", acceptor)
    assert {node.id: (node.promised, node.accepted) for node in run.simulation.cluster.of("acceptor")} == before


def test_each_proposer_remembers_the_highest_numbered_proposal_it_has_tried_to_issue_and_begins_phase_1_with_a_higher_one():
    run = calm(acceptors=3, retry_ms=20).do("crash", "acceptor-0").do("crash", "acceptor-1")
    run.do("propose", "proposer-0", value="A").to(210)
    number = run["proposer-0"].number
    assert number > 5
    run.do("crash", "proposer-0").do("restart", "proposer-0").to(211)
    assert run["proposer-0"].ballot == Ballot(number + 1, "proposer-0")


def test_it_can_abandon_a_proposal_and_forget_all_about_it_at_any_time():
    """2.2, end: correctness is maintained, even though requests and responses may arrive long after it was abandoned."""
    run = calm(learners=0, retry_ms=100).do("delay_link", "proposer-0->acceptor-0", ms=500).do("cut", "proposer-0->acceptor-1")
    run.do("propose", "proposer-0", value="A").to(50).do("crash", "proposer-0").do("propose", "proposer-1", value="B").to(800)
    assert run["proposer-1"].learned == "B" and not run.breaches


def test_if_an_acceptor_ignores_a_request_it_should_probably_inform_the_proposer():
    run = calm(acceptors=1, learners=0).do("propose", "proposer-0", value="A").to(16).do("propose", "proposer-1", value="B").to(45)
    assert run["proposer-0"].phase == "preempted" and run["proposer-0"].refused == 1


# 2.3 Learning a chosen value


def test_because_of_message_loss_a_value_could_be_chosen_with_no_learner_ever_finding_out_but_it_could_ask():
    run = calm(ask_ms=200, clients=1)
    run.do("partition", groups="proposer-0,acceptor-0,acceptor-1,acceptor-2|learner-0,learner-1,proposer-1").to(150)
    assert run["learner-0"].learned is None
    run.do("heal").to(420)
    assert learned(run) == {"A"} and "a_learner_catches_up" in run.reached


def test_failure_of_an_acceptor_could_make_it_impossible_to_know_so_a_proposer_issues_a_proposal():
    """Two acceptors are left, with one vote for A; the third, which also voted for A, is down: a new round settles it."""
    run = calm(ask_ms=100, clients=1, learners=1)
    run.do("cut", "proposer-0->acceptor-2").do("isolate", "learner-0").do("isolate", "proposer-1").to(35)
    run.do("crash", "proposer-0").do("crash", "acceptor-1").do("heal")
    assert run["acceptor-0"].accepted and run["acceptor-2"].accepted is None and run["learner-0"].learned is None
    run.to(600)
    assert run["learner-0"].learned == "A"
    assert run["acceptor-2"].accepted.ballot.node == "proposer-1", "which had no value of its own"


# 2.4 Progress


def test_two_proposers_each_keep_issuing_a_sequence_of_proposals_with_increasing_numbers_none_of_which_are_ever_chosen():
    run = Run("paxos", clients=2, client_gap_ms=12, retry_ms=25, backoff_ms=0, ask_ms=60_000).to(2499)
    assert run["proposer-0"].number == 100 and learned(run) == {None}


# 2.5 The implementation


@pytest.mark.parametrize("acceptors", [3, 4, 5])
def test_each_process_plays_the_role_of_proposer_acceptor_and_learner(acceptors):
    run = calm(together=True, acceptors=acceptors).do("propose", f"server-{acceptors - 1}", value="X").to(100)
    assert learned(run) == {"X"} and len(run.nodes) == acceptors


def test_an_acceptor_that_lost_its_disk_lets_a_second_value_be_chosen():
    run = calm(learners=0)
    run.do("partition", groups="proposer-0,acceptor-0,acceptor-1|proposer-1,acceptor-2")
    run.do("propose", "proposer-0", value="A").to(60).do("crash", "acceptor-1").do("restart_wiped", "acceptor-1")
    run.do("heal").do("partition", groups=f"proposer-0,acceptor-0|{RIGHT}").do("propose", "proposer-1", value="B").to(200)
    assert run.breaches == ["agreement"] and learned(run) == {"A", "B"}


def test_only_proposers_take_a_value_and_only_one():
    run = calm()
    with pytest.raises(ValueError, match="There is no such node here: acceptor-0"):
        run.do("propose", "acceptor-0", value="X")
    run.do("propose", "proposer-0", value="X")
    with pytest.raises(ValueError, match="has a value to propose already: X"):
        run.do("propose", "proposer-0", value="Y")


def test_who_proposes_after_the_choice_is_told_at_once():
    run = calm().do("propose", "proposer-0", value="X").to(100).do("propose", "proposer-1", value="Y")
    last = run.simulation.cluster.telling.operations[-1]
    assert (last.outcome, last.result, last.completed_ns) == ("ok", "X", last.invoked_ns)


# Flexible Paxos


def test_only_quorums_of_different_phases_need_to_meet():
    run = calm(acceptors=5, promise_quorum=4, accept_quorum=2).do("propose", "proposer-0", value="X").to(25)
    for acceptor in ("acceptor-2", "acceptor-3", "acceptor-4"):
        run.do("crash", acceptor)
    assert run.to(60)["proposer-0"].learned == "X" and not run.breaches


def test_a_large_quorum_for_phase_1_is_the_price():
    run = calm(acceptors=5, promise_quorum=4, accept_quorum=2).do("crash", "acceptor-3").do("crash", "acceptor-4")
    assert learned(run.do("propose", "proposer-0", value="X").to(5000)) == {None}


@pytest.mark.parametrize(("acceptors", "promises", "votes", "fits"), [
    (5, 3, 3, True), (5, 4, 2, True), (5, 5, 1, True), (5, 1, 5, True), (4, 2, 3, True),
    (5, 3, 2, False), (5, 2, 2, False), (3, 1, 2, False), (4, 2, 2, False), (3, 4, 1, False),
])
def test_quorums_that_do_not_meet_are_refused(acceptors, promises, votes, fits):
    config = {"acceptors": acceptors, "promise_quorum": promises, "accept_quorum": votes}
    if fits:
        document("paxos", **config)
        return
    with pytest.raises(Mistake, match="quorum"):
        document("paxos", **config)


def test_the_bad_twin_takes_quorums_that_do_not_meet():
    document("paxos", acceptors=5, promise_quorum=2, accept_quorum=2, faulty="quorum_is_not_a_majority")


def test_more_proposers_than_servers_are_refused():
    with pytest.raises(Mistake, match="more proposers than acceptors"):
        document("paxos", together=True, proposers=4, acceptors=3)
