"""What becomes of two versions of one key that know nothing of each other: three answers, each with a `merge`.

lww       Last write wins: the later stamp of the writers' clocks. The other write is gone, acknowledged or not.
siblings  Both are kept until somebody who has read both writes again: dotted version vectors (N. Preguica, C. Baquero et
          al., Dotted Version Vectors: Logical Clocks for Optimistic Replication, arXiv:1011.5808, 2010).
counter   A counter that only grows, as a state-based CRDT (M. Shapiro, N. Preguica, C. Baquero, M. Zawirski, Conflict-free
          Replicated Data Types, SSS 2011): each client has its own number, the larger one wins, the sum is the value.

A merge is commutative, associative and idempotent: replicas that have merged the same states, in whatever order and
however often, are equal.
"""

from typing import NamedTuple

from simulator.systems.replicated_store.messages import NOTHING, Tag, Version

Vector = tuple[tuple[str, int], ...]
"""(client, number) of each client, sorted."""


class Siblings(NamedTuple):
    """values: (client, number, stamp, value) of each sibling, sorted. seen: everything that went into them, gone or not."""

    values: tuple[tuple[str, int, int, object], ...] = ()
    seen: Vector = ()


class Counter(NamedTuple):
    """counts: how much each client has added."""

    counts: Vector = ()


def pointwise(one: Vector, other: Vector) -> Vector:
    """The larger number of each client."""
    merged = dict(one)
    for client, number in other:
        merged[client] = max(number, merged.get(client, 0))
    return tuple(sorted(merged.items()))


class LastWriteWins:
    """The state is a Version; its tag is the writer's stamp."""

    empty = NOTHING
    called = "write"

    @staticmethod
    def merge(one: Version, other: Version) -> Version:
        """The later one."""
        return other if other.tag > one.tag else one

    @staticmethod
    def written(asked, client, _before: Version) -> Version:
        """What the write `asked` of `client` makes; newer than nothing also where a skewed clock has not come to 0 yet."""
        return Version(asked.value, Tag(max(1, client.clock()), client.id, asked.number))

    @staticmethod
    def told(state: Version):
        """What a client that reads is told."""
        return state.value

    @staticmethod
    def tag(state: Version) -> Tag | None:
        """How new it is, where that is an order."""
        return state.tag


class Versioned:
    """The state is Siblings; a write takes the place of all siblings that its client has read."""

    empty = Siblings()
    called = "write"

    @staticmethod
    def merge(one: Siblings, other: Siblings) -> Siblings:
        """A sibling that one side has and the other lacks stays, unless the other has seen it go."""
        kept = [value for value in one.values if value in other.values or not _covers(other.seen, value)]
        kept += [value for value in other.values if value not in one.values and not _covers(one.seen, value)]
        return Siblings(tuple(sorted(kept)), pointwise(one.seen, other.seen))

    @staticmethod
    def written(asked, client, before: Siblings) -> Siblings:
        """One value, in place of what the client had read before."""
        seen = pointwise(before.seen, ((client.id, asked.number),))
        return Siblings(((client.id, asked.number, client.clock(), asked.value),), seen)

    @staticmethod
    def told(state: Siblings):
        """The sibling with the latest stamp: who reads must choose one in the end."""
        latest = max(state.values, key=lambda value: (value[2], value[0]), default=None)
        return latest and latest[3]

    @staticmethod
    def tag(_state) -> None:
        """Versions that know nothing of each other have no order."""
        return None


class Growing:
    """The state is a Counter; a write adds 1 to the client's own number."""

    empty = Counter()
    called = "add"

    @staticmethod
    def merge(one: Counter, other: Counter) -> Counter:
        """The larger number of each client."""
        return Counter(pointwise(one.counts, other.counts))

    @staticmethod
    def written(asked, client, _before: Counter) -> Counter:
        """The client alone counts what it has added, on its own disk."""
        client.count(asked.key, asked.value)
        return Counter(((client.id, client.added[asked.key]),))

    @staticmethod
    def told(state: Counter) -> int:
        """The sum."""
        return sum(number for _client, number in state.counts)

    @staticmethod
    def tag(_state) -> None:
        """Counters have no order of versions."""
        return None


POLICIES = {"lww": LastWriteWins, "siblings": Versioned, "counter": Growing}


def _covers(seen: Vector, value: tuple) -> bool:
    return any(client == value[0] and number >= value[1] for client, number in seen)
