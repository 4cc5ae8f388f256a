"""Queueing theory through Experiments: pilots, pooled seeds, paired differences, and intervals that hold what they promise.

Service mean 1 s. Each test prints estimate, interval and truth (`pytest -rP`); seeds are fixed.
"""

from math import log

import numpy as np
import pytest

from simulator.judges.statistics import Interval
from simulator.judges.tail import NOTHING, Tail, unpacked
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


EXPONENTIAL, CONSTANT = ({"law": law, "mean_ms": 1000.0} for law in ("exponential", "deterministic"))
HYPEREXPONENTIAL = {"law": "hyperexponential", "mean_ms": 1000.0, "scv": 4.0}
BLIND, LOOKING = ("random", "round_robin"), ("smooth_weighted_round_robin", "power_of_two", "peak_ewma", "least_connections")


def axis(path, *values):
    """An axis."""
    return {"path": path, "values": list(values)}


def hold(cell: dict, known: float = 0.005, **truths) -> None:
    """Assert truths (in s) about a Cell's latencies by the rule of tests/systems/truth.py; `known`: how well they are."""
    for name, (value, tolerance) in truths.items():
        found = cell["facts"]["latency_ms"][name]
        interval = Interval(found["mean"] / 1000, found["half"] / 1000, found["count"], 0.95)
        print(f"{name}: {interval}, truth {value}")
        assert passes(interval, Truth(name, None, value, tolerance, known))


def test_mm1_at_three_loads():
    base = scenario(config(0.8, [{"count": 1}]), 500_000)
    _plan, cells = grid(base, axes=[axis("arrivals.rate_per_s", 0.5, 0.8, 0.9)])
    for rho, cell in zip((0.5, 0.8, 0.9), cells, strict=True):
        tolerance = 0.02 if rho < 0.9 else 0.04
        hold(cell, mean=(1 / (1 - rho), tolerance), p50=(mm1_quantile(0.5, rho), tolerance), p99=(mm1_quantile(0.99, rho), 2 * tolerance))
        rate = cell["facts"]["throughput_per_s"]
        assert rate["mean"] == pytest.approx(rho, abs=2 * rate["half"]) and cell["facts"]["utilisation"]["mean"] == pytest.approx(rho, rel=0.01)


def test_ten_slots_of_one_queue():
    _plan, cells = grid(scenario(config(8.0, [{"count": 1, "slots": 10}]), 50_000), axes=[axis("servers.0.slots", 10)])
    hold(cells[0], mean=(1.20459, 0.005))


def test_erlang_b_does_not_depend_on_the_service_law():
    base = scenario(config(10.0, [{"count": 1, "slots": 10, "queue_limit": 0}]), 20_000)
    _plan, cells = grid(base, axes=[axis("service", EXPONENTIAL, CONSTANT, HYPEREXPONENTIAL)])
    for cell in cells:
        found = cell["facts"]["failure_share"]
        interval = Interval(found["mean"], found["half"], found["count"], 0.95)
        print(f"blocking: {interval}, truth 0.214582")
        assert passes(interval, Truth("blocking", None, 0.214582, 0.02)) and cell["facts"]["outcomes"]["rejected"] == pytest.approx(found["mean"], rel=1e-3)


def test_one_queue_of_any_law_in_turn_and_shared():
    """M/G/1 at 80 %: in turn it is the variance that counts (Pollaczek and Khinchine), shared it is not."""
    base = scenario(config(0.8, [{"count": 1}]), 400_000)
    _plan, cells = grid(base, axes=[axis("servers.0.discipline", "fifo", "sharing"), axis("service", CONSTANT, HYPEREXPONENTIAL)])
    for cell, truth in zip(cells, (3.0, 11.0, 5.0, 5.0), strict=True):
        hold(cell, mean=(truth, 0.04))


def test_round_robin_over_two_servers():
    _plan, cells = grid(scenario(config(1.6, [{"count": 2}]), 200_000), axes=[axis("strategy", {"name": "round_robin"})])
    hold(cells[0], mean=(3.84398, 0.01))


def test_two_different_choices_of_a_hundred():
    _plan, cells = grid(scenario(config(90.0, [{"count": 100}]), 3_000), axes=[axis("strategy", TWO_DIFFERENT)])
    hold(cells[0], mean=(2.646, 0.01))


def test_two_different_choices_of_sixteen_round_robin_and_the_shortest_queue():
    base = scenario(config(14.4, [{"count": 16}]), 40_000)
    _plan, cells = grid(base, axes=[axis("strategy", TWO_DIFFERENT, {"name": "round_robin"}, {"name": "least_connections", "tie": "random"})])
    hold(cells[0], mean=(2.829, 0.02), p99=(9.695, 0.02))
    hold(cells[1], mean=(5.480, 0.03), p99=(25.23, 0.04))
    hold(cells[2], known=0.02, mean=(1.589, 0.01), p99=(6.67, 0.02))


def test_one_of_ten_servers_is_five_times_slower():
    """60 % of the whole capacity: who does not look is unstable with every seed, who looks with none."""
    base = scenario(config(0.6 * 9.2, [{"count": 9}, {"count": 1, "speed": 0.2}]), 500)
    _plan, cells = grid(base, axes=[axis("strategy", *({"name": name} for name in BLIND + LOOKING))])
    assert [cell["facts"]["unstable"] for cell in cells] == [TEN] * len(BLIND) + [0] * len(LOOKING)
    assert all("server-9" in cell["facts"]["stability"]["values"]["server"] for cell in cells[:2]), "and it is named"
    assert [cell["facts"]["latency_ms"] is None for cell in cells] == [True] * len(BLIND) + [False] * len(LOOKING)


@pytest.mark.parametrize(("parts", "servers", "duration_s"), [(100, 100, 8_000), (2000, 1000, 120)])
def test_the_slowest_of_many_parts(parts, servers, duration_s):
    """P(at least one is slow), each with 1 in 100 (1 in 10,000): 0.634 (0.1813). Slots for all, so that nothing waits."""
    rare = 0.01 if parts == 100 else 0.0001
    base = scenario(config(1.0, [{"count": servers, "slots": 100}], "round_robin", fan_out=parts), duration_s)
    _plan, cells = grid(base, axes=[axis("fan_out", parts)], seeds=3, warm_up_s=0)
    tail = unpacked(cells[0]["tail"])
    truth, share = 1 - (1 - rare) ** parts, 1 - tail.within(-log(rare) * 1e9) / tail.count
    print(f"at least one of {parts} is slow: {share:.4g}, truth {truth:.4g}")
    assert share == pytest.approx(truth, abs=3 * (truth * (1 - truth) / tail.count) ** 0.5 + 0.002 * truth)


def test_closed_clients_wait_for_what_they_do_not_think():
    """R = N / X - Z."""
    closed = {"law": "closed", "clients": 20, "think": "constant", "think_ms": 10_000.0}
    base = scenario(config(1.0, [{"count": 1}]) | {"arrivals": closed}, 50_000)
    _plan, cells = grid(base, axes=[axis("arrivals.clients", 5, 20)])
    for clients, cell in zip((5, 20), cells, strict=True):
        response, rate = cell["facts"]["latency_ms"]["mean"]["mean"] / 1000, cell["facts"]["throughput_per_s"]["mean"]
        print(f"{clients} clients: R {response:.5g} s, N / X - Z {clients / rate - 10:.5g} s")
        assert response == pytest.approx(clients / rate - 10, abs=0.002 * (clients / rate))


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
