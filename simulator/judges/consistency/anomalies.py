"""Counts of what went wrong: stale reads, lost writes, writes that took effect twice. By real time, key by key.

Each is counted once, by the mildest name that fits.
- Stale: a read of what had been overwritten before it began; of a list, one that lacks what had been appended before.
- Gone for good (as the final reads of Jepsen's tests are taken): an acknowledged write that every client who read the
  key after it had, in its last read, an older value instead; there are two such clients at least, and one of them knew of
  the write, for it had written or read it. Whoever reads the newer value once more takes all of this back.
- Lost: gone for good without ever having been seen; of a list, seen or not.
- Duplicated: a value that is back for good although a newer one had been seen. It took effect a second time, or the newer
  ones were undone: from outside that is the same, and what is named is the write that came back. Where that is what was
  there at first, which nobody wrote, the newer ones are lost. In a list: an element that stands there more often than it
  was appended.
Reads that show that something is gone for good are not stale besides. Where several operations may have written a value,
it counts only if it is wrong whoever wrote it; a write that nobody knows the end of may come at any time, so nothing is
concluded from what it wrote. No finite history proves that a write never turns up again: "for good" is to its end.
"""

from bisect import bisect_left, bisect_right
from collections import Counter

from simulator.judges.consistency.by_key import keyed
from simulator.judges.consistency.history import History, Operation, named
from simulator.judges.consistency.relations import INITIAL, Writers, written

KINDS = ("stale", "lost", "duplicated")
SHOWN = 4
"""So many last reads are shown of a write that is gone."""
Shown = dict[int, list[int]]
"""Ids, and those of the operations that show what is wrong with them."""


def anomalies(history: History) -> dict[str, list[int]]:
    """The ids of stale reads, of lost writes, and of writes that were duplicated."""
    return {kind: sorted(found) for kind, found in witnesses(history).items()}


def witnesses(history: History) -> dict[str, dict[int, list[int]]]:
    """The same, each with the ids of the operations that show it, itself included, in the order of their begins."""
    writers = Writers.in_(history)
    found: dict[str, dict] = {kind: {} for kind in KINDS}
    for key, operations in keyed(history.operations).items():
        if any(one.f == "propose" for one in operations):
            continue
        of_key = _List(operations) if key in writers.odd else _Register(history, operations, writers)
        for kind, shown in zip(KINDS, of_key.anomalies(), strict=True):
            found[kind] |= shown
    return {kind: {number: sorted(dict.fromkeys(shown), key=lambda one: history.by_id[one].begins) for number, shown in of_kind.items()}
            for kind, of_kind in found.items()}


class _Reads:
    """The reads of one key that ended well, in the order of their begins, and the last one of each client."""

    def __init__(self, operations: list[Operation]):
        self.reads = sorted((one for one in operations if one.f == "read" and one.outcome == "ok"), key=lambda one: one.begins)
        self.begins = [one.begins for one in self.reads]
        self.last = {one.client: one for one in self.reads}

    def last_after(self, write: Operation) -> list[Operation]:
        """The last read of each client that read after `write` had ended."""
        return [one for one in self.last.values() if one.begins > write.ends]

    def shown(self, write: Operation) -> list[int]:
        """What shows that `write` is gone for good: it, and some of the reads without it."""
        return [write.id, *(one.id for one in self.last_after(write)[:SHOWN])]


class _Register(_Reads):
    """One key whose value is replaced."""

    def __init__(self, history: History, operations: list[Operation], writers: Writers):
        super().__init__(operations)
        self.history = history
        self.writes = sorted((one for one in operations if written(one)[0] and one.outcome == "ok"), key=lambda one: one.ends)
        self.sources = {one.id: writers.of_read(one.key, one.result) for one in self.reads}
        self.names = {one.id: named(one.result) for one in self.reads}
        self.readers: dict[int, dict[str, bool]] = {}
        for one in self.reads:
            for source in self.sources[one.id]:
                self.readers.setdefault(source, {})[one.client] = True
        self.newest = self._newest()

    def anomalies(self) -> tuple[Shown, Shown, Shown]:
        """Stale, lost, duplicated."""
        gone = [one for one in self.writes if self._gone(one)]
        final = self.sources[self.reads[-1].id] if self.reads else ()
        came_back = any(one.id in self.readers for one in gone)
        if came_back and len(final) > 1:  # whose value it is, nobody knows
            return self._stale(len(self.reads)), {}, {}
        stale = self._stale(self._settled() if gone else len(self.reads))
        if came_back and final[0] != INITIAL:
            return stale, {}, {final[0]: [final[0], *self.shown(gone[-1])]}
        return stale, {one.id: self.shown(one) for one in gone}, {}

    def _age(self, read: Operation) -> float:
        """Before what place everything that may have written it had ended; never where nobody did, or nobody knows."""
        return max((self._end(source) for source in self.sources[read.id]), default=float("inf"))

    def _end(self, source: int) -> float:
        ends = -1 if source == INITIAL else self.history.by_id[source].ends
        return float("inf") if ends is None else ends

    def _newest(self) -> list[list[tuple[float, tuple]]]:
        """From each read on, the greatest age and who wrote that, and the greatest of what others wrote."""
        found: list[list] = [[]]
        for one in reversed(self.reads):
            fresh = self._age(one), self.sources[one.id]
            others = sorted([fresh, *found[-1]], key=lambda known: known[0], reverse=True)
            found.append([others[0], *[other for other in others[1:] if other[1] != others[0][1]][:1]])
        return found[::-1]

    def _gone(self, write: Operation) -> bool:
        last = self.last_after(write)
        if len(last) < 2 or any(self._age(one) >= write.begins for one in last) or len({self.names[one.id] for one in last}) > 1:
            return False
        knew = any(one.client == write.client or one.client in self.readers.get(write.id, ()) for one in last)
        after = self.newest[bisect_right(self.begins, write.ends)]
        return knew and all(age < write.begins or sources == (write.id,) for age, sources in after)

    def _settled(self) -> int:
        """The place from which on all reads have the final value."""
        final = self.names[self.reads[-1].id]
        return next((place + 1 for place in range(len(self.reads) - 1, -1, -1) if self.names[self.reads[place].id] != final), 0)

    def _stale(self, until: int) -> Shown:
        """Of the first `until` reads, those that an acknowledged write had overtaken: who wrote what was read, and the newest write by then."""
        ends, latest = [one.ends for one in self.writes], []
        for one in self.writes:
            latest.append(one if not latest or one.begins > latest[-1].begins else latest[-1])
        found = {}
        for one in self.reads[:until]:
            done = bisect_left(ends, one.begins)
            if done and self._age(one) < latest[done - 1].begins:
                found[one.id] = [*(source for source in self.sources[one.id] if source != INITIAL), latest[done - 1].id, one.id]
        return found


class _List(_Reads):
    """One key to which values are appended."""

    def __init__(self, operations: list[Operation]):
        super().__init__(operations)
        self.appends: dict[str, list[Operation]] = {}
        for one in operations:
            if one.f == "append" and one.outcome != "fail":
                self.appends.setdefault(_name(one.value), []).append(one)
        self.seen = {one.id: Counter(map(_name, one.result if isinstance(one.result, list) else ())) for one in self.reads}
        self.readers: dict[str, dict[str, bool]] = {}
        for one in self.reads:
            for name in self.seen[one.id]:
                self.readers.setdefault(name, {})[one.client] = True

    def anomalies(self) -> tuple[Shown, Shown, Shown]:
        """Stale, lost, duplicated."""
        sure = [(name, ones[0]) for name, ones in self.appends.items() if len(ones) == 1 and ones[0].outcome == "ok"]
        lost = {name: one for name, one in sure if self._gone(name, one)}
        there = sorted((one.ends, name) for name, one in sure if name not in lost)
        return self._stale(there), {one.id: self.shown(one) for one in lost.values()}, self._duplicated()

    def _gone(self, name: str, append: Operation) -> bool:
        last = self.last_after(append)
        if len(last) < 2 or any(name in self.seen[one.id] for one in last):
            return False
        return any(one.client == append.client or one.client in self.readers.get(name, ()) for one in last)

    def _stale(self, there: list[tuple[int, str]]) -> Shown:
        """Reads without an element of `there` (end of its append, its name), sorted, that had been appended before."""
        ends = [end for end, _name in there]
        rank = {name: place for place, (_end, name) in enumerate(there)}
        found = {}
        for one in self.reads:
            done = bisect_left(ends, one.begins)
            if sum(rank.get(name, done) < done for name in self.seen[one.id]) < done:
                missed = next(name for _end, name in reversed(there[:done]) if name not in self.seen[one.id])
                found[one.id] = [self.appends[missed][0].id, one.id]
        return found

    def _duplicated(self) -> Shown:
        return {self.appends[name][0].id: [self.appends[name][0].id, number] for number, seen in self.seen.items()
                for name, count in seen.items() if count > len(self.appends.get(name, ())) > 0}


def _name(value) -> str:
    """As `named`; most elements are whole numbers, and there are many."""
    return str(value) if type(value) is int else named(value)
