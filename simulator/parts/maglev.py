"""Maglev hashing: a look-up table that the nodes fill in turns, each in an order of its own.

D. Eisenbud et al., Maglev: a fast and reliable software network load balancer, NSDI 2016, section 3.4: the shares are
as equal as can be, and a change of the nodes moves few other keys.
"""

from collections.abc import Sequence

import numpy as np

from simulator.parts.hashing import bits


def orders(nodes: Sequence[int], size: int, key: int) -> tuple[list[int], list[int]]:
    """(offset, skip) of each node: it likes best the places offset, offset + skip, ... modulo the size, a prime."""
    index = np.array(nodes, np.int64)
    offsets, skips = bits(key, 2 * index) % np.uint64(size), bits(key, 2 * index + 1) % np.uint64(size - 1)
    return offsets.tolist(), (skips + np.uint64(1)).tolist()


def maglev(nodes: Sequence[int], weights: Sequence[float], size: int, key: int) -> list[int]:
    """The node of each of `size` places. With weights, a node takes its turn only as often as its weight allows
    (Envoy 1.31, MaglevTable): as often as the heaviest, times its share of that one's weight."""
    table, left = [-1] * size, size if len(nodes) else 0
    at, skips = orders(nodes, size, key)
    heaviest = max(weights, default=1.0)
    shares, turns = [weight / heaviest for weight in weights], [0.0] * len(weights)
    places = range(len(nodes))
    while left > 0:
        for i in places:
            turns[i] += shares[i]
            if turns[i] < 1.0 - 1e-9:
                continue
            turns[i] -= 1.0
            place, skip = at[i], skips[i]
            while table[place] >= 0:
                place += skip
                if place >= size:
                    place -= size
            table[place], at[i] = nodes[i], place
            left -= 1
            if left == 0:
                break
    return table
