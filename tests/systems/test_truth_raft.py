"""TRUTH.md, "Commit and consensus": how often an election is undisputed."""

from math import sqrt

import pytest

from simulator.scenarios.document import parse
from simulator.scenarios.play import simulate
from tests.systems.raft.bench import built


def config(servers: int, delay_ms: float) -> dict:
    """Timeouts from 150 to 300 ms and a fixed delay; all timers are set at the same time, and nobody is asked for anything."""
    return {"servers": servers, "clients": 0, "stagger_ms": 0, "network": {"delay": {"law": "constant", "delay_ms": delay_ms}}}


def agrees(undisputed: int, seeds: int, theory: float) -> bool:
    """Whether a share agrees with theory: within 3.5 standard errors."""
    return abs(undisputed / seeds - theory) < 3.5 * sqrt(theory * (1 - theory) / seeds)


def test_four_timers_through_simulate():
    """(4, 15 ms, 150 ms) .6561: five servers, of which one is down. In 301 ms no timer can go off twice."""
    document = parse({"format": "distviz-scenario/1", "system": "raft", "duration_s": 0.301, "config": config(5, 15),
                      "actions": [{"at_ns": 0, "kind": "crash", "target": "server-0"}]})
    undisputed, seeds = 0, 400
    for seed in range(1, seeds + 1):
        metrics = {metric["key"]: metric["value"] for metric in simulate(document, seed)["metrics"]}
        assert metrics["elections"] == 1
        undisputed += metrics["contested"] == 0
    assert (1 - 15 / 150) ** 4 == pytest.approx(0.6561, abs=1e-12)
    assert agrees(undisputed, seeds, 0.6561)


@pytest.mark.parametrize(("timers", "delay_ms"), [(4, 15), (2, 15), (3, 40), (5, 3), (9, 10)])
def test_nobody_else_fires_before_hearing_the_first_as_often_as_theory_says(timers, delay_ms):
    undisputed, seeds = 0, 800
    for seed in range(1, seeds + 1):
        protocol = built(config(timers, delay_ms), seed, 301_000_000)
        protocol.advance(301_000_000)
        metrics = {key: value for key, _title, value, _unit in protocol.facts.metrics(protocol.cluster)}
        undisputed += metrics["contested"] == 0
    assert agrees(undisputed, seeds, (1 - delay_ms / 150) ** timers)
