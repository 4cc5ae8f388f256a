"""What clients, replicas and the master say to each other, whatever the design.

A tag orders the versions of one key; what it is made of is the design's affair. A message of an epoch (a term, a
view's number) carries it in `epoch`. Vector clocks are tuples with a number for each replica, in their order.
"""

from typing import NamedTuple


class Tag(NamedTuple):
    """Which of two versions of a key is newer: compared from left to right.

    ABD: counter, client, operation. Last write wins: the client's clock in ns, client, operation. Logs: index.
    Views: epoch, "", sequence number. Causal: Lamport's clock, replica, its number.
    """

    counter: int
    by: str = ""
    number: int = 0


NEVER_WRITTEN = Tag(0)


class Version(NamedTuple):
    """A value and how new it is."""

    value: object = None
    tag: Tag = NEVER_WRITTEN


NOTHING = Version()


# Between clients and the replica that serves them


class Request(NamedTuple):
    """Operation `number` of a client; a replica may send it on to another. after: what its session has seen."""

    client: str
    number: int
    f: str
    key: str
    value: object
    after: object


class Answer(NamedTuple):
    """The answer to an operation: `ok` with what was read, or a refusal.

    certain: whether what was refused did not happen. copies: on how many disks the write is, as the replica knows.
    """

    number: int
    ok: bool
    value: object = None
    tag: Tag | None = None
    epoch: int | None = None
    after: object = None
    copies: int = 1
    certain: bool = True


# Between clients and the replicas of a quorum


class Fetch(NamedTuple):
    """What have you got for the key? For operation `number` of the client that asks."""

    number: int
    key: str


class Fetched(NamedTuple):
    """What the replica has got."""

    number: int
    key: str
    state: object


class Store(NamedTuple):
    """Keep this, unless you have something newer. owner: for whom it is kept who cannot be reached."""

    number: int
    key: str
    state: object
    owner: str | None = None


class Stored(NamedTuple):
    """It is on the disk, or something newer is."""

    number: int
    key: str


# Dynamo: between replicas


class Handoff(NamedTuple):
    """You could not be reached when this was written for you."""

    key: str
    state: object


class HandedOff(NamedTuple):
    """The owner has it: the hint can go."""

    key: str
    state: object


class Hashes(NamedTuple):
    """Nodes of a Merkle tree over the keys that both replicas keep, as (its number, hash); number 1 is the root."""

    nodes: tuple


class Entries(NamedTuple):
    """Everything in leaves of the tree that differ, as (key, state). answer: the sender wants what the other has there."""

    leaves: tuple
    entries: tuple
    answer: bool


# Causal


class Update(NamedTuple):
    """Write number `number` of the replica `origin`; `after`: the vector clock that it depends on."""

    origin: int
    number: int
    key: str
    version: Version
    after: tuple


class Spread(NamedTuple):
    """A replica tells of writes, its own or others', that the receiver may lack."""

    updates: tuple[Update, ...]


class Seen(NamedTuple):
    """The vector clock of what the sender has applied: send me what I lack."""

    clock: tuple


# The consensus log


class Command(NamedTuple):
    """What an entry of the log does: a "write", a "read", or "no-op" where nobody asked for it."""

    client: str
    number: int
    f: str
    key: str | None = None
    value: object = None


class Entry(NamedTuple):
    """An entry of the log: the epoch in which a leader received it, its index, and a command."""

    epoch: int
    index: int
    command: Command


class Base(NamedTuple):
    """What the entries up to `index` come to, in place of them: versions by key, and the last number of each client."""

    index: int = 0
    epoch: int = 0
    store: tuple = ()
    sessions: tuple = ()


class RequestVote(NamedTuple):
    """Vote for the sender in `epoch`: its log ends with this entry."""

    epoch: int
    last_index: int
    last_epoch: int


class Voted(NamedTuple):
    """A vote, or a refusal."""

    epoch: int
    granted: bool


class Append(NamedTuple):
    """Entries that follow the one at `prev_index`, and up to where the log is committed."""

    epoch: int
    prev_index: int
    prev_epoch: int
    entries: tuple[Entry, ...]
    commit: int


class Appended(NamedTuple):
    """The log is the leader's up to `index`; or it is not, and ends at `index`."""

    epoch: int
    ok: bool
    index: int


class Install(NamedTuple):
    """In place of entries that the leader has dropped."""

    epoch: int
    base: Base


# Views: primary and backups, chain


class View(NamedTuple):
    """Who takes part in an epoch: the first is the primary or the head, the last the tail. Open: not every member has agreed yet."""

    epoch: int
    members: tuple[str, ...]
    open: bool = False


class Alive(NamedTuple):
    """A replica tells the master that it lives; `sent_ns` by its own clock."""

    epoch: int
    sent_ns: int


class Granted(NamedTuple):
    """The master has heard what the replica sent at `sent_ns`: its lease runs from then on, if it is in the view."""

    sent_ns: int
    view: View


class Prepare(NamedTuple):
    """A new epoch begins: take no part in older ones, and say how far you are."""

    epoch: int


class Prepared(NamedTuple):
    """`at`: (epoch, number) of the last update that the replica has."""

    epoch: int
    at: tuple[int, int]


class NewView(NamedTuple):
    """Every member has agreed: from now on this view holds."""

    epoch: int
    view: View


class Recruit(NamedTuple):
    """A replica that is not in the view lives: bring it up to date."""

    epoch: int
    replica: str


class CaughtUp(NamedTuple):
    """The recruit has all that the sender has, and nothing is acknowledged without it any more."""

    epoch: int
    replica: str


class Change(NamedTuple):
    """Update number `seq` of the store, by the primary or head of `epoch`, for operation `number` of a client."""

    epoch: int
    seq: int
    client: str
    number: int
    key: str
    value: object


class Ship(NamedTuple):
    """Updates from number `first` on, in their order. trim: up to where everybody has them."""

    epoch: int
    first: int
    changes: tuple[Change, ...]
    trim: int


class Shipped(NamedTuple):
    """The sender has everything up to `seq` on its disk; up to `safe` everybody behind it has, too."""

    epoch: int
    seq: int
    safe: int


class Transfer(NamedTuple):
    """The whole state after update `at`, for one that lacks more than the sender still has as updates."""

    epoch: int
    at: tuple[int, int]
    store: tuple
    sessions: tuple


MESSAGES = (Request, Answer, Fetch, Fetched, Store, Stored, Handoff, HandedOff, Hashes, Entries, Spread, Seen, RequestVote, Voted, Append, Appended,
            Install, Alive, Granted, Prepare, Prepared, NewView, Recruit, CaughtUp, Ship, Shipped, Transfer)
