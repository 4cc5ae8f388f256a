"""The hash ring: every node stands at several points of a circle, and a key belongs to the next point.

D. Karger et al., Consistent hashing and random trees, STOC 1997. A point depends on the key of the ring, on
the node and on its number alone: a node that joins or leaves moves no key between the others.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from simulator.parts.hashing import bits

POINTS_AT_MOST = 2**23
"""Of one node: point i of node n is draw n * 2**23 + i."""


def ring(nodes: Sequence[int], points: Sequence[int], key: int) -> tuple[np.ndarray, np.ndarray]:
    """(positions in 0 .. 2**32 - 1, ascending; the node of each) of so many points for each of the nodes."""
    indices = [node * POINTS_AT_MOST + np.arange(count, dtype=np.int64) for node, count in zip(nodes, points, strict=True)]
    positions = (bits(key, np.concatenate([np.zeros(0, np.int64), *indices])) >> np.uint64(32)).astype(np.int64)
    owners = np.repeat(np.array(nodes, np.int64), points)
    order = np.argsort(positions, kind="stable")
    return positions[order], owners[order]


def owner(table: tuple[np.ndarray, np.ndarray], position: int) -> int:
    """The node at `position` or behind it, and behind the last point the first."""
    positions, owners = table
    return int(owners[np.searchsorted(positions, position) % len(owners)])


def points_of(weights: Sequence[float], per_weight: float, minimum: int, maximum: int) -> list[int]:
    """How many points each node gets: so many for a weight of 1, more where they would be fewer than `minimum` in all,
    fewer where they would be more than `maximum`; at least one."""
    total = per_weight * sum(weights)
    scale = per_weight * max(1.0, minimum / total) * min(1.0, maximum / max(total, minimum)) if weights else 0.0
    return [min(max(1, ceil(scale * weight - 1e-9)), POINTS_AT_MOST) for weight in weights]
