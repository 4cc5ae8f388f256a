"""Paxos against what theory says of it, through `simulate`, as the command line and REST use it."""

import pytest

from tests.systems.paxos.trying import constant, numbers

ALONE = {"stagger_ms": 0, "clients": 1}
PATIENT = {"retry_ms": 10_000, "ask_ms": 30_000}
STEADY = {"election_minimum_ms": 500, "election_maximum_ms": 1000, "heartbeat_ms": 100, "client_timeout_ms": 4000, "think_ms": 50}


@pytest.mark.parametrize("d", [1, 7.5, 10, 250])
@pytest.mark.parametrize("shape", [{}, {"acceptors": 5}, {"acceptors": 5, "together": True}, {"acceptors": 9, "learners": 0}])
def test_paxos_with_one_proposer_takes_4d_at_the_proposer(d, shape):
    found = numbers("paxos", network=constant(d), **ALONE, **PATIENT, **shape)
    assert found["latency_ms"]["mean"] == found["latency_ms"]["max"] == 4 * d
    assert found["metrics"]["chosen_ms"] == 3 * d
    assert found["operations"] == {"ok": 1, "fail": 0, "info": 0, "open": 0}


@pytest.mark.parametrize("d", [1, 10, 40])
@pytest.mark.parametrize("servers", [3, 5])
def test_a_stable_leader_takes_2d_at_the_leader_and_4d_at_a_remote_client(d, servers):
    found = numbers("multi_paxos", duration_s=20, network=constant(d), servers=servers, **STEADY)
    assert found["metrics"]["commit_ms"] == 2 * d
    assert found["latency_ms"]["p50"] == found["latency_ms"]["p90"] == pytest.approx(4 * d, rel=0.002)
    assert found["latency_ms"]["count"] > 50


# A proposer whose Prepare leaves at 0 has its Accept at the acceptors 2d later than its Prepare. The other's, s later,
# lands in between where 0 < s < 2d, and so does its own next one, R later, where s < R < s + 2d. That there is an Accept
# at all takes R > 2d.

@pytest.mark.parametrize(("d", "s", "r"), [(10, 12, 25), (10, 5, 21), (10, 19, 38), (100, 120, 250), (1, 1, 2.5), (50, 1, 100.5)])
@pytest.mark.parametrize("acceptors", [1, 3, 5])
def test_two_proposers_whose_retries_are_fixed_and_equal_never_decide(d, s, r, acceptors):
    found = numbers("paxos", duration_s=r / 10, network=constant(d), stagger_ms=0, acceptors=acceptors, learners=0,
                    client_gap_ms=s, retry_ms=r, backoff_ms=0, ask_ms=60_000)
    assert found["metrics"]["values"] == 0 and found["operations"]["open"] == 2
    assert 190 < found["metrics"]["numbers"] <= 200  # as many as there were tries
    assert not found["breaches"]


@pytest.mark.parametrize(("d", "s", "r"), [(10, 12, 25), (10, 5, 21), (100, 120, 250)])
@pytest.mark.parametrize("seed", range(1, 11))
def test_with_randomised_back_off_they_decide(d, s, r, seed):
    found = numbers("paxos", seed, duration_s=r / 10, network=constant(d), stagger_ms=0, learners=0,
                    client_gap_ms=s, retry_ms=r, backoff_ms=r, ask_ms=60_000)
    assert found["metrics"]["values"] == 1 and found["operations"]["ok"] == 2


@pytest.mark.parametrize(("d", "s", "r"), [(10, 21, 45), (10, 12, 33), (10, 12, 60)])
def test_where_a_prepare_does_not_land_in_between_they_decide_without_chance(d, s, r):
    found = numbers("paxos", duration_s=r / 10, network=constant(d), stagger_ms=0, learners=0,
                    client_gap_ms=s, retry_ms=r, backoff_ms=0, ask_ms=60_000)
    assert found["metrics"]["values"] == 1 and found["operations"]["ok"] == 2


def test_a_forced_write_delays_each_answer_of_an_acceptor_and_each_prepare():
    """Prepare, Promise and Accepted wait for a disk each: 4d + 3 writes."""
    found = numbers("paxos", network=constant(10), disk={"fsync_ms": 4}, **ALONE, **PATIENT)
    assert found["latency_ms"]["max"] == 4 * 10 + 3 * 4
    assert found["writes"]["forced"] == 1 + 2 * 3


def test_one_round_without_competition_takes_two_messages_each_way_and_one_to_each_that_learns():
    found = numbers("paxos", network=constant(10), acceptors=5, learners=2, **ALONE, **PATIENT)
    assert found["messages"]["sent"] == 5 + 5 + 5 + 5 * (2 + 2)
