"""Laws and dice: the compiled twins give the same bits, and the laws are the laws they are named after."""

import random
from math import sqrt

import numpy as np
import pytest
from numba import njit

from simulator.engine import chance
from simulator.engine.action import Action
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer import laws, legs
from simulator.systems.load_balancer.config import Config
from tests.systems.load_balancer.twins import Recording, balancer, compare, live, requests

UNIFORM = njit(**legs.OPTIONS)(lambda key, index: chance.uniform(key, index))
BITS = njit(**legs.OPTIONS)(lambda key, index: chance.bits(key, index))
BELOW = njit(**legs.OPTIONS)(lambda key, index, n: chance.below(key, index, n))
LOG = njit(**legs.OPTIONS)(lambda x: chance.log(x))
EXP = njit(**legs.OPTIONS)(lambda x: chance.exp(x))
EXPONENTIALS = njit(**legs.OPTIONS)(lambda out, mean, key, k: laws.exponentials(out, mean, key, k))


@njit(**legs.OPTIONS)
def fill_demands(out, law, p, recorded, key):
    """The demands of requests 0, 1, ..."""
    for k in range(len(out)):
        out[k] = laws.demand(law, p, recorded, key, k)


KEYS = [chance.key(seed, name) for seed in (0, 1, 2**62) for name in ("arrivals", "service")] + [0, 2**64 - 1, 2**63]


def test_compiled_draws_are_the_plain_ones_bit_for_bit():
    draw = random.Random(1)
    for key in KEYS:
        for index in [0, 1, 63, 64, 2**40] + [draw.randrange(2**50) for _ in range(100)]:
            assert int(BITS(np.uint64(key), index)) == chance.bits(key, index)
            assert UNIFORM(np.uint64(key), index) == chance.uniform(key, index)
            n = draw.randrange(1, 2**31)
            assert BELOW(np.uint64(key), index, n) == chance.below(key, index, n)


def test_compiled_log_and_exp_are_the_plain_ones_bit_for_bit():
    draw = random.Random(2)
    for x in [5e-17, 0.5, sqrt(0.5), 1.0, 2.0, 1e300] + [draw.expovariate(1) * 10 ** draw.randint(-15, 15) for _ in range(3000)]:
        assert LOG(x) == chance.log(x)
    for x in [0.0, -0.0, 1.0, -744.9, -745.0, -746.0, -708.0, -710.0, 700.0] + [draw.uniform(-750, 700) for _ in range(3000)]:
        assert EXP(x) == chance.exp(x)


def test_vectorized_exponentials_are_the_single_ones_bit_for_bit():
    out = np.zeros(256)
    for key in KEYS:
        EXPONENTIALS(out, 3.7, np.uint64(key), 512)
        single = [-3.7 * chance.log(chance.uniform(key, k * 64)) for k in range(512, 768)]
        assert out.tolist() == single


SERVICES = {  # law -> (options, mean in ms, squared coefficient of variation)
    "exponential": ({"law": "exponential", "mean_ms": 10}, 10, 1),
    "deterministic": ({"law": "deterministic", "mean_ms": 10}, 10, 0),
    "erlang": ({"law": "erlang", "mean_ms": 10, "stages": 4}, 10, 0.25),
    "hyperexponential": ({"law": "hyperexponential", "mean_ms": 10, "scv": 4}, 10, 4),
    "bounded_pareto": ({"law": "bounded_pareto", "minimum_ms": 1, "maximum_ms": 100, "shape": 1.5}, 2.7027027, 2.7),
}


@pytest.mark.parametrize("law", SERVICES)
def test_service_laws_have_their_mean_and_variability(law):
    options, mean_ms, scv = SERVICES[law]
    config = Config.model_validate({"service": options})
    code, p = laws.service_law(config.service)
    p = np.array(p + [0.0] * (4 - len(p)))
    draws = np.zeros(400_000)
    fill_demands(draws, code, p, np.zeros((2, 0), np.int64), np.uint64(7))
    draws /= MS
    assert laws.mean_demand_ns(config.service, np.zeros((2, 0), np.int64)) / MS == pytest.approx(mean_ms)
    error = 4 * sqrt(max(scv, 1e-12) / len(draws))
    assert draws.mean() == pytest.approx(mean_ms, rel=max(error, 1e-12))
    assert draws.var() / draws.mean() ** 2 == pytest.approx(scv, rel=0.06, abs=1e-12)


def test_the_balanced_hyperexponential_is_the_one_of_the_books():
    _, (often, short, long) = laws.service_law(Config.model_validate(
        {"service": {"law": "hyperexponential", "mean_ms": 1, "scv": 4}}).service)
    assert often == pytest.approx(0.887298, abs=1e-6)
    assert (MS / short, MS / long) == pytest.approx((1.774597, 0.225403), abs=1e-6)


ARRIVALS = {  # law -> (options, rate per s, range of the squared coefficient of variation of the gaps)
    "poisson": ({"law": "poisson", "rate_per_s": 2000}, 2000, (0.95, 1.05)),
    "deterministic": ({"law": "deterministic", "rate_per_s": 3}, 3, (0, 1e-9)),
    "bursty": ({"law": "bursty", "low_rate_per_s": 500, "high_rate_per_s": 5000, "low_mean_s": 0.02, "high_mean_s": 0.01},
               2000, (2, 6)),
}


@pytest.mark.parametrize("law", ARRIVALS)
def test_arrival_laws_have_their_rate_and_burstiness(law):
    options, rate, (least, most) = ARRIVALS[law]
    seconds = 40_000 // rate
    run = balancer({"arrivals": options, "service": {"law": "deterministic", "mean_ms": 0.001}}, seconds * S)
    run.advance(seconds * S)
    sent = np.array([one["sent"] for one in requests(run)])
    gaps = np.diff(sent)
    assert len(sent) == pytest.approx(rate * seconds, rel=0.05 if law == "bursty" else 0.02)
    assert least <= gaps.var() / gaps.mean() ** 2 <= most


def test_evenly_spaced_arrivals_do_not_drift():
    run = balancer({"arrivals": {"law": "deterministic", "rate_per_s": 3}}, 1000 * S)
    run.advance(1000 * S)
    assert [one["sent"] for one in requests(run)][:2999] == [round(k * S / 3) for k in range(1, 3000)]


def test_arrivals_and_demands_depend_on_the_seed_and_k_alone():
    seen = []
    for strategy, servers in (("random", 10), ("least_connections", 17), ("peak_ewma", 30)):
        run = balancer({"strategy": {"name": strategy}, "servers": [{"count": servers}], "client_delay": {"law": "uniform"}}, 2 * S)
        run.advance(2 * S)
        seen.append({one["k"]: (one["sent"], one["depart"] - one["start"], one["at_balancer"]) for one in requests(run)})
    common = set(seen[0]) & set(seen[1]) & set(seen[2])
    assert len(common) > 1400
    assert all(seen[0][k] == seen[1][k] == seen[2][k] for k in common)


def test_a_recording_is_replayed_exactly():
    draw = np.random.default_rng(3)
    arrival = np.sort(draw.integers(0, 10 * S, 5000))
    arrival -= arrival[0]
    demand = draw.integers(0, 40 * MS, 5000)
    options = {"arrivals": {"law": "recorded", "recording": "ab" * 8}, "service": {"law": "recorded"},
               "servers": [{"count": 34}], "strategy": {"name": "least_connections"}}
    run = balancer(options, 20 * S, inputs={"ab" * 8: Recording(arrival, demand)})
    run.advance(20 * S)
    rows = requests(run)
    assert [one["sent"] for one in rows] == arrival.tolist()
    assert [one["depart"] - one["start"] for one in rows] == demand.tolist()
    assert laws.expected_requests(run.config, 10 * S, {"ab" * 8: Recording(arrival, demand)}) == 5000


def test_speed_up_compresses_the_arrivals_and_leaves_the_demands():
    arrival, demand = np.arange(100) * 7, np.arange(100) + 1
    options = {"arrivals": {"law": "recorded", "recording": "ab" * 8, "speed_up": 2}, "service": {"law": "recorded"}}
    run = balancer(options, S, inputs={"ab" * 8: Recording(arrival, demand)})
    run.advance(S)
    assert [one["sent"] for one in requests(run)] == [int(at / 2 + 0.5) for at in arrival]
    assert [one["depart"] - one["start"] for one in requests(run)] == demand.tolist()


@pytest.mark.parametrize(("inputs", "field"), [
    ({}, "config.arrivals.recording"),
    ({"ab" * 8: Recording([0, 1])}, "config.service.law"),
])
def test_a_recording_that_lacks_something_is_refused(inputs, field):
    options = {"arrivals": {"law": "recorded", "recording": "ab" * 8}, "service": {"law": "recorded"}}
    with pytest.raises(laws.InputMissing) as refused:
        balancer(options, S, inputs=inputs)
    assert refused.value.field == field


def test_no_time_overflows_whatever_is_multiplied():
    options = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "exponential", "mean_ms": 8.64e7},
               "servers": [{"count": 2, "speed": 0.001}], "strategy": {"name": "round_robin"}}
    actions = [Action(at * 100 * MS, kind, target, params) for at, (kind, target, params) in enumerate((
        ("slow", "server-0", {"factor": 1000.0}), ("slow", "server-0", {"factor": 0.01}), ("pause", "server-0", {}),
        ("slow", "server-0", {"factor": 1000.0}), ("resume", "server-0", {}), ("rate", "", {"factor": 1e-300}),
        ("rate", "", {"factor": 1.0})), 1)]
    compare(options, 1, actions, S)
    run = balancer(options, S)
    run.advance(S)
    assert all(row["start"] <= row["depart"] for row in live(run) if row["start"] >= 0)
