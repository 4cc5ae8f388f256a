"""Convergence: what was read at last.

Vogels, "Eventually consistent", CACM 52(1), 2009: if no new updates are made to an object, eventually all accesses return
the last updated value. No finite history can break that; what is told here is whether it had come about by its end. Of
each key, the last read of each client counts that began after the last write had ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.judges.consistency.history import Operation, named


@dataclass(frozen=True)
class Ends:
    """reads: the last read of each client after the last write of the key, in order of their ends. agreed: whether they agree."""

    reads: tuple[Operation, ...]
    agreed: bool


def ends_of(operations: Iterable[Operation]) -> Ends:
    """Of one key. Reads agree where all are equal, or the last of at least two clients are with nothing else after them."""
    operations = list(operations)
    quiet = max((one.ends for one in operations if one.outcome == "ok" and one.f not in ("read", "casfail", "nop")), default=-1)
    after = sorted((one for one in operations if one.f == "read" and one.outcome == "ok" and one.begins > quiet), key=lambda one: one.ends)
    last = {one.client: one for one in after}
    reads = tuple(sorted(last.values(), key=lambda one: one.ends))
    suffix = []
    for one in reversed(after):
        if named(one.result) != named(after[-1].result):
            break
        suffix.append(one.client)
    agreed = len({named(one.result) for one in reads}) == 1 or len(dict.fromkeys(suffix)) > 1
    return Ends(reads, agreed)
