"""The four session guarantees, from what clients saw.

Terry et al., "Session guarantees for weakly consistent replicated data", PDIS 1994, sections 3 and 4. A guarantee says
which writes a read must have seen: the session's own (read your writes), those that it read before (monotonic reads),
those that a writer had made before one that was read (monotonic writes), and those that a writer had read before that
(writes follow reads). A read that must have seen a write may return it or a newer one. Seen from outside, "newer" is known
only by cause: a write is newer than another that it knew of, and for one session, newer than what a read must have seen when
it returned it. The guarantee is broken where that order runs in a circle (Viotti and Vukolic, CSUR 49(1), 2016, section 3.4,
define it by orders, too). So each guarantee follows from causal consistency, and none from another.
"""

from collections.abc import Callable

from simulator.judges.consistency.causal import Pattern
from simulator.judges.consistency.order import bits, path, sorted_by
from simulator.judges.consistency.relations import INITIAL, Relations

GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")


def broken(relations: Relations, guarantee: str) -> Pattern | None:
    """Where `guarantee` is broken: a read, what it must have seen, and how that is known. None where it holds.

    Where nobody wrote what was read, or cause runs in a circle, no guarantee is kept.
    """
    if relations.thin:
        return Pattern("ThinAirRead", (relations.thin[0],))
    if relations.cycle:
        return Pattern("CyclicCO", tuple(relations.cycle))
    must = _must_have_seen(relations, guarantee)
    readers: dict[str, list[int]] = {}
    for read in relations.source:
        readers.setdefault(relations.ops[read].client, []).append(read)
    return next(filter(None, (_in_session(relations, guarantee, reads, must) for reads in readers.values())), None)


def _must_have_seen(relations: Relations, guarantee: str) -> list[int]:
    """Of each operation, the writes that it must have seen if it is a read, as a mask."""
    if guarantee == "read_your_writes":
        return relations.session
    seen = _gathered(relations, lambda source: 1 << source)
    if guarantee == "monotonic_reads":
        return seen
    owed = relations.session if guarantee == "monotonic_writes" else seen
    return _gathered(relations, lambda source: owed[source])


def _gathered(relations: Relations, owed: Callable[[int], int]) -> list[int]:
    """Of each operation, the union of owed(source) over the reads that its client had ended before it began."""
    found = [0] * len(relations.ops)
    for place in range(len(relations.ops)):  # clients begin in this order
        for earlier in relations.direct[place]:
            if relations.session[place] >> earlier & 1:
                source = relations.source.get(earlier, INITIAL)
                found[place] |= found[earlier] | (0 if source == INITIAL else owed(source))
    return found


def _in_session(relations: Relations, guarantee: str, reads: list[int], must: list[int]) -> Pattern | None:
    """The reads of one client against what each must have seen."""
    before: dict[int, int] = {}
    reasons = []
    for read in reads:
        source = relations.source[read]
        newer = must[read] & relations.writes[relations.ops[read].key] & ~(1 << read)
        if source != INITIAL:
            newer &= ~(1 << source)
        wrong = newer if source == INITIAL else newer & relations.future[source]
        if wrong:
            write = bits(wrong)[0]
            older = [] if source == INITIAL else path(source, write, relations.preds)
            return Pattern(guarantee, tuple(dict.fromkeys([*older, write, *_why(relations, guarantee, write, read), read])))
        if newer & ~before.get(source, 0):
            before[source] = before.get(source, 0) | newer
            reasons.append((newer, source, read))
    return _in_a_circle(relations, guarantee, before, reasons) if before else None


def _why(relations: Relations, guarantee: str, write: int, read: int) -> list[int]:
    """The operations that show why `read` must have seen `write`."""
    if guarantee == "read_your_writes":
        return []
    for earlier in bits(relations.session[read]):
        source = relations.source.get(earlier, INITIAL)
        if source == INITIAL:
            continue
        if guarantee == "monotonic_reads" and source == write:
            return [earlier]
        if guarantee == "monotonic_writes" and relations.session[source] >> write & 1:
            return [source, earlier]
        if guarantee == "writes_follow_reads":
            for one in bits(relations.session[source]):
                if relations.source.get(one, INITIAL) == write:
                    return [one, source, earlier]
    return []


def _in_a_circle(relations: Relations, guarantee: str, before: dict[int, int], reasons: list) -> Pattern | None:
    """Whether what must be older than what runs in a circle, cause included."""
    preds = [mask | before.get(place, 0) for place, mask in enumerate(relations.preds)]
    cycle = sorted_by(len(preds), preds)[1]
    found = []
    for place, later in enumerate(cycle):
        earlier = cycle[(place + 1) % len(cycle)]
        found += [earlier, later]
        if not relations.preds[later] >> earlier & 1:
            read = next(read for newer, source, read in reasons if source == later and newer >> earlier & 1)
            found += [*_why(relations, guarantee, earlier, read), read]
    return Pattern(guarantee, tuple(dict.fromkeys(found))) if cycle else None
