"""The judges of causal consistency and of the session guarantees: what is broken, told, and made as small as it gets."""

from collections.abc import Callable

from simulator.engine.words import N_
from simulator.judges.consistency.causal import Pattern, convergent, memory, weak
from simulator.judges.consistency.history import History
from simulator.judges.consistency.relations import Relations, Writers
from simulator.judges.consistency.sessions import broken
from simulator.judges.consistency.smallest import smallest
from simulator.judges.consistency.verdict import NO, UNKNOWN, YES, Budget, Verdict

OPERATIONS_AT_MOST = 12_000
"""Of these judges: each operation has its past as a mask of that many bits."""
MEMORY_STEPS = 4_000_000
SHRINKING_STEPS = 200_000
"""Operations looked at again to make a conflict smaller."""
UNJUDGED = ("append", "propose")

SAID = {
    "ThinAirRead": N_("A value was read that nobody had written."),
    "CyclicCO": N_("Cause runs in a circle: something was read before it was written."),
    "WriteCOInitRead": N_("The first value was read by one who must have known of a write."),
    "WriteCORead": N_("An older value was read by one who must have known of a newer one."),
    "CyclicHB": N_("No order of the writes fits all that was read, neither one for all clients nor one for each."),
    "WriteHBInitRead": N_("No order of the writes fits all that was read, neither one for all clients nor one for each."),
    "read_your_writes": N_("{client} did not see its own write."),
    "monotonic_reads": N_("{client} read something older than it had read before."),
    "monotonic_writes": N_("{client} saw a write without an earlier write of the same writer."),
    "writes_follow_reads": N_("{client} saw a write without what its writer had read before."),
}
HELD = {
    "read_your_writes": N_("Every client saw its own writes."),
    "monotonic_reads": N_("No client read anything older than it had read before."),
    "monotonic_writes": N_("Who saw a write saw the earlier writes of the same writer."),
    "writes_follow_reads": N_("Who saw a write saw what its writer had read before."),
}


def causal(history: History) -> Verdict:
    """Whether a causal store could have shown this: as one with one order of writes for all (CCv), or one a client (CM)."""
    if doubt := _doubt(history, "causal"):
        return doubt
    writers, budget = Writers.in_(history), Budget(MEMORY_STEPS)
    relations = Relations(history.operations, writers)
    variants, patterns, order = _variants(relations, budget)
    more = {"variants": variants}
    if variants["ccv"] == NO and variants["cm"] == NO:
        return _refused(history, "causal", patterns, lambda part, room: _no_variant(Relations(part, writers), room), budget.taken, more)
    if relations.ambiguous:
        return _ambiguous("causal", relations, budget.taken, more)
    if YES in (variants["ccv"], variants["cm"]):
        template = N_("One order of all writes fits cause and all that was read.") if variants["ccv"] == YES else N_(
            "An order of writes for each client fits cause and all that it read, but no order fits all clients.")
        return Verdict("causal", YES, template, witness=tuple(relations.ids(order)), steps=budget.taken, more=more)
    template = N_("Nobody can say: after {steps:,} steps no order was found, nor that there is none.")
    return Verdict("causal", UNKNOWN, template, {"steps": budget.taken}, steps=budget.taken, more=more)


def session(history: History, guarantee: str) -> Verdict:
    """Whether a session guarantee was kept for every client."""
    if doubt := _doubt(history, guarantee):
        return doubt
    writers = Writers.in_(history)
    relations = Relations(history.operations, writers)
    steps = len(relations.ops)
    pattern = broken(relations, guarantee)
    if pattern:
        return _refused(history, guarantee, [(relations, pattern)], lambda part, _room: broken(Relations(part, writers), guarantee) is not None, steps, {})
    if relations.ambiguous:
        return _ambiguous(guarantee, relations, steps, {})
    return Verdict(guarantee, YES, HELD[guarantee], witness=tuple(relations.ids(relations.order)), steps=steps)


def _variants(relations: Relations, budget: Budget) -> tuple[dict, list[tuple[Relations, Pattern]], list[int]]:
    """({variant: verdict}, what is broken, an order that explains CCv or else cause alone)."""
    pattern = weak(relations)
    if pattern:
        return {"cc": NO, "ccv": NO, "cm": NO}, [(relations, pattern)], []
    one, order = convergent(relations)
    other, known = memory(relations, budget)
    found = {"cc": YES, "ccv": NO if one else YES, "cm": NO if other else YES if known else UNKNOWN}
    return found, [(relations, pattern) for pattern in (one, other) if pattern], order or relations.order


def _no_variant(relations: Relations, budget: Budget) -> bool | None:
    """Whether neither CCv nor CM holds; None where that was not found out."""
    variants = _variants(relations, budget)[0]
    return variants["ccv"] == NO if variants["cm"] != UNKNOWN and variants["cm"] == NO or variants["ccv"] == YES else (
        None if variants["cm"] == UNKNOWN else False)


def _doubt(history: History, model: str) -> Verdict | None:
    """Unknown where there is too much of it, or kinds that this judge does not know."""
    kinds = list(dict.fromkeys(one.f for one in history.operations if one.f in UNJUDGED and one.outcome != "fail"))
    if kinds:
        template = N_("Nobody can say: this model is judged for reads, writes and compare-and-set only, not for {kinds}.")
        return Verdict(model, UNKNOWN, template, {"kinds": ", ".join(kinds)})
    if len(history.operations) > OPERATIONS_AT_MOST:
        template = N_("Nobody can say: this model is judged for at most {most:,} operations.")
        return Verdict(model, UNKNOWN, template, {"most": OPERATIONS_AT_MOST})
    return None


def _ambiguous(model: str, relations: Relations, steps: int, more: dict) -> Verdict:
    template = N_("Nobody can say: of {count} reads it is not known who wrote what they read, for values repeat.")
    return Verdict(model, UNKNOWN, template, {"count": relations.ambiguous}, steps=steps, more=more)


def _refused(history: History, model: str, patterns: list, conflicts: Callable, steps: int, more: dict) -> Verdict:
    """No, with the smallest part; from what the patterns name, or from all where that is not enough."""
    room = Budget(SHRINKING_STEPS)

    def asked(part: list) -> bool | None:
        return conflicts(part, room) if room.take(len(part)) else None

    named = sorted({number: True for relations, pattern in patterns for number in relations.ids(pattern.places)})
    start = [history.by_id[number] for number in named]
    if not conflicts(start, Budget(MEMORY_STEPS)):
        start = list(history.operations)
    part, whole = smallest(start, asked)
    name = patterns[-1][1].name
    last = max(part, key=lambda one: one.begins)
    key = last.key if len({one.key for one in part}) == 1 else None
    return Verdict(model, NO, SAID[name], {"client": last.client}, key=key, conflict=tuple(one.id for one in part), steps=steps + room.taken,
                   more=more, smallest=whole)
