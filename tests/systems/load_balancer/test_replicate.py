"""Replications: samples that the kernel takes by itself are those that it takes one by one."""

import numpy as np
import pytest

from simulator.engine.action import Action
from simulator.engine.clock import MS, S
from simulator.engine.replication import Order
from simulator.engine.simulation import Plan
from simulator.systems.load_balancer import build
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.replicate import replicate

CONFIGS = {
    "plain": {},
    "pool and heap must grow": {"arrivals": {"law": "poisson", "rate_per_s": 4000}, "retries": {"retries": 2, "try_timeout_ms": 20}},
    "health checks": {"health": {"on": True, "interval_ms": 200}},
    "stops of their own": {"servers": [{"count": 4, "stops": {"every_s": 1.0}}]},
}


def config(changes: dict) -> Config:
    return Config.model_validate({"arrivals": {"law": "poisson", "rate_per_s": 300}, "service": {"law": "exponential", "mean_ms": 10},
                                  "servers": [{"count": 4}]} | changes)


def built(changes: dict):
    return build(config(changes), 5, Plan(10 * S, 10 * S, 100 * MS), {}, {"warm_up_ns": 1050 * MS}, False)


@pytest.mark.parametrize("changes", CONFIGS.values(), ids=CONFIGS)
def test_many_samples_at_a_call_are_the_samples_one_by_one(changes):
    stops = sorted({*range(100 * MS, 10 * S + 1, 100 * MS), 1050 * MS})
    together, single = built(changes), built(changes)
    found = together.advance_each(stops, lambda: None)
    expected = []
    for stop in stops:
        single.advance(stop)
        expected.append(int(single.cells["in_system"]))
    assert found == expected and max(found) > 0
    assert together.recorder.times == single.recorder.times and len(single.recorder.times) == 100
    assert all(np.array_equal(*pair) for pair in zip(together.recorder.backlog, single.recorder.backlog, strict=True))
    assert np.array_equal(together.recorder.areas, single.recorder.areas)
    assert together.summary() == single.summary() and together.keyframe() == single.keyframe()


def test_it_calls_the_kernel_less_than_once_for_five_samples():
    run = built({})
    calls, kernel = [], run._to_each
    run._to_each = lambda *arguments: (calls.append(1), kernel(*arguments))
    run.advance_each(list(range(100 * MS, 10 * S + 1, 100 * MS)), lambda: None)
    assert len(calls) < 20


def test_actions_happen_between_the_samples_at_their_time():
    crash = Action(2050 * MS, "crash", "server-0", {})
    found = replicate(config({}), 5, Order(10 * S, 1 * S, 100, (crash,)))
    run = built({})
    run.advance(crash.at_ns)
    run.apply(crash)
    run.advance(10 * S)
    assert found.levels[-1] == run.cells["in_system"] and found.scalars["events"] == run.events
