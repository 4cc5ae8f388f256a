"""The judge of sequential consistency: what must hold first, then a search, then the smallest part that has no order."""

from collections.abc import Sequence
from dataclasses import replace

from simulator.engine.words import N_
from simulator.judges.consistency.by_key import ALONE, keyed, outside
from simulator.judges.consistency.history import History, Operation
from simulator.judges.consistency.order import bits
from simulator.judges.consistency.relations import Relations, Writers, session_masks
from simulator.judges.consistency.sequential import Item, Search, demanded, soles
from simulator.judges.consistency.smallest import smallest
from simulator.judges.consistency.specification import CAS, READ, WRITE, compiled
from simulator.judges.consistency.verdict import NO, UNKNOWN, YES, Budget, Verdict

MODEL = "sequential"
OPERATIONS_AT_MOST = 12_000
DEMANDS_STEPS = 4_000_000
SHRINKING_STEPS = 60_000


def judge(history: History, steps: int) -> Verdict:
    """Whether one order of all operations keeps each client's own."""
    if len(history.operations) > OPERATIONS_AT_MOST:
        template = N_("Nobody can say: this model is judged for at most {most:,} operations.")
        return Verdict(MODEL, UNKNOWN, template, {"most": OPERATIONS_AT_MOST})
    writers = Writers.in_(history)
    budget = Budget(min(steps, DEMANDS_STEPS))
    order, cycle, known = _ordered(history, history.operations, writers, budget)
    if order is not None:
        template = N_("There is one order of all operations that explains every answer and keeps each client's own order.")
        return Verdict(MODEL, YES, template, witness=tuple(order), steps=budget.taken)
    if known:
        return _refused(history, writers, cycle or [one.id for one in history.operations], budget.taken)
    template = N_("Nobody can say: after {steps:,} steps no order was found, nor that there is none.")
    return Verdict(MODEL, UNKNOWN, template, {"steps": budget.taken}, steps=budget.taken)


def refused_as(causal: Verdict, history: History) -> Verdict:
    """No, because cause is broken already; with what is left of that conflict."""
    verdict = _refused(history, Writers.in_(history), causal.conflict, 0)
    return replace(verdict, smallest=verdict.smallest and causal.smallest)


def _refused(history: History, writers: Writers, ids: Sequence[int], steps: int) -> Verdict:
    room = Budget(SHRINKING_STEPS)

    def conflicts(part: list[Operation]) -> bool | None:
        if not room.take(len(history.operations) // 20):
            return None
        order, _cycle, known = _ordered(history, part, writers, room)
        return None if order is None and not known else order is None

    start = [history.by_id[number] for number in sorted(ids)]
    if not conflicts(start):
        start = list(history.operations)
    part, whole = smallest(start, conflicts)
    template = ALONE if len(part) == 1 else N_("No order of these {count} operations explains their answers and keeps each client's own order.")
    keys = list(dict.fromkeys(one.key for one in part))
    return Verdict(MODEL, NO, template, {"count": len(part)}, key=keys[0] if len(keys) == 1 else None,
                   conflict=tuple(one.id for one in part), steps=steps + room.taken, smallest=whole)


def _ordered(history: History, part: Sequence[Operation], writers: Writers, budget: Budget) -> tuple[list[int] | None, list[int], bool]:
    """(ids in an order or None, ids of a cycle of what must come before what, whether it is known)."""
    relations = Relations(part, writers)
    if relations.thin:
        return None, relations.ids(relations.thin[:1]), True
    if relations.cycle:
        return None, relations.ids(relations.cycle), True
    preds, cycle, _whole = demanded(relations, budget)
    if cycle:
        return None, relations.ids(cycle), True
    search, ids = _prepared(history, part, relations, preds, budget)
    order, known = search.run()
    return None if order is None else [ids[place] for place in order], [], known


def _prepared(history: History, part: Sequence[Operation], relations: Relations, preds: list[int], budget: Budget) -> tuple[Search, list[int]]:
    """The search, and the ids of its items. Operations set free (not in `part`) are states that a key may take on at any time."""
    registers, steps, free = [], {}, {}
    inside = {one.id: True for one in part}
    for number, operations in enumerate(keyed(history.operations).values()):
        register, compiled_steps = compiled(operations, history.initial)
        registers.append(register)
        chosen = [step for step in compiled_steps if step.id in inside]
        noticed = {step.a for step in chosen if step.kind in (READ, CAS)}
        all_matter = any(step.kind not in (READ, WRITE, CAS) for step in chosen)
        steps |= {step.id: (number, step) for step in chosen
                  if step.needed or all_matter or (step.b if step.kind == CAS else step.a) in noticed}
        states = outside(register, chosen, compiled_steps)
        if states:
            free[number] = states
    ids = [one.id for one in part if one.id in steps]
    place = {number: at for at, number in enumerate(ids)}
    sessions = session_masks([history.by_id[number] for number in ids])
    items = []
    for at, number in enumerate(ids):
        before = sessions[at]
        if number in relations.place:
            for earlier in bits(preds[relations.place[number]]):
                before |= 1 << place[relations.ops[earlier].id]
        register, step = steps[number]
        items.append(Item(step, register, before))
    return Search(registers, items, _strands(items, sessions), budget, soles(items, registers, free), free), ids


def _strands(items: list[Item], sessions: list[int]) -> list[list[int]]:
    """The needed items in rows of which each comes after the one before."""
    strands: list[list[int]] = []
    for place, item in enumerate(items):
        if item.step.needed:
            home = next((strand for strand in strands if sessions[place] >> strand[-1] & 1), None)
            if home is None:
                strands.append([place])
            else:
                home.append(place)
    return strands
