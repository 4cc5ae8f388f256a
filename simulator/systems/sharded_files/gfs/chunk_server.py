"""A chunkserver: it keeps replicas of chunks; for some of them it is primary and says in which order mutations are applied."""

from simulator.engine.actor import Node
from simulator.engine.clock import S
from simulator.systems.sharded_files.files import SEEN_AT_MOST, number, rack_of
from simulator.systems.sharded_files.gfs.copies import Copies
from simulator.systems.sharded_files.gfs.first import stock
from simulator.systems.sharded_files.gfs.messages import Chunk, ChunkData, ChunkHeartbeat, ChunkHeartbeatReply, DataHeld, PushData, ReadChunk
from simulator.systems.sharded_files.gfs.primary import Primary

BUFFERED = 64
"""Pieces of data that wait in a chunkserver's memory to be used at most; the oldest is dropped."""


class ChunkServer(Primary, Copies, Node):
    """blocks: the chunks here; leases: handle -> Holding; cloned: copied from others; collected: forgotten as garbage. _c<handle>: a Chunk, on the disk. buffer: data that was pushed and not used yet.

    stored: (handle, Piece or None, version) that was written down last, acknowledged: (handle, number, id) that a client was told of last, for promises.
    """

    role = "data_node"

    def begin(self) -> None:
        """What was on the disk before the run is there."""
        self.rack, self.capacity_mb, self.corrupt = rack_of(number(self.id), self.options), self.options.capacity_gb * 1000, ()
        self.replicas, self.used_mb, self.blocks, self.arriving = 0, 0.0, (), ()
        self.leases, self.buffer, self.stored, self.acknowledged = {}, (), None, None
        self.collected, self.cloned = 0, 0
        self._full, self._turn = True, 0
        self.begin_primary()
        self.begin_copies()
        if self.cluster.now_ns == 0:
            chunks = stock(self.cluster).chunks.get(self.id, {})
            self.disk.store(0, {f"_c{handle}": chunk for handle, chunk in chunks.items()})

    def on_start(self) -> None:
        """Look what is on the disk, and say so."""
        self.__dict__.update(self.disk.holds)
        self._barred = {handle: chunk.version for handle, chunk in self.chunks().items()}
        self.show()
        self.on_heartbeat_timeout()

    def chunks(self) -> dict[int, Chunk]:
        """All replicas here."""
        return {int(name[2:]): chunk for name, chunk in self.__dict__.items() if name[:2] == "_c" and name[2:].isdecimal() and chunk is not None}

    def chunk(self, handle: int) -> Chunk | None:
        """A replica, None where there is none."""
        return self.__dict__.get(f"_c{handle}")

    def keep(self, handle: int, chunk: Chunk | None, then: str = "", about=None, force: bool = True) -> None:
        """Write a replica down, or forget it, before anything else is sent."""
        setattr(self, f"_c{handle}", chunk)
        self.persist(f"_c{handle}", then=then, about=about, force=force)
        self.show()

    def show(self) -> None:
        """Bring the visible fields up to date."""
        held = self.chunks()
        self.replicas, self.used_mb = len(held), round(sum(chunk.mb for chunk in held.values()), 3)
        self.blocks = tuple(sorted(held)) if len(stock(self.cluster).space.versions) * self.options.design.replication <= SEEN_AT_MOST else None

    # Heartbeats

    def on_heartbeat_timeout(self) -> None:
        """It is still there, has these chunks, and wants to keep the leases that it used."""
        self._beat()
        self.set_timer("heartbeat", round(self.options.design.heartbeat_s * S))

    def _beat(self) -> None:
        held = sorted((handle, chunk.version) for handle, chunk in self.chunks().items())
        at_most = len(held) if self._full else self.options.design.report_at_most
        begin = 0 if self._full or not held else self._turn % len(held)
        named = (held[begin:] + held[:begin])[:at_most]
        used = tuple((handle, lease.version) for handle, lease in self.leases.items() if handle in self._used and self.clock() < lease.until_ns)
        for master in self.roster["name_node"]:
            self.send(master, ChunkHeartbeat(tuple(named), self._full, self.used_mb, used))
        self._full, self._turn, self._used = False, begin + len(named), ()

    def on_chunk_heartbeat_reply(self, m: ChunkHeartbeatReply, src: str) -> None:
        """Forget what nobody needs; leases that go on."""
        for handle, version in m.garbage:
            chunk = self.chunk(handle)
            if chunk is not None and chunk.version == version and not self.holds(handle, version):
                self.keep(handle, None)
                self.collected, self._full = self.collected + 1, True
        for handle, version, until_ns in m.extended:
            lease = self.leases.get(handle)
            if lease is not None and lease.version == version:
                self.leases = {**self.leases, handle: lease._replace(until_ns=max(until_ns, lease.until_ns))}
        if m.report:
            self._full = True
            self._beat()

    # Data

    def on_push_data(self, m: PushData, src: str) -> None:
        """Keep the data for a while, pass it on along the chain, and tell the client."""
        if m.data not in self.buffer:
            self.buffer = (*self.buffer, m.data)[-BUFFERED:]
        if m.rest:
            self.send(m.rest[0], m._replace(rest=m.rest[1:]))
        self.send(m.client, DataHeld(m.data))

    def on_read_chunk(self, m: ReadChunk, src: str) -> None:
        """Only if it is as new as the master said."""
        chunk = self.chunk(m.handle)
        ok = chunk is not None and chunk.version >= m.version
        self.send(src, ChunkData(m.serial, m.handle, ok, chunk.mb if ok else 0.0))
