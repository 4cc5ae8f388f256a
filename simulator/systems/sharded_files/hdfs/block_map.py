"""What a name node knows of replicas and data nodes: who has what, what is missing, and in which order it is brought back.

LowRedundancyBlocks of HDFS: (0) one replica left, (1) less than a third of those wanted, (2) fewer than wanted,
(3) enough, but in one rack, (4) none left.
"""

from simulator.systems.sharded_files.files import number
from simulator.systems.sharded_files.hdfs.messages import Replica, Transfer
from simulator.systems.sharded_files.hdfs.namespace import Block, Namespace
from simulator.systems.sharded_files.hdfs.policy import Topology, surplus

ONE_LEFT, VERY_FEW, FEW, ONE_RACK, NONE_LEFT = range(5)
"""Why a block is in a queue; repairs begin with the first."""


class Known:
    """A data node as a name node knows it.

    state: "live", "stale", "dead". admin: "", "decommissioning", "decommissioned". last_ns: when it was last heard of.
    held: blocks of which it has a replica, good or bad. transfers: copies that it is to be told to make. drops: block ->
    when it was told to delete its replica, -1: not yet. registered: whether it has said all that it has; settled: whether
    it has done so since this name node is the active one.
    serial, got, missed: how it is noticed that a report was lost (TCP's business in HDFS, for messages may be lost here).
    latest: block -> number of the last report about it.
    """

    __slots__ = ("admin", "capacity_mb", "got", "held", "id", "last_ns", "latest", "missed", "number", "rack", "registered", "serial",
                 "settled", "state", "streams", "transfers", "drops", "used_mb")

    def __init__(self, id: str, rack: int, now_ns: int):
        self.id, self.number, self.rack, self.last_ns, self.state, self.admin = id, number(id), rack, now_ns, "live", ""
        self.used_mb = self.capacity_mb = 0.0
        self.streams = self.serial = self.missed = 0
        self.registered = self.settled = False
        self.held: dict[int, None] = {}
        self.transfers: list[Transfer] = []
        self.drops: dict[int, int] = {}
        self.got: dict[int, None] = {}
        self.latest: dict[int, int] = {}


class BlockMap:
    """nodes: number -> Known. queues: for each reason, blocks in the order in which they came. pending: block -> {node: when
    given up} of copies; awaited: the same of pipelines that have not all reported yet.

    moves: block -> (from node, to node), where the balancer wants it. early: replicas of blocks, or under stamps, that the edit log has not come to. racks: whether racks are looked at.
    trimmed: replicas that were too many. located: blocks of which a replica is known, counted from when nothing was known.
    """

    def __init__(self, space: Namespace, replication: int, racks: bool):
        self.space, self.replication, self.racks = space, replication, racks
        self.located = self.trimmed = 0
        self.topology = Topology()
        self.nodes: dict[int, Known] = {}
        self.queues: tuple[dict[int, None], ...] = ({}, {}, {}, {}, {})
        self.why: dict[int, int] = {}
        self.pending: dict[int, dict[int, int]] = {}
        self.awaited: dict[int, dict[int, int]] = {}
        self.early: dict[int, dict[int, Replica]] = {}
        self.moves: dict[int, tuple[int, int]] = {}

    def add(self, known: Known) -> None:
        """A data node."""
        self.nodes[known.number] = known
        self.topology.add(known.number, known.rack)

    # Replicas that are reported

    def has(self, known: Known, replica: Replica) -> bool:
        """The node has this replica; whether the name node wants it at all."""
        number, nth = replica.block, known.number
        block = self.space.blocks.get(number)
        if block is None or replica.gen > block.gen:
            if block is None and number < self.space.next_block:
                return False
            self.early.setdefault(number, {})[nth] = replica
            return True
        self._arrived(number, nth)
        known.held[number] = None
        if replica.gen < block.gen:
            self._spoil(block, nth)
        elif nth not in block.places and nth not in block.bad and (replica.whole or block.whole):
            self.located += not block.places
            block.places = (*block.places, nth)
            self._moved(number, block, nth)
        return True

    def _moved(self, number: int, block: Block, nth: int) -> None:
        """The balancer's copy is there: where it came from, the replica goes."""
        source, target = self.moves.get(number, (-1, -1))
        if target == nth:
            del self.moves[number]
            if source in block.places and source not in block.excess and len(self.live(block)) > self.replication:
                block.excess = (*block.excess, source)
                self.nodes[source].drops.setdefault(number, -1)

    def _arrived(self, number: int, nth: int) -> None:
        for waiting in (self.pending, self.awaited):
            if number in waiting and waiting[number].pop(nth, None) is not None and not waiting[number]:
                del waiting[number]

    def _spoil(self, block: Block, nth: int) -> None:
        self._without(block, nth)
        if nth not in block.bad:
            block.bad = (*block.bad, nth)

    def corrupt(self, number: int, nth: int) -> None:
        """The node's replica does not fit its checksums."""
        self._spoil(self.space.blocks[number], nth)

    def lacks(self, known: Known, number: int) -> None:
        """The node has no replica of the block (any more)."""
        known.held.pop(number, None)
        known.drops.pop(number, None)
        nth, block = known.number, self.space.blocks.get(number)
        early = self.early.get(number)
        if early is not None:
            early.pop(nth, None)
        if block is not None:
            self._without(block, nth)
            if nth in block.bad:
                block.bad = tuple(one for one in block.bad if one != nth)

    def _without(self, block: Block, nth: int) -> None:
        if nth in block.places:
            block.places = tuple(one for one in block.places if one != nth)
            block.excess = tuple(one for one in block.excess if one != nth)
            self.located -= not block.places

    def edited(self, number: int) -> None:
        """The edit log has something new about the block: what came too early counts now."""
        for nth, replica in self.early.pop(number, {}).items():
            if nth in self.nodes and not self.has(self.nodes[nth], replica):
                self.nodes[nth].drops.setdefault(number, -1)

    def forget(self, number: int) -> list[Known]:
        """The block is no more; the nodes that have replicas of it."""
        self.leave(number)
        self.pending.pop(number, None)
        self.awaited.pop(number, None)
        self.moves.pop(number, None)
        return [known for known in self.nodes.values() if number in known.held]

    # What is missing

    def live(self, block: Block) -> list[int]:
        """Nodes with a good replica that counts."""
        return [nth for nth in block.places if nth not in block.excess and not self.nodes[nth].admin]

    def review(self, number: int) -> None:
        """Look at how a block stands, and put it into the queue where it belongs."""
        block = self.space.blocks.get(number)
        if block is None or not block.whole:
            return self.leave(number)
        live = self.live(block)
        why = self._reason(block, [*live, *self.awaited.get(number, ())])
        if why is None and len(live) > self.replication:
            self._trim(number, block, live)
        if why is None or why == ONE_RACK:
            self._clean(number, block)
        if why is None:
            return self.leave(number)
        before = self.why.get(number)
        if before != why:
            self.leave(number)
            self.why[number] = why
            self.queues[why][number] = None

    def _reason(self, block: Block, live: list[int]) -> int | None:
        count, wanted = len(live), self.replication
        if count >= wanted:
            alone = self.racks and wanted > 1 and len(self.topology.members) > 1 and self.topology.racks(live) < 2
            return ONE_RACK if alone else None
        leaving = len([nth for nth in block.places if nth not in block.excess]) - count
        if count + leaving == 0:
            return NONE_LEFT
        if count <= 1:
            return ONE_LEFT
        return VERY_FEW if count * 3 < wanted else FEW

    def leave(self, number: int) -> None:
        """Nothing is to be done about the block."""
        why = self.why.pop(number, None)
        if why is not None:
            del self.queues[why][number]

    def _trim(self, number: int, block: Block, live: list[int]) -> None:
        """Too many: the fullest of a rack that has several goes, once all are known to be there."""
        if all(self.nodes[nth].settled and self.nodes[nth].state == "live" for nth in block.places):
            free = {nth: self.nodes[nth].capacity_mb - self.nodes[nth].used_mb for nth in live}
            for nth in surplus(self.topology, live, free.__getitem__, self.replication):
                block.excess = (*block.excess, nth)
                self.trimmed += 1
                self.nodes[nth].drops.setdefault(number, -1)

    def _clean(self, number: int, block: Block) -> None:
        """Bad replicas go when there are enough good ones."""
        for nth in block.bad:
            if nth in self.nodes:
                self.nodes[nth].drops.setdefault(number, -1)

    def expire(self, now_ns: int) -> None:
        """Copies and reports that were waited for too long are not expected any more."""
        for waiting in (self.pending, self.awaited):
            late = [(number, nth) for number, nodes in waiting.items() for nth, until_ns in nodes.items() if until_ns <= now_ns]
            for number, nth in late:
                self.gives_up(number, nth)

    def gives_up(self, number: int, nth: int) -> None:
        """The node will not get its copy of the block."""
        self._arrived(number, nth)
        self.moves.pop(number, None)
        self.review(number)

    def waiting(self, number: int) -> dict[int, int]:
        """Who is to get a copy of the block."""
        return self.pending.get(number, {})

    def takes_over(self) -> None:
        """From now on this name node decides: nothing of what was decided before counts."""
        self.located = sum(bool(block.places) for block in self.space.blocks.values())
        self.pending, self.awaited, self.moves = {}, {}, {}
        for known in self.nodes.values():
            known.transfers, known.drops, known.settled = [], {}, False
        for number in list(self.why):
            self.leave(number)
        for block in self.space.blocks.values():
            block.excess = ()

    def counts(self) -> tuple[int, int, int]:
        """(under-replicated, lost, being copied)."""
        return sum(len(queue) for queue in self.queues[:ONE_RACK]), len(self.queues[NONE_LEFT]), len(self.pending)
