"""The work that is sent: a drawn rate, closed clients, classes, attacks, requests in parts."""

import math
import random
import statistics

import numpy as np
import pytest

from simulator.engine.clock import MS, NEVER, S
from simulator.judges.statistics import student_t
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.layout import FIRST_ATTACK, OK
from simulator.systems.load_balancer.rate_curve import cumulated, expected_until, reached_at
from tests.systems.load_balancer.twins import ARRIVALS, ATTEMPTS, WORK, Recording, balancer, compare, do, drawn_actions, live, requests

DAY = {"law": "curve", "points": [[0, 100], [3, 700], [4, 0], [5, 0], [7, 300]], "repeat_s": 8}
STEPS = {"law": "curve", "points": [[0, 100], [2, 900], [3, 250]], "shape": "steps"}


def curve_of(arrivals: dict):
    return cumulated(Config.model_validate({"arrivals": arrivals}).arrivals)


@pytest.mark.parametrize("work", WORK[1:], ids=lambda work: "-".join([*work, str(len(str(work)))]))
@pytest.mark.parametrize("arrivals", ARRIVALS[4:], ids=lambda law: "-".join(map(str, law.values()))[:20])
def test_kernel_and_oracle_agree_on_all_work(arrivals, work):
    draw = random.Random(f"work {arrivals} {work}")
    options = {"arrivals": arrivals, "client_delay": {"law": "uniform", "minimum_ms": 0, "maximum_ms": 3}, "timeout_ms": 80,
               "servers": [{"count": 4, "queue_limit": 5}, {"count": 6}], "strategy": {"name": "least_connections"}} | work
    attempts = {} if "fan_out" in work else draw.choice(ATTEMPTS)
    assert compare(options | attempts, 5, drawn_actions(draw, S, 15), S) > 100


def test_kernel_and_oracle_agree_on_parts_and_attacks_of_a_recording():
    recording = Recording(np.arange(600) * MS, np.random.default_rng(3).integers(1, 9 * MS, 600))
    options = {"arrivals": {"law": "recorded", "recording": "0" * 16}, "service": {"law": "recorded"}, "fan_out": 4,
               "attacks": [{"start_s": 0.1, "length_s": 0.4, "rate_per_s": 500, "sources": 3}]}
    assert compare(options, 1, [], 3 * S, {"0" * 16: recording}) > 4 * 600


@pytest.mark.parametrize("arrivals", [DAY, STEPS])
def test_the_inverse_of_the_cumulated_rate_is_its_inverse(arrivals):
    curve = curve_of(arrivals)
    for expected in np.linspace(0.3, 5000, 400):
        assert expected_until(*curve, reached_at(*curve, expected)) == pytest.approx(expected, rel=1e-9)


def test_the_cumulated_rate_is_the_integral_of_the_curve():
    curve = curve_of(DAY)
    whole = 3 * 400 + 350 + 0 + 300 + 200  # areas of the trapeziums, the last one from 300 back to 100
    assert expected_until(*curve, 8.0 * S) == pytest.approx(whole) and expected_until(*curve, 24.0 * S) == pytest.approx(3 * whole)
    assert expected_until(*curve_of(STEPS), 10.0 * S) == pytest.approx(200 + 900 + 7 * 250)


def test_a_curve_that_ends_in_silence_sends_no_more():
    curve = curve_of({"law": "curve", "points": [[0, 100], [1, 0]]})
    assert reached_at(*curve, 49.0) > 0 and reached_at(*curve, 51.0) < 0
    run = balancer({"arrivals": {"law": "curve", "points": [[0, 100], [1, 0]]}}, 5 * S)
    run.advance(5 * S)
    assert run.cells["next_arrival"] == NEVER and 20 < run.summary()["sent"] < 90


def sent_times(options: dict, seed: int, duration_ns: int) -> np.ndarray:
    """When the requests of a run were sent, in ns."""
    run = balancer({"service": {"law": "deterministic", "mean_ms": 0.01}} | options, duration_ns, seed)
    run.advance(duration_ns)
    return np.array([row["sent"] for row in requests(run)] + [row["sent"] for row in live(run)])


def test_the_count_in_a_window_is_poisson_with_the_integrated_rate():
    """Twelve windows of a curve that repeats, 60 seeds each: mean and variance of the counts, and gaps made uniform."""
    curve, seeds = curve_of(DAY), 60
    edges = np.linspace(0, 16, 13)
    expected = np.diff([expected_until(*curve, edge * S) for edge in edges])
    times = [sent_times({"arrivals": DAY}, seed, 16 * S) for seed in range(seeds)]
    counts = np.array([np.histogram(each / S, edges)[0] for each in times])
    z = (counts.sum(axis=0) - seeds * expected) / np.sqrt(np.maximum(seeds * expected, 1e-9))
    print("expected", expected.round(1), "mean", counts.mean(axis=0).round(1), "z", z.round(2))
    assert np.all(np.abs(z[expected > 0]) < 3.5) and np.all(counts[:, expected == 0] == 0)
    chi = ((counts - expected) ** 2 / np.maximum(expected, 1e-9))[:, expected > 0]
    degrees = chi.size
    assert abs(chi.sum() - degrees) < 3.5 * math.sqrt(2 * degrees)
    gaps = np.concatenate([np.diff([0.0, *(expected_until(*curve, float(t)) for t in np.sort(each))]) for each in times[:5]])
    assert len(gaps) > 10_000 and gaps.mean() == pytest.approx(1.0, abs=0.03) and gaps.std() == pytest.approx(1.0, abs=0.04)


def test_a_flat_curve_is_a_poisson_process_to_the_nanosecond():
    flat = sent_times({"arrivals": {"law": "curve", "points": [[0, 500]]}}, 3, 2 * S)
    assert np.abs(flat - sent_times({"arrivals": {"law": "poisson", "rate_per_s": 500}}, 3, 2 * S)).max() <= 2


def test_arrivals_of_a_curve_depend_on_the_seed_and_the_number_alone():
    first = sent_times({"arrivals": DAY, "strategy": {"name": "random"}}, 9, 4 * S)
    assert np.array_equal(first, sent_times({"arrivals": DAY, "strategy": {"name": "round_robin"}, "attacks": []}, 9, 4 * S))


def test_changing_the_load_stretches_the_rate_and_not_the_day():
    run = balancer({"arrivals": {"law": "curve", "points": [[0, 1000], [2, 1000], [2.001, 0]]}}, 6 * S)
    assert do(run, S, "rate", factor=3.0) == ""
    run.advance(6 * S)
    assert run.summary()["sent"] == pytest.approx(1000 + 3 * 1000, abs=250)
    assert max(row["sent"] for row in requests(run)) < 2.01 * S


def test_a_closed_system_obeys_r_is_n_over_x_minus_z_exactly():
    """Over a window that begins and ends with every client thinking, with each client's own times."""
    clients = 3
    run = balancer({"arrivals": {"law": "closed", "clients": clients, "think_ms": 80}, "servers": [{"count": 2}],
                    "client_delay": {"law": "exponential"}}, 1000 * S)
    at_ns = 200 * S
    run.advance(at_ns)
    while run.cells["in_system"]:
        at_ns += MS
        run.advance(at_ns)
    rows, summary = requests(run), run.summary()
    thinking = thought_ns(rows, clients, at_ns)
    n = len(rows)
    x, z = n / at_ns, thinking / n
    r = summary["little"]["w_s"] * S
    print(f"R {r / MS} ms, N/X - Z {(clients / x - z) / MS} ms, {n} answers")
    assert n > 4000 and abs(r - (clients / x - z)) / r < 1e-9
    assert summary["closed"]["response_ms"] == pytest.approx(r / MS, rel=1e-12)
    assert summary["closed"]["think_ms"] == pytest.approx(z / MS, rel=1e-9)


def thought_ns(rows: list[dict], clients: int, until_ns: int) -> int:
    """The sum of all clients' thinking; each has one request under way at most."""
    total = 0
    for client in range(clients):
        free = 0
        for row in (row for row in rows if row["source"] == client):
            assert row["sent"] >= free
            total += row["sent"] - free
            free = row["done"]
        total += until_ns - free
    return total


def mean_response(clients: int, think_ms: float, service_ms: float) -> float:
    """Mean value analysis (Reiser, Lavenberg, J. ACM 27(2), 1980): one exponential server and thinking clients."""
    queue = response = 0.0
    for n in range(1, clients + 1):
        response = service_ms * (1 + queue)
        queue = n * response / (response + think_ms)
    return response


@pytest.mark.parametrize(("clients", "think_ms"), [(1, 50), (20, 250), (60, 250)])
def test_closed_clients_wait_as_long_as_mean_value_analysis_says(clients, think_ms):
    found = []
    for seed in range(10):
        run = balancer({"arrivals": {"law": "closed", "clients": clients, "think_ms": think_ms}, "servers": [{"count": 1}]},
                       400 * S, seed, warm_up_ns=20 * S, keep=False)
        run.advance(400 * S)
        found.append(run.summary()["latency_ms"]["mean"])
    truth = mean_response(clients, think_ms, 10.0)
    half = student_t(0.975, 9) * statistics.stdev(found) / math.sqrt(10)
    print(f"estimate {statistics.fmean(found)}, interval {half}, truth {truth}")
    assert abs(statistics.fmean(found) - truth) <= max(1.5 * half, 0.005 * truth) and half <= 0.03 * truth


def test_closed_clients_refuse_a_change_of_the_rate():
    run = balancer({"arrivals": {"law": "closed", "clients": 3}})
    assert "Closed clients" in do(run, S, "rate", factor=2.0)
    assert [reason for kind, _, reason in run.actions() if kind == "rate"][0].startswith("Closed clients")


def test_a_stopped_server_stops_closed_clients_but_not_open_ones():
    slow = {"servers": [{"count": 1}], "service": {"law": "deterministic", "mean_ms": 1}}
    closed = balancer(slow | {"arrivals": {"law": "closed", "clients": 5, "think_ms": 10}}, 4 * S)
    assert do(closed, S, "pause", "server-0") == ""
    closed.advance(4 * S)
    assert closed.summary()["in_system"] == 5


def test_classes_come_in_their_shares_and_cost_what_they_say():
    options = {"arrivals": {"law": "poisson", "rate_per_s": 1000}, "servers": [{"count": 300}], "strategy": {"name": "least_connections"},
               "service": {"law": "deterministic", "mean_ms": 10},
               "classes": [{"name": "page", "share": 3}, {"name": "search", "share": 1, "demand": 5, "priority": 7}]}
    run = balancer(options, 20 * S)
    run.advance(20 * S)
    summary = run.summary()
    page, search = summary["classes"]
    assert page["sent"] + search["sent"] == summary["sent"] and page["ok"] + search["ok"] == summary["ok"]
    assert search["sent"] / summary["sent"] == pytest.approx(0.25, abs=0.015)
    assert page["latency_ms"]["p50"] == pytest.approx(10) and search["latency_ms"]["max"] == pytest.approx(50)
    assert {row["priority"] for row in run.state.pool[run.state.pool["kind"] == 1]} <= {0, 7}


def test_a_class_with_a_group_is_served_by_that_group_alone():
    options = {"servers": [{"count": 3}, {"count": 2}], "classes": [{"share": 1, "group": 2}, {"share": 1}], "strategy": {"name": "round_robin"}}
    run = balancer(options, 3 * S)
    run.advance(3 * S)
    rows = requests(run)
    assert {row["server"] for row in rows if row["kind"] == 0} == {3, 4}
    assert {row["server"] for row in rows if row["kind"] == 1} == {0, 1, 2, 3, 4}


def test_an_attack_adds_its_requests_and_changes_nobody_elses():
    calm = {"arrivals": {"law": "poisson", "rate_per_s": 300}, "service": {"law": "deterministic", "mean_ms": 0.01}}
    attack = {"name": "flood", "start_s": 1, "length_s": 2, "rate_per_s": 2000, "sources": 7}
    with_it, without = balancer(calm | {"attacks": [attack]}, 5 * S), balancer(calm, 5 * S)
    for run in (with_it, without):
        run.advance(5 * S)
    rows = requests(with_it)
    ours, theirs = [row for row in rows if row["k"] < 1 << FIRST_ATTACK], [row for row in rows if row["k"] >= 1 << FIRST_ATTACK]
    assert [(row["k"], row["sent"]) for row in ours] == [(row["k"], row["sent"]) for row in requests(without)]
    assert len(theirs) == pytest.approx(4000, abs=3.5 * math.sqrt(4000))
    assert min(row["sent"] for row in theirs) >= S and max(row["sent"] for row in theirs) < 3 * S
    assert len({row["source"] for row in theirs}) == 7 and not {row["source"] for row in theirs} & {row["source"] for row in ours}
    summary = with_it.summary()
    assert [one["name"] for one in summary["classes"]] == ["requests", "flood"] and summary["sent"] == len(rows) + len(live(with_it))
    assert summary["classes"][1]["ok"] == sum(row["outcome"] == OK for row in theirs)


@pytest.mark.parametrize(("slow", "parts", "truth"), [(0.01, 100, 0.634), (0.0001, 2000, 0.1813)])
def test_a_fan_out_is_slow_as_soon_as_one_of_its_parts_is(slow, parts, truth):
    """Parts last exponentially long and never wait; "slow" is what one of them exceeds with the probability given."""
    options = {"arrivals": {"law": "deterministic", "rate_per_s": 2}, "fan_out": parts, "strategy": {"name": "round_robin"},
               "servers": [{"count": 1, "slots": 1000} for _ in range(20)], "service": {"law": "exponential", "mean_ms": 10}}
    limit_ns, runs, many = -math.log(slow) * 10 * MS, 10, 200
    shares = []
    for seed in range(runs):
        run = balancer(options, many * S // 2 + 10 * S, seed)
        run.advance(many * S // 2)
        whole = [row for row in requests(run) if row["attempt"] == 0]
        shares.append(statistics.fmean(row["done"] - row["sent"] > limit_ns for row in whole))
    assert 1 - (1 - slow) ** parts == pytest.approx(truth, abs=5e-4)
    half = student_t(0.975, runs - 1) * statistics.stdev(shares) / math.sqrt(runs)
    print(f"estimate {statistics.fmean(shares)}, interval {half}, truth {truth}")
    assert abs(statistics.fmean(shares) - truth) <= 1.5 * half


def test_a_request_is_over_when_its_last_part_is_and_fails_if_one_fails():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 100}, "fan_out": 6, "servers": [{"count": 8}], "detection_ms": 50,
                    "strategy": {"name": "round_robin"}}, 10 * S)
    assert do(run, S, "crash", "server-2") == ""
    run.advance(10 * S)
    rows = requests(run)
    parts = {}
    for row in rows:
        parts.setdefault(row["k"], []).append(row)
    whole = {k: each for k, each in parts.items() if len(each) == 6}
    assert len(whole) > 800 and any(row["outcome"] != OK for row in rows)
    for each in whole.values():
        first, *_ = each = sorted(each, key=lambda row: row["attempt"])
        assert [row["attempt"] for row in each] == list(range(6))
        assert first["done"] == max(row["back"] for row in each)
        assert (first["outcome"] == OK) == all(row["answer"] == OK for row in each)


REFUSED = [
    ({"arrivals": {"law": "curve", "points": [[1, 5], [1, 6]]}}, "later than the one before"),
    ({"arrivals": {"law": "curve", "points": [[0, 0]], "repeat_s": 5}}, "above 0 somewhere"),
    ({"arrivals": {"law": "curve", "points": [[0, 5], [9, 5]], "repeat_s": 5}}, "must not be later than the time"),
    ({"arrivals": {"law": "curve", "points": [[0, -1]]}}, "from 0 to 10,000,000"),
    ({"classes": [{"share": 0}]}, "share above 0"), ({"classes": [{"group": 2}]}, "not there"),
    ({"fan_out": 5, "retries": {"retries": 1}}, "tried once"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED)
def test_work_that_makes_no_sense_is_refused_in_one_sentence(options, words):
    with pytest.raises(ValueError, match=words):
        Config.model_validate(options)
