"""Nodes that leave in good order, and replicas that move from full nodes to empty ones.

In HDFS the balancer is a program of its own, which asks the name node for moves (Shvachko et al. 2010, III.E).
"""

from simulator.engine.clock import S
from simulator.systems.sharded_files.hdfs.block_map import Known
from simulator.systems.sharded_files.hdfs.messages import Transfer
from simulator.systems.sharded_files.hdfs.repairing import Repairing

LOOKS = 10
"""Beats of the repair monitor between two looks at nodes that leave; hdfs-default.xml, dfs.namenode.decommission.interval: 30 s."""


class Balancing(Repairing):
    """balancing: whether replicas are being moved."""

    __slots__ = ("excluded",)

    def begin(self) -> None:
        """Nobody leaves but those of whom an operator has said so, in a file."""
        super().begin()
        self.balancing = False
        self.excluded = getattr(self, "excluded", {})

    # Decommission

    def do_admit(self, id: str, admin: str) -> None:
        """An operator wants a node to leave ("decommissioning"), or to stay ("")."""
        self.excluded[id] = admin
        known = self.known.get(id)
        if known is None or (admin and known.admin):
            return
        known.admin = admin
        for block in list(known.held):
            self.look(block)
        if admin:
            self.set_timer("leaving", self._leaving_ns())
        self.show()

    def _leaving_ns(self) -> int:
        return round(LOOKS * self.options.design.monitor_s * S)

    def on_leaving_timeout(self) -> None:
        """A node has left when none of its blocks needs it."""
        for known in self.known.values():
            if known.admin == "decommissioning" and self.active and not self.safe_mode and not self._needed(known):
                known.admin = "decommissioned"
        if any(known.admin == "decommissioning" for known in self.known.values()):
            self.set_timer("leaving", self._leaving_ns())
        self.show()

    def _needed(self, known: Known) -> bool:
        blocks = (self.space.blocks.get(number) for number in known.held)
        return any(block is not None and (not block.whole or len(self.map.live(block)) < self.map.replication) for block in blocks)

    # The balancer

    def do_start_balancer(self) -> None:
        """Until all nodes are as full as the others, but for the threshold."""
        if self.active and not self.safe_mode and not self.balancing:
            self.balancing = True
            self.on_balance_timeout()

    def on_balance_timeout(self) -> None:
        """Have some more replicas moved."""
        self.balancing = self.active and not self.safe_mode and (self._move() or bool(self.map.moves))
        if self.balancing:
            self.set_timer("balance", round(self.options.design.monitor_s * S))

    def _move(self) -> bool:
        """Whether somebody is too full and somebody has room."""
        nodes = [known for known in self.known.values() if known.state == "live" and known.registered and not known.admin]
        room = sum(known.capacity_mb for known in nodes)
        mean, most = sum(known.used_mb for known in nodes) / room if room else 0.0, self.options.design.balancer_share
        share = {known.id: known.used_mb / known.capacity_mb for known in nodes}
        full = sorted((known for known in nodes if share[known.id] > mean + most), key=lambda known: -share[known.id])
        empty = sorted((known for known in nodes if share[known.id] < mean - most), key=lambda known: share[known.id])
        if not full and not empty:
            return False
        givers = full or sorted((known for known in nodes if share[known.id] > mean), key=lambda known: -share[known.id])
        takers = empty or sorted((known for known in nodes if share[known.id] < mean), key=lambda known: share[known.id])
        moved = [self._pair(giver, takers, mean) for giver in givers]
        self.show()
        return any(moved)

    def _pair(self, giver: Known, takers: list[Known], mean: float) -> bool:
        """Move some replicas of one node; whether any could be."""
        coming, count = {}, 0
        until_ns = self.cluster.now_ns + round(self.options.design.pending_s * S)
        for source, target in self.map.moves.values():
            coming[target] = coming.get(target, 0) + 1
            count += source == giver.number
        for number in list(giver.held):
            if count >= self.options.design.max_streams:
                break
            block = self.space.blocks.get(number)
            if block is None or not self._movable(number, block, giver):
                continue
            taker = next((known for known in takers if coming.get(known.number, 0) < self.options.design.max_streams
                          and self._takes(block, giver, known, mean)), None)
            if taker is not None:
                self.map.moves[number] = (giver.number, taker.number)
                self.map.pending.setdefault(number, {})[taker.number] = until_ns
                giver.transfers.append(Transfer(number, block.gen, taker.id))
                coming[taker.number], count = coming.get(taker.number, 0) + 1, count + 1
                self.wakes(giver)
                self._arm()
        return count > 0

    def _movable(self, number: int, block, giver: Known) -> bool:
        busy = number in self.map.why or number in self.map.pending or number in self.map.awaited
        return block.whole and not busy and giver.number in block.places and not block.excess

    def _takes(self, block, giver: Known, known: Known, mean: float) -> bool:
        """Whether the replica may go there: not there yet, room below the mean, and no rack less than before."""
        if known.number in block.places or known.number in block.bad or not self.fits(known, block.mb):
            return False
        if (known.used_mb + block.mb) / known.capacity_mb > mean + self.options.design.balancer_share:
            return False
        after = [nth for nth in block.places if nth != giver.number] + [known.number]
        return self.map.topology.racks(after) >= min(2, self.map.topology.racks(block.places))
