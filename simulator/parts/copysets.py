"""Copysets: the groups of nodes that hold all replicas of some block. The fewer there are, the rarer a loss.

A. Cidon, S. Rumble, R. Stutsman, S. Katti, J. Ousterhout, M. Rosenblum, Copysets: reducing the frequency of data loss in cloud
storage, USENIX ATC 2013. When all nodes of one copyset fail, its blocks are lost. Random placement soon makes every R nodes a
copyset; here blocks go to few copysets, each of which then holds more: a loss is rarer and larger, what is lost on average the same.
"""

from collections.abc import Callable, Sequence
from math import ceil, comb


def permutation_phase(nodes: Sequence, replicas: int, scatter_width: int, below: Callable[[int], int],
                      fits: Callable[[tuple], bool] = lambda _group: True) -> tuple[tuple, ...]:
    """Copysets of `replicas` nodes each, in the order in which they were made (section 3, figure 4).

    Of each of ceil(scatter_width / (replicas - 1)) random permutations, so many nodes in turn make a copyset; what is left over at
    its end is in none. So every node shares copysets with up to `scatter_width` others, which help to restore what it held.
    below(n): a draw from 0 to n - 1. fits: whether nodes may belong to one copyset (not all in one rack, say); a node that does not
    fit waits for a later copyset of its permutation.
    """
    found: list[tuple] = []
    for _permutation in range(max(1, ceil(scatter_width / max(1, replicas - 1)))):
        waiting = shuffled(nodes, below)
        while len(waiting) >= replicas:
            group = _fitting(waiting, replicas, fits)
            if len(group) < replicas:
                break
            waiting = [node for node in waiting if node not in group]
            found.append(group)
    return tuple(found)


def shuffled(nodes: Sequence, below: Callable[[int], int]) -> list:
    """The nodes in random order, each order as likely as another (Fisher and Yates)."""
    order = list(nodes)
    for place in range(len(order) - 1, 0, -1):
        other = below(place + 1)
        order[place], order[other] = order[other], order[place]
    return order


def _fitting(waiting: list, replicas: int, fits: Callable[[tuple], bool]) -> tuple:
    """The first nodes that fit together."""
    group: tuple = ()
    for node in waiting:
        if len(group) < replicas and fits((*group, node)):
            group = (*group, node)
    return group


def replication_phase(copysets: Sequence[tuple], first, below: Callable[[int], int]) -> tuple:
    """Where the replicas of a block go whose first node is chosen: a random copyset of that node, the node first (section 3).

    Only the first node if no copyset holds it.
    """
    among = [copyset for copyset in copysets if first in copyset]
    if not among:
        return (first,)
    return (first, *(node for node in among[below(len(among))] if node != first))


def scatter_width(copysets: Sequence[tuple], node) -> int:
    """How many other nodes share a copyset with `node`: so many have replicas of what it holds."""
    return len({other for copyset in copysets if node in copyset for other in copyset} - {node})


def chance_of_loss(nodes: int, replicas: int, failed: int, copysets: int) -> float:
    """The chance that `failed` random nodes, lost at once, include all of one of so many random copysets."""
    return 1.0 - (1.0 - comb(failed, replicas) / comb(nodes, replicas)) ** copysets
