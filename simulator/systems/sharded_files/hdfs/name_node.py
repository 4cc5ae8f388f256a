"""The name node: it knows the files, their blocks and where these are; data never passes through it.

This file: data nodes and their reports. serving.py: clients; repairing.py: what is missing or too much; edit_log.py: edits.
"""

from simulator.systems.sharded_files.files import number, rack_of
from simulator.systems.sharded_files.hdfs.block_map import BlockMap, Known
from simulator.systems.sharded_files.hdfs.messages import BadBlock, BlockDeleted, BlockReceived, BlockReport, Commands, Heartbeat
from simulator.systems.sharded_files.hdfs.namespace import Namespace
from simulator.systems.sharded_files.hdfs.preload import preload
from simulator.systems.sharded_files.hdfs.quiet import last_heard_ns
from simulator.systems.sharded_files.hdfs.serving import Serving

INVALIDATE_AT_MOST = 1000
"""Replicas that a node is told to delete at a time; hdfs-default.xml, dfs.block.invalidate.limit."""
MISSED = 2
"""Heartbeats after which reports that are still missing count as lost."""


class NameNode(Serving):
    """active: whether it serves clients and commands. liveness: data nodes that are not simply live.

    blocks, under_replicated, lost, replicating, trimmed (those that were too many): how many. space: the files. map: the replicas. known: id -> data node.
    worst, healthy_ns, ill_since_ns: for measures, most blocks that lacked something, longest time until none did, and since when some do.
    """

    role = "name_node"
    __slots__ = ("healthy_ns", "ill_since_ns", "worst")

    def begin(self) -> None:
        """At the beginning it knows the first files and where they are."""
        super().begin()
        self.ill_since_ns = None
        if not hasattr(self, "worst"):
            self.worst, self.healthy_ns = 0, None
        self.active, self.liveness, self.safe_mode = self.index_of() == 0, {}, False
        self._know(located=True)
        for id in self.roster["data_node"]:
            known = self._meet(id)
            known.registered = known.settled = True
            known.capacity_mb = self.options.capacity_gb * 1000
            known.used_mb = preload(self.cluster).used_mb[known.number]
            known.held = dict.fromkeys(preload(self.cluster).shelves[known.number])
        self.show()

    def index_of(self) -> int:
        """0 for the first name node."""
        return number(self.id)

    def _know(self, located: bool) -> None:
        design = self.options.design
        self.space = Namespace(preload(self.cluster), located)
        self.map = BlockMap(self.space, design.replication, self.options.faulty != "rack_rule_forgotten")
        self.known: dict[str, Known] = {}

    def _meet(self, id: str) -> Known:
        known = self.known.get(id)
        if known is None:
            known = self.known[id] = Known(id, rack_of(number(id), self.options), self.cluster.now_ns)
            known.admin = self.excluded.get(id, "")
            self.map.add(known)
            if known.admin:
                self.set_timer("leaving", self._leaving_ns())
        return known

    def on_start(self) -> None:
        """Look for silent nodes."""
        super().on_start()
        self._watch()

    # Who is there

    def heard(self, node) -> bool:
        """Whether it has nothing to ask of, or say to, the data node when it hears of it again."""
        known = self.known.get(node.id)
        if known is None or known.state != "live" or not known.registered or known.transfers or known.drops:
            return False
        return (known.settled or not self.active) and node.serial - known.serial == len(known.got)

    def was_heard(self, node, at_ns: int) -> None:
        """The data node sent heartbeats that were not told one by one; the last one came then."""
        known = self.known.get(node.id)
        if known is not None:
            known.last_ns = max(known.last_ns, at_ns)

    def on_heartbeat(self, m: Heartbeat, src: str) -> None:
        """A data node is there; what it is to do is the answer."""
        known = self._meet(src)
        known.last_ns, known.used_mb, known.capacity_mb, known.streams = self.cluster.now_ns, m.used_mb, m.capacity_mb, m.streams
        known.missed = 0 if m.serial - known.serial == len(known.got) else known.missed + 1
        ask = not known.registered or known.missed >= MISSED or (self.active and not known.settled)
        if known.state == "stale":
            self._becomes(known, "live")
        transfers, drops = self._orders(known, m.streams) if self.active else ((), ())
        if ask or transfers or drops:
            self.send(src, Commands(self.epoch, self.cluster.now_ns, ask, transfers, drops))

    def _orders(self, known: Known, streams: int) -> tuple[tuple, tuple]:
        """(copies that it is to make, replicas that it is to delete)."""
        if self.safe_mode:
            return (), ()
        room = max(0, self.options.design.max_streams - streams)
        transfers, known.transfers = tuple(known.transfers[:room]), known.transfers[room:]
        now, again_ns = self.cluster.now_ns, 10 * self.options.design.heartbeat_ns
        due = [block for block, told_ns in known.drops.items() if told_ns < 0 or now - told_ns >= again_ns][:INVALIDATE_AT_MOST]
        for block in due:
            known.drops[block] = now
        return transfers, tuple(due)

    def _becomes(self, known: Known, state: str) -> None:
        known.state = state
        self.show()

    def show(self) -> None:
        """Bring the visible fields up to date."""
        told = {known.id: known.state if known.state == "dead" or not known.admin else known.admin
                for known in self.known.values() if known.state != "live" or known.admin}
        if told != self.liveness:
            self.liveness = told
        self.blocks = len(self.space.blocks)
        self.under_replicated, self.lost, self.replicating = self.map.counts()
        self.trimmed = self.map.trimmed
        self._health()

    def _health(self) -> None:
        """Note how bad it has become, and how long it took until all was well."""
        ill = bool(self.under_replicated or self.lost)
        if ill:
            self.worst = max(self.worst, self.under_replicated + self.lost)
        if ill and self.ill_since_ns is None:
            self.ill_since_ns = self.cluster.now_ns
        elif not ill and self.ill_since_ns is not None:
            self.healthy_ns = max(self.healthy_ns or 0, self.cluster.now_ns - self.ill_since_ns)
            self.ill_since_ns = None

    def _watch(self) -> None:
        """Look again when the next node can become stale or dead."""
        stale_ns, dead_ns, now = self.options.design.stale_ns, self.options.design.dead_ns, self.cluster.now_ns
        due = min((known.last_ns + (stale_ns if known.state == "live" else dead_ns)
                   for known in self.known.values() if known.state != "dead"), default=now + stale_ns)
        self.set_timer("watch", max(1, due - now))

    def on_watch_timeout(self) -> None:
        """Who was not heard of for too long is stale, then dead."""
        stale_ns, dead_ns, now = self.options.design.stale_ns, self.options.design.dead_ns, self.cluster.now_ns
        for known in self.known.values():
            known.last_ns = last_heard_ns(self.cluster, known.id, known.last_ns)
            silent = now - known.last_ns
            if known.state != "dead" and silent >= dead_ns:
                self._dies(known)
            elif known.state == "live" and silent >= stale_ns:
                known.state = "stale"
        self.show()
        self._watch()

    def _dies(self, known: Known) -> None:
        """All its replicas are gone, as far as anybody knows."""
        known.state, known.registered, known.settled = "dead", False, False
        known.transfers, known.drops, known.got, known.latest = [], {}, {}, {}
        for waiting in (self.map.pending, self.map.awaited):
            for block in [block for block, nodes in waiting.items() if known.number in nodes]:
                self.map.gives_up(block, known.number)
        for block in list(known.held):
            self.map.lacks(known, block)
            self.look(block)

    # What they have

    def on_block_received(self, m: BlockReceived, src: str) -> None:
        """A replica is finished."""
        known, block = self._meet(src), m.replica.block
        if self._is_new(known, m.serial, block):
            self._has(known, m.replica)
            self.show()

    def on_block_deleted(self, m: BlockDeleted, src: str) -> None:
        """A replica is gone."""
        known = self._meet(src)
        if self._is_new(known, m.serial, m.block):
            self.map.lacks(known, m.block)
            self.look(m.block)
            self.show()

    def _is_new(self, known: Known, serial: int, block: int) -> bool:
        """Whether nothing later was heard about the replica; messages overtake each other."""
        if serial <= known.serial:
            return False
        known.got[serial] = None
        if serial < known.latest.get(block, 0):
            return False
        known.latest[block] = serial
        return True

    def on_block_report(self, m: BlockReport, src: str) -> None:
        """A data node says all that it has."""
        known = self._meet(src)
        if known.registered and m.serial <= known.serial:
            return
        known.registered, known.settled, known.serial, known.missed = True, known.settled or self.active, m.serial, 0
        known.last_ns, known.used_mb, known.capacity_mb, known.state = self.cluster.now_ns, m.used_mb, m.capacity_mb, "live"
        known.got = {serial: None for serial in known.got if serial > m.serial}
        known.latest = {block: serial for block, serial in known.latest.items() if serial > m.serial}
        there = {replica.block for replica in m.replicas}
        for block in [block for block in known.held if block not in there and block not in known.latest]:
            self.map.lacks(known, block)
            self.look(block)
        for replica in m.replicas:
            if replica.block not in known.latest:
                self._has(known, replica)
        self.show()

    def _has(self, known: Known, replica) -> None:
        if not self.map.has(known, replica):
            self.unwanted(known, replica.block)
        self.look(replica.block)

    def on_bad_block(self, m: BadBlock, _src: str) -> None:
        """A replica is corrupt: a good one is copied, then it goes."""
        known, block = self.known.get(m.node), self.space.blocks.get(m.block)
        if known is None or block is None or m.block not in known.held or m.gen != block.gen:
            return
        self.map.corrupt(m.block, known.number)
        self.look(m.block)
        self.show()
