"""The files that are in place when a run begins: their blocks, and where these are, as the policy would have put them."""

from simulator.engine.chance import dice
from simulator.systems.sharded_files.files import SEEN_AT_MOST, first_sizes, pieces, rack_of
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
        random = dice(seed, "files/placement").random
        finder = _Finder(self, config, lambda n: int(random() * n))
        for mb in first_sizes(config, seed):
            begin, writer = len(self.mb), int(random() * nodes)
            for piece in pieces(mb, config.design.block_mb):
                block = len(self.mb)
                chosen = finder.places(piece, writer)
                replica = Replica(block, FIRST_GEN, piece, True)
                for node in chosen:
                    self.shelves[node][block] = replica
                    self.used_mb[node] += piece
                self.mb.append(piece)
                self.places.append(chosen)
            self.files.append(range(begin, len(self.mb)))


class _Finder:
    """Finds places by the placement asked for; the usual case, three replicas and room enough, without asking it step by step."""

    def __init__(self, first: Preload, config, draw):
        self.topology, self.used_mb, self.draw = first.topology, first.used_mb, draw
        self.capacity_mb, self.replication = config.capacity_gb * 1000, config.design.replication
        self.racks, self.choose = config.faulty != "rack_rule_forgotten", chooser(config)
        self.usual = self.replication == 3 and self.racks and config.design.placement.name == "default"

    def places(self, mb: float, writer: int) -> tuple[int, ...]:
        """The nodes for a block of so many MB that is written on node `writer`."""
        most, used, rack = self.capacity_mb - mb, self.used_mb, self.topology.rack
        if self.usual and used[writer] <= most:
            second = self.topology.all[self.draw(len(rack))]
            beside = self.topology.members[rack[second]]
            third = beside[self.draw(len(beside))]
            if rack[second] != rack[writer] and third != second and used[second] <= most and used[third] <= most:
                return writer, second, third
        return tuple(self.choose(self.topology, self.draw, lambda node: used[node] <= most, writer, (), self.replication, self.racks))


def preload(cluster) -> Preload:
    """Of this run; worked out once."""
    if "preload" not in cluster.ghost:
        cluster.ghost["preload"] = Preload(cluster.options, cluster.seed)
    return cluster.ghost["preload"]
