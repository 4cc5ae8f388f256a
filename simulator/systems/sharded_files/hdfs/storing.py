"""How data comes to a data node and leaves it: packets of a pipeline, copies, reads.

A node's network and its disk each do one thing after the other, at their bandwidth. A packet is passed on as it comes
in, and acknowledged once it is stored here and acknowledged by who is behind (Shvachko et al. 2010, III.A).
"""

from typing import NamedTuple

from simulator.engine.actor import Node
from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.hdfs.messages import BadBlock, BlockData, CopyBlock, NoReplica, Packet, PacketAck, ReadBlock, Replica, Transfer

EXTENSION = 12
"""A node waits longer than the one behind it by a part of the timeout: HDFS has 60 s and 5 s."""


class Flow(NamedTuple):
    """A packet under way. up: where it came from; down: to whom it was passed on, or "". stored, passed: here, and behind."""

    up: str
    down: str
    stored: bool
    passed: bool


def patience_ns(options, behind: int) -> int:
    """How long to wait for an acknowledgement of so many nodes."""
    return ns_from_ms(options.client_timeout_ms * (1 + behind / EXTENSION))


class Storing(Node):
    """streams: copies that it makes for others. flows: (block, stamp, packet) -> Flow. copied_mb: copies it got, for measures."""

    __slots__ = ("copied_mb", "damaged", "disk_free_ns", "flows", "shelf", "wire_free_ns")

    def begin(self) -> None:
        """Nothing is under way."""
        self.streams = 0
        self.copied_mb = getattr(self, "copied_mb", 0.0)
        self.flows: dict[tuple, Flow] = {}
        self.disk_free_ns = self.wire_free_ns = 0

    def _written_in(self, mb: float) -> int:
        """ns until the disk has so much more."""
        now = self.cluster.now_ns
        rate = min(self.options.disk_mb_s, self.options.network_mb_s)
        self.disk_free_ns = max(now, self.disk_free_ns) + round(mb / rate * S)
        return self.disk_free_ns - now

    def _sent_in(self, mb: float) -> int:
        """ns until so much more has been read and sent."""
        now = self.cluster.now_ns
        rate = min(self.options.disk_mb_s, self.options.network_mb_s)
        self.wire_free_ns = max(now, self.wire_free_ns) + round(mb / rate * S)
        return self.wire_free_ns - now

    # Pipelines

    def on_packet(self, m: Packet, src: str) -> None:
        """Part of a block: pass it on, store it."""
        key, replica = (m.block, m.gen, m.seq), self.shelf.get(m.block)
        if key in self.flows or (replica is not None and replica.gen > m.gen):
            return
        if not self._fits(m, replica):
            return self.send(src, PacketAck(m.block, m.gen, m.seq, self.id))
        if replica is None or m.recover:
            self.put(Replica(m.block, m.gen, m.at_mb, False))
        elif replica.mb > m.at_mb or replica.whole:
            return
        down = m.nodes[0] if m.nodes else ""
        hasty = self.options.faulty == "acknowledges_before_storing"
        self.flows[key] = Flow(src, down, not m.mb, not down)
        if down:
            self.send(down, m._replace(nodes=m.nodes[1:]))
            self.set_timer("downstream", patience_ns(self.options, len(m.nodes)), key)
        if m.mb:
            self.set_timer("stored", self._written_in(m.mb), (*key, m.mb, m.last))
        if hasty:
            self.send(src, PacketAck(*key, ""))
        self._acknowledge(key)

    @staticmethod
    def _fits(m: Packet, replica: Replica | None) -> bool:
        """Whether the packet continues what is here."""
        if m.recover:
            return m.at_mb == 0 or (replica is not None and replica.mb >= m.at_mb)
        return m.at_mb == 0 if replica is None else replica.gen == m.gen and replica.mb >= m.at_mb

    def on_stored_timeout(self, about: tuple) -> None:
        """A packet is on the disk."""
        *key, mb, last = about
        block, gen, _seq = key = tuple(key)
        replica = self.shelf.get(block)
        if replica is None or replica.gen != gen or replica.whole:
            return
        self.put(Replica(block, gen, round(replica.mb + mb, 3), last))
        if key in self.flows:
            self.flows[key] = self.flows[key]._replace(stored=True)
            self._acknowledge(key)

    def on_packet_ack(self, m: PacketAck, _src: str) -> None:
        """Those behind have it, or one of them has failed."""
        key = (m.block, m.gen, m.seq)
        if key not in self.flows:
            return
        self.cancel_timer("downstream", key)
        if m.bad:
            return self.send(self.flows.pop(key).up, m)
        self.flows[key] = self.flows[key]._replace(passed=True)
        self._acknowledge(key)

    def on_downstream_timeout(self, key: tuple) -> None:
        """The next one in the pipeline does not answer."""
        flow = self.flows.pop(key, None)
        if flow is not None:
            self.send(flow.up, PacketAck(*key, flow.down))

    def _acknowledge(self, key: tuple) -> None:
        flow = self.flows[key]
        if flow.stored and flow.passed:
            del self.flows[key]
            if self.options.faulty != "acknowledges_before_storing":
                self.send(flow.up, PacketAck(*key, ""))

    # Reads and copies

    def on_read_block(self, m: ReadBlock, src: str) -> None:
        """A client wants data."""
        replica = self.shelf.get(m.block)
        if replica is None or replica.gen != m.gen:
            return self.send(src, NoReplica(m.request, m.block))
        self.set_timer("sent", self._sent_in(replica.mb), ("read", m.request, m.block, src))

    def copy(self, m: Transfer) -> None:
        """Another node is to get a copy; a replica that is not here any more is missed by the name node in time."""
        replica = self.shelf.get(m.block)
        if replica is None or replica.gen != m.gen or ("sent", ("copy", m.gen, m.block, m.target)) in self.timers:
            return
        self.streams += 1
        self.set_timer("sent", self._sent_in(replica.mb), ("copy", m.gen, m.block, m.target))

    def on_sent_timeout(self, about: tuple) -> None:
        """The data has left."""
        kind, which, block, to = about
        replica, sound = self.shelf.get(block), block not in self.damaged
        if kind == "copy":
            self.streams -= 1
            if replica is not None and replica.gen == which:
                self.send(to, CopyBlock(replica, sound))
        elif replica is not None:
            self.send(to, BlockData(which, block, replica.mb, sound))

    def on_copy_block(self, m: CopyBlock, src: str) -> None:
        """A copy comes in; its checksums are looked at before it is stored."""
        if not m.sound and self.options.faulty != "copies_corrupt_replicas":
            return self.broadcast(BadBlock(m.replica.block, m.replica.gen, src), self.roster["name_node"])
        self.set_timer("copied", self._written_in(m.replica.mb), (m.replica, m.sound))

    def on_copied_timeout(self, about: tuple) -> None:
        """A copy is on the disk."""
        replica, sound = about
        here = self.shelf.get(replica.block)
        if here is None or here.gen < replica.gen:
            self.copied_mb += replica.mb
            self.put(replica, "copied")
            if not sound:
                self.spoil(replica.block, "copied damage")
