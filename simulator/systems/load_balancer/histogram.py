"""The distribution of latencies: 512 buckets between a power of two and the next, with counts and sums.

A percentile is the mean of its bucket, so it is exact where the mass sits in points, and within
0.2 % elsewhere. Histograms of several runs are merged by adding their cells.
"""

from functools import cache
from math import ceil

import numpy as np

from simulator.engine.clock import MS
from simulator.systems.load_balancer.layout import BUCKETS, SUB_BUCKETS

BINS_AT_MOST = 200


class Histogram:
    """cells: int64[buckets, 2], count and sum (ns) of each bucket; minimum, maximum in ns."""

    def __init__(self, cells: np.ndarray, minimum: int, maximum: int):
        self.cells, self.minimum, self.maximum = cells, minimum, maximum
        self.count = int(cells[:, 0].sum())

    @property
    def mean(self) -> float:
        """In ns; 0 where there is nothing."""
        return float(self.cells[:, 1].sum()) / self.count if self.count else 0.0

    def quantile(self, q: float) -> float:
        """The latency (ns) that a share q of all does not exceed; 0 where there is nothing."""
        if not self.count:
            return 0.0
        bucket = int(np.searchsorted(np.cumsum(self.cells[:, 0]), ceil(q * self.count - 1e-9)))
        count, total = self.cells[bucket].tolist()
        return min(max(total / count, self.minimum), self.maximum)

    def plus(self, other: "Histogram") -> "Histogram":
        """Both together."""
        return Histogram(self.cells + other.cells, min(self.minimum, other.minimum), max(self.maximum, other.maximum))

    def coarse(self) -> dict:
        """{"edges_ms": [n + 1], "counts": [n]}: log-spaced, at most 200 bins, from the smallest to the largest."""
        used = np.flatnonzero(self.cells[:, 0])
        if not len(used):
            return {"edges_ms": [], "counts": []}
        first, last = int(used[0]), int(used[-1]) + 1
        step = 1
        while -(-last // step) - first // step > BINS_AT_MOST:
            step *= 2
        cuts = np.arange(first // step, -(-last // step) + 1) * step
        counts = np.add.reduceat(self.cells[: cuts[-1], 0], cuts[:-1])
        return {"edges_ms": (_edges()[cuts] / MS).tolist(), "counts": counts.tolist()}


@cache
def _edges() -> np.ndarray:
    """The lower edge (ns) of each bucket, and the upper one of the last; bucket 0 begins at 0."""
    octave, part = np.divmod(np.arange(BUCKETS + 1), SUB_BUCKETS)
    edges = np.ldexp(1.0 + part / SUB_BUCKETS, octave)
    edges[0] = 0.0
    return edges
