"""What the tests against theory share: replications through the users' path, the pass rule, and the formulas."""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, factorial, log

import numpy as np

from simulator.judges.statistics import Interval, mean_interval, mser5
from simulator.scenarios.document import parse
from simulator.scenarios.play import prepare, simulate

SEEDS = range(1, 11)
PILOT = 1000


def config(rate, servers, strategy="random", service=None, **more) -> dict:
    """A Config in seconds: `rate` requests/s, groups of servers, service of mean 1 s (exponential by default)."""
    return {
        "arrivals": {"law": "poisson", "rate_per_s": rate},
        "service": service or {"law": "exponential", "mean_ms": 1000},
        "servers": servers,
        "strategy": {"name": strategy} if isinstance(strategy, str) else strategy,
    } | more


def scenario(options: dict, duration_s: float, warm_up_s: float = 0, actions=()):
    """A Scenario document, parsed."""
    return parse({"format": "distviz-scenario/1", "system": "load_balancer", "config": options,
                  "duration_s": duration_s, "warm_up_s": warm_up_s, "actions": list(actions)})


def warm_up(options: dict, duration_s: float) -> float:
    """Seconds to leave out: MSER-5 over the means per sample of a pilot run with a seed of its own.

    At least a hundredth of the run, so that a lucky pilot does not decide alone.
    """
    pilot = prepare(scenario(options, duration_s), PILOT)
    means = np.concatenate([segment.tables["samples"]["mean_ms"] for segment in pilot.segments()])
    answered = means[~np.isnan(means)]
    return max(duration_s * mser5(answered) / len(answered), duration_s / 100)


def replications(options: dict, duration_s: float, warm_up_s: float, seeds=SEEDS, actions=()) -> list[dict]:
    """Summaries of independent runs, as `manage.py simulate` prints them."""
    document = scenario(options, duration_s, warm_up_s, actions)
    return [simulate(document, seed) for seed in seeds]


def latency(name: str):
    """A measure: a number of the summary's latency, in seconds. A run called unstable has none, and fails here."""
    def of(summary: dict) -> float:
        assert summary["stable"], summary["stability"]
        return summary["latency_ms"][name] / 1000.0
    return of


def rejected(summary: dict) -> float:
    """A measure: the share of requests that found the queue full."""
    return summary["outcomes"]["rejected"] / summary["sent"]


@dataclass(frozen=True, slots=True)
class Truth:
    """A number that must come out: what is measured, its true value, and how narrow the interval must be.

    known: how well the true value itself is known (0.5 % also where it is exact).
    """

    name: str
    measure: object
    value: float
    tolerance: float = 0.01
    known: float = 0.005


def hold(truths: list[Truth], summaries: list[dict]) -> None:
    """Assert every Truth by the rule: near the truth, and narrow enough to mean something."""
    failed = []
    for truth in truths:
        interval = mean_interval([truth.measure(summary) for summary in summaries])
        line = f"{truth.name}: {interval}, truth {truth.value:.6g}"
        print(line)
        if not passes(interval, truth):
            failed.append(line)
    assert not failed, failed


def passes(interval: Interval, truth: Truth) -> bool:
    """|estimate - truth| <= max(1.5 half-widths, 0.5 % of truth), and half-width <= tolerance."""
    near = abs(interval.mean - truth.value) <= max(1.5 * interval.half, truth.known * truth.value)
    return near and interval.half <= truth.tolerance * truth.value


# Theory


def mm1_quantile(q: float, rho: float) -> float:
    """Time in system of M/M/1 with service mean 1: exponential of rate 1 - rho."""
    return -log(1.0 - q) / (1.0 - rho)


def erlang_b(load: float, servers: int) -> float:
    """The share of requests lost by `servers` slots without a queue."""
    terms = [load**k / factorial(k) for k in range(servers + 1)]
    return terms[-1] / sum(terms)


def erlang_c(load: float, servers: int) -> float:
    """The share of requests that wait in M/M/c."""
    lost = erlang_b(load, servers)
    return lost / (1.0 - load / servers * (1.0 - lost))


def mmc(load: float, servers: int) -> float:
    """Mean time in system of M/M/c with service mean 1."""
    return 1.0 + erlang_c(load, servers) / (servers - load)


def pollaczek_khinchine(rate: float, mean: float, square: float) -> float:
    """Mean time in system of M/G/1."""
    return mean + rate * square / (2.0 * (1.0 - rate * mean))


def bounded_pareto(low: float, high: float, shape: float) -> tuple[float, float]:
    """(mean, mean square) of the bounded Pareto law."""
    scale = shape * low**shape / (1.0 - (low / high) ** shape)
    return tuple(scale * (high ** (n - shape) - low ** (n - shape)) / (n - shape) for n in (1, 2))


@lru_cache
def erlang_arrivals(stages: int, rho: float) -> float:
    """Mean time in system of E_k/M/1 with service mean 1: one server of a round robin over k of them."""
    root = 0.5
    for _ in range(10_000):
        root = (stages * rho / (stages * rho + 1.0 - root)) ** stages
    return 1.0 / (1.0 - root)


def mean_field(choices: int, rho: float) -> float:
    """Mean time in system of infinitely many servers with `choices` random choices (Mitzenmacher 2001)."""
    return sum(exp(log(rho) * (choices**i - choices) / (choices - 1)) for i in range(1, 60) if choices**i < 1e6)
