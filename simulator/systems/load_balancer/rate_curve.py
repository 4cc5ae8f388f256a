"""A rate that follows a curve: the number of arrivals to be expected until t, and its inverse.

Arrivals with the rate r(t) are those of a Poisson process of rate 1 seen through the inverse of the
cumulated rate R(t) = integral of r from 0 to t (E. Cinlar, Introduction to Stochastic Processes, 1975,
section 4.7): exact, and request k depends on the seed and on k alone. Between two points R is a
parabola, so its inverse is a square root. In the part of Python that Numba compiles, except `cumulated`.
"""

from math import floor, sqrt

import numpy as np

from simulator.engine.clock import S

START, BEFORE, RATE, SLOPE = range(4)
"""Rows of a curve: where a piece begins (ns), R there, r there (1/ns), and how r grows (1/ns^2)."""
NEVER_COMES = -1.0


def cumulated(arrivals) -> tuple[np.ndarray, float, float]:
    """(float64[4, pieces], the time in ns after which it repeats or 0, R of one repetition) of a config's Curve."""
    ends = [(float(at_s) * S, rate / S) for at_s, rate in arrivals.points]
    if ends[0][0] > 0.0:
        ends.insert(0, (0.0, ends[0][1]))
    repeat = 0.0 if arrivals.repeat_s is None else arrivals.repeat_s * S
    if repeat > ends[-1][0]:
        ends.append((repeat, ends[0][1]))
    pieces, before = [], 0.0
    for (start, rate), (end, then) in zip(ends, ends[1:], strict=False):
        slope = (then - rate) / (end - start) if arrivals.shape == "linear" else 0.0
        pieces.append((start, before, rate, slope))
        before += (end - start) * (rate + 0.5 * slope * (end - start))
    if repeat == 0.0:
        pieces.append((ends[-1][0], before, ends[-1][1], 0.0))
    return np.ascontiguousarray(np.array(pieces).T), repeat, before


def expected_until(curve, repeat, each, t):
    """R(t): how many arrivals are to be expected until t (ns)."""
    turns = 0.0
    if repeat > 0.0:
        turns = floor(t / repeat)
        t -= turns * repeat
    piece = last_not_above(curve[START], t)
    passed = t - curve[START, piece]
    return turns * each + curve[BEFORE, piece] + passed * (curve[RATE, piece] + 0.5 * curve[SLOPE, piece] * passed)


def reached_at(curve, repeat, each, expected):
    """When (ns) R reaches `expected`; NEVER_COMES where it does not."""
    turns = 0.0
    if repeat > 0.0:
        turns = floor(expected / each)
        expected -= turns * each
    piece = last_not_above(curve[BEFORE], expected)
    left, rate = expected - curve[BEFORE, piece], curve[RATE, piece]
    below = rate + sqrt(max(rate * rate + 2.0 * curve[SLOPE, piece] * left, 0.0))
    if below <= 0.0:
        return NEVER_COMES
    return turns * repeat + curve[START, piece] + 2.0 * left / below


def last_not_above(ascending, value):
    """The last index whose number is not above `value`; 0 where there is none."""
    low, high = 0, len(ascending) - 1
    while low < high:
        middle = (low + high + 1) >> 1
        if ascending[middle] <= value:
            low = middle
        else:
            high = middle - 1
    return low
