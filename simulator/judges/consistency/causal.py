"""Causal consistency, by bad patterns.

Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency", POPL 2017: definitions in section 3, bad patterns
in section 5 (table 1). Three variants: CC (weak), CCv (convergent: all agree on one order of writes, as stores with
last-writer-wins do) and CM (causal memory: Ahamad et al., 1995, each client has its own order of them). CC is implied by
both others, which imply nothing of each other, and sequential consistency implies all three. What is called causal here is
what some causal store could have shown: CCv or CM holds. Needs to know who wrote what was read (see relations.py).
"""

from dataclasses import dataclass, field

from simulator.judges.consistency.order import bits, pasts, path, sorted_by
from simulator.judges.consistency.relations import INITIAL, Relations
from simulator.judges.consistency.verdict import Budget


@dataclass(frozen=True)
class Pattern:
    """A bad pattern by its name in the paper, and places of operations that show it."""

    name: str
    places: tuple[int, ...]


@dataclass
class Edges:
    """Writes that must be in an order: before[w] is a mask; rounds and reasons say how that was found out.

    rounds[n]: all edges that were known after round n. reasons: (round, mask of earlier writes, w, the read that demands it).
    """

    before: list[int]
    rounds: list[list[int]] = field(default_factory=list)
    reasons: list[tuple[int, int, int, int]] = field(default_factory=list)


def weak(relations: Relations) -> Pattern | None:
    """The bad pattern of CC: CyclicCO, ThinAirRead, WriteCOInitRead, WriteCORead."""
    if relations.thin:
        return Pattern("ThinAirRead", (relations.thin[0],))
    if relations.cycle:
        return Pattern("CyclicCO", tuple(relations.cycle))
    for read, source in relations.source.items():
        newer = relations.past[read] & relations.writes[relations.ops[read].key]
        if source != INITIAL:
            newer &= relations.future[source]
        if newer:
            write = bits(newer)[0]
            way = path(write, read, relations.preds)
            before = [] if source == INITIAL else path(source, write, relations.preds)
            return Pattern("WriteCOInitRead" if source == INITIAL else "WriteCORead", tuple(dict.fromkeys([*before, *way])))
    return None


def convergent(relations: Relations) -> tuple[Pattern | None, list[int]]:
    """(the bad pattern CyclicCF of CCv where CC holds or None, an order of all operations where there is none)."""
    edges = Edges([0] * len(relations.ops))
    for read, source in relations.source.items():
        if source != INITIAL:
            _demand(relations, edges, relations.past, read, source, 0)
    edges.rounds.append(list(edges.before))
    order, cycle = sorted_by(len(relations.ops), _with(relations.preds, edges.before))
    return (Pattern("CyclicCF", _unfolded(relations, edges, cycle, 1)) if cycle else None), order


def memory(relations: Relations, budget: Budget) -> tuple[Pattern | None, bool]:
    """(the bad pattern WriteHBInitRead or CyclicHB of CM where CC holds or None, whether it was found out within the bound)."""
    readers: dict[str, list[int]] = {}
    for read in relations.source:
        readers.setdefault(relations.ops[read].client, []).append(read)
    for client, reads in readers.items():
        pattern, known = _happened_before(relations, _known_to(relations, client), reads, budget)
        if pattern or not known:
            return pattern, known
    return None, True


def _known_to(relations: Relations, client: str) -> int:
    """All that is in the causal past of the client's operations, and they themselves."""
    mask = 0
    for place, one in enumerate(relations.ops):
        if one.client == client:
            mask |= relations.past[place] | 1 << place
    return mask


def _happened_before(relations: Relations, within: int, reads: list[int], budget: Budget) -> tuple[Pattern | None, bool]:
    """The least relation HB of one client's operations (section 3.3), built up until nothing more is demanded.

    Of a client's operations the last one demands the most, so that all its reads can be looked at together.
    """
    edges = Edges([0] * len(relations.ops))
    order = [place for place in relations.order if within >> place & 1]
    past = relations.past
    while True:
        if not budget.take(len(order)):
            return None, False
        turn = len(edges.rounds)
        changed = False
        for read in reads:
            source = relations.source[read]
            if source == INITIAL:
                newer = past[read] & relations.writes[relations.ops[read].key]
                if newer:
                    ways = _way(relations, edges, bits(newer)[0], read, turn)
                    return Pattern("WriteHBInitRead", tuple(dict.fromkeys(ways))), True
            else:
                changed |= _demand(relations, edges, past, read, source, turn)
        if not changed:
            return None, True
        edges.rounds.append(list(edges.before))
        preds = [mask & within for mask in _with(relations.preds, edges.before)]
        ordered, cycle = sorted_by(len(preds), preds)
        if cycle:
            return Pattern("CyclicHB", _unfolded(relations, edges, cycle, turn + 1)), True
        order = [place for place in ordered if within >> place & 1]
        past = pasts(order, relations.direct, edges.before)


def _demand(relations: Relations, edges: Edges, past: list[int], read: int, source: int, turn: int) -> bool:
    """All writes of the key that are before `read` must be before the one that it read; whether that is news."""
    own = 1 << source | 1 << read  # a compare-and-set reads before it writes
    fresh = past[read] & relations.writes[relations.ops[read].key] & ~own & ~edges.before[source]
    if not fresh:
        return False
    edges.before[source] |= fresh
    edges.reasons.append((turn, fresh, source, read))
    return True


def _with(preds: list[int], before: list[int]) -> list[int]:
    return [one | other for one, other in zip(preds, before, strict=True)]


def _unfolded(relations: Relations, edges: Edges, cycle: list[int], turn: int) -> tuple[int, ...]:
    """The operations that explain a cycle: each demanded edge with the read that demands it, and the way to that read."""
    found = []
    for place, later in enumerate(cycle):
        found += _edge(relations, edges, cycle[(place + 1) % len(cycle)], later, turn)
    return tuple(dict.fromkeys(found))


def _edge(relations: Relations, edges: Edges, earlier: int, later: int, turn: int) -> list[int]:
    if relations.preds[later] >> earlier & 1:
        return [earlier, later]
    for when, mask, source, read in edges.reasons:
        if when < turn and source == later and mask >> earlier & 1:
            return [earlier, later, *_way(relations, edges, earlier, read, when)]
    return [earlier, later]


def _way(relations: Relations, edges: Edges, earlier: int, later: int, turn: int) -> list[int]:
    """The operations on a way through what was known before round `turn`, each with what explains it."""
    preds = _with(relations.preds, edges.rounds[turn - 1]) if turn else relations.preds
    way = path(earlier, later, preds)
    found = list(way)
    for one, other in zip(way, way[1:], strict=False):
        if not relations.preds[other] >> one & 1:
            found += _edge(relations, edges, one, other, turn)
    return found
