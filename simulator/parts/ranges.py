"""Range partitioning: keys in their order, cut at split points, each range at one group of nodes.

F. Chang et al., Bigtable: a distributed storage system for structured data, OSDI 2006, section 5: a table is cut into tablets by
the order of its rows; a tablet that has grown is split. A split moves only keys of the range that is split, and none between the others.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Range(NamedTuple):
    """The keys from `first` up to the next range's first; `owners`: the nodes that hold them, the first of them in charge."""

    first: int
    owners: tuple


def whole(nodes: Sequence, keys: int, replicas: int) -> tuple[Range, ...]:
    """As many equal ranges of keys 0 .. keys - 1 as there are nodes, each at one node and those that follow it."""
    count = len(nodes)
    return tuple(Range(keys * place // count, tuple(nodes[(place + more) % count] for more in range(min(replicas, count))))
                 for place in range(count))


def owners(ranges: Sequence[Range], key: int) -> tuple:
    """The nodes that hold `key`."""
    return ranges[bisect_right(ranges, key, key=lambda one: one.first) - 1].owners


def split(ranges: Sequence[Range], keys: int, node, replicas: int) -> tuple[Range, ...]:
    """Ranges after `node` joined: the widest range is split in its middle, and the node takes charge of the upper half.

    Among equals the first. It takes the place of the last owner there, or is one more where there were fewer than `replicas`.
    """
    ends = [*(one.first for one in ranges[1:]), keys]
    place = max(range(len(ranges)), key=lambda i: (ends[i] - ranges[i].first, -i))
    old = ranges[place]
    middle = (old.first + ends[place] + 1) // 2
    new = Range(middle, (node, *old.owners)[:replicas])
    return (*ranges[:place], old, new, *ranges[place + 1:])


def merged(ranges: Sequence[Range], node, left: Sequence) -> tuple[Range, ...]:
    """Ranges after `node` left: in each of its ranges another of `left` takes its place, at the end.

    The one that holds the fewest ranges; among equals the first. Neighbours with the same owners become one range.
    """
    held = {other: sum(other in one.owners for one in ranges) for other in left}
    found: list[Range] = []
    for one in ranges:
        if node in one.owners:
            free = [other for other in left if other not in one.owners]
            more = (min(free, key=held.__getitem__),) if free else ()
            for other in more:
                held[other] += 1
            one = one._replace(owners=(*(other for other in one.owners if other != node), *more))
        if not found or found[-1].owners != one.owners:
            found.append(one)
    return tuple(found)
