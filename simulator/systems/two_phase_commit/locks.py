"""Strict two-phase locking: many may read a key, or one may write it; who comes later waits its turn.

Gray, "Notes on data base operating systems", 1978. Pure functions over two dicts, key -> Lock and
txn -> Waiting; the latter's order is that of the queue.
"""

from typing import NamedTuple


class Lock(NamedTuple):
    """Who holds a key, and whether to write it."""

    write: bool
    holders: tuple[str, ...]


class Waiting(NamedTuple):
    """Which key a transaction waits for, to write it or only to read, and since when."""

    key: str
    write: bool
    since_ns: int


def free(locks: dict, waiting: dict, key: str, write: bool) -> bool:
    """Whether a lock can be had at once: it suits those who hold it, and nobody is in the queue before."""
    return suits(locks.get(key), write) and all(one.key != key for one in waiting.values())


def suits(lock: Lock | None, write: bool) -> bool:
    """Whether one more may hold the key: readers go with readers."""
    return lock is None or not (write or lock.write)


def granted(locks: dict, txn: str, key: str, write: bool) -> dict:
    """`locks` with one holder more."""
    holders = locks[key].holders if key in locks else ()
    return {**locks, key: Lock(write, (*holders, txn))}


def released(locks: dict, txn: str) -> dict:
    """`locks` without those of a transaction."""
    left = {key: Lock(lock.write, tuple(one for one in lock.holders if one != txn)) for key, lock in locks.items()}
    return {key: lock for key, lock in left.items() if lock.holders}


def next_in_turn(locks: dict, waiting: dict) -> str | None:
    """The first of the queue that can have its lock now, with nobody before it waiting for the same key."""
    seen = set()
    for txn, one in waiting.items():
        if one.key not in seen and suits(locks.get(one.key), one.write):
            return txn
        seen.add(one.key)
    return None
