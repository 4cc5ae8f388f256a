"""How stale reads are, by how long ago the write that they might miss was acknowledged; measured, with what theory says beside it.

P. Bailis et al., VLDB 2012, section 2.2 (t-visibility): of reads that begin t after the newest acknowledged write of their
key, the share that misses it. The newest one is the one that was invoked last, as last-write-wins has it.
"""

from bisect import bisect_left
from dataclasses import dataclass
from math import sqrt

import numpy as np

from simulator.engine.clock import MS
from simulator.judges.consistency.by_key import keyed
from simulator.judges.consistency.history import History, Operation
from simulator.judges.consistency.relations import INITIAL, Writers, written
from simulator.judges.consistency.wars import stale_after
from simulator.parts.legs import Quorums

BINS = 8
CURVE = 33
SEEN, SEEN_SHARE = 0.002, 0.03
"""The plot ends where theory says that fewer reads than these are stale, or than this share of those at once."""
HORIZONS_MS = 0.5 * 1.7 ** np.arange(30)
NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Aged:
    """A read: ms since the newest write was acknowledged, and whether it missed it."""

    age_ms: float
    missed: bool


def aged(history: History) -> list[Aged]:
    """Of each read of a register that has an acknowledged write before it, and of which it is known who wrote what it read."""
    writers = Writers.in_(history)
    found = []
    for key, operations in keyed(history.operations).items():
        if key not in writers.odd:
            found += _of_key(history, operations, writers)
    return found


def _of_key(history: History, operations: list[Operation], writers: Writers) -> list[Aged]:
    writes = sorted((one for one in operations if written(one)[0] and one.outcome == "ok"), key=lambda one: one.ends)
    ends, newest = [one.ends for one in writes], []
    for one in writes:
        newest.append(one if not newest or one.begins > newest[-1].begins else newest[-1])
    found = []
    for one in operations:
        done = bisect_left(ends, one.begins)
        sources = writers.of_read(one.key, one.result) if one.f == "read" and one.outcome == "ok" and done else ()
        if len(sources) == 1:
            latest = newest[done - 1]
            missed = sources[0] == INITIAL or history.by_id[sources[0]].begins < latest.begins
            found.append(Aged((one.invoked_ns - latest.completed_ns) / MS, missed))
    return found


def staleness(history: History, quorums: Quorums) -> dict:
    """As JSON. bins: {"from_ms", "until_ms", "reads", "missed", "share", "low", "high" (95 %, Wilson), "predicted": the mean of
    what theory says of these very reads}; share, low, high and predicted are None where no read fell into it.
    curve: [ms, chance]. reads, missed, predicted: of all reads, those beyond the last bin included; until_ms: the end of the plot.
    """
    reads = aged(history)
    until_ms = _horizon(quorums)
    grid = np.linspace(0, until_ms, CURVE)
    chances = stale_after(quorums, grid)
    expected = np.interp([one.age_ms for one in reads], grid, chances, right=0.0) if reads else np.zeros(0)
    edges = np.linspace(0, until_ms, BINS + 1)
    place = np.searchsorted(edges, [one.age_ms for one in reads], side="right") - 1
    bins = [_bin(edges[at], edges[at + 1], [reads[one].missed for one in np.flatnonzero(place == at)], expected[place == at]) for at in range(BINS)]
    return {"reads": len(reads), "missed": sum(one.missed for one in reads), "predicted": float(expected.sum()), "until_ms": float(until_ms),
            "bins": bins, "curve": [[float(ms), float(chance)] for ms, chance in zip(grid, chances, strict=True)]}


def _horizon(quorums: Quorums) -> float:
    """When hardly any read is stale any more, in ms."""
    few = max(SEEN, SEEN_SHARE * stale_after(quorums, [0.0])[0])
    low, high = 0, len(HORIZONS_MS) - 1  # by halving: theory falls with time
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if stale_after(quorums, [HORIZONS_MS[middle]])[0] <= few else (middle + 1, high)
    return HORIZONS_MS[low]


def _bin(from_ms: float, until_ms: float, missed: list[bool], expected: np.ndarray) -> dict:
    low, high = wilson(sum(missed), len(missed))
    share, predicted = (sum(missed) / len(missed), float(expected.mean())) if missed else (None, None)
    return {"from_ms": float(from_ms), "until_ms": float(until_ms), "reads": len(missed), "missed": sum(missed), "share": share,
            "low": low, "high": high, "predicted": predicted}


def wilson(count: int, total: int) -> tuple[float | None, float | None]:
    """The 95 % interval of a share (Wilson, JASA 22, 1927); None where there is nothing to go by."""
    if not total:
        return None, None
    share, square = count / total, NORMAL_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = NORMAL_95 * sqrt(share * (1 - share) / total + square / (4 * total**2)) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)
