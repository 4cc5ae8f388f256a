"""Which nodes hold an item: the policies side by side, each a pure function of the nodes and the number of items.

Each gives for the items 0 .. items - 1 the nodes that hold them, the one in charge first. An item stands for its own hash.
"""

from collections.abc import Sequence

import numpy as np

from simulator.parts.hashing import bits, jump_hash
from simulator.parts.rendezvous import score
from simulator.parts.ring import ring

_KEY, _SALT = 0x5AAD, 2**32
"""Of the stream of hashes; replica r of item i in a jump hash is draw r * 2**32 + i."""


def modulo(nodes: Sequence[int], items: int, replicas: int) -> list[tuple[int, ...]]:
    """The hash modulo the number of nodes, and the nodes that follow in the list: from n to n + 1 nodes n / (n + 1) of the items move."""
    hashes = (bits(_KEY, np.arange(items)) % np.uint64(len(nodes))).tolist()
    return [tuple(nodes[(place + more) % len(nodes)] for more in range(min(replicas, len(nodes)))) for place in hashes]


def on_ring(nodes: Sequence[int], items: int, replicas: int, points: int) -> list[tuple[int, ...]]:
    """The next nodes on a ring on which each stands at so many points: nothing moves between nodes that stay."""
    positions, owners = ring(nodes, [points] * len(nodes), _KEY)
    places = np.searchsorted(positions, (bits(_KEY + 1, np.arange(items)) >> np.uint64(32)).astype(np.int64)).tolist()
    owners, wanted = owners.tolist(), min(replicas, len(nodes))
    return [_distinct((owners[(place + step) % len(owners)] for step in range(len(owners))), wanted) for place in places]


def by_score(nodes: Sequence[int], items: int, replicas: int) -> list[tuple[int, ...]]:
    """The nodes with the highest scores (rendezvous hashing): nothing moves between nodes that stay."""
    return [tuple(sorted(nodes, key=lambda node: (-score(_KEY, item, node, 1.0), node))[:replicas]) for item in range(items)]


def by_jumps(nodes: Sequence[int], items: int, replicas: int) -> list[tuple[int, ...]]:
    """Jump hashing over the places in the list. A new node must come last; who leaves gives its place to the last one.

    Each further replica jumps by a hash of its own, until it falls on another node.
    """
    wanted, count = min(replicas, len(nodes)), len(nodes)
    return [_distinct((nodes[jump_hash(int(bits(_KEY, np.array([item + _SALT * turn]))[0]), count)] for turn in range(64 * count)), wanted)
            for item in range(items)]


def _distinct(found, wanted: int) -> tuple[int, ...]:
    """The first so many different ones."""
    chosen: tuple[int, ...] = ()
    for node in found:
        if node not in chosen:
            chosen = (*chosen, node)
            if len(chosen) == wanted:
                break
    return chosen


def without(nodes: Sequence, node) -> tuple:
    """The list without a node whose place the last one takes, as a jump hash wants it."""
    if node not in nodes:
        return tuple(nodes)
    place, last = list(nodes).index(node), nodes[-1]
    return tuple(last if i == place else other for i, other in enumerate(nodes[:-1]))


def copied(before: Sequence[tuple], after: Sequence[tuple]) -> int:
    """How many replicas are where none of their item was before: so many must be copied."""
    return sum(node not in old for old, new in zip(before, after, strict=True) for node in new)
