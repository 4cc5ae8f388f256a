"""The files that are in place when a run begins."""

from simulator.parts.copysets import shuffled
from simulator.systems.sharded_files.files import first_sizes, number, pieces, placement, rack_of
from simulator.systems.sharded_files.gfs.messages import Chunk, Piece
from simulator.systems.sharded_files.gfs.space import File, Space, Versions

FIRST = (1, 1)
"""The number of the mutation that wrote them."""


def chosen(nodes, wanted: int, used: dict[str, float], config, below, there=()) -> tuple[str, ...]:
    """Up to `wanted` more nodes for replicas of a chunk: one after the other the least full ones, in racks that have none yet where there are such
    (paper, section 4.2). there: who has one already."""
    found: list[str] = []
    order = shuffled([node for node in nodes if node not in there], below)
    for _more in range(wanted):
        racks = {rack_of(number(node), config) for node in (*there, *found)}
        among = [node for node in order if node not in found]
        if not among:
            break
        found.append(min(among, key=lambda node: (rack_of(number(node), config) in racks, used.get(node, 0.0))))
    return tuple(found)


class Stock:
    """space: the master's metadata. chunks: node -> handle -> Chunk."""

    def __init__(self, cluster):
        config, draw = cluster.options, placement(cluster.seed).below
        nodes = [f"data_node-{nth}" for nth in range(config.racks * config.nodes_per_rack)]
        self.chunks: dict[str, dict[int, Chunk]] = {node: {} for node in nodes}
        used, files, versions = dict.fromkeys(nodes, 0.0), {}, {}
        for nth, size in enumerate(first_sizes(config, cluster.seed)):
            cut = pieces(size, config.design.chunk_mb)
            files[f"f{nth}"] = File(tuple(range(len(versions), len(versions) + len(cut))))
            for place, mb in enumerate(cut):
                handle = len(versions)
                versions[handle] = Versions(1, 1)
                for node in chosen(nodes, config.design.replication, used, config, draw):
                    self.chunks[node][handle] = Chunk(1, (Piece(FIRST, "write", 0.0, mb, f"f{nth}/{place}"),), mb)
                    used[node] += mb
        self.space = Space(files, versions, len(versions))


def stock(cluster) -> Stock:
    """Of this run; worked out once."""
    if "stock" not in cluster.ghost:
        cluster.ghost["stock"] = Stock(cluster)
    return cluster.ghost["stock"]
