"""What a number needs before it may be quoted: warm-up removed, replications, an interval.

Student's t is computed here because the product does not ship SciPy: the regularised incomplete
beta function by Lentz's continued fraction (Press et al., "Numerical Recipes", section 6.4) and
a bracketed search for the quantile. Right to about 1e-12.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p, sqrt

import numpy as np

MSER_BATCH = 5


def mser5(samples: Sequence[float]) -> int:
    """How many samples of one run to drop as warm-up: MSER-5 (White, Cobb, Spratt, WSC 2000).

    Means of batches of 5 are formed from the front (a remainder is ignored) and the start is
    put where the mean of the rest has the smallest estimated standard error, looked for in the
    first half. The answer is a multiple of 5; ties go to the earliest.
    """
    values = np.asarray(samples, dtype=np.float64)
    count = len(values) // MSER_BATCH
    if count < 2:
        raise ValueError(f"MSER-5 needs at least {2 * MSER_BATCH} samples, not {len(values)}.")
    means = values[: count * MSER_BATCH].reshape(count, MSER_BATCH).mean(axis=1)
    means = means - means.mean()  # the sums of squares below would lose digits on a large level
    left = np.arange(count, 0, -1, dtype=np.float64)
    sums = np.cumsum(means[::-1])[::-1]
    squares = np.cumsum((means**2)[::-1])[::-1]
    score = (squares - sums**2 / left) / left**2
    return int(np.argmin(score[: count // 2 + 1])) * MSER_BATCH


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval: mean - half to mean + half, from `count` samples."""

    mean: float
    half: float
    count: int
    confidence: float

    @property
    def low(self) -> float:
        """The lower end."""
        return self.mean - self.half

    @property
    def high(self) -> float:
        """The upper end."""
        return self.mean + self.half

    def __str__(self) -> str:
        return f"{self.mean:.6g} ± {self.half:.3g} ({self.confidence:.0%}, n = {self.count})"


def mean_interval(samples: Sequence[float], confidence: float = 0.95) -> Interval:
    """The mean of independent samples with its Student-t interval. At least two samples."""
    values = np.asarray(samples, dtype=np.float64)
    if len(values) < 2:
        raise ValueError(f"An interval needs at least 2 samples, not {len(values)}.")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not be {confidence}.")
    error = float(values.std(ddof=1)) / sqrt(len(values))
    half = student_t(0.5 + confidence / 2.0, len(values) - 1) * error
    return Interval(float(values.mean()), half, len(values), confidence)


def jain(shares: Sequence[float]) -> float:
    """Jain's fairness index of non-negative shares: 1 all equal, 1/n one has all; 1 if all are 0.

    Jain, Chiu, Hawe, "A quantitative measure of fairness", DEC-TR-301 (1984).
    """
    values = np.asarray(shares, dtype=np.float64)
    if len(values) == 0 or values.min() < 0.0:
        raise ValueError("Fairness needs at least one share, and none below 0.")
    largest = float(values.max())
    if largest == 0.0:
        return 1.0
    values = values / largest  # squares of tiny or huge shares must not under- or overflow
    return float(values.sum() ** 2 / (len(values) * (values**2).sum()))


@lru_cache(maxsize=1024)
def student_t(probability: float, freedom: float) -> float:
    """The t with P(T <= t) = `probability` for Student's law with `freedom` degrees of freedom."""
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability must lie between 0 and 1, not be {probability}.")
    if not freedom > 0.0:
        raise ValueError(f"freedom must be above 0, not {freedom}.")
    if probability == 0.5:
        return 0.0
    tail = min(probability, 1.0 - probability)
    size = _tail_quantile(tail, freedom)
    return size if probability > 0.5 else -size


def student_t_tail(t: float, freedom: float) -> float:
    """P(T > t) for t >= 0."""
    return 0.5 * _beta_ratio(freedom / 2.0, 0.5, freedom / (freedom + t * t))


def _tail_quantile(tail: float, freedom: float) -> float:
    low, high = 0.0, 1.0
    while student_t_tail(high, freedom) > tail:
        low, high = high, high * 2.0
        if high == inf:
            raise ValueError(f"The quantile for a tail of {tail} is too large for a float.")
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            return middle
        if student_t_tail(middle, freedom) > tail:
            low = middle
        else:
            high = middle


def _beta_ratio(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), for 0 <= x <= 1."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Lentz's evaluation of the continued fraction; converges in O(sqrt(max(a, b))) terms."""
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / _not_zero(1.0 + even * d)
        c = _not_zero(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / _not_zero(1.0 + odd * d)
        c = _not_zero(1.0 + odd / c)
        value *= d * c
        if abs(d * c - 1.0) < 1e-15:
            return value
    raise AssertionError(f"the beta fraction did not converge for a={a}, b={b}, x={x}")


def _not_zero(value: float) -> float:
    return value if abs(value) > 1e-300 else 1e-300
