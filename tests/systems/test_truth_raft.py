"""TRUTH.md, "Commit and consensus": how often an election is undisputed, through `simulate`."""

from math import sqrt

import pytest

from simulator.scenarios.document import parse
from simulator.scenarios.play import simulate

SEEDS = 1500


def elections(servers: int, delay_ms: float, spread_ms: float, actions=()) -> float:
    """The share of first elections with one candidate. No timer can go off twice before the end."""
    document = parse({
        "format": "distviz-scenario/1", "system": "raft", "duration_s": (150 + min(150, spread_ms) + 1) / 1000, "actions": list(actions),
        "config": {
            "servers": servers, "clients": 0, "stagger_ms": 0, "election_timeout_min_ms": 150, "election_timeout_max_ms": 150 + spread_ms,
            "network": {"delay": {"law": "constant", "delay_ms": delay_ms}}}})
    undisputed = 0
    for seed in range(1, SEEDS + 1):
        summary = simulate(document, seed)
        metrics = {metric["key"]: metric["value"] for metric in summary["metrics"]}
        assert metrics["elections"] == 1 and not summary["breaches"]
        undisputed += metrics["contested"] == 0
    return undisputed / SEEDS


@pytest.mark.parametrize(("timers", "delay_ms", "spread_ms", "servers", "down"), [
    (4, 15, 150, 5, 1),  # the row of TRUTH.md, .6561: five servers, of which the leader has crashed
    (4, 15, 150, 4, 0),
    (2, 15, 150, 3, 1),
    (5, 3, 150, 5, 0),
])
def test_nobody_else_fires_before_hearing_the_first_as_often_as_theory_says(timers, delay_ms, spread_ms, servers, down):
    crash = [{"at_ns": 0, "kind": "crash", "target": "server-0"}] if down else []
    theory = (1 - delay_ms / spread_ms) ** timers
    if timers == 4:
        assert theory == pytest.approx(0.6561, abs=5e-5)
    error = sqrt(theory * (1 - theory) / SEEDS)
    assert elections(servers, delay_ms, spread_ms, crash) == pytest.approx(theory, abs=3.5 * error)
