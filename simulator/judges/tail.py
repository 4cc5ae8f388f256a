"""Latencies of one or many runs together, as a log-linear histogram that adds up exactly, in any order.

Bucket b lies between 2^(b // 512) (1 + b % 512 / 512) ns and the next; each has a count and a sum. A percentile is
the mean of its bucket: exact where the mass sits in points, within 0.2 % elsewhere.
"""

import zlib
from dataclasses import dataclass
from math import ceil

import numpy as np

NOTHING = np.zeros((0, 3), np.int64)
HEAD = np.dtype("<i8")


@dataclass(frozen=True)
class Tail:
    """rows: int64[n, 3], rising by bucket: bucket, count above 0, sum of the latencies in ns. shortest, longest: in ns."""

    rows: np.ndarray
    shortest: int = 0
    longest: int = 0

    @property
    def count(self) -> int:
        """How many latencies."""
        return int(self.rows[:, 1].sum())

    @property
    def mean(self) -> float:
        """In ns; 0 where there are none."""
        return int(self.rows[:, 2].sum()) / self.count if len(self.rows) else 0.0

    def quantile(self, q: float, missing: int = 0) -> float | None:
        """The latency (ns) that a share q of all does not exceed, `missing` more being infinitely slow; None where it is infinite."""
        rank = ceil(q * (self.count + missing) - 1e-9)
        if not len(self.rows) or rank > self.count:
            return None
        row = int(np.searchsorted(np.cumsum(self.rows[:, 1]), max(1, rank)))
        return min(max(float(self._means()[row]), float(self.shortest)), float(self.longest))

    def within(self, ns: float) -> int:
        """How many did not exceed `ns`: quantile(q) <= ns where, and only where, so many are a share q or more."""
        if not len(self.rows) or ns < self.shortest:
            return 0
        return self.count if ns >= self.longest else int(self.rows[self._means() <= ns, 1].sum())

    def plus(self, other: "Tail") -> "Tail":
        """Both together."""
        if not len(self.rows) or not len(other.rows):
            return self if len(self.rows) else other
        both = np.concatenate([self.rows, other.rows])
        buckets, place = np.unique(both[:, 0], return_inverse=True)
        rows = np.zeros((len(buckets), 3), np.int64)
        rows[:, 0] = buckets
        np.add.at(rows[:, 1:], place, both[:, 1:])
        return Tail(rows, min(self.shortest, other.shortest), max(self.longest, other.longest))

    def beyond(self, points: int = 200) -> tuple[list[float], list[float]]:
        """The complementary distribution: (latencies in ns, share of all that is slower), at most `points` of them, evenly
        spaced in the logarithm of the latency, from the quickest hundredth on. The share never rises, and the last is above 0."""
        if not len(self.rows):
            return [], []
        slower = self.count - np.cumsum(self.rows[:, 1])
        means = self._means()
        first = means[int(np.searchsorted(-slower, -0.99 * self.count))]
        grid = np.geomspace(max(first, 1.0), max(means[-1], 1.0), points)
        places = np.unique(np.searchsorted(means, grid).clip(0, len(means) - 1))
        places = places[slower[places] > 0]
        return means[places].tolist(), (slower[places] / self.count).tolist()

    def pack(self) -> bytes:
        """As bytes for `unpacked`."""
        if not len(self.rows):
            return b""
        gaps = np.diff(self.rows[:, 0], prepend=0)
        lower = _lower_edges(self.rows[:, 0])
        columns = np.stack([gaps, self.rows[:, 1], self.rows[:, 2] - self.rows[:, 1] * lower])
        head = np.array([self.shortest, self.longest], HEAD)
        planes = columns.astype(HEAD).reshape(-1, 1).view(np.uint8).T  # first bytes first: most of the others are 0
        return zlib.compress(head.tobytes() + planes.tobytes(), 1)

    def _means(self) -> np.ndarray:
        return self.rows[:, 2] / self.rows[:, 1]


def unpacked(packed: bytes) -> Tail:
    """The Tail that `pack` packed."""
    if not packed:
        return Tail(NOTHING)
    raw = zlib.decompress(packed)
    head = np.frombuffer(raw, HEAD, 2)
    planes = np.frombuffer(raw, np.uint8, offset=2 * HEAD.itemsize).reshape(HEAD.itemsize, -1)
    gaps, counts, offsets = np.ascontiguousarray(planes.T).view(HEAD).reshape(3, -1).astype(np.int64)
    buckets = np.cumsum(gaps)
    rows = np.column_stack([buckets, counts, offsets + counts * _lower_edges(buckets)])
    return Tail(rows, int(head[0]), int(head[1]))


def _lower_edges(buckets: np.ndarray) -> np.ndarray:
    """The lower edge of each bucket in whole ns, rounded down."""
    octave, part = np.divmod(buckets, 512)
    return np.floor(np.ldexp(1.0 + part / 512, octave)).astype(np.int64)
