"""Multi-Paxos against the sentences of its papers: Lamport 2001, section 3, and Van Renesse and Altinbuken 2015."""

import pytest

from simulator.parts.ballot import Ballot
from simulator.systems.multi_paxos.messages import NOOP, Accept, Command, Prepare, Vote
from tests.systems.paxos.trying import Run

QUIET = {"think_ms": 3_600_000, "client_timeout_ms": 200, "election_minimum_ms": 100, "election_maximum_ms": 200, "clients": 2}


def led(**config) -> tuple[Run, str, list[str]]:
    """(a run at 400 ms that has a leader, the leader, the other servers)."""
    run = Run("multi_paxos", **QUIET | config).to(400)
    servers = run.simulation.cluster.roster["server"]
    leader = next(server for server in servers if run[server].phase == "leading")
    return run, leader, [server for server in servers if server != leader]


def written(run: Run, *requests: tuple[str, str]) -> Run:
    """The run after each client has written its key, with time enough for an answer."""
    for client, key in requests:
        run.do("request", client, f="write", key=key)
    return run.to(now_ms(run) + 150)


def now_ms(run: Run) -> float:
    """How far the run has come."""
    return run.simulation.now_ns / 1e6


def test_the_ith_instance_decides_the_ith_command():
    """Lamport: "the value chosen by the i-th instance being the i-th state machine command in the sequence"."""
    run, leader, others = led()
    written(run, ("client-0", "a"), ("client-1", "b"))
    log = run[leader].log
    assert [(slot, log[slot].client) for slot in log] == [(1, "client-0"), (2, "client-1")]
    assert all(run[other].log == log for other in others)


def test_a_newly_chosen_leader_executes_phase_1_for_infinitely_many_instances():
    """One Prepare to each server in the whole run, however many commands follow."""
    run, leader, _others = led(think_ms=5)
    run.to(5000)
    assert run[leader].applied > 100
    assert run[leader].number == 1 and run[leader].phase == "leading"


def test_the_leader_fills_the_gap_with_no_ops():
    """Lamport: it "proposes ... a special 'no-op' command that leaves the state unchanged" for the slots in between."""
    run, leader, (one, other) = led()
    written(run, ("client-0", "a"), ("client-1", "b"))
    for follower in (one, other):
        run.do("lose", f"{leader}->{follower}", share=1)
    run.do("request", "client-0", f="write", key="a").to(now_ms(run) + 15)
    run.do("heal").do("request", "client-1", f="write", key="b").to(now_ms(run) + 21).do("crash", leader)
    assert 3 not in run[one].accepted and 4 in run[one].accepted
    run.to(1500)
    assert run[one].log[3] == NOOP and run[one].log[4].key == "b"
    assert run[one].log[5].key == "a", "the write that was lost was repeated"
    assert "a_gap_is_filled" in run.reached and not run.breaches


def test_the_leader_proposes_again_what_may_have_been_chosen():
    """A command that one acceptor has heard of is finished by the next leader, under a higher number."""
    run, leader, (one, other) = led()
    run.do("lose", f"{leader}->{other}", share=1).do("request", "client-0", f="write", key="a")
    run.to(now_ms(run) + (21 if run["client-0"].server == leader else 31)).do("crash", leader).do("heal").to(1500)
    assert run[one].log[1].key == run[other].log[1].key == "a"
    assert "a_proposal_is_adopted" in run.reached and not run.breaches


def test_two_servers_that_believe_to_lead_do_no_harm():
    """Lamport: "If multiple servers think they are leaders, then they can all propose values ... could prevent any value from being chosen.
    However, safety is preserved"."""
    run, leader, others = led(servers=5, clients=3, think_ms=20)
    rest = ",".join((*others, "client-1", "client-2"))
    run.do("partition", groups=f"{leader},client-0|{rest}").to(2000)
    assert sum(run[server].phase == "leading" for server in (leader, *others)) == 2
    applied = run[leader].applied
    run.to(3000)
    assert run[leader].applied == applied, "alone it decides nothing"
    run.do("heal").to(5000)
    assert sum(run[server].phase == "leading" for server in (leader, *others)) == 1
    assert run[leader].applied > applied and not run.breaches


def test_a_request_that_is_repeated_is_executed_once():
    """Van Renesse and Altinbuken: a replica "has to check if it has already performed the command"."""
    run, leader, others = led(client_timeout_ms=60)
    for other in others:
        run.do("cut", f"{other}->{leader}")
    run.do("request", "client-0", f="write", key="a").to(700).do("heal").to(1000)
    log = run[leader].log
    assert len(log) > 1 and len(set(log.values())) == 1
    assert run[leader].executed == 1 and not run.breaches


def test_a_request_that_is_repeated_after_its_answer_was_lost_is_answered_from_memory():
    run, leader, _others = led(client_timeout_ms=60)
    run.do("lose", f"{leader}->client-0", share=1).do("request", "client-0", f="write", key="a").to(700).do("heal").to(1000)
    assert run["client-0"].pending is None and run["client-0"].repeats > 1
    assert run[leader].applied == run[leader].executed == 1


def test_replicas_that_lag_behind_catch_up_slot_by_slot_or_with_a_copy():
    for kept, copies in ((1000, 0), (5, 1)):
        run, _leader, (one, _other) = led(think_ms=20, log_kept=kept)
        run.do("isolate", one).to(1500).do("heal").to(3000)
        assert run[one].copies == copies
        servers = run.simulation.cluster.of("server")
        assert max(server.applied for server in servers) - run[one].applied <= 3 and not run.breaches


def test_a_server_that_restarts_has_its_promise_its_votes_and_its_number():
    """Lamport: "the acceptor uses its stable storage to remember ... and the proposer its highest-numbered proposal"."""
    run, leader, (one, _other) = led(think_ms=20)
    promised, number = run[one].promised, run[leader].number
    run.do("crash", one).do("restart", one)
    assert run[one].promised == promised
    run.do("crash", leader).do("restart", leader)
    assert run[leader].number == number and run[leader].phase == "following"


def test_a_leader_that_nobody_tells_what_it_lacks_starts_anew():
    """Slots that only a crashed server had executed: the votes of the others bring them back."""
    run, leader, (one, other) = led()
    run.do("request", "client-0", f="write", key="a")
    while 1 not in run[one].accepted:
        run.to(now_ms(run) + 1)
    for follower in (one, other):  # they vote, but do not hear what was decided
        run.do("lose", f"{leader}->{follower}", share=1)
    run.to(now_ms(run) + 11)
    assert run[leader].applied == 1 and run[one].applied == run[other].applied == 0
    run.do("heal").do("cut", f"{other}->{one}").do("skew", one, ms=1000)  # its patience is at an end
    run.to(now_ms(run) + 11).do("crash", leader)
    run.to(now_ms(run) + 10).do("heal")
    assert run[one].phase == "leading" and run[one].lacking == 1 and run[one].applied == 0
    run.to(2000)
    assert run[one].applied >= 1 and run[one].log[1].key == "a" and not run.breaches


def test_an_acceptor_votes_for_nothing_below_what_it_has_voted_for_although_it_never_promised_that():
    run, leader, (one, other) = led()
    node, slot = run[one], run[one].applied + 1
    high, low = Ballot(9, other), Ballot(8, leader)
    run.simulation.cluster.action_row()
    node.on_accept(Accept(high, slot, NOOP), other)
    node.on_accept(Accept(low, slot, Command(leader, 1, "write", "a", "1")), leader)
    assert node.accepted[slot] == Vote(high, NOOP)
    node.on_prepare(Prepare(low, slot), leader)
    assert node.promised == high


@pytest.mark.parametrize("server", ["server-0", "server-1", "server-2"])
def test_one_of_three_servers_may_crash_and_the_clients_are_served(server):
    run = Run("multi_paxos", **QUIET | {"think_ms": 20}).to(1000).do("crash", server).to(2000)
    before = max(node.executed for node in run.simulation.cluster.of("server"))
    run.to(4000)
    assert max(node.executed for node in run.simulation.cluster.of("server")) > before + 20 and not run.breaches


def test_two_of_three_servers_crash_and_nothing_is_answered_until_one_is_back():
    run = Run("multi_paxos", **QUIET | {"think_ms": 20}).to(1000).do("crash", "server-0").do("crash", "server-1").to(1100)
    before = run["server-2"].executed
    run.to(3000)
    assert run["server-2"].executed <= before + 2
    run.do("restart", "server-1").to(5000)
    assert run["server-2"].executed > before + 20 and not run.breaches


def test_a_no_op_changes_nothing():
    assert NOOP.f == "noop" and Command("", 0, "noop") == NOOP
