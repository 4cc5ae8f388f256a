"""A data node: it has replicas on its disk, says so, and does what the name node answers to its heartbeats."""

from simulator.engine.actor import Node
from simulator.systems.sharded_files.files import number, rack_of
from simulator.systems.sharded_files.hdfs.messages import BlockReport, Commands, Heartbeat, Replica
from simulator.systems.sharded_files.hdfs.preload import preload
from simulator.systems.sharded_files.hdfs.quiet import may_rest, wake


class DataNode(Node):
    """replicas: how many it has; blocks: which, where the cluster has few. corrupt: those whose bytes are damaged.

    shelf: block -> Replica, what is on the disk; it outlives a crash. rests, sent_ns, told: see quiet.py.
    news: what has just changed on the shelf, for promises: ("stored" | "dropped" | "damaged", Replica).
    """

    role = "data_node"
    __slots__ = ("damaged", "rests", "sent_ns", "shelf", "told")

    def begin(self) -> None:
        """With what is on its disk: at the beginning, its share of the first files."""
        first = preload(self.cluster)
        nth = number(self.id)
        if not hasattr(self, "shelf"):
            self.shelf = first.shelves[nth] if nth < len(first.shelves) else {}
            self.damaged = {}
        self.rack, self.capacity_mb = rack_of(nth, self.options), self.options.capacity_gb * 1000
        self.rests, self.sent_ns, self.told = False, 0, None
        self.used_mb = round(sum(replica.mb for replica in self.shelf.values()), 3)
        self.streams = 0
        self._news = ()
        self.show()

    def show(self) -> None:
        """Bring the visible fields up to date with the shelf."""
        self.replicas = len(self.shelf)
        self.blocks = tuple(sorted(self.shelf)) if preload(self.cluster).shown else None
        self.corrupt = tuple(sorted(self.damaged))

    def on_start(self) -> None:
        """Its heartbeats fall where chance wills."""
        self.set_timer("heartbeat", round(self.uniform() * self.options.design.heartbeat_ns))
        self.set_timer("report", round(self.uniform() * self.options.design.report_s * 1e9))

    # Heartbeats and reports

    def beat(self) -> Heartbeat:
        """What it would say now."""
        return Heartbeat(self.used_mb, self.capacity_mb, self.streams)

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
        self.broadcast(BlockReport(self.used_mb, self.capacity_mb, tuple(self.shelf.values())), self.roster["name_node"])

    def on_commands(self, m: Commands, src: str) -> None:
        """What a name node wants done."""
        if m.register:
            self.report()

    def changed(self, verb: str, replica: Replica) -> None:
        """Something changed on the shelf: the next heartbeat has news."""
        self._news = (*self._news, (verb, replica))
        self.show()
        wake(self)
