"""What the papers say of atomic commit, sentence by sentence."""

import pytest

from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS
from simulator.engine.simulation import plan
from simulator.parts.ballot import Ballot
from simulator.systems.two_phase_commit.messages import Part, Phase1a, Phase2a, Work
from simulator.systems.two_phase_commit.paxos_commit import OWN, Round
from tests.systems.two_phase_commit.single import alone, document, numbers


class Run:
    """One transaction at three participants, 10 ms a message, gone through step by step. Prepare is sent at 30 ms, Commit at 50 ms."""

    def __init__(self, protocol=None, **more):
        config = alone(3, protocol, locking="timeout", doubt_timeout_ms=100, vote_timeout_ms=100, resend_ms=100, idle_timeout_ms=100) | more
        asked = document(config)
        self.simulation = asked.facts.build(asked.options, 1, plan(3_600_000 * MS), {}, {}, keep=False)
        self.world = self.simulation.cluster
        self.nodes = self.world.nodes

    def to(self, at_ms):
        """Go on until then."""
        self.simulation.advance(round(at_ms * MS))
        return self

    def do(self, kind, target="", **params):
        """An Action, now."""
        self.simulation.apply(Action(self.simulation.now_ns, kind, target, params))
        return self

    def __getitem__(self, role_and_number):
        return self.nodes[role_and_number]

    @property
    def participants(self):
        """The participants, in order."""
        return self.world.of("participant")

    @property
    def ends(self):
        """How the transaction ended at each participant, None where it has not."""
        return [node.decided["a1"].decision if "a1" in node.decided else None for node in self.participants]

    def kinds(self, id):
        """The kinds of the records in a node's log."""
        return [record.kind for record in self[id].log]

    @property
    def broken(self):
        """The promises that were broken."""
        return list(self.world.telling.breaches)


def presume(what):
    """A protocol option."""
    return {"name": "two_phase", "presume": what}


# Mohan, Lindsay, Obermarck 1986, and Gray 1978


def test_a_subordinate_that_votes_yes_cannot_unilaterally_commit_or_abort():
    """It waits, for an hour if need be, and keeps its locks."""
    run = Run().do("crash_at", "coordinator-0", point="all_voted_yes").to(3_599_000)
    assert run.ends == [None, None, None]
    assert all(list(node.in_doubt) == ["a1"] and len(node.locks) == 1 for node in run.participants)


def test_a_subordinate_that_votes_no_aborts_at_once_and_hears_nothing_more():
    run = Run().do("veto", "participant-2").to(41)
    assert run.ends == [None, None, "abort"] and not run["participant-2"].locks
    assert run.to(70).world.sent_kinds()["Abort"] == 2


def test_a_single_no_aborts_the_transaction():
    assert Run().do("veto", "participant-0").to(100).ends == ["abort"] * 3


def test_the_coordinator_forgets_when_all_have_acknowledged():
    run = Run().to(69)
    assert run["coordinator-0"].open["a1"].state == "committing"
    run.to(71)
    assert run["coordinator-0"].open == {} and run.kinds("coordinator-0") == ["commit", "end"]


def test_the_prepared_record_is_on_the_disk_before_the_vote_leaves():
    run = Run(disk={"fsync_ms": 30}).to(69)
    assert run.world.sent_kinds()["Vote"] == 0 and run.world.disk("participant-0") == {}
    assert run.to(71).world.sent_kinds()["Vote"] == 3
    assert run.world.disk("participant-0")["log"][0].kind == "prepared"


def test_a_transaction_is_committed_when_the_commit_record_is_on_the_disk():
    """A crash before that aborts it, a crash after that does not."""
    before = Run(disk={"fsync_ms": 5}).to(56).do("crash", "coordinator-0").to(70).do("restart", "coordinator-0").to(400)
    after = Run(disk={"fsync_ms": 5}).do("crash_at", "coordinator-0", point="decision_logged").to(70).do("restart", "coordinator-0").to(400)
    assert (before.ends, after.ends) == (["abort"] * 3, ["commit"] * 3)


def test_in_the_absence_of_information_abort_is_presumed():
    run = Run().do("crash_at", "coordinator-0", point="all_voted_yes").to(100).do("restart", "coordinator-0").to(400)
    assert run.ends == ["abort"] * 3
    assert run.kinds("coordinator-0") == []


def test_in_the_absence_of_information_commit_is_presumed_where_that_was_agreed():
    """Commits are not acknowledged; whoever has missed the decision asks, and the forgotten transaction has committed."""
    run = Run(presume("commit")).to(51).do("crash", "participant-1").to(80).do("restart", "participant-1").to(300)
    assert run["coordinator-0"].open == {} and run.ends == ["commit"] * 3
    assert run.world.sent_kinds()["Ack"] == 0


def test_a_collecting_record_without_a_decision_means_abort():
    run = Run(presume("commit")).do("crash_at", "coordinator-0", point="all_voted_yes").to(100)
    assert run.kinds("coordinator-0") == ["collecting"]
    assert run.do("restart", "coordinator-0").to(200).ends == ["abort"] * 3


def test_a_subordinate_forces_what_it_acknowledges():
    for what, forced in (("nothing", {"commit": True, "abort": True}), ("abort", {"commit": True, "abort": False}), ("commit", {"commit": False, "abort": True})):
        for decision in forced:
            run = Run(presume(what))
            run = (run.do("veto", "participant-2") if decision == "abort" else run).to(65)
            held = [record.kind for record in run.world.disk("participant-0")["log"]]
            assert (decision in held) == forced[decision], (what, decision)


def test_who_has_only_read_is_out_after_its_vote():
    run = Run(read_share=1.0).to(41)
    assert run.ends == ["read"] * 3 and all(node.log == () and node.locks == {} for node in run.participants)


def test_a_prepared_subordinate_that_recovers_holds_its_locks_again():
    run = Run().do("crash_at", "coordinator-0", point="all_voted_yes").to(55).do("crash", "participant-1").to(60).do("restart", "participant-1").to(61)
    recovered = run["participant-1"]
    assert recovered.in_doubt == {"a1": 40 * MS} and recovered.recovered == ("a1",)
    assert [lock.holders for lock in recovered.locks.values()] == [("a1",)]


def test_a_subordinate_that_has_not_voted_aborts_when_its_coordinator_has_gone():
    run = Run().do("crash_at", "coordinator-0", point="before_prepare").to(400)
    assert run.ends == ["abort"] * 3 and not any(node.locks for node in run.participants)


# Gray 1978: locks


def test_many_may_read_and_one_may_write():
    """Five transactions at one key: those that read do not wait for each other."""
    crowd = {"clients": {"law": "open", "rate_per_s": 1000, "spacing": "even"}, "transactions": 5, "keys": 1, "locking": "timeout"}
    readers, writers = (numbers(alone(1, **crowd, read_share=share)) for share in (1.0, 0.0))
    assert readers["operations"]["ok"] == writers["operations"]["ok"] == 5
    assert readers["lock_wait_ms"] == 0 and writers["lock_wait_ms"] > 50


def test_a_deadlock_is_broken_by_a_timeout():
    """Two transactions that come from two sides each hold what the other one wants."""
    config = alone(2, coordinators=2, keys=1, clients={"law": "closed", "clients": 6, "think_ms": 0}, transactions=5, locking="timeout", lock_timeout_ms=50,
                   network={"delay": {"law": "uniform", "minimum_ms": 1, "maximum_ms": 20}})
    told = numbers(config, 60)
    assert told["operations"]["fail"] > 0 and told["operations"]["ok"] > 0 and told["operations"]["open"] == 0


# Bernstein, Hadzilacos, Goodman 1987


def test_a_process_in_doubt_may_learn_the_decision_from_another_one():
    assert Run().do("crash_at", "coordinator-0", point="some_told").to(300).ends == ["commit"] * 3


def test_a_process_that_has_not_voted_can_abort_so_that_the_others_can():
    """Prepare has not come to participant-2; asked by the others, it gives up its right to commit."""
    run = Run(vote_timeout_ms=100_000, idle_timeout_ms=100_000)
    run.to(25).do("cut", "coordinator-0->participant-2").to(55).do("crash", "coordinator-0").to(400)
    assert run.ends == ["abort"] * 3


def test_an_operator_may_break_atomicity_and_it_is_said_who_did():
    run = Run().do("crash_at", "coordinator-0", point="decision_logged").to(65).do("heuristic_abort", "participant-1")
    assert not run["participant-1"].locks and run.broken == []
    run.do("restart", "coordinator-0").to(100)
    assert run.broken == ["atomicity"] and "participant-1" in run.world.telling.breaches["atomicity"]["values"]["by_hand"]
    assert run["participant-1"].heuristic == {}, "it has compared and acknowledged"


def test_an_operator_who_guesses_right_breaks_nothing():
    run = Run().do("crash_at", "coordinator-0", point="decision_logged").to(65).do("heuristic_commit", "participant-1", txn="a1")
    assert run.do("restart", "coordinator-0").to(300).broken == [] and run["coordinator-0"].open == {}


def test_what_an_operator_decided_is_never_passed_on_as_the_decision():
    run = Run().do("crash_at", "coordinator-0", point="all_voted_yes").to(60).do("heuristic_commit", "participant-0").to(61)
    node = run["participant-0"]
    number = node.decided["a1"].branch
    assert node.known("a1", number) == ""
    run.do("restart", "coordinator-0").to(400)
    assert run.ends[1:] == ["abort", "abort"] and node.known("a1", number) == "abort", "by now it has heard the true one"


def test_a_branch_that_a_crash_took_is_not_prepared_in_the_name_of_another():
    """Its work was lost; a copy of the request for it makes a new branch, and Prepare names the old one."""
    run = Run().to(32).do("crash", "participant-0").to(33).do("restart", "participant-0").to(34)
    run.world.action_row()
    run["participant-0"].on_work(Work("a1", Part("participant-0", (), ("k0.0",), False)), "coordinator-0")
    assert run["participant-0"].branches["a1"].state == "worked"
    assert run.to(400).ends == ["abort"] * 3


def test_an_operator_can_decide_only_what_is_in_doubt():
    with pytest.raises(ActionRefused):
        Run().to(100).do("heuristic_commit", "participant-1")


# Skeen 1981


@pytest.mark.parametrize(("point", "end"), [("before_prepare", "abort"), ("all_voted_yes", "abort"), ("decision_logged", "commit"), ("some_told", "commit")])
def test_three_phase_commit_does_not_block_when_the_coordinator_crashes(point, end):
    run = Run({"name": "three_phase"}).do("crash_at", "coordinator-0", point=point).to(1000)
    assert run.ends == [end] * 3 and run.broken == []
    assert run.do("restart", "coordinator-0").to(2000)["coordinator-0"].open == {}


def test_after_a_total_failure_three_phase_commit_waits_for_all():
    run = Run({"name": "three_phase"}).do("crash_at", "coordinator-0", point="all_voted_yes").to(55)
    for number in range(3):
        run.do("crash", f"participant-{number}")
    run.to(70).do("restart", "participant-0").do("restart", "participant-1").to(2000)
    assert run.ends == [None, None, None], "participant-2 might know better"
    run.do("restart", "participant-2").do("restart", "coordinator-0").to(4000)
    assert run.ends == ["abort"] * 3 and run["coordinator-0"].open == {}


# Gray and Lamport 2006


def test_paxos_commit_needs_no_particular_coordinator():
    run = Run({"name": "paxos_commit"}, coordinators=2).do("crash_at", "coordinator-0", point="all_voted_yes").to(1000)
    assert run.ends == ["commit"] * 3 and run["participant-0"].decided["a1"].by == "coordinator-1"


def test_paxos_commit_survives_f_acceptors_and_no_more():
    two, three = Run({"name": "paxos_commit", "faults": 2}), Run({"name": "paxos_commit", "faults": 2})
    for number in range(3):
        three.do("crash", f"acceptor-{number}")
        if number < 2:
            two.do("crash", f"acceptor-{number}")
    assert two.to(100).ends == ["commit"] * 3
    assert three.to(5000).ends == [None, None, None]
    assert three.do("restart", "acceptor-0").to(10_000).ends == ["commit"] * 3, "the two that heard the votes remember them"


def test_a_vote_that_nobody_can_have_chosen_counts_as_no():
    run = Run({"name": "paxos_commit"}).to(35).do("crash", "participant-2").to(1000)
    assert run.ends[:2] == ["abort", "abort"]


def test_acceptors_forget_when_everybody_knows():
    run = Run({"name": "paxos_commit"}).to(200)
    assert run.ends == ["commit"] * 3
    assert all(acceptor.accepted == {} and acceptor.promised == {} for acceptor in run.world.of("acceptor"))


BRANCHES = (("participant-0", 1), ("participant-1", 2))
FIRST, SECOND = Ballot(1, "coordinator-0"), Ballot(2, "coordinator-1")


def acceptor(**more):
    """(a run, an acceptor that has heard nothing, the votes that its disk holds) ready to be handed messages."""
    run = Run({"name": "paxos_commit"}, coordinators=2, **more).to(1)
    run.world.action_row()
    return run, run["acceptor-0"], lambda: [vote for _participant, _ballot, vote in run.world.disk("acceptor-0").get("accepted", {}).get("t", ())]


def votes(*said, ballot=OWN):
    """Phase 2a for the first participants."""
    return Phase2a("t", ballot, tuple((f"participant-{number}", vote) for number, vote in enumerate(said)), BRANCHES, "coordinator-0")


def test_nobody_votes_twice_at_ballot_0():
    _run, node, _held = acceptor()
    node.on_phase2a(votes("yes"), "participant-0")
    node.on_phase2a(votes("no"), "participant-0")
    assert node.accepted["t"] == (("participant-0", OWN, "yes"),)


def test_an_acceptor_ignores_what_is_below_its_promise():
    _run, node, _held = acceptor()
    node.on_phase1a(Phase1a("t", SECOND), "coordinator-1")
    node.on_phase2a(votes("yes", "yes"), "participant-0")
    node.on_phase2a(votes("no", "no", ballot=FIRST), "coordinator-0")
    assert node.promised["t"] == SECOND and "t" not in node.accepted
    node.on_phase2a(votes("no", "no", ballot=SECOND), "coordinator-1")
    assert [vote for _participant, _ballot, vote in node.accepted["t"]] == ["no", "no"]


def test_an_acceptor_remembers_its_votes_and_its_promise_even_if_it_fails():
    run, node, held = acceptor()
    node.on_phase2a(votes("yes", "yes"), "participant-0")
    assert held() == ["yes", "yes"], "all votes are in: it has told the leader"
    node.on_phase1a(Phase1a("t", FIRST), "coordinator-0")
    run.do("crash", "acceptor-0").do("restart", "acceptor-0")
    assert node.promised == {"t": FIRST} and len(node.accepted["t"]) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_leader_proposes_the_vote_of_the_highest_ballot(order):
    run = Run({"name": "paxos_commit"})
    promises = (("acceptor-0", (("participant-0", OWN, "yes"),)), ("acceptor-1", (("participant-0", FIRST, "no"),)))
    heard = Round(SECOND, tuple(promises[place] for place in order))
    assert [run["coordinator-0"].safe(heard, f"participant-{number}") for number in (0, 1)] == ["no", "no"]
    later = Round(SECOND, (("acceptor-0", (("participant-0", FIRST, "yes"),)), ("acceptor-1", (("participant-0", OWN, "no"),)))[::1 - 2 * order[0]])
    assert run["coordinator-0"].safe(later, "participant-0") == "yes"


def test_a_leader_never_uses_a_ballot_again_even_if_it_fails():
    run = Run({"name": "paxos_commit"}).to(35).do("crash", "participant-2").to(200)
    used = run["coordinator-0"].highest
    assert used > 0
    run.do("crash", "coordinator-0").do("restart", "coordinator-0")
    assert run["coordinator-0"].highest == used
