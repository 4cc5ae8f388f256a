"""The part of a chunkserver that copies chunks from others when the master says so (paper, section 4.3)."""

from simulator.engine.clock import S, ns_from_ms
from simulator.systems.sharded_files.gfs.messages import ChunkCopy, CloneChunk, CloneDone, FetchChunk


class Copies:
    """arriving: chunks on their way to this node. _fetches: handle -> (version, source, master). _outgoing: copies to send, (handle, version, dst)."""

    def begin_copies(self) -> None:
        """None on its way."""
        self._fetches, self._outgoing = {}, ()

    def on_clone_chunk(self, m: CloneChunk, src: str) -> None:
        """Fetch a chunk from another chunkserver."""
        self._fetches = {**self._fetches, m.handle: (m.version, m.source, src)}
        self.arriving = tuple(sorted(self._fetches))
        self._fetch(m.handle)

    def _fetch(self, handle: int) -> None:
        version, source, _master = self._fetches[handle]
        self.send(source, FetchChunk(handle, version))
        self.set_timer("fetch", round(self.options.design.chunk_mb / self.options.design.clone_mb_s * S) + ns_from_ms(self.options.design.retry_ms), handle)

    def on_fetch_timeout(self, handle: int) -> None:
        """It has not come: the master will try again, perhaps elsewhere."""
        if handle in self._fetches:
            self._fetched(handle, False)

    def on_fetch_chunk(self, m: FetchChunk, src: str) -> None:
        """Copies leave one after the other, throttled."""
        if (m.handle, m.version, src) not in self._outgoing:
            self._outgoing = (*self._outgoing, (m.handle, m.version, src))
            if len(self._outgoing) == 1:
                self._send_next()

    def _send_next(self) -> None:
        if self._outgoing:
            chunk = self.chunk(self._outgoing[0][0])
            self.set_timer("copy", round((chunk.mb if chunk else 0.0) / self.options.design.clone_mb_s * S))

    def on_copy_timeout(self) -> None:
        """The bytes are through."""
        (handle, version, dst), self._outgoing = self._outgoing[0], self._outgoing[1:]
        chunk = self.chunk(handle)
        self.send(dst, ChunkCopy(handle, version, chunk if chunk is not None and chunk.version == version else None))
        self._send_next()

    def on_chunk_copy(self, m: ChunkCopy, src: str) -> None:
        """Store it, unless this node has a newer one."""
        mine = self.chunk(m.handle)
        if self._fetches.get(m.handle, (None,))[0] != m.version:
            return
        ok = m.chunk is not None and (mine is None or mine.version < m.version)
        if ok:
            self.keep(m.handle, m.chunk)
            self.cloned += 1
            self.stored = (m.handle, None, m.version)
        self._fetched(m.handle, ok)

    def _fetched(self, handle: int, ok: bool) -> None:
        version, _source, master = self._fetches[handle]
        self._fetches = {other: fetch for other, fetch in self._fetches.items() if other != handle}
        self.arriving = tuple(sorted(self._fetches))
        self.send(master, CloneDone(handle, version, ok))
