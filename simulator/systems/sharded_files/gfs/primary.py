"""The part of a chunkserver that applies mutations: as primary, in an order that it chooses, and as secondary, in the primary's (paper, section 3)."""

from typing import NamedTuple

from simulator.engine.clock import ns_from_ms
from simulator.systems.sharded_files.gfs.messages import (
    Applied, Apply, Chunk, GrantLease, LeaseRevoked, Mutate, Mutated, NewVersion, Piece, RevokeLease, VersionKnown)


class Holding(NamedTuple):
    """A lease as its holder knows it, until a time of its own clock."""

    version: int
    until_ns: int
    secondaries: tuple[str, ...]


class Pending(NamedTuple):
    """A mutation that the primary has ordered. left: secondaries that have not answered; stored: it is on this node's own disk."""

    client: str
    serial: int
    id: str
    version: int
    full: bool
    left: tuple[str, ...]
    stored: bool = False


class Primary:
    """_pending: (handle, number) -> Pending. _barred: handle -> version of which it will never be primary. _used: leases used since the last heartbeat."""

    def begin_primary(self) -> None:
        """Primary of nothing."""
        self._pending, self._barred, self._used = {}, {}, ()

    # Versions and leases

    def on_new_version(self, m: NewVersion, src: str) -> None:
        """Older leases are over with that."""
        chunk = self.chunk(m.handle)
        if chunk is None and not m.fresh or chunk is not None and chunk.version > m.version:
            return
        if chunk is None or chunk.version < m.version:
            self._drop(m.handle, m.version - 1)
            self.keep(m.handle, Chunk(m.version, (), 0.0) if chunk is None else chunk._replace(version=m.version))
            self.stored = (m.handle, None, m.version)
        self.send(src, VersionKnown(m.handle, m.version))

    def on_grant_lease(self, m: GrantLease, src: str) -> None:
        """Primary from now on, unless that is over already."""
        chunk, barred = self.chunk(m.handle), self._barred.get(m.handle, 0) >= m.version and self.options.faulty != "version_is_not_raised"
        if chunk is None or chunk.version != m.version or barred or self.clock() >= m.until_ns:
            return
        self.leases = {**self.leases, m.handle: Holding(m.version, m.until_ns, m.secondaries)}

    def on_revoke_lease(self, m: RevokeLease, src: str) -> None:
        """Give it back, for good."""
        self._drop(m.handle, m.version)
        self.send(src, LeaseRevoked(m.handle, m.version))

    def _drop(self, handle: int, version: int) -> None:
        """No longer primary of this version or an older one; what was not answered has failed."""
        self._barred = {**self._barred, handle: max(version, self._barred.get(handle, 0))}
        lease = self.leases.get(handle)
        if lease is not None and lease.version <= version:
            self.leases = {other: more for other, more in self.leases.items() if other != handle}
        for key, pending in self._pending.items():
            if key[0] == handle and pending.version <= version:
                self._over(key, "failed")

    def holds(self, handle: int, version: int) -> bool:
        """Whether it is primary of this version now."""
        lease, chunk = self.leases.get(handle), self.chunk(handle)
        return lease is not None and chunk is not None and lease.version == chunk.version == version and self.clock() < lease.until_ns

    # Mutations

    def on_mutate(self, m: Mutate, src: str) -> None:
        """Choose its place in the order, apply it, and have the secondaries apply it."""
        if not self.holds(m.handle, m.version) or m.data not in self.buffer:
            return self.send(src, Mutated(m.serial, "failed"))
        chunk, chunk_mb = self.chunk(m.handle), self.options.design.chunk_mb
        n = chunk.pieces[-1].number[1] + 1 if chunk.pieces and chunk.pieces[-1].number[0] == m.version else 1
        full = m.kind == "record" and chunk.mb + m.mb > chunk_mb
        if full:
            piece = Piece((m.version, n), "padding", chunk.mb, round(chunk_mb - chunk.mb, 3), "")
        else:
            piece = Piece((m.version, n), m.kind, chunk.mb if m.kind == "record" else m.offset, m.mb, m.data)
        secondaries = self.leases[m.handle].secondaries
        self._used = (*(one for one in self._used if one != m.handle), m.handle)
        self._pending = {**self._pending, (m.handle, piece.number): Pending(src, m.serial, m.data, m.version, full, secondaries)}
        self.apply(m.handle, piece, then="own_stored", about=(m.handle, piece.number))
        self.broadcast(Apply(m.handle, piece), secondaries)
        self.set_timer("apply", ns_from_ms(self.options.design.apply_ms), (m.handle, piece.number))

    def apply(self, handle: int, piece: Piece, then: str = "", about=None, force: bool = True) -> None:
        """Apply a mutation here."""
        chunk = self.chunk(handle)
        self.keep(handle, Chunk(chunk.version, (*chunk.pieces, piece), max(chunk.mb, round(piece.offset + piece.mb, 3))), then, about, force)
        self.stored = (handle, piece, chunk.version)

    def on_apply(self, m: Apply, src: str) -> None:
        """In the primary's order; one that comes too late has been overtaken for good."""
        chunk, version = self.chunk(m.handle), m.piece.number[0]
        ok = chunk is not None and chunk.version == version
        if ok and m.piece in chunk.pieces:
            return self.send(src, Applied(m.handle, m.piece.number, True))
        last = chunk.pieces[-1].number if ok and chunk.pieces else (0, 0)
        ok = ok and last < m.piece.number and (m.piece.kind == "padding" or m.piece.id in self.buffer)
        if ok and self.options.faulty == "acknowledges_before_it_stores":
            self.send(src, Applied(m.handle, m.piece.number, True))
            return self.apply(m.handle, m.piece, force=False)
        if ok:
            self.apply(m.handle, m.piece)
        self.send(src, Applied(m.handle, m.piece.number, ok))

    def on_own_stored(self, about: tuple) -> None:
        """The primary's own replica has it."""
        pending = self._pending.get(about)
        if pending is not None:
            self._pending = {**self._pending, about: pending._replace(stored=True)}
            self._settle(about)

    def on_applied(self, m: Applied, src: str) -> None:
        """A secondary has it; or it cannot, and then the mutation has failed, though others have it."""
        key = (m.handle, m.number)
        pending = self._pending.get(key)
        if pending is None:
            return
        if not m.ok:
            return self._over(key, "failed")
        self._pending = {**self._pending, key: pending._replace(left=tuple(node for node in pending.left if node != src))}
        self._settle(key)

    def _settle(self, key: tuple) -> None:
        pending = self._pending[key]
        if not pending.left and pending.stored:
            self._over(key, ("full" if pending.full else "ok") if self.holds(key[0], pending.version) else "failed")

    def on_apply_timeout(self, key: tuple) -> None:
        """Some secondary has not answered."""
        if key in self._pending:
            self._over(key, "failed")

    def _over(self, key: tuple, outcome: str) -> None:
        pending = self._pending[key]
        self._pending = {other: more for other, more in self._pending.items() if other != key}
        self.cancel_timer("apply", key)
        if outcome == "ok":
            self.acknowledged = (key[0], key[1], pending.id)
        self.send(pending.client, Mutated(pending.serial, outcome))
