"""Multi-Paxos with everything breaking: 1,000 seeds keep every promise, and no missing rule stays unnoticed."""

import pytest

from simulator.engine.system import registered
from tests.systems.paxos.test_paxos_nemesis import CRASHES, EVERYTHING, NETWORK
from tests.systems.paxos.trying import first_caught, hunt

QUICK = {"clients": 3, "think_ms": 20, "client_timeout_ms": 100, "election_minimum_ms": 40, "election_maximum_ms": 100,
         "heartbeat_ms": 20, "log_kept": 4}
NEAR = {"delay": {"law": "exponential", "minimum_ms": 1, "mean_ms": 5}, "loss": 0.05, "duplicate": 0.02}
NEMESIS = {"rate_per_s": 15, "mean_duration_ms": 100, "faults": EVERYTHING, "spare": "nobody"}
CUTS = {"rate_per_s": 4, "mean_duration_ms": 400, "faults": ["partition", "isolate", "pause"]}

PROVOKED = {
    "promise_is_not_persisted": {"nemesis": CRASHES, "network": NETWORK, "heartbeat_ms": 60, "election_minimum_ms": 60},
    "reads_without_asking": {"nemesis": CUTS, "keys": 1, "clients": 4, "think_ms": 10},
}
"""What brings a twin's mistake to light; the others need nothing special."""


def test_a_thousand_seeds_keep_every_promise_and_everything_comes_about():
    config = QUICK | {"clients": 2, "think_ms": 40, "heartbeat_ms": 30}
    broken, reached = hunt("multi_paxos", range(1, 1001), 1, network=NEAR, disk={"fsync_ms": 1}, nemesis=NEMESIS, **config)
    assert broken == {}
    assert reached["a_command_is_executed"] > 990
    assert set(reached) == {one.key for one in registered()["multi_paxos"].properties if not one.always}


@pytest.mark.parametrize("shape", [{"servers": 5}, {"servers": 4, "keys": 1}, {"servers": 1}, {"log_kept": 1, "disk": {"fsync_ms": 20}}])
def test_every_shape_keeps_every_promise_and_goes_on_when_all_is_mended(shape):
    config = {"network": NEAR, "nemesis": NEMESIS, **QUICK} | shape
    broken, reached = hunt("multi_paxos", range(1, 26), 2, **config)
    assert broken == {} and reached["a_command_is_executed"] == 25


@pytest.mark.parametrize("twin", registered()["multi_paxos"].twins)
def test_every_bad_twin_is_caught_within_200_seeds(twin):
    config = {"network": NEAR, "nemesis": NEMESIS, **QUICK} | PROVOKED.get(twin, {})
    assert first_caught("multi_paxos", 200, 2, faulty=twin, **config) is not None
