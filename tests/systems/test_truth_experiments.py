"""Queueing theory through Experiments: pilots, pooled seeds, paired differences, and intervals that hold what they promise.

Service mean 1 s. Each test prints estimate, interval and truth (`pytest -rP`); seeds are fixed.
"""

import numpy as np
import pytest

from simulator.judges.statistics import Interval
from simulator.judges.tail import NOTHING, Tail
from simulator.scenarios import findings
from simulator.scenarios.cell import facts
from simulator.scenarios.replication import least_warm_up, pilot, record
from tests.scenarios.experiments import grid, measured
from tests.systems.truth import Truth, config, mm1_quantile, passes, scenario

TEN = 10
TWO_DIFFERENT = {"name": "power_of_two", "choices": 2, "replacement": False}
ORDER = ({"name": "least_work_left"}, {"name": "least_connections", "tie": "random"}, {"name": "join_idle_queue"}, TWO_DIFFERENT,
         {"name": "round_robin"}, {"name": "random"})
"""The order of mean times in the system, N = 10 at 80 %, best first."""


def axis(path, *values):
    """An axis."""
    return {"path": path, "values": list(values)}


def hold(cell: dict, **truths) -> None:
    """Assert truths (in s) about a Cell's latencies by the rule of tests/systems/truth.py."""
    for name, (value, tolerance) in truths.items():
        found = cell["facts"]["latency_ms"][name]
        interval = Interval(found["mean"] / 1000, found["half"] / 1000, found["count"], 0.95)
        print(f"{name}: {interval}, truth {value}")
        assert passes(interval, Truth(name, None, value, tolerance))


def test_mm1_at_three_loads():
    base = scenario(config(0.8, [{"count": 1}]), 500_000)
    _plan, cells = grid(base, axes=[axis("arrivals.rate_per_s", 0.5, 0.8, 0.9)])
    for rho, cell in zip((0.5, 0.8, 0.9), cells, strict=True):
        tolerance = 0.02 if rho < 0.9 else 0.04
        hold(cell, mean=(1 / (1 - rho), tolerance), p50=(mm1_quantile(0.5, rho), tolerance), p99=(mm1_quantile(0.99, rho), 2 * tolerance))
        rate = cell["facts"]["throughput_per_s"]
        assert rate["mean"] == pytest.approx(rho, abs=2 * rate["half"]) and cell["facts"]["utilisation"]["mean"] == pytest.approx(rho, rel=0.01)


def test_two_different_choices_of_sixteen_and_round_robin():
    base = scenario(config(14.4, [{"count": 16}]), 40_000)
    _plan, cells = grid(base, axes=[axis("strategy", TWO_DIFFERENT, {"name": "round_robin"})])
    hold(cells[0], mean=(2.829, 0.02), p99=(9.695, 0.02))
    hold(cells[1], mean=(5.480, 0.03), p99=(25.23, 0.04))


def test_the_order_of_the_strategies_is_significant_at_every_step():
    base = scenario(config(8.0, [{"count": 10}]), 4_000)
    plan, cells = grid(base, axes=[axis("strategy", *ORDER)])
    point = findings.answer(base, plan, cells)["points"][0]
    steps = [pair for pair in point["pairs"] if pair["b"] == pair["a"] + 1]
    print([f"{cell['facts']['latency_ms']['mean']['mean'] / 1000:.4g}" for cell in cells])
    assert len(steps) == 5 and all(pair["mean_ms"]["lower"] == "a" for pair in steps) and point["best"] == 0


def test_common_random_numbers_make_a_difference_four_times_as_sure():
    """Two service rates, 1 and 1.1, on the same seeds: the variance of the difference, against that of independent runs."""
    base = scenario(config(0.7, [{"count": 1}]), 20_000)
    _plan, cells = grid(base, axes=[axis("service.mean_ms", 1000, 1000 / 1.1)], seeds=30)
    slow, fast = ([found["mean_ms"] for found in cell["records"]] for cell in cells)
    paired, independent = np.var(np.subtract(slow, fast), ddof=1), np.var(slow, ddof=1) + np.var(fast, ddof=1)
    print(f"variance: paired {paired:.4g}, independent {independent:.4g}: {independent / paired:.3g} times")
    assert independent >= 4 * paired


def test_an_interval_of_95_percent_holds_the_truth_in_95_of_100():
    """200 experiments of M/M/1 at 80 %, ten seeds each: mean time 5 s, 99th percentile 23.03 s."""
    base = scenario(config(0.8, [{"count": 1}]), 20_000)
    held = {"mean": 0, "p99": 0}
    truth_ms = {"mean": 5000.0, "p99": 1000 * mm1_quantile(0.99, 0.8)}
    for number in range(200):
        plan = {"seeds": TEN, "first_seed": 1 + number * (TEN + 1)}
        warm_ns = max(pilot(base, plan["first_seed"] + TEN, {}), least_warm_up(base))
        found = measured(base, plan, warm_ns)["facts"]["latency_ms"]
        for name, value in truth_ms.items():
            held[name] += abs(found[name]["mean"] - value) <= found[name]["half"]
    print(held)
    assert all(178 <= count <= 198 for count in held.values()), held


def test_pooled_percentiles_are_those_of_all_requests_together():
    """Not the mean of the seeds' percentiles."""
    base = scenario(config(0.5, [{"count": 1}]), 2_000)
    records, tail = [], Tail(NOTHING)
    for seed in range(1, 6):
        found, slower = record(base, seed, 10**11, {})
        records, tail = [*records, found], tail.plus(slower)
    said = facts(records, tail)["latency_ms"]
    assert said["p99"]["mean"] == tail.quantile(0.99) / 1e6
    assert said["p99"]["mean"] != pytest.approx(np.mean([found["p99_ms"] for found in records]), rel=1e-6)
    assert said["mean"]["mean"] == pytest.approx(np.mean([found["mean_ms"] for found in records]))
