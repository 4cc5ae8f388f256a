"""The name node: it knows the files, their blocks and where these are; data never passes through it."""

from simulator.engine.actor import Node
from simulator.systems.sharded_files.files import number, rack_of
from simulator.systems.sharded_files.hdfs.messages import BlockReport, Commands, Heartbeat
from simulator.systems.sharded_files.hdfs.preload import preload
from simulator.systems.sharded_files.hdfs.quiet import last_heard_ns


class Known:
    """A data node as a name node knows it. state: "live", "stale", "dead". last_ns: when it was last heard of."""

    __slots__ = ("capacity_mb", "held", "id", "last_ns", "number", "rack", "register", "state", "used_mb")

    def __init__(self, id: str, rack: int, now_ns: int):
        self.id, self.number, self.rack, self.last_ns, self.state = id, number(id), rack, now_ns, "live"
        self.used_mb = self.capacity_mb = 0.0
        self.register = False
        self.held: dict[int, None] = {}


class NameNode(Node):
    """active: whether it serves clients and commands. liveness: data nodes that are not simply live."""

    role = "name_node"
    __slots__ = ("known",)

    def begin(self) -> None:
        """It knows the first files and where they are."""
        first = preload(self.cluster)
        self.active, self.liveness, self.safe_mode = True, {}, False
        self.blocks, self.under_replicated, self.lost, self.replicating = len(first.mb), 0, 0, 0
        self.known = {id: Known(id, rack_of(number(id), self.options), 0) for id in self.roster["data_node"]}

    def on_start(self) -> None:
        """Look for silent nodes."""
        self._watch()

    def on_restart(self) -> None:
        """It knows no data nodes until they speak."""
        self.known = {}
        self._watch()

    # Who is there

    def heard(self, node) -> bool:
        """Whether the data node is registered here and nothing waits for it."""
        known = self.known.get(node.id)
        return known is not None and known.state == "live" and not known.register

    def was_heard(self, node, at_ns: int) -> None:
        """The data node sent heartbeats that were not told one by one; the last one came then."""
        known = self.known.get(node.id)
        if known is not None:
            known.last_ns = max(known.last_ns, at_ns)

    def on_heartbeat(self, m: Heartbeat, src: str) -> None:
        """A data node is there; what it is to do is the answer."""
        known = self.known.get(src)
        if known is None or known.state == "dead":
            return self.send(src, Commands(0, True, (), ()))
        known.last_ns, known.used_mb, known.capacity_mb = self.cluster.now_ns, m.used_mb, m.capacity_mb
        if known.state == "stale":
            self._becomes(known, "live")

    def on_block_report(self, m: BlockReport, src: str) -> None:
        """A data node says all that it has."""
        if src not in self.known:
            self.known[src] = Known(src, rack_of(number(src), self.options), self.cluster.now_ns)
        known = self.known[src]
        known.last_ns = self.cluster.now_ns
        self._becomes(known, "live")

    def _becomes(self, known: Known, state: str) -> None:
        known.state = state
        self._show()

    def _show(self) -> None:
        self.liveness = {known.id: known.state for known in self.known.values() if known.state != "live"}

    def _watch(self) -> None:
        """Look again when the next node can become stale or dead."""
        design = self.options.design
        due = min((known.last_ns + (design.stale_ns if known.state == "live" else design.dead_ns)
                   for known in self.known.values() if known.state != "dead"), default=self.cluster.now_ns + design.stale_ns)
        self.set_timer("watch", max(1, due - self.cluster.now_ns))

    def on_watch_timeout(self) -> None:
        """Who was not heard of for too long is stale, then dead."""
        design, now = self.options.design, self.cluster.now_ns
        for known in self.known.values():
            known.last_ns = last_heard_ns(self.cluster, known.id, known.last_ns)
            silent = now - known.last_ns
            if known.state != "dead" and silent >= design.dead_ns:
                self._becomes(known, "dead")
            elif known.state == "live" and silent >= design.stale_ns:
                self._becomes(known, "stale")
        self._watch()
