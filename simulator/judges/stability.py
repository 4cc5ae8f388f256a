"""Can this load be served? Looks at the backlogs of one run and says whether some queue grows for good.

A mean or a percentile of a queue that keeps growing says nothing about the system, only about
when one stopped looking; so such a run is called unstable and gets no percentile.

A finite run cannot prove it, but a queue that can be served seldom looks like one that cannot.
A backlog (of one server, of all together, or of the emptiest of all, scaled up) is called growing
when, over the whole run, its second half or its last quarter, all of these hold:

1. it rose by more than queues that can be served would show once in 5,000 runs. Two bounds, the
   lower counts: what a load of 95 % shows in the long run (in heavy traffic a backlog's tail is
   exponential with scale variance / (2 (1 - load) capacity): Kingman 1962) and what any load
   below 100 % shows in so short a run (a reflected Brownian motion without drift). The variance
   is measured in the run itself;
2. serving what it rose by would take at least 1 % of that time, in which 20 requests could be served;
3. the rise is steady: the increments of 32 batches have a mean above 0 by a t-test;
4. no earlier fall was half as deep, so it is not the crest of a wave (a burst, a pause);
5. it is not falling when the run ends, as after a crash that was mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log, pi, sqrt

import numpy as np

from simulator.engine.words import N_
from simulator.judges.statistics import student_t

LOAD_TO_ALLOW = 0.95
FALSE_ALARM = 2e-4
STEADY = 0.03
MATERIAL = 0.01
SERVICES_AT_LEAST = 20
BATCHES = 32
BATCHES_AT_LEAST = 8
SPANS = (1.0, 0.5, 0.25)
MEAN_REFLECTED = sqrt(2.0 / pi)  # mean of |Z|, Z standard normal

SERVED = N_("The load is served: no queue keeps growing.")
TOO_SHORT = N_("The run is too short to tell whether the load can be served.")
OVERLOAD = N_("Unstable: more work arrives than the servers can do, so the queues grow for as long as it lasts.")
ONE_SERVER = N_("Unstable: {server} is given more work than it can do, so its queue grows for as long as it lasts.")
SOME_SERVERS = N_("Unstable: {count} servers are given more work than they can do; the queue of {server} grows fastest.")


@dataclass(frozen=True, slots=True)
class Stability:
    """The verdict. `code` is served, too_short, overload, one_server or some_servers.

    `sentence` is `template` (marked for translation) with `params` filled in; `server` is the
    index of the server that falls behind fastest, where the fault is not everybody's.
    """

    stable: bool
    sentence: str
    server: int | None = None
    code: str = "served"
    template: str = SERVED
    params: dict = field(default_factory=dict)


def judge(times_ns, backlog, mean_service_ns, names: Sequence[str] | None = None) -> Stability:
    """Judge `backlog` [m, n]: requests waiting and in service at each server, at each of `times_ns` [m].

    The samples are evenly spaced (a last shorter step does no harm). `mean_service_ns` is the mean
    time between two departures of a busy server (service time / speed / slots): one number, or one
    per server. `names` are the servers' ids, for the sentence (default server-0, server-1, ...).
    """
    times = np.asarray(times_ns, dtype=np.float64)
    levels = np.asarray(backlog, dtype=np.float64)
    if levels.ndim != 2 or times.shape != (levels.shape[0],):
        raise ValueError(f"backlog must be [{len(times)}, servers], not {list(levels.shape)}.")
    count = levels.shape[1]
    if len(times) <= BATCHES_AT_LEAST or count == 0 or not times[-1] > times[0]:
        return _verdict(True, "too_short", TOO_SHORT)
    rates = 1.0 / np.broadcast_to(np.asarray(mean_service_ns, dtype=np.float64), (count,))
    growing = _growing(levels, times, rates)
    if not growing.any() and not _growing_together(levels, times, rates):
        return _verdict(True, "served", SERVED)
    rest = ~growing
    if 2 * rest.sum() < count or _growing_together(levels[:, rest], times, rates[rest]):
        return _verdict(False, "overload", OVERLOAD)
    return _blame(levels, growing, rates, names)


def _spans(times):
    """(first sample, length in ns) of the whole run, its second half and its last quarter."""
    for span in SPANS:
        first = int((1.0 - span) * (len(times) - 1))
        if len(times) - first > BATCHES_AT_LEAST:
            yield first, (times[-1] - times[0]) * (len(times) - 1 - first) / (len(times) - 1)


def _growing(levels, times, rates):
    """Which servers' backlogs grow: bool [n]."""
    tail = FALSE_ALARM / (2.0 * len(SPANS) * len(rates))
    growing = np.zeros(len(rates), dtype=bool)
    for first, length in _spans(times):
        usual = np.minimum(*_tails(levels[first:], length, rates, tail))
        growing |= _grows(levels, first, length, rates, usual)
    return growing


def _growing_together(levels, times, rates) -> bool:
    """Whether the sum of all backlogs grows, or even the emptiest does.

    The noise of both is measured in the sum. What the sum may show is the larger of two bounds:
    one queue of all the capacity (a good strategy), or as many independent queues (random choice).
    """
    tail = FALSE_ALARM / (4.0 * len(SPANS))
    capacity = np.array([rates.sum()])
    total, emptiest = levels.sum(axis=1, keepdims=True), _emptiest(levels, rates)
    for first, length in _spans(times):
        one = np.array(_tails(total[first:], length, capacity, tail))
        many = _tails_of_sum(levels[first:], length, rates, tail)
        if _grows(emptiest, first, length, capacity, one.min(axis=0))[0]:
            return True
        if _grows(total, first, length, capacity, np.maximum(one, many).min(axis=0))[0]:
            return True
    return False


def _emptiest(levels, rates):
    """The emptiest queue [m, 1], scaled to all servers: what is left to do even where least is left.

    Its tail is that of one queue of all the servers' capacity, both where the servers' queues are
    independent (the least of n exponentials, times n) and where a good strategy keeps them level.
    Servers with nothing to do at the end (crashed, removed) do not count.
    """
    busy = levels[-max(1, len(levels) // 8) :].any(axis=0)
    if not busy.any():
        return np.zeros((len(levels), 1))
    return (levels[:, busy] / rates[busy]).min(axis=1, keepdims=True) * rates[busy].sum()


def _tails(part, length, rates, tail):
    """Condition 1's two bounds, in requests, per column: what is seen in the long run, and in a short one."""
    steps = _steps(part)
    variance = steps.var(axis=0, ddof=1) * len(steps)
    long_run = variance / length / (2.0 * (1.0 - LOAD_TO_ALLOW) * rates) * -log(tail)
    return long_run, np.sqrt(variance) * _deviations(tail, len(part))


def _tails_of_sum(part, length, rates, tail):
    """The same two bounds [2, 1] for the sum of independent queues.

    Long run: Laurent and Massart's bound for a sum of exponentials; short run: means of reflected
    walks, and their sum's deviation bounded by that of the free walks.
    """
    long_run, short_run = _tails(part, length, rates, tail)
    surprise, deviations = -log(tail), _deviations(tail, len(part))
    scales, spreads = long_run / surprise, short_run / deviations
    exponentials = scales.sum() + sqrt(2.0 * surprise * (scales**2).sum()) + long_run.max()
    walks = MEAN_REFLECTED * spreads.sum() + deviations * sqrt((spreads**2).sum())
    return np.array([[exponentials], [walks]])


def _deviations(tail, samples) -> float:
    """How many standard deviations (estimated from the batches) a reflected walk exceeds with chance `tail`."""
    return student_t(1.0 - tail / 2.0, min(BATCHES, samples - 1) - 1)


def _grows(levels, first, length, rates, usual):
    """The five conditions of the module's docstring, for each column: bool [columns]."""
    part = levels[first:]
    rise = part[-1] - part[0]
    no_wave = rise > 2.0 * _deepest_fall(levels)
    falling = levels.max(axis=0) - levels[-1] > 0.25 * rise
    return (rise > usual) & _rising(part, length, rates) & no_wave & ~falling


def _deepest_fall(levels):
    """The deepest fall from an earlier crest, anywhere in the run, per column."""
    return (np.maximum.accumulate(levels, axis=0) - levels).max(axis=0)


def _rising(part, length, rates):
    """Conditions 2 and 3: the rise is worth the name, and steady."""
    could = length * rates
    material = (part[-1] - part[0] > MATERIAL * could) & (could >= SERVICES_AT_LEAST)
    steps = _steps(part)
    error = steps.std(axis=0, ddof=1) / sqrt(len(steps))
    return material & (steps.mean(axis=0) > student_t(1.0 - STEADY, len(steps) - 1) * error)


def _steps(part):
    batches = min(BATCHES, len(part) - 1)
    ends = np.linspace(0, len(part) - 1, batches + 1).round().astype(int)
    return np.diff(part[ends], axis=0)


def _blame(levels, growing, rates, names) -> Stability:
    """Name the servers that fall behind, the worst first."""
    owed = np.where(growing, (levels[-1] - levels[0]) / rates, -1.0)
    worst, guilty = int(owed.argmax()), int(growing.sum())
    name = names[worst] if names is not None else f"server-{worst}"
    if guilty == 1:
        return _verdict(False, "one_server", ONE_SERVER, worst, {"server": name})
    return _verdict(False, "some_servers", SOME_SERVERS, worst, {"server": name, "count": guilty})


def _verdict(stable, code, template, server=None, params=None) -> Stability:
    params = params or {}
    return Stability(stable, template.format(**params), server, code, template, params)
