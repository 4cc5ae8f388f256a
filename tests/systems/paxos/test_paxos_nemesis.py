"""Paxos with everything breaking: 1,000 seeds keep every promise, and no missing rule stays unnoticed."""

import pytest

from simulator.engine.system import registered
from tests.systems.paxos.trying import first_caught, hunt

RESTLESS = {"proposers": 3, "clients": 3, "client_gap_ms": 20, "retry_ms": 60, "backoff_ms": 40, "ask_ms": 200}
NETWORK = {"delay": {"law": "exponential", "minimum_ms": 1, "mean_ms": 10}, "loss": 0.05, "duplicate": 0.02}
EVERYTHING = ["crash", "crash_at", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "skew", "drift", "delay_link", "lose", "duplicate_link"]
NEMESIS = {"rate_per_s": 10, "mean_duration_ms": 200, "faults": EVERYTHING, "spare": "nobody"}
CRASHES = {"rate_per_s": 40, "mean_duration_ms": 20, "faults": ["crash"], "spare": "nobody"}
LOSSY = {"delay": {"law": "exponential", "minimum_ms": 1, "mean_ms": 20}, "loss": 0.2}

PROVOKED = {
    "promise_is_not_persisted": {"nemesis": CRASHES, "network": {**LOSSY, "loss": 0.05}, "retry_ms": 100, "backoff_ms": 100},
    "adopts_any_value": {"proposers": 4, "clients": 4, "acceptors": 5, "network": LOSSY},
}
"""What brings a twin's mistake to light; the others need nothing special."""


def test_a_thousand_seeds_keep_every_promise_and_everything_comes_about():
    broken, reached = hunt("paxos", range(1, 1001), 3, network=NETWORK, disk={"fsync_ms": 2}, nemesis=NEMESIS, **RESTLESS)
    assert broken == {}
    assert reached["a_value_is_chosen"] == 1000 and reached["all_have_learned"] > 990, "a long back-off may outlast the run"
    assert set(reached) == {one.key for one in registered()["paxos"].properties if not one.always}


@pytest.mark.parametrize("shape", [
    {"together": True, "acceptors": 5}, {"acceptors": 4}, {"acceptors": 5, "promise_quorum": 4, "accept_quorum": 2},
    {"acceptors": 1}, {"learners": 0, "acceptors": 7, "proposers": 5, "clients": 5},
])
def test_every_shape_keeps_every_promise(shape):
    broken, reached = hunt("paxos", range(1, 101), 3, network=NETWORK, disk={"fsync_ms": 20}, nemesis=NEMESIS, **RESTLESS | shape)
    assert broken == {} and reached["all_have_learned"] == 100


@pytest.mark.parametrize("twin", registered()["paxos"].twins)
def test_every_bad_twin_is_caught_within_200_seeds(twin):
    config = {"network": NETWORK, "nemesis": NEMESIS, **RESTLESS} | PROVOKED.get(twin, {})
    assert first_caught("paxos", 200, 3, faulty=twin, **config) is not None
