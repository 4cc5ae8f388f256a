"""What a run counts: nothing is lost, Little's law, percentiles, warm-up, fairness, the tables of the viewer."""

import random

import numpy as np
import pytest

from simulator.engine.clock import MS, S
from simulator.engine.simulation import Plan, record
from simulator.systems.load_balancer import build, estimate
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.histogram import Histogram
from simulator.systems.load_balancer.layout import BUCKETS
from simulator.systems.load_balancer.tally import bucket_of
from tests.systems.load_balancer.twins import STRATEGIES, balancer, do, drawn_actions, drawn_options, live, requests

LINE = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 4},
        "servers": [{"count": 1}]}


def test_what_was_sent_is_done_failed_or_in_the_system_at_every_sample():
    draw = random.Random("conservation")
    for strategy in STRATEGIES[::3]:
        duration = 2 * S
        run = balancer(drawn_options(draw, strategy), duration)
        waiting = [action for action in drawn_actions(draw, duration, 15) if action.at_ns % (100 * MS)]  # a sample is taken before them
        sent = over = 0
        for at_ns in range(100 * MS, duration + 1, 100 * MS):
            while waiting and waiting[0].at_ns <= at_ns:
                action = waiting.pop(0)
                do(run, action.at_ns, action.kind, action.target, **action.params)
            run.advance(at_ns)
            samples, keyframe = run.tables()["samples"], run.keyframe()
            sent += int(samples["sent"].sum())
            over += int(samples["ok"].sum()) + int(samples["failed"].sum())
            assert sent == over + samples["in_system"][-1] == keyframe["totals"]["sent"]
            assert keyframe["in_system"] == samples["in_system"][-1]
            assert sum(one["outcome"] == one["attempt"] == 0 for one in live(run)) == keyframe["in_system"]
            assert sum(server["in_flight"] for server in keyframe["servers"]) <= len(live(run))


@pytest.mark.parametrize("delay", [{"law": "none"}, {"law": "uniform", "minimum_ms": 1, "maximum_ms": 5}],
                         ids=lambda delay: delay["law"])
def test_littles_law_holds_on_a_window_that_begins_and_ends_empty(delay):
    options = {"arrivals": {"law": "bursty"}, "servers": [{"count": 7}, {"count": 2, "slots": 3, "queue_limit": 4}],
               "client_delay": delay, "server_delay": delay, "timeout_ms": 80}
    run = balancer(options, 60 * S)
    do(run, 20 * S, "crash", "server-2")
    do(run, 22 * S, "restart", "server-2")
    do(run, 50 * S, "rate", factor=0)
    run.advance(60 * S)
    numbers = run.summary()
    assert numbers["in_system"] == 0
    assert numbers["sent"] == numbers["ok"] + numbers["failed"] > 30_000
    assert numbers["little"]["error"] < 1e-9
    areas, left = run.recorder.areas, run.state.nodes["left"]
    assert left.min() > 0
    error = abs(areas[:, 0] + areas[:, 1] - areas[:, 2]) / areas[:, 2]  # L T = sum of W, station by station
    assert error.max() < 1e-9


def test_areas_are_those_of_the_requests_themselves():
    run = balancer({"servers": [{"count": 3}], "arrivals": {"law": "poisson", "rate_per_s": 250}}, 4 * S)
    run.advance(4 * S)
    rows = [one for one in requests(run) + live(run) if one["server"] == 1]
    until = lambda at_ns: at_ns if at_ns >= 0 else 4 * S  # noqa: E731
    busy = sum(min(until(one["depart"]), 4 * S) - one["start"] for one in rows if one["start"] >= 0)
    waiting = sum(until(one["start"]) - one["at_server"] for one in rows)
    run.summary()
    assert run.recorder.areas[1, :2].tolist() == [waiting, busy]


def test_percentiles_and_mean_are_exact_where_the_mass_sits_in_points():
    run = balancer(LINE | {"timeout_ms": 50}, 20 * S)
    do(run, 10 * S + 5 * MS, "slow", "server-0", factor=2)
    run.advance(20 * S)
    latency = run.summary()["latency_ms"]
    assert latency | {"p50": 4.0, "p90": 8.0, "p99": 8.0, "max": 8.0, "count": 1999} == latency
    assert latency["mean"] == pytest.approx((4 * 1000 + 8 * 999) / 1999, rel=1e-3)


def test_percentiles_are_within_two_in_a_thousand_of_the_exact_ones():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 850}}, 20 * S)
    run.advance(20 * S)
    exact = np.sort([one["done"] - one["sent"] for one in requests(run)]) / MS
    latency = run.summary()["latency_ms"]
    for name, q in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999)):
        assert latency[name] == pytest.approx(exact[int(np.ceil(q * len(exact))) - 1], rel=0.002)
    assert latency["mean"] == pytest.approx(exact.mean(), rel=1e-12)
    assert latency["max"] == exact[-1]
    histogram = run.summary()["histogram"]
    assert len(histogram["edges_ms"]) == len(histogram["counts"]) + 1 <= 201
    assert sum(histogram["counts"]) == len(exact)
    assert histogram["counts"] == np.histogram(exact, histogram["edges_ms"])[0].tolist()


def test_buckets_are_log_linear_and_merge_by_adding():
    values = np.random.default_rng(1).integers(0, 2**45, 2000)
    cells = [np.zeros((BUCKETS, 2), np.int64) for _ in range(2)]
    for index, value in enumerate(values.tolist()):
        bucket = bucket_of(value)
        octave = max(value, 1).bit_length() - 1
        assert bucket == 512 * octave + max(0, (value * 512 >> octave) - 512)
        cells[index % 2][bucket] += (1, value)
    both = Histogram(cells[0], int(values[::2].min()), int(values[::2].max())).plus(
        Histogram(cells[1], int(values[1::2].min()), int(values[1::2].max())))
    assert (both.count, both.mean, both.maximum) == (2000, values.sum() / 2000, values.max())
    assert both.quantile(0.5) == pytest.approx(np.sort(values)[999], rel=0.002)


def test_only_requests_sent_after_the_warm_up_count():
    run = balancer(LINE, 10 * S, warm_up_ns=5 * S)
    do(run, 5 * S - 1, "crash", "server-0")
    do(run, 5 * S - 1, "restart", "server-0")
    run.advance(10 * S)
    numbers = run.summary()
    assert (numbers["sent"], numbers["span_s"], numbers["warm_up_s"]) == (501, 5.0, 5.0)  # 5.00, 5.01, ... 10.00 s
    # the balancer still takes the server for down when the warm-up ends: the first ones do not arrive anywhere
    assert numbers["outcomes"]["no_server"] == 501 - numbers["ok"] - numbers["in_system"]
    assert numbers["latency_ms"]["count"] == numbers["ok"]
    assert numbers["servers"][0]["sent"] == numbers["ok"] + numbers["in_system"]
    assert run.keyframe()["totals"]["sent"] == 1000


def test_utilisation_throughput_and_fairness():
    run = balancer(LINE | {"servers": [{"count": 1}, {"count": 1, "slots": 3}], "strategy": {"name": "round_robin"}}, 10 * S)
    run.advance(10 * S)
    numbers = run.summary()
    assert numbers["throughput_per_s"] == pytest.approx(100, abs=0.2)
    assert numbers["utilisation"] == pytest.approx(100 * 0.004 / 4, rel=0.01)
    assert numbers["servers"][0]["utilisation"] == pytest.approx(50 * 0.004, rel=0.01)
    assert numbers["fairness"] == pytest.approx((1 + 1 / 3) ** 2 / (2 * (1 + 1 / 9)), rel=0.01)  # equal requests, 1 and 3 slots


def test_an_overload_is_called_unstable_and_gets_no_percentile():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 1200}}, 20 * S)
    run.advance(20 * S)
    numbers = run.summary()
    assert not numbers["stable"]
    assert numbers["latency_ms"] == dict.fromkeys(("mean", "p50", "p90", "p99", "p99_9", "max")) | {
        "count": numbers["ok"]}


def test_a_run_without_an_answer_has_no_latency():
    run = balancer(LINE | {"arrivals": {"law": "deterministic", "rate_per_s": 0.001}}, S)
    run.advance(S)
    numbers = run.summary()
    assert (numbers["sent"], numbers["latency_ms"]["mean"], numbers["fairness"]) == (0, None, None)
    assert numbers["histogram"] == {"edges_ms": [], "counts": []}


def test_each_window_keeps_a_deterministic_sample_of_at_most_5000_requests():
    cut = Plan(60 * MS, 20 * MS, MS)
    run = build(Config.model_validate({"arrivals": {"law": "poisson", "rate_per_s": 600_000}, "servers": [{"count": 10}],
                                       "service": {"law": "exponential", "mean_ms": 0.01}}), 1, cut, {}, {})
    for segment in record(run, [], cut):
        kept, said = segment.tables["requests"], segment.tables["meta"]["requests"]
        assert said["kept"] == len(kept["k"]) <= 5000 < said["seen"]
        assert (kept["k"] % said["stride"] == 0).all() and (np.diff(kept["k"]) > 0).all()
        assert len(kept["k"]) > 2000  # the smallest power of two that is enough


def test_offsets_of_what_is_scheduled_are_given_ahead():
    run = balancer(LINE | {"client_delay": {"law": "constant", "delay_ms": 3}}, S)
    run.advance(11 * MS)
    first = {name: column[0] for name, column in run.tables()["requests"].items()}
    assert (first["sent_ns"], first["at_balancer"], first["outcome"], first["server"]) == (10 * MS, 3 * MS, 0, 65535)
    assert np.isnan(first["start"])
    run.advance(14 * MS)
    first = {name: column[0] for name, column in run.tables()["requests"].items()}
    assert (first["start"], first["depart"], first["server"]) == (3 * MS, 7 * MS, 0)


def test_columns_have_the_types_of_the_wire():
    run = balancer({}, S)
    run.advance(S)
    tables = run.tables()
    kinds = {name: {column.dtype.str[1:] for column in table.values()} for name, table in tables.items() if name in (
        "samples", "servers")}
    assert kinds == {"samples": {"f8", "u4", "f4"}, "servers": {"u4"}}
    assert {name: column.dtype.str[1:] for name, column in tables["requests"].items()} == {
        "k": "f8", "sent_ns": "f8", **dict.fromkeys(("at_balancer", "at_server", "start", "depart", "back", "done"), "f4"),
        "server": "u2", "attempt": "u2", **dict.fromkeys(("outcome", "answer", "balancer", "kind"), "u1")}


def test_memory_does_not_depend_on_the_number_of_requests_where_none_is_kept():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 8000}, "servers": [{"count": 100}]}, 120 * S, keep=False)
    run.advance(10 * S)
    sizes = [array.shape for array in run.state]
    run.advance(120 * S)
    assert [array.shape for array in run.state] == sizes
    assert run.finished == [] and run.summary()["ok"] > 900_000


@pytest.mark.parametrize(("arrivals", "expected"), [
    ({"law": "poisson", "rate_per_s": 300}, 3000),
    ({"law": "bursty", "low_rate_per_s": 0, "high_rate_per_s": 400, "low_mean_s": 3, "high_mean_s": 1}, 1000),
])
def test_the_number_of_requests_is_estimated(arrivals, expected):
    assert estimate(Config.model_validate({"arrivals": arrivals}), 10 * S, {}) == expected
