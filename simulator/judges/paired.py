"""Is one better than the other? Differences on the same seeds, and Holm's rule where several are looked at.

With common random numbers two systems meet the same traffic, seed by seed; the differences of a seed's two numbers vary
much less than the numbers do, and Student's t test of their mean is the paired one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from simulator.judges.statistics import student_t, student_t_tail


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of (second - first) over the common seeds, with its interval, and P of so large a mean where there is none."""

    mean: float
    half: float
    count: int
    p: float


def difference(first: Sequence[float], second: Sequence[float], confidence: float = 0.95) -> Difference:
    """Of numbers of the same seeds in the same order; at least two."""
    return differences([first], [second], confidence)[0]


def differences(firsts, seconds, confidence: float = 0.95) -> list[Difference]:
    """Of several pairs at once: [pairs, seeds] each, without gaps."""
    gaps = np.asarray(seconds, np.float64) - np.asarray(firsts, np.float64)
    count = gaps.shape[1]
    means, errors = gaps.mean(axis=1), gaps.std(axis=1, ddof=1) / sqrt(count)
    t = student_t(0.5 + confidence / 2.0, count - 1)
    return [Difference(mean, t * error, count, _p(mean, error, count)) for mean, error in zip(means.tolist(), errors.tolist(), strict=True)]


def holm(ps: Sequence[float], level: float = 0.05) -> list[bool]:
    """Which of these P mean something at `level` all together (Holm, Scand. J. Statist. 6, 1979).

    From the smallest on, the i-th of m is compared with level / (m - i); the first that is larger ends it.
    """
    rejected = [False] * len(ps)
    for place, index in enumerate(sorted(range(len(ps)), key=lambda one: (ps[one], one))):
        if ps[index] > level / (len(ps) - place):
            break
        rejected[index] = True
    return rejected


def _p(mean: float, error: float, count: int) -> float:
    """Two-sided P of Student's t test."""
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return min(1.0, 2.0 * student_t_tail(abs(mean) / error, count - 1))
