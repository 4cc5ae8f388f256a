"""The judge of linearizability: key by key, for it is local (Herlihy and Wing, section 3.3, theorem 1)."""

from collections.abc import Iterable

from simulator.engine.words import N_
from simulator.judges.consistency.history import History, Operation
from simulator.judges.consistency.linearizable import OVERWRITTEN, search
from simulator.judges.consistency.smallest import smallest
from simulator.judges.consistency.specification import CAS, CASFAIL, PROPOSE, READ, UNSEEN, WRITE, Register, Step, compiled
from simulator.judges.consistency.verdict import NO, UNKNOWN, YES, Budget, Verdict
from simulator.judges.consistency.zones import contradiction

MODEL = "linearizable"
ALONE = N_("Nothing that was written explains the answer of this operation.")
SHRINKING_STEPS = 100_000
"""Steps for making a conflict smaller, beside those for finding it."""


def judge(history: History, steps: int) -> Verdict:
    """Whether each key has an order that respects real time. The first key that has none is told of."""
    budget = Budget(steps)
    orders, undecided = [], []
    for key, operations in keyed(history.operations).items():
        register, compiled_steps = compiled(operations, history.initial)
        plain = contradiction(register, compiled_steps) if budget.take(len(compiled_steps) // 10) else None
        if plain:
            return _refused(key, register, compiled_steps, plain, budget)
        found = search(register, compiled_steps, budget)
        if found.order is not None:
            orders.append((register, compiled_steps, found.order))
        elif found.known:
            stuck = found.stuck if found.exact else first_refused(register, compiled_steps, Budget(steps))
            end = sorted(step.ends for step in compiled_steps if step.needed)[stuck]
            return _refused(key, register, compiled_steps, [step for step in until(compiled_steps, end) if step.needed], budget)
        else:
            undecided.append(key)
    if undecided:
        template = N_("Nobody can say: after {steps:,} steps no order was found, nor that there is none.")
        return Verdict(MODEL, UNKNOWN, template, {"steps": budget.taken}, key=undecided[0], steps=budget.taken)
    template = N_("There is an order that explains every answer and keeps real time: whatever had ended comes before what began later.")
    return Verdict(MODEL, YES, template, witness=_together(orders), steps=budget.taken)


def keyed(operations: Iterable[Operation]) -> dict[str | None, list[Operation]]:
    """Operations by key, in the order in which keys appear."""
    found: dict = {}
    for one in operations:
        found.setdefault(one.key, []).append(one)
    return found


def _together(orders: list) -> tuple[int, ...]:
    """One order of the operations of all keys, by the return of some operation before which each took its place."""
    placed = []
    for number, (_register, steps, order) in enumerate(orders):
        ends = sorted(step.ends for step in steps if step.needed)
        placed += [(ends[turn], number, place, one) for place, (turn, one) in enumerate(order)]
    return tuple(one for _end, _number, _place, one in sorted(placed))


def first_refused(register: Register, steps: list[Step], budget: Budget) -> int:
    """The number of the first return that no order gets past, by halving."""
    ends = sorted(step.ends for step in steps if step.needed)
    passed, refused = -1, len(ends) - 1
    while refused - passed > 1:
        middle = (passed + refused) // 2
        found = search(register, until(steps, ends[middle]), budget)
        passed, refused = (passed, middle) if found.known and found.order is None else (middle, refused)
    return refused


def until(steps: list[Step], end: int) -> list[Step]:
    """What had begun by `end`; what had not ended by then may be under way for ever."""
    return [step if step.needed and step.ends <= end else step._replace(needed=False, ends=None) for step in steps
            if step.begins < end and (step.kind not in (READ, CASFAIL) or step.needed and step.ends <= end)]


def _refused(key, register: Register, steps: list[Step], troubled: list[Step], budget: Budget) -> Verdict:
    """No, with the smallest part that cannot be ordered, and who wrote what it read.

    troubled: steps that cannot be ordered. Only what had ended when the last of them did is asked for; what was under way
    by then may have happened, or not.
    """
    room = Budget(SHRINKING_STEPS)
    concerned = until(steps, max(step.ends for step in troubled))

    def conflicts(part: list[Step]) -> bool | None:
        around, starts = relaxed(register, part, concerned)
        answer = search(register, around, room, starts) if room.take(1 + len(concerned) // 100) else None
        return None if answer is None or not answer.known else answer.order is None

    part, whole = smallest(sorted(troubled, key=lambda step: step.begins), conflicts)
    known = {number: True for number in sources_of(part, concerned)}
    if known and whole:  # with who wrote what they read, some of the reads may be too many
        part, whole = smallest(sorted([*part, *(step for step in concerned if step.id in known and step.needed)], key=lambda step: step.begins), conflicts)
    sources = sources_of(part, concerned)
    conflict = sorted([step.id for step in part] + sources)
    values = {"key": key, "count": len(conflict)}
    return Verdict(MODEL, NO, _sentence(key, len(conflict)), values, key=key, conflict=tuple(conflict), steps=budget.taken + room.taken, smallest=whole,
                   more={"stuck": max(part, key=lambda step: step.ends).id, "sources": sources})


def _sentence(key, count: int) -> str:
    if count == 1:
        return ALONE if key is None else N_("{key}: nothing that was written explains the answer of this operation.")
    return N_("No order explains the answers of these {count} operations and keeps real time, whatever the others did.") if key is None else N_(
        "{key}: no order explains the answers of these {count} operations and keeps real time, whatever the others did.")


def relaxed(register: Register, part: list[Step], steps: list[Step]) -> tuple[list[Step], tuple[int, ...]]:
    """(`part` and what is around it, states at first). What is not in `part` may have happened in its own time, or not.

    Of a register that is overwritten, what had ended before `part` began counts only as what may be there at first, and
    what nobody observes does not count.
    """
    first, last = min((step.begins for step in part), default=0), max((step.ends or 0 for step in part), default=0)
    inside = {step.id: True for step in part}
    others = [step for step in steps if step.id not in inside and step.kind not in (READ, CASFAIL) and step.begins < last]
    if not all(step.kind in OVERWRITTEN for step in (*part, *others)):
        return [*part, *(step._replace(needed=False) for step in others)], ()
    earlier = [step for step in others if step.ends is not None and step.ends < first]
    around = [step._replace(needed=False) for step in others if step.ends is None or step.ends > first]
    wanted = {step.a: True for step in (*part, *around) if step.kind != WRITE}
    if not any(step.kind == CASFAIL for step in part):
        around = [step for step in around if (step.b if step.kind == CAS else step.a) in wanted]
    made = reachable(register, earlier)
    spare = next((state for state in made if state not in wanted), None)
    return [*part, *around], tuple(dict.fromkeys([*(state for state in made if state in wanted), *([] if spare is None else [spare])]))


def reachable(register: Register, steps: list[Step]) -> dict[int, int]:
    """The states that are there at the end if some of `steps` happened, each with the earliest place at which it can be."""
    since = {register.initial: -1}
    for step in steps:
        if step.kind == WRITE:
            since[step.a] = min(step.begins, since.get(step.a, step.begins))
    chained = [step for step in steps if step.kind == CAS]
    while True:
        nearer = {}
        for step in chained:
            if step.a in since and since[step.a] < step.ends:
                at = max(step.begins, since[step.a])
                if at < since.get(step.b, step.ends):
                    nearer[step.b] = min(at, nearer.get(step.b, at))
        if not nearer:
            return since
        since |= nearer


def sources_of(part: list[Step], steps: list[Step]) -> list[int]:
    """For each value that `part` observed and did not write, who wrote it last before."""
    made = {step.b if step.kind == CAS else step.a: True for step in part if step.kind in (WRITE, CAS)}
    found = {}
    for step in part:
        if step.kind in (READ, CAS) and step.a not in made:
            found |= {other.id: True for other in [other for other in steps if other.kind not in (READ, CASFAIL) and other.id != step.id
                                                   and (other.b if other.kind == CAS else other.a) == step.a and other.begins < step.ends][-1:]}
    return list(found)


def outside(register: Register, part: list[Step], steps: list[Step]) -> tuple[int, ...]:
    """States that operations which are not in `part` may have brought about, of those that matter to it."""
    inside = {step.id: True for step in part}
    others = [step for step in steps if step.id not in inside]
    if register.lists:
        appended = {step.a: True for step in others if step.kind not in (READ, CAS, CASFAIL)}
        return tuple(dict.fromkeys(step.a for step in part if step.kind == READ and any(one in appended for one in register.elements(step.a))))
    made = dict.fromkeys(step.b if step.kind == CAS else step.a for step in others if step.kind not in (READ, CASFAIL))
    wanted = dict.fromkeys(step.a for step in part if step.kind in (READ, CAS))
    wanted |= dict.fromkeys(step.b for step in part if step.kind == PROPOSE and step.b != UNSEEN)
    refused = dict.fromkeys(step.a for step in part if step.kind == CASFAIL)
    spare = [next((state for state in made if state != one), None) for one in refused]
    return tuple(dict.fromkeys([*(state for state in made if state in wanted), *(one for one in spare if one is not None)]))
