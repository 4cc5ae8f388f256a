"""How likely a read is stale so long after a write was acknowledged, by theory: the WARS model.

P. Bailis et al., Probabilistically Bounded Staleness for Practical Partial Quorums, VLDB 2012, sections 4 and 5.1, which
draws it by Monte Carlo; here it is integrated. A write reaches each of N replicas after W and its acknowledgement comes
back after A more; the write is acknowledged at a, the w-th smallest W + A. A read that begins t later reaches them after R,
answers come after S more, and the first r count. It is stale where the write had reached none of the replicas that gave
them: W > a + t + R. Replicas are independent, and one whose acknowledgement counted has the write by a. So of the N - w
others, given a, each is late by more than y with probability P(W > a + y) / P(W + A > a), and r of them must answer first.
"""

from math import comb

import numpy as np

from simulator.parts.legs import Quorums, beyond

POINTS = 160
GROUPS = 80
"""Times of acknowledgement that are told apart."""
FORGOTTEN = 1e-5
"""The chance of what lies beyond the last point of the grid: of the w-th acknowledgement, and of the r-th response."""
LONGEST_MS = 1e9


def stale_after(quorums: Quorums, times_ms) -> np.ndarray:
    """The chance that a read which begins so many ms after an acknowledgement misses that write. times_ms: at least 0, any order."""
    n, r, w = quorums.n, quorums.r, quorums.w
    if r + w > n:
        return np.zeros(len(times_ms))
    out, back = _step((quorums.write, quorums.acknowledgement), n, w), _step((quorums.read, quorums.response), n, r)
    round_trip = np.convolve(_masses(quorums.write, out), _masses(quorums.acknowledgement, out))
    at, weight = _acknowledged(round_trip, n, w)
    later = _from_here(round_trip)[at][:, None]
    acknowledged_ms, read_ms = ((at + 1) * out)[:, None], ((np.arange(POINTS) + 0.5) * back)[None, :]
    reads, responses = _masses(quorums.read, back), _masses(quorums.response, back)
    answers, matrix = _from_here(np.convolve(reads, responses)), _toeplitz(responses)
    found = []
    for t in times_ms:
        late = np.minimum(1, beyond(quorums.write, acknowledged_ms + t + read_ms) / later)
        mine = (reads * late) @ matrix  # when a late replica answers, by when the write was acknowledged
        found.append(float(weight @ _first(mine, answers, n - w, r, n)))
    return np.clip(found, 0, 1)


def _step(legs: tuple, n: int, wanted: int) -> float:
    """So wide that POINTS of them hold each leg as far as it matters where `wanted` of n are waited for."""
    forgotten = (FORGOTTEN / comb(n, wanted - 1)) ** (1 / (n - wanted + 1))
    longest = 0.0
    for delay in legs:
        low, high = 0.0, 1e-3
        while beyond(delay, np.array(high)) > forgotten and high < LONGEST_MS:
            low, high = high, high * 2
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if beyond(delay, np.array(middle)) > forgotten else (low, middle)
        longest = max(longest, high)
    return longest / POINTS


def _masses(delay, step: float) -> np.ndarray:
    """The chance of each interval of the grid; what lies beyond belongs to the last one."""
    tails = beyond(delay, np.arange(POINTS) * step)
    tails[0] = 1.0
    return tails - np.append(tails[1:], 0.0)


def _from_here(masses: np.ndarray) -> np.ndarray:
    """The chance to be at a place or after it, its own mass counted half."""
    return np.cumsum(masses[::-1])[::-1] - masses / 2


def _acknowledged(masses: np.ndarray, n: int, w: int) -> tuple[np.ndarray, np.ndarray]:
    """(places on the grid, the chance that the w-th of n round trips is there or nearby)."""
    before = np.clip(np.cumsum(masses), 0, 1)
    by = sum(comb(n, count) * before**count * (1 - before) ** (n - count) for count in range(w, n + 1))
    weight = np.diff(by, prepend=0.0)
    groups = np.array_split(np.flatnonzero(weight > FORGOTTEN / 100), GROUPS)
    groups = [group for group in groups if group.size]
    means = [weight[group] @ group / weight[group].sum() for group in groups]
    return np.round(means).astype(int), np.array([weight[group].sum() for group in groups])


def _toeplitz(masses: np.ndarray) -> np.ndarray:
    """The matrix by which masses on the grid become those of the sum with another leg."""
    matrix = np.zeros((POINTS, 2 * POINTS - 1))
    for place in range(POINTS):
        matrix[place, place:place + POINTS] = masses
    return matrix


def _first(mine: np.ndarray, answers: np.ndarray, late: int, r: int, n: int) -> np.ndarray:
    """The chance that the first r of n answers are all of `late` replicas that lack the write; a row for each time of acknowledgement."""
    before = np.cumsum(mine, axis=1) - mine / 2
    return comb(late, r) * r * (mine * before ** (r - 1) * answers ** (n - r)).sum(axis=1)
