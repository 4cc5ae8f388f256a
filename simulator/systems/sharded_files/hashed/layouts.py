"""Which nodes hold which shard, computed from a list of nodes: the same at everybody who has the same list."""

from functools import lru_cache

from simulator.engine.chance import bits
from simulator.parts import ranges
from simulator.parts.hashing import fingerprint
from simulator.parts.placement import by_jumps, by_score, modulo, on_ring, without
from simulator.systems.sharded_files.hashed.messages import Layout, Membership

Table = tuple[tuple[str, ...], ...]
_ON_KEYS = 0xF11E


def shard_of(options, file: str) -> int:
    """The shard of a file: by the hash of its name."""
    return bits(_ON_KEYS, fingerprint(file) >> 1) % options.design.shards


def table(options, layout: Layout) -> Table:
    """The owners of every shard, who is in charge first."""
    design = options.design
    points = design.placement.points if design.placement.name == "ring" else 0
    return _table(design.placement.name, points, design.shards, design.replication, layout.nodes, layout.ranges)


@lru_cache(maxsize=256)
def _table(policy: str, points: int, shards: int, replicas: int, nodes: tuple[str, ...], cuts: tuple) -> Table:
    if policy == "range":
        return tuple(ranges.owners(cuts, shard) for shard in range(shards))
    numbers = range(len(nodes)) if policy in ("modulo", "jump") else [int(node.rpartition("-")[2]) for node in nodes]
    name = dict(zip(numbers, nodes, strict=True))
    placed = {"modulo": lambda: modulo(numbers, shards, replicas), "jump": lambda: by_jumps(numbers, shards, replicas),
              "rendezvous": lambda: by_score(numbers, shards, replicas), "ring": lambda: on_ring(numbers, shards, replicas, points)}[policy]()
    return tuple(tuple(name[number] for number in owners) for owners in placed)


def first(options, nodes: tuple[str, ...]) -> Membership:
    """What everybody knows at the beginning."""
    design = options.design
    cuts = ranges.whole(nodes, design.shards, design.replication) if design.placement.name == "range" else ()
    return Membership(1, (Layout(1, nodes, cuts),))


def joined(options, layout: Layout, node: str) -> Layout:
    """The layout with one more node."""
    cuts = ranges.split(layout.ranges, options.design.shards, node, options.design.replication) if layout.ranges else ()
    return Layout(layout.version + 1, (*layout.nodes, node), cuts)


def left(options, layout: Layout, node: str) -> Layout:
    """The layout without a node."""
    swaps = options.design.placement.name == "jump"
    nodes = without(layout.nodes, node) if swaps else tuple(other for other in layout.nodes if other != node)
    return Layout(layout.version + 1, nodes, ranges.merged(layout.ranges, node, nodes) if layout.ranges else ())


def owners_in(options, membership: Membership, shard: int) -> list[tuple[str, ...]]:
    """The owners of a shard in each layout, oldest first."""
    return [table(options, layout)[shard] for layout in membership.layouts]


def witnesses(options, membership: Membership, shard: int) -> list[str]:
    """Who may hold the shard or have held it: the owners in all layouts but the newest, without nodes that were given up."""
    found = [node for owners in owners_in(options, membership, shard)[:-1] for node in owners if node not in membership.expelled]
    return list(dict.fromkeys(found))
