"""Where replicas go: the writer's node, a node on another rack, another node on that same rack; more of them anywhere.

Shvachko et al. 2010, section III.D; BlockPlacementPolicyDefault. What cannot be had that way is taken wherever it fits.
"""

from collections.abc import Callable, Sequence

TRIES = 12
"""Draws before all nodes are looked at one after the other."""


class Topology:
    """Which data nodes there are, by number, and in which rack each is. members: rack -> its nodes."""

    def __init__(self):
        self.rack: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.all: list[int] = []

    def add(self, node: int, rack: int) -> None:
        """One more node; one that is known stays where it is."""
        if node not in self.rack:
            self.rack[node] = rack
            self.members.setdefault(rack, []).append(node)
            self.all.append(node)

    def racks(self, nodes: Sequence[int]) -> int:
        """In how many racks these nodes are."""
        return len({self.rack[node] for node in nodes})


def choose(topology: Topology, draw: Callable, fits: Callable, writer: int | None, there: Sequence[int], wanted: int, racks: bool = True) -> list[int]:
    """Up to `wanted` nodes for more replicas of a block.

    draw(n): a number below n. fits(node): whether it may be chosen. writer: who writes the block, or where it is copied
    from; None where that is no data node. there: who has it already. racks: whether racks are looked at.
    """
    chosen: list[int] = []
    while len(chosen) < wanted:
        have = [*there, *chosen]
        node = None
        if racks:
            node = _by_rule(topology, draw, lambda node: node not in have and fits(node), writer, have, new=not there)
        if node is None:
            node = _any(topology.all, draw, lambda node: node not in have and fits(node))
        if node is None:
            break
        chosen.append(node)
    return chosen


def _by_rule(topology: Topology, draw, fits, writer: int | None, have: list[int], new: bool) -> int | None:
    rack = topology.rack
    if not have:
        return writer if writer is not None and fits(writer) else None
    first = rack[have[0]]
    if len(have) == 1 or all(rack[node] == first for node in have):
        return _any(topology.all, draw, lambda node: rack[node] != first and fits(node))
    if len(have) == 2:
        beside = have[1] if new or writer is None else writer
        return _any(topology.members[rack[beside]], draw, fits)
    return None


def _any(among: list[int], draw, fits) -> int | None:
    """One of them that fits, each as likely as another; None where none does."""
    if not among:
        return None
    for _ in range(TRIES):
        node = among[draw(len(among))]
        if fits(node):
            return node
    left = [node for node in among if fits(node)]
    return left[draw(len(left))] if left else None


def surplus(topology: Topology, have: Sequence[int], free_mb: Callable, wanted: int) -> list[int]:
    """Which of `have` can go so that `wanted` are left and as many racks as before: the fullest of a rack that has several."""
    left, gone = list(have), []
    while len(left) > wanted:
        counts: dict[int, int] = {}
        for node in left:
            counts[topology.rack[node]] = counts.get(topology.rack[node], 0) + 1
        several = [node for node in left if counts[topology.rack[node]] > 1]
        among = several if len(counts) <= 2 and several else left
        node = min(several or among, key=lambda node: (free_mb(node), node))
        left.remove(node)
        gone.append(node)
    return gone
