"""Counts of what went wrong: stale reads, lost writes, writes that took effect twice. By real time, key by key.

Stale: a read that returned what had been overwritten before it began. Lost: a write that was acknowledged and never seen,
although some read began after it had ended, and all that did returned what is older. Duplicated: a value that was seen
again after another one, written later, had been seen; an element that stands in a list twice. A value that several
operations wrote counts only where it must be wrong whoever wrote it.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from simulator.judges.consistency.history import History, Operation, named
from simulator.judges.consistency.relations import INITIAL, Writers, written

KINDS = ("stale", "lost", "duplicated")


def anomalies(history: History) -> dict[str, list[int]]:
    """The ids of stale reads, of lost writes, and of writes (or, in lists, reads) that were duplicated."""
    writers = Writers.in_(history)
    by_key = defaultdict(list)
    for one in history.operations:
        by_key[one.key].append(one)
    found = {kind: [] for kind in KINDS}
    for key in sorted(by_key, key=named):
        reads = [one for one in by_key[key] if one.f == "read" and one.outcome == "ok"]
        if any(one.f in ("append", "propose") for one in by_key[key]):
            found["duplicated"] += [one.id for one in reads if _twice(one.result)]
            continue
        writes = [one for one in by_key[key] if written(one)[0] and one.outcome == "ok"]
        sources = {one.id: writers.of_read(key, one.result) for one in reads}
        found["stale"] += _stale(history, reads, writes, sources)
        found["lost"] += _lost(history, reads, writes, sources)
        found["duplicated"] += _duplicated(history, reads, sources)
    return {kind: sorted(ids) for kind, ids in found.items()}


def _twice(value) -> bool:
    names = [named(one) for one in value] if isinstance(value, list) else []
    return len(dict.fromkeys(names)) < len(names)


def _end(history: History, source: int) -> float:
    """Where a write ended: at no time where nobody knows, before all where it was there at first."""
    if source == INITIAL:
        return -1
    ends = history.by_id[source].ends
    return float("inf") if ends is None else ends


def _stale(history: History, reads: list[Operation], writes: list[Operation], sources: dict) -> Iterable[int]:
    by_end = sorted(writes, key=lambda one: one.ends)
    ends, latest = [one.ends for one in by_end], []
    for one in by_end:
        latest.append(max(one.begins, latest[-1] if latest else -1))
    for one in reads:
        done = bisect_left(ends, one.begins)
        if done and sources[one.id] and all(_end(history, source) < latest[done - 1] for source in sources[one.id]):
            yield one.id


def _lost(history: History, reads: list[Operation], writes: list[Operation], sources: dict) -> Iterable[int]:
    """Reads from the last to begin backwards: the newest end of what any of them returned."""
    seen = {source: True for found in sources.values() for source in found}
    by_begin = sorted(reads, key=lambda one: one.begins)
    begins = [one.begins for one in by_begin]
    newest = [-1.0] * (len(by_begin) + 1)
    for place in range(len(by_begin) - 1, -1, -1):
        ends = [_end(history, source) for source in sources[by_begin[place].id]]
        newest[place] = max([newest[place + 1], *ends])
    for one in writes:
        place = bisect_left(begins, one.ends)
        if one.id not in seen and place < len(by_begin) and newest[place] < one.begins:
            yield one.id


def _duplicated(history: History, reads: list[Operation], sources: dict) -> Iterable[int]:
    """Values of sole writers that came back: read, then another read that was written after, then read again."""
    sole = [(one, sources[one.id][0]) for one in sorted(reads, key=lambda one: one.begins) if len(sources[one.id]) == 1 and sources[one.id] != (INITIAL,)]
    first_end: dict[int, int] = {}
    last_begin: dict[int, int] = {}
    for one, source in sole:
        first_end[source] = min(one.ends, first_end.get(source, one.ends))
        last_begin[source] = max(one.begins, last_begin.get(source, one.begins))
    back = {source for source in first_end if first_end[source] < last_begin[source]}
    for source in sorted(back):
        if any(other != source and first_end[source] < one.begins and one.ends < last_begin[source]
               and _end(history, source) < history.by_id[other].begins for one, other in sole):
            yield source
