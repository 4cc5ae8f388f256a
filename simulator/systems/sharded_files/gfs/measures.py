"""What the master has to do, and in which state regions of chunks are."""

from simulator.engine.words import N_
from simulator.systems.sharded_files.gfs.messages import Chunk
from simulator.systems.sharded_files.gfs.regions import DEFINED, INCONSISTENT, PADDING, UNDEFINED, mingled_writes, regions


def master(world):
    """The master."""
    return world.of("name_node")[0]


def replicas(world, handle: int) -> list[Chunk]:
    """The up-to-date replicas of a chunk, on all disks."""
    newest = master(world)._space.versions[handle].current
    held = [node.chunk(handle) for node in world.of("data_node") if node.state != "removed"]
    return [chunk for chunk in held if chunk is not None and chunk.version >= newest]


def states(world) -> dict[str, float]:
    """MB of all chunks of all files in each state of table 1."""
    found = dict.fromkeys((DEFINED, UNDEFINED, INCONSISTENT, PADDING), 0.0)
    for file in master(world)._space.files.values():
        held = [replicas(world, handle) for handle in file.chunks]
        mingled = mingled_writes([chunks[0] for chunks in held if chunks], lambda name: name.split("/")[0])
        for chunks in held:
            for begin, end, state in regions(chunks, mingled):
                found[state] += end - begin
    return found


def twice(world) -> int:
    """Records beyond the first of their kind, in the replica of each chunk that has the most of them."""
    found = 0
    for handle in master(world)._space.versions:
        records = [[piece.id for piece in chunk.pieces if piece.kind == "record"] for chunk in replicas(world, handle)]
        found += max((len(names) - len(dict.fromkeys(names)) for names in records), default=0)
    return found


def metrics(world) -> list[tuple]:
    """Of the whole run; regions as they are now."""
    found = states(world)
    return [
        ("chunks", N_("Chunks"), len(master(world)._space.versions), ""),
        ("defined_mb", N_("Defined regions"), round(found[DEFINED], 3), "MB"),
        ("undefined_mb", N_("Consistent, but undefined regions"), round(found[UNDEFINED], 3), "MB"),
        ("inconsistent_mb", N_("Inconsistent regions"), round(found[INCONSISTENT], 3), "MB"),
        ("padding_mb", N_("Padding"), round(found[PADDING], 3), "MB"),
        ("twice", N_("Records appended again"), twice(world), ""),
        ("retried", N_("Tries that failed"), sum(client.retried for client in world.of("client")), ""),
        ("cloned", N_("Chunks cloned"), sum(node.cloned for node in world.of("data_node")), ""),
        ("collected", N_("Replicas collected as garbage"), sum(node.collected for node in world.of("data_node")), ""),
    ]


GAUGES = {
    "under_replicated": (N_("Chunks with too few replicas"), "", lambda world: master(world).under_replicated),
    "lost": (N_("Chunks without a replica"), "", lambda world: master(world).lost),
    "replicating": (N_("Clones under way"), "", lambda world: master(world).replicating),
    "leases": (N_("Leases"), "", lambda world: sum(
        node.clock() < lease.until_ns for node in world.of("data_node") if node.state == "up" for lease in node.leases.values())),
}
