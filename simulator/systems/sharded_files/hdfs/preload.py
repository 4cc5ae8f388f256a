"""The files that are in place when a run begins: their blocks, and where these are, as the policy would have put them."""

from simulator.systems.sharded_files.files import SEEN_AT_MOST, first_sizes, pieces, placement, rack_of
from simulator.systems.sharded_files.hdfs.messages import Replica
from simulator.systems.sharded_files.hdfs.policy import Topology
from simulator.systems.sharded_files.hdfs.spread import chooser

FIRST_GEN = 1000
"""The generation stamp of all first blocks."""


class Preload:
    """files: f0, f1, ... -> the numbers of its blocks. mb, places: of each block. shelves: of each data node, block -> Replica.

    shown: whether nodes show which blocks they have.
    """

    def __init__(self, config, seed: int):
        self.topology = Topology()
        nodes = config.racks * config.nodes_per_rack
        for node in range(nodes):
            self.topology.add(node, rack_of(node, config))
        self.files: list[range] = []
        self.mb: list[float] = []
        self.places: list[tuple[int, ...]] = []
        self.shelves: list[dict[int, Replica]] = [{} for _ in range(nodes)]
        self.used_mb = [0.0] * nodes
        self._place(config, seed, nodes)
        self.shown = sum(len(places) for places in self.places) <= SEEN_AT_MOST

    def _place(self, config, seed: int, nodes: int) -> None:
        draw = placement(seed).below
        used, capacity = self.used_mb, config.capacity_gb * 1000
        racks = config.faulty != "rack_rule_forgotten"
        for mb in first_sizes(config, seed):
            begin, writer = len(self.mb), draw(nodes)
            for piece in pieces(mb, config.design.block_mb):
                block = len(self.mb)
                chosen = tuple(chooser(config)(self.topology, draw, lambda node, piece=piece: used[node] + piece <= capacity, writer, (), config.design.replication, racks))
                replica = Replica(block, FIRST_GEN, piece, True)
                for node in chosen:
                    self.shelves[node][block] = replica
                    used[node] += piece
                self.mb.append(piece)
                self.places.append(chosen)
            self.files.append(range(begin, len(self.mb)))


def preload(cluster) -> Preload:
    """Of this run; worked out once."""
    if "preload" not in cluster.ghost:
        cluster.ghost["preload"] = Preload(cluster.options, cluster.seed)
    return cluster.ghost["preload"]
