"""What clients, data nodes and the administrator of the hashed design say to each other.

A layout is a list of nodes; which node holds which shard follows from it by computation, so nobody keeps a table. Its version is the
epoch of the shards that were moved for it.
"""

from typing import NamedTuple


class Layout(NamedTuple):
    """A list of nodes, numbered; `ranges`: the split points where shards are placed by ranges, else ()."""

    version: int
    nodes: tuple[str, ...]
    ranges: tuple = ()


class Membership(NamedTuple):
    """What is known of layouts: `layouts` from the last one that everybody has moved to up to the newest one.

    edition: grows with everything that the administrator says. expelled: nodes that were given up since the first of the layouts.
    retired: nodes that have left for good.
    """

    edition: int
    layouts: tuple[Layout, ...]
    expelled: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()


class Record(NamedTuple):
    """A file as a shard holds it. stamp: (epoch, number) of the write, the larger the newer; gone: it was deleted;
    by: client and serial of the write, so that one that is repeated is known again."""

    stamp: tuple[int, int]
    mb: float
    gone: bool
    by: tuple[str, int]


class Members(NamedTuple):
    """The administrator says which nodes belong to the system; repeated until it is known."""

    membership: Membership


class MembersKnown(NamedTuple):
    """A data node knows the edition, and whether everything it is in charge of in the newest layout is where it belongs."""

    edition: int
    settled: int


class Admission(NamedTuple):
    """A machine that is in no layout asks the administrator to be taken in."""


class Alive(NamedTuple):
    """A data node's sign of life to the administrator."""

    edition: int


class FileRequest(NamedTuple):
    """A client's "create", "write", "append", "read" or "delete" of a file; a repeated one has the same serial."""

    serial: int
    f: str
    file: str
    mb: float


class FileReply(NamedTuple):
    """The answer to FileRequest; where ok is false: whom to ask, and the membership that says so."""

    serial: int
    ok: bool
    record: Record | None
    owner: str | None
    membership: Membership | None


class Store(NamedTuple):
    """Who is in charge of a shard has another owner write a record down."""

    shard: int
    epoch: int
    file: str
    record: Record


class Stored(NamedTuple):
    """The record is on the disk."""

    shard: int
    epoch: int
    file: str
    stamp: tuple[int, int]


class Pull(NamedTuple):
    """A node that will hold a shard asks one that holds it for a copy."""

    shard: int
    version: int


class Queued(NamedTuple):
    """The copy will come: others are before it."""

    shard: int
    version: int


class Part(NamedTuple):
    """The copy of a shard, as pairs (file, Record); `files` None: it is not here."""

    shard: int
    version: int
    files: tuple | None


class Copied(NamedTuple):
    """A node has its copy; said to who will be in charge."""

    shard: int
    version: int


class Fence(NamedTuple):
    """Who will be in charge asks the owners of earlier layouts to write no more in older epochs."""

    shard: int
    version: int


class Fenced(NamedTuple):
    """Promised; and what is here: the epoch (-1: nothing) and the files."""

    shard: int
    version: int
    epoch: int
    files: tuple


class Install(NamedTuple):
    """All that was ever acknowledged in the shard, for the other owners of the new epoch."""

    shard: int
    version: int
    files: tuple


class Installed(NamedTuple):
    """It is on the disk; from now on this node takes records of the new epoch."""

    shard: int
    version: int


class Discard(NamedTuple):
    """The new owners have the shard: an old one may forget it."""

    shard: int
    version: int


class Discarded(NamedTuple):
    """It is forgotten."""

    shard: int
    version: int


MESSAGES = (Members, MembersKnown, Admission, Alive, FileRequest, FileReply, Store, Stored, Pull, Queued, Part, Copied, Fence, Fenced, Install,
            Installed, Discard, Discarded)
