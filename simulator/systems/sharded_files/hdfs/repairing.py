"""What is missing, too much or in the wrong place, and what a name node does about it."""

from simulator.engine.words import N_
from simulator.systems.sharded_files.hdfs.block_map import ONE_LEFT, ONE_RACK, Known
from simulator.systems.sharded_files.hdfs.messages import Transfer
from simulator.systems.sharded_files.hdfs.spread import chooser
from simulator.systems.sharded_files.hdfs.quiet import wake
from simulator.systems.sharded_files.hdfs.standby import Standby


class Repairing(Standby):
    """Safe mode, re-replication, decommission."""

    __slots__ = ()

    def look(self, number: int) -> None:
        """See how a block stands, and have a node wake to whom something is to be said."""
        if self.safe_mode:
            return self._safer()
        if not self.active:
            return
        block = self.space.blocks.get(number)
        self.map.review(number)
        if block is not None and (block.excess or block.bad):
            for nth in (*block.excess, *block.bad):
                if nth in self.map.nodes:
                    self.wakes(self.map.nodes[nth])
        self._arm()

    def wakes(self, known: Known) -> None:
        """Something is to be said to the data node: its heartbeats matter."""
        wake(self.cluster.nodes[known.id])

    def _arm(self) -> None:
        """Have repairs looked at on the next beat of the monitor, if there are any."""
        if ("monitor", None) not in self.timers and (any(self.map.queues[:ONE_RACK + 1]) or self.map.pending or self.map.awaited):
            period = round(self.options.design.monitor_s * 1e9)
            self.set_timer("monitor", period - self.cluster.now_ns % period)

    def on_monitor_timeout(self) -> None:
        """Repairs: the worst first, so many at a time."""
        self.map.expire(self.cluster.now_ns)
        left = self.options.design.work_multiplier * sum(known.state == "live" for known in self.known.values())
        room_mb = max((known.capacity_mb - known.used_mb for known in self.known.values() if self.fits(known, 0.0)), default=0.0)
        for why in range(ONE_RACK + 1):
            for number in list(self.map.queues[why]):
                if left <= 0:
                    break
                left -= self._repair(number, why, room_mb)
        self.show()
        self._arm()

    def _repair(self, number: int, why: int, room_mb: float) -> int:
        """Have copies made of a block, if somebody can make them; how many. room_mb: of who has most; no place is looked for in a full cluster."""
        block, waiting = self.space.blocks[number], self.map.waiting(number)
        missing = (1 if why == ONE_RACK else self.options.design.replication - len(self.map.live(block)) - len(self.map.awaited.get(number, ()))) - len(waiting)
        source = self._source(block, why) if missing > 0 else None
        mb = block.mb
        if source is None or mb > room_mb:
            return 0
        there = [*(nth for nth in block.places if nth not in block.excess), *waiting]
        avoided = (*there, *block.bad, *block.excess)
        targets = chooser(self.options)(self.map.topology, self.below, lambda nth: nth not in avoided and self.fits(self.map.nodes[nth], mb),
                         source.number, there, missing, self.map.racks)
        until_ns = self.cluster.now_ns + round(self.options.design.pending_s * 1e9)
        for nth in targets:
            self.map.pending.setdefault(number, {})[nth] = until_ns
            source.transfers.append(Transfer(number, block.gen, self.map.nodes[nth].id))
        if targets:
            self.wakes(source)
        return len(targets)

    def _source(self, block, why: int) -> Known | None:
        """Who copies: one that leaves before others, and none that has enough to do."""
        design = self.options.design
        most = design.hard_streams if why == ONE_LEFT else design.max_streams
        among = block.places
        if self.options.faulty == "copies_corrupt_replicas":
            among = block.bad or block.places
        able = [self.map.nodes[nth] for nth in among if len(self.map.nodes[nth].transfers) < most and self.map.nodes[nth].state != "dead"]
        leaving = [known for known in able if known.admin]
        able = leaving or able
        return able[self.below(len(able))] if able else None

    def fits(self, known: Known, mb: float) -> bool:
        """Whether the node may get a replica: there, not leaving, and with room for it."""
        return known.state != "dead" and known.registered and not known.admin and known.capacity_mb - known.used_mb >= mb

    # Safe mode

    def enter_safe_mode(self) -> None:
        """Nothing is changed, copied or deleted until enough blocks are known to be somewhere."""
        self.safe_mode = True
        self._safer()

    def _enough(self) -> bool:
        """Whether a replica is known of enough blocks; those that are being written do not count."""
        written = sum(not self.space.blocks[block].whole for file in self.space.files.values() if file.holder for block in file.blocks)
        return self.map.located >= self.options.design.safe_share * (len(self.space.blocks) - written)

    def takes_over(self) -> None:
        """As the active name node; in safe mode, where too little has been reported to it."""
        self.map.takes_over()
        self.safe_mode = True
        if self._enough():
            self.leave_safe_mode()
        for known in self.known.values():
            self.wakes(known)
        self.show()

    def _safer(self) -> None:
        """Leave it a while after enough blocks are there."""
        if self._enough() and ("safe", None) not in self.timers:
            self.set_timer("safe", round(self.options.design.safe_extension_s * 1e9))

    def on_safe_timeout(self) -> None:
        """The extension is over."""
        self.leave_safe_mode()

    def do_leave_safe_mode(self) -> None:
        """An operator has had enough."""
        self.leave_safe_mode()

    def leave_safe_mode(self) -> None:
        """All blocks are looked at."""
        if not self.safe_mode:
            return
        self.safe_mode = False
        self.cancel_timer("safe")
        self.note(N_("leaves safe mode: {located} of {blocks} blocks are known to be somewhere"),
                  located=self.map.located, blocks=len(self.space.blocks))
        for number in list(self.space.blocks):
            self.map.review(number)
        for known in self.known.values():
            if known.drops:
                self.wakes(known)
        self.show()
        self._arm()
