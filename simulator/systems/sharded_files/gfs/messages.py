"""What clients, the master and chunkservers of GFS say to each other (paper, sections 2.4 to 4.5), and what they keep.

Numbers of mutations are (version, n): n counts within the lease of that version.
"""

from typing import NamedTuple


class Piece(NamedTuple):
    """One mutation of a chunk as a replica applied it. kind: "record" (appended), "write" (at an offset that the client chose), "padding".

    id: what was written; a record that was tried twice has the same id twice.
    """

    number: tuple[int, int]
    kind: str
    offset: float
    mb: float
    id: str


class Chunk(NamedTuple):
    """A replica of a chunk, as it is on the disk: its version, the mutations in the order in which they were applied, how far it is filled."""

    version: int
    pieces: tuple[Piece, ...]
    mb: float


class Where(NamedTuple):
    """A chunk of a file: which one it is, its handle and version, who has an up-to-date replica, and who is the primary (None: for reading)."""

    place: int
    handle: int
    version: int
    replicas: tuple[str, ...]
    primary: str | None


class FindChunks(NamedTuple):
    """A client asks the master. f: "create" or "delete" a file, "read" all of it, "mutate" chunk `place` (-1: the last one).

    failed: the version of that chunk with which a mutation failed, else -1.
    """

    serial: int
    f: str
    file: str
    place: int
    failed: int


class ChunksFound(NamedTuple):
    """The master's answer; not ok: there is no such file."""

    serial: int
    ok: bool
    chunks: tuple[Where, ...]


class PushData(NamedTuple):
    """Data on its way along a chain of chunkservers, apart from control; `rest`: who gets it next."""

    data: str
    client: str
    rest: tuple[str, ...]


class DataHeld(NamedTuple):
    """A chunkserver has the data in its buffer."""

    data: str


class Mutate(NamedTuple):
    """A client asks the primary to apply data that all replicas hold. kind: "record", or "write" at `offset`."""

    serial: int
    handle: int
    version: int
    kind: str
    offset: float
    mb: float
    data: str


class Mutated(NamedTuple):
    """The primary's answer: "ok", "full" (the chunk was padded: take the next one), "failed" (some replica may have it, another not)."""

    serial: int
    outcome: str


class Apply(NamedTuple):
    """The primary has a secondary apply a mutation in the order that it chose."""

    handle: int
    piece: Piece


class Applied(NamedTuple):
    """A secondary has applied it, or cannot."""

    handle: int
    number: tuple[int, int]
    ok: bool


class ReadChunk(NamedTuple):
    """A client reads a chunk; a replica that is older refuses."""

    serial: int
    handle: int
    version: int


class ChunkData(NamedTuple):
    """What the replica holds; not ok: it is not there, or older."""

    serial: int
    handle: int
    ok: bool
    mb: float


class NewVersion(NamedTuple):
    """The master raises the version of a chunk; fresh: the chunk is made."""

    handle: int
    version: int
    fresh: bool


class VersionKnown(NamedTuple):
    """The new version is on the disk of the replica."""

    handle: int
    version: int


class GrantLease(NamedTuple):
    """The master makes a replica the primary until a time of its clock."""

    handle: int
    version: int
    until_ns: int
    secondaries: tuple[str, ...]


class RevokeLease(NamedTuple):
    """The master asks for the lease back before it is over."""

    handle: int
    version: int


class LeaseRevoked(NamedTuple):
    """The chunkserver is no primary of that version, and never will be."""

    handle: int
    version: int


class ChunkHeartbeat(NamedTuple):
    """A chunkserver is there: some of its chunks as (handle, version), all of them where `full`; leases that it wants to keep."""

    chunks: tuple[tuple[int, int], ...]
    full: bool
    used_mb: float
    extend: tuple[tuple[int, int], ...]


class ChunkHeartbeatReply(NamedTuple):
    """Chunks that nobody needs, as (handle, version), leases that go on, and whether the master wants to hear of all chunks."""

    garbage: tuple[tuple[int, int], ...]
    extended: tuple[tuple[int, int, int], ...]
    report: bool


class CloneChunk(NamedTuple):
    """The master has a chunkserver copy a chunk from another one."""

    handle: int
    version: int
    source: str


class FetchChunk(NamedTuple):
    """A chunkserver asks another one for a chunk."""

    handle: int
    version: int


class ChunkCopy(NamedTuple):
    """The copy; None: it is not here in that version."""

    handle: int
    version: int
    chunk: Chunk | None


class CloneDone(NamedTuple):
    """The copy is on the disk; not ok: there was none to be had."""

    handle: int
    version: int
    ok: bool


MESSAGES = (FindChunks, ChunksFound, PushData, DataHeld, Mutate, Mutated, Apply, Applied, ReadChunk, ChunkData, NewVersion, VersionKnown,
            GrantLease, RevokeLease, LeaseRevoked, ChunkHeartbeat, ChunkHeartbeatReply, CloneChunk, FetchChunk, ChunkCopy, CloneDone)
