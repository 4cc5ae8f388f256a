"""Convergence: what was read at last.

Vogels, "Eventually consistent", CACM 52(1), 2009: if no new updates are made to an object, eventually all accesses return
the last updated value. No finite history can break that; what is told here is whether it had come about by its end. Of
each key, the last read of each client counts that began after the last write had ended. A write whose end nobody knows may
come at any time: where there is one, reads that differ prove nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.judges.consistency.history import Operation, named
from simulator.judges.consistency.specification import OBSERVING


@dataclass(frozen=True)
class Ends:
    """reads: the last read of each client after the last write of the key, in order of their ends. agreed: whether they agree. quiet: whether all writes had ended."""

    reads: tuple[Operation, ...]
    agreed: bool
    quiet: bool


def ends_of(operations: Iterable[Operation]) -> Ends:
    """Of one key. Reads agree where all are equal, or the last of at least two clients are with nothing else after them."""
    operations = list(operations)
    writes = [one for one in operations if one.outcome != "fail" and one.f not in OBSERVING]
    quiet = max((one.ends for one in writes if one.ends is not None), default=-1)
    after = sorted((one for one in operations if one.f == "read" and one.outcome == "ok" and one.begins > quiet), key=lambda one: one.ends)
    last = {one.client: one for one in after}
    reads = tuple(sorted(last.values(), key=lambda one: one.ends))
    suffix = []
    for one in reversed(after):
        if named(one.result) != named(after[-1].result):
            break
        suffix.append(one.client)
    agreed = len({named(one.result) for one in reads}) == 1 or len(dict.fromkeys(suffix)) > 1
    return Ends(reads, agreed, all(one.ends is not None for one in writes))
