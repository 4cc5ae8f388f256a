"""The laws of arrival, service and delay, as codes and floats and as functions of (key, k).

The functions are in the part of Python that Numba compiles; the kernel and the oracle share them.
Draws of request k are numbers k * 64 + j of a stream, so they depend on the seed and on k alone.
All values are in ns.
"""

from math import floor, sqrt

import numpy as np

from simulator.engine.chance import exp, log, uniform
from simulator.engine.clock import MS, S
from simulator.engine.words import N_
from simulator.systems.load_balancer.rate_curve import cumulated, expected_until

POISSON, EVENLY, BURSTY, RECORDED_ARRIVALS, CLOSED = range(5)
EXPONENTIAL, CONSTANT, ERLANG, HYPEREXPONENTIAL, BOUNDED_PARETO, RECORDED_SERVICE = range(6)
NO_DELAY, CONSTANT_DELAY, UNIFORM_DELAY, EXPONENTIAL_DELAY = range(4)
NO_MORE = -1.0
LONGEST = 4e18
"""No time is longer than this, in ns (127 years), whatever is multiplied; two of them fit into an int64."""


def gap(law, p, recorded, key, k):
    """Nominal time between request k - 1 and request k (from 0 for k = 0); NO_MORE after the last."""
    if law == POISSON:
        return -p[0] * log(uniform(key, k * 64))
    if law == EVENLY:
        return p[0]
    if law == BURSTY:
        return bursty_gap(p, key)
    if law == CLOSED or k >= recorded.shape[1]:
        return NO_MORE
    return float(recorded[0, k] - (recorded[0, k - 1] if k > 0 else 0))


def exponentials(out, mean, key, k):
    """Fill `out` with the draws of requests k, k + 1, ...: two plain loops, which a compiler can vectorize."""
    for i in range(len(out)):
        out[i] = uniform(key, (k + i) * 64)
    for i in range(len(out)):
        out[i] = -mean * log(out[i])


def bursty_gap(p, key):
    """The next gap of the two-state process.

    p: mean gap in the quiet state and in a burst, mean length of either, the state (0 or 1), how
    long it still lasts, and the number of draws so far.
    """
    waited = 0.0
    while True:
        state = int(p[4])
        drawn = -p[state] * log(uniform(key, int(p[6])))
        p[6] += 1.0
        if drawn < p[5]:
            p[5] -= drawn
            return waited + drawn
        waited += p[5]
        p[4] = 1.0 - p[4]
        p[5] = -p[3 - state] * log(uniform(key, int(p[6])))
        p[6] += 1.0


def demand(law, p, recorded, key, k):
    """The work of request k: its time in a slot of a server of speed 1 that nobody has slowed."""
    if law == EXPONENTIAL:
        return -p[0] * log(uniform(key, k * 64))
    if law == CONSTANT:
        return p[0]
    if law == ERLANG:
        total = 0.0
        for stage in range(int(p[1])):
            total -= log(uniform(key, k * 64 + stage))
        return total * p[0]
    if law == HYPEREXPONENTIAL:
        mean = p[1] if uniform(key, k * 64) < p[0] else p[2]
        return -mean * log(uniform(key, k * 64 + 1))
    if law == BOUNDED_PARETO:
        return min(p[0] * exp(-log(1.0 - uniform(key, k * 64) * p[3]) / p[2]), p[1])
    return float(recorded[1, k]) if k < recorded.shape[1] else 0.0


def delay(law, a, b, key, k):
    """One message's delay in whole ns."""
    if law == CONSTANT_DELAY:
        return whole(a)
    if law == UNIFORM_DELAY:
        return whole(a + (b - a) * uniform(key, k))
    return whole(a - b * log(uniform(key, k)))


def whole(ns):
    """`ns` rounded to the nearest whole nanosecond, halves up; LONGEST at most."""
    return floor(min(ns, LONGEST) + 0.5)


def arrival_law(arrivals, key: int) -> tuple[int, list[float]]:
    """(code, parameters and memory) of a config's arrivals."""
    if arrivals.law == "poisson":
        return POISSON, [S / arrivals.rate_per_s]
    if arrivals.law == "deterministic":
        return EVENLY, [S / arrivals.rate_per_s]
    if arrivals.law == "curve":
        return POISSON, [float(S)]  # the nominal clock shows 1 s for each arrival that is to be expected
    if arrivals.law == "closed":
        return CLOSED, []
    if arrivals.law == "recorded":
        return RECORDED_ARRIVALS, []
    gaps = [S / arrivals.low_rate_per_s if arrivals.low_rate_per_s else float("inf"), S / arrivals.high_rate_per_s]
    lengths = [arrivals.low_mean_s * S, arrivals.high_mean_s * S]
    burst = uniform(key, 0) * sum(lengths) < lengths[1]  # start as if it had always been running
    return BURSTY, [*gaps, *lengths, float(burst), -lengths[burst] * log(uniform(key, 1)), 2.0]


def service_law(service) -> tuple[int, list[float]]:
    """(code, parameters) of a config's service law."""
    if service.law == "exponential":
        return EXPONENTIAL, [service.mean_ms * MS]
    if service.law == "deterministic":
        return CONSTANT, [service.mean_ms * MS]
    if service.law == "erlang":
        return ERLANG, [service.mean_ms * MS / service.stages, float(service.stages)]
    if service.law == "hyperexponential":
        mean, often = service.mean_ms * MS, (1.0 + sqrt((service.scv - 1.0) / (service.scv + 1.0))) / 2.0
        return HYPEREXPONENTIAL, [often, mean / (2.0 * often), mean / (2.0 * (1.0 - often))]
    if service.law == "bounded_pareto":
        low, high, shape = service.minimum_ms * MS, service.maximum_ms * MS, service.shape
        return BOUNDED_PARETO, [low, high, shape, 1.0 - exp(shape * log(low / high))]
    return RECORDED_SERVICE, []


def delay_law(law) -> tuple[int, float, float]:
    """(code, two parameters) of a config's delay law; a delay that is always 0 is none."""
    if law.law == "constant" and law.delay_ms > 0:
        return CONSTANT_DELAY, law.delay_ms * MS, 0.0
    if law.law == "uniform" and law.maximum_ms > 0:
        return UNIFORM_DELAY, law.minimum_ms * MS, law.maximum_ms * MS
    if law.law == "exponential" and law.minimum_ms + law.mean_ms > 0:
        return EXPONENTIAL_DELAY, law.minimum_ms * MS, law.mean_ms * MS
    return NO_DELAY, 0.0, 0.0


def mean_demand_ns(service, recorded: np.ndarray) -> float:
    """The mean of the service law; of the recording's demands where it is recorded."""
    if service.law == "recorded":
        return float(recorded[1].mean()) if recorded.shape[1] else 0.0
    if service.law != "bounded_pareto":
        return service.mean_ms * MS
    low, high, a = service.minimum_ms * MS, service.maximum_ms * MS, service.shape
    ratio = exp(a * log(low / high))
    if abs(a - 1.0) < 1e-9:
        return low / (1.0 - ratio) * log(high / low)
    return a / (a - 1.0) * (low - high * ratio) / (1.0 - ratio)


def recorded_requests(config, inputs: dict) -> np.ndarray:
    """int64[2, m]: arrival (sped up) and demand of each recorded request; m = 0 where nothing is recorded.

    InputMissing where `inputs` lacks the recording, or where it holds no demands but they are needed.
    """
    if config.arrivals.law != "recorded":
        return np.zeros((2, 0), np.int64)
    recording = inputs.get(config.arrivals.recording)
    if recording is None:
        raise InputMissing("config.arrivals.recording", N_("There is no recording {key} here."), key=config.arrivals.recording)
    arrival = np.asarray(recording.arrival_ns, np.int64)
    if config.arrivals.speed_up != 1.0:
        arrival = np.floor(arrival / config.arrivals.speed_up + 0.5).astype(np.int64)
    if config.service.law != "recorded":
        return np.stack([arrival, np.zeros_like(arrival)])
    if recording.demand_ns is None:
        raise InputMissing("config.service.law", N_("This recording holds no demands; choose a service law."))
    return np.stack([arrival, np.asarray(recording.demand_ns, np.int64)])


def recorded_keys(config, inputs: dict) -> np.ndarray:
    """int64[m]: what each recorded request asks for, as numbers from 0; m = 0 where nobody wants to know."""
    cache = config.balancers.cache
    if not cache.on or cache.keys.law != "recorded":
        return np.zeros(0, np.int64)
    recording = inputs.get(config.arrivals.recording) if config.arrivals.law == "recorded" else None
    if recording is None or getattr(recording, "asked", None) is None:
        raise InputMissing("config.balancers.cache.keys.law", N_("There is no recording with keys here; choose another law."))
    return np.unique(recording.asked, return_inverse=True)[1].astype(np.int64)


def expected_requests(config, duration_ns: int, inputs: dict) -> float:
    """How many requests, or parts of requests, are expected within `duration_ns` while nobody changes the load."""
    seconds = duration_ns / S
    attacks = sum(one.rate_per_s * min(one.length_s, max(0.0, seconds - one.start_s)) for one in config.attacks)
    return config.fan_out * (_expected_of_law(config, duration_ns, inputs) + attacks)


def _fastest(config) -> float:
    return max(group.speed for group in config.servers)


def _expected_of_law(config, duration_ns: int, inputs: dict) -> float:
    arrivals, seconds = config.arrivals, duration_ns / S
    if arrivals.law == "recorded":
        return float(np.searchsorted(recorded_requests(config, inputs)[0], duration_ns, "right"))
    if arrivals.law == "curve":
        return expected_until(*cumulated(arrivals), float(duration_ns))
    if arrivals.law == "closed":
        each = arrivals.think_ms * MS + mean_demand_ns(config.service, np.zeros((2, 0), np.int64)) / _fastest(config)
        return arrivals.clients * duration_ns / max(each, MS)
    if arrivals.law != "bursty":
        return arrivals.rate_per_s * seconds
    low, high = arrivals.low_mean_s, arrivals.high_mean_s
    return (arrivals.low_rate_per_s * low + arrivals.high_rate_per_s * high) / (low + high) * seconds


class InputMissing(ValueError):
    """A recording that the config names is not there or lacks a column; `field` is the config's.

    `template` is a text marked with N_, `values` what stands in its {places}.
    """

    def __init__(self, field: str, template: str, **values):
        super().__init__(template.format(**values) if values else template)
        self.field, self.template, self.values = field, template, values
