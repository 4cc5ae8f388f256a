"""How widely blocks are spread over groups of nodes: by HDFS's own policy, at random, or over few copysets.

A. Cidon et al., Copysets, USENIX ATC 2013. All three keep replicas in two racks at least. Copysets are made once, of the nodes that a run
begins with; where one of a copyset is gone, all blocks that it shared with the same others get the same new node, so that no more arise.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from simulator.engine.chance import Stream, bits
from simulator.parts.copysets import permutation_phase, replication_phase
from simulator.systems.sharded_files.files import rack_of
from simulator.systems.sharded_files.hdfs.policy import Topology, choose

_ON_SURVIVORS = 0xC0B5


def chooser(config) -> Callable:
    """A function like policy.choose, by the placement that the Config asks for."""
    placement = config.design.placement
    if placement.name == "random":
        return at_random
    if placement.name == "copysets":
        racks = tuple(rack_of(node, config) for node in range(config.racks * config.nodes_per_rack))
        return _Copysets(_made(racks, config.design.replication, placement.scatter_width)).choose
    return choose


def at_random(topology: Topology, draw: Callable, fits: Callable, writer: int | None, there: Sequence[int], wanted: int, racks: bool = True) -> list[int]:
    """Any nodes, each as likely as another; but the last one is of another rack where all others are of one."""
    chosen: list[int] = []
    for place in range(wanted):
        have = [*there, *chosen]
        only = topology.racks(have) == 1 and place == wanted - 1 and racks
        among = [node for node in topology.all if node not in have and fits(node)]
        elsewhere = [node for node in among if topology.rack[node] != topology.rack[have[0]]] if only else []
        among = elsewhere or among
        if not among:
            break
        chosen.append(among[draw(len(among))])
    return chosen


@lru_cache(maxsize=64)
def _made(racks: tuple[int, ...], replicas: int, width: int) -> tuple[tuple[int, ...], ...]:
    several = len({*racks}) > 1 and replicas > 1

    def fits(group: tuple[int, ...]) -> bool:
        return len(group) < replicas or not several or len({racks[node] for node in group}) > 1

    return permutation_phase(range(len(racks)), replicas, width, Stream(len(racks), "copysets").below, fits)


class _Copysets:
    """Placement over copysets."""

    def __init__(self, copysets: tuple[tuple[int, ...], ...]):
        self.copysets = copysets

    def choose(self, topology: Topology, draw: Callable, fits: Callable, writer: int | None, there: Sequence[int], wanted: int, racks: bool = True) -> list[int]:
        """See policy.choose: a random copyset of the writer's node, or of any other one; for a block that is there, what its copyset lacks."""
        if there:
            return self._more(topology, fits, there, wanted, racks)
        usable = [copyset for copyset in self.copysets if all(node in topology.rack and fits(node) for node in copyset)]
        if not usable:
            return choose(topology, draw, fits, writer, there, wanted, racks)
        firsts = list(dict.fromkeys(node for copyset in usable for node in copyset))
        first = writer if writer in firsts else firsts[draw(len(firsts))]
        return list(replication_phase(usable, first, draw))[:wanted]

    def _more(self, topology: Topology, fits: Callable, there: Sequence[int], wanted: int, racks: bool) -> list[int]:
        """Of a copyset that holds all that are there; else the same nodes for all blocks whose replicas are left at the same nodes."""
        own = [node for copyset in self.copysets if all(one in copyset for one in there) for node in copyset]
        seed = 0
        for node in sorted(there):
            seed = bits(_ON_SURVIVORS + seed % 2**32, node)
        chosen: list[int] = []
        for _place in range(wanted):
            have = [*there, *chosen]
            among = [node for node in topology.all if node not in have and fits(node)]
            if not among:
                break
            one_rack = racks and topology.racks(have) == 1
            chosen.append(min(among, key=lambda node: (
                one_rack and topology.rack[node] == topology.rack[have[0]], node not in own, bits(seed, node))))
        return chosen
