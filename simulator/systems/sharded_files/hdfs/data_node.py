"""A data node: it has replicas on its disk, says so, and does what the name node answers to its heartbeats.

This file: reports and commands; storing.py: data that comes and goes.
"""

from simulator.systems.sharded_files.files import number, rack_of
from simulator.systems.sharded_files.hdfs.messages import BlockDeleted, BlockReceived, BlockReport, Commands, Heartbeat, Replica
from simulator.systems.sharded_files.hdfs.preload import preload
from simulator.systems.sharded_files.hdfs.quiet import may_rest, wake
from simulator.systems.sharded_files.hdfs.storing import Storing


class DataNode(Storing):
    """replicas: how many it has; blocks: which, where the cluster has few. corrupt: those whose bytes are damaged.

    shelf: block -> Replica, what is on the disk; damaged: those of them that do not fit their checksums; serial: of its
    last report. These outlive a crash. rests, sent_ns, told: see quiet.py.
    """

    role = "data_node"
    __slots__ = ("rests", "sent_ns", "serial", "told")

    def begin(self) -> None:
        """With what is on its disk: at the beginning, its share of the first files."""
        first = preload(self.cluster)
        nth = number(self.id)
        if not hasattr(self, "shelf"):
            self.shelf = first.shelves[nth] if nth < len(first.shelves) else {}
            self.damaged, self.serial = {}, 0
        self.rack, self.capacity_mb = rack_of(nth, self.options), self.options.capacity_gb * 1000
        self.rests, self.sent_ns, self.told = False, 0, None
        self.used_mb = round(sum(replica.mb for replica in self.shelf.values()), 3)
        self._epoch, self._order_ns, self._news = 0, 0, (-1, ())
        super().begin()
        self.show()

    def show(self) -> None:
        """Bring the visible fields up to date with the shelf."""
        self.replicas = len(self.shelf)
        self.blocks = tuple(sorted(self.shelf)) if preload(self.cluster).shown else None
        self.corrupt = tuple(sorted(self.damaged))

    def on_start(self) -> None:
        """Its heartbeats fall where chance wills; one that joins has nothing to say but that it is there."""
        self.set_timer("heartbeat", round(self.uniform() * self.options.design.heartbeat_ns))
        self.set_timer("report", round(self.uniform() * self.options.design.report_s * 1e9))

    def on_restart(self) -> None:
        """It says what it has found on its disk."""
        self.on_start()
        self.report()

    # Heartbeats and reports

    def beat(self) -> Heartbeat:
        """What it would say now."""
        return Heartbeat(self.used_mb, self.capacity_mb, self.streams, self.serial)

    def on_heartbeat_timeout(self) -> None:
        """It is still there."""
        beat = self.beat()
        self.broadcast(beat, self.roster["name_node"])
        self.sent_ns = self.cluster.now_ns
        if beat == self.told and not self.streams and may_rest(self):
            self.rests = True
        else:
            self.set_timer("heartbeat", self.options.design.heartbeat_ns)
        self.told = beat

    def on_report_timeout(self) -> None:
        """All that it has, every six hours."""
        self.report()
        self.set_timer("report", round(self.options.design.report_s * 1e9))

    def report(self) -> None:
        """Say all that it has."""
        self.say(lambda serial: BlockReport(serial, self.used_mb, self.capacity_mb, tuple(self.shelf.values())))

    def say(self, made) -> None:
        """Tell every name node; made(serial) is the message."""
        wake(self)
        self.serial += 1
        self.broadcast(made(self.serial), self.roster["name_node"])

    def on_commands(self, m: Commands, src: str) -> None:
        """What a name node wants done; one that was replaced is not listened to."""
        if m.register:
            self.report()
        if (m.epoch, m.order_ns) <= (self._epoch, self._order_ns):
            return
        self._epoch, self._order_ns = m.epoch, m.order_ns
        for block in m.invalidate:
            self.drop(block)
        for transfer in m.transfers:
            self.copy(transfer)

    # The shelf

    def put(self, replica: Replica, verb: str = "stored") -> None:
        """A replica is on the disk now; once it is whole, that is reported."""
        before = self.shelf.get(replica.block)
        self.used_mb = round(self.used_mb + replica.mb - (before.mb if before else 0.0), 3)
        self.shelf[replica.block] = replica
        self.damaged.pop(replica.block, None)
        self._changed(verb, replica)
        if replica.whole:
            self.say(lambda serial: BlockReceived(serial, replica))

    def drop(self, block: int) -> None:
        """A replica is deleted."""
        replica = self.shelf.pop(block, None)
        if replica is not None:
            self.used_mb = round(self.used_mb - replica.mb, 3)
            self.damaged.pop(block, None)
            self._changed("dropped", replica)
        self.say(lambda serial: BlockDeleted(serial, block))

    def spoil(self, block: int, verb: str) -> None:
        """A replica's bytes are damaged; the node does not know."""
        self.damaged[block] = None
        self._changed(verb, self.shelf[block])

    def _changed(self, verb: str, replica: Replica) -> None:
        """For promises: ("stored" | "copied" | "dropped" | "damaged" | "copied damage", Replica) of this event."""
        event = self.cluster.event
        self._news = (event, (*(self._news[1] if self._news[0] == event else ()), (verb, replica)))
        self.show()
        wake(self)

    def do_corrupt(self, block: str) -> dict:
        """The disk damages a replica: the one that is named, or one by chance."""
        sound = [one for one in sorted(self.shelf) if one not in self.damaged and self.shelf[one].whole]
        if block.isdecimal() and int(block) in self.shelf:
            chosen = int(block)
        elif sound:
            chosen = sound[self.below(len(sound))]
        else:
            return {"block": "-"}
        self.spoil(chosen, "damaged")
        return {"block": str(chosen)}
