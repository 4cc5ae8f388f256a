"""A node that has a log: what it writes there, forced or not, is what it knows after a crash."""

from typing import NamedTuple

from simulator.engine.actor import Node
from simulator.engine.clock import ns_from_ms

KEEP = 4
"""Records of transactions that are over which a checkpoint leaves in the log, to be looked at."""
LATEST = 6
"""How many decisions a node remembers of transactions that are over."""


class Record(NamedTuple):
    """One record. by: who coordinates, or who told. branches: of whom it concerns. keys: what is locked for writing."""

    kind: str
    txn: str
    at_ns: int
    by: str = ""
    branches: tuple[tuple[str, int], ...] = ()
    keys: tuple[str, ...] = ()


class Logging(Node):
    """A node with a log. `live(txn)` says of which transactions the records must be kept."""

    durable = ("log",)

    def begin(self):
        """An empty log."""
        self.log = ()

    def live(self, txn: str) -> bool:
        """Whether the node may still need what it has logged about the transaction."""
        raise NotImplementedError

    def write(self, kind: str, txn: str, branches=(), keys=(), by="", force=True, then="") -> None:
        """Append a record; on_<then>(txn) is called when it is on the disk, at once where the write is not forced.

        A log that has become long is shortened at its old end, as far as the protocol lets the node forget.
        """
        kept = self.log if len(self.log) < 2 * KEEP else self.checkpoint()
        self.log = (*kept, Record(kind, txn, self.clock(), by, branches, keys))
        self.persist("log", force=force, then=then if force else "", about=txn)
        if then and not force:
            getattr(self, f"on_{then}")(txn)

    def checkpoint(self) -> tuple[Record, ...]:
        """The log without its oldest records of transactions that are over."""
        dropped = [record for record in self.log if not self.live(record.txn)][:-KEEP]
        return tuple(record for record in self.log if record not in dropped)

    def logged(self, txn: str, *kinds: str) -> Record | None:
        """The record of one of these kinds about a transaction, if the log holds one."""
        return next((record for record in self.log if record.txn == txn and record.kind in kinds), None)

    def wait(self, timer: str, patience_ms: float, txn=None) -> None:
        """Have on_<timer>_timeout(txn) called after so long, if nobody cancels it."""
        self.set_timer(timer, ns_from_ms(patience_ms), txn)


def without(entries: dict, key) -> dict:
    """A copy of `entries` that lacks `key`."""
    return {one: value for one, value in entries.items() if one != key}


def latest(entries: dict, key, value) -> dict:
    """A copy of `entries` with `key` as the last one and at most LATEST in all."""
    kept = list(without(entries, key).items())[1 - LATEST:]
    return {**dict(kept), key: value}
