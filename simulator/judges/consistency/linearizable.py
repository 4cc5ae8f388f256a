"""Linearizability of one key.

Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects", TOPLAS 12(3), 1990, section 2.
The search is that of Wing and Gong (JPDC 17, 1993) with Lowe's two improvements ("Testing for linearizability",
Concurrency and Computation 29(4), 2017): configurations that were seen are remembered (section 4.1), and an operation is
given its place only when some return demands it (just-in-time linearization, section 4.2). Porcupine
(github.com/anishathalye/porcupine) is the model of how to be quick. Beyond both, because a register is what is judged:
what only observes takes its place as soon as it can; optional operations (with an unknown outcome) that do the same are
taken oldest first; a configuration that has used up more of them than one that was seen already is not tried; and a state
that only one operation can bring about is not left before all that observe it have their place.
"""

from collections import Counter
from dataclasses import dataclass

from simulator.judges.consistency.plan import Entry, Plan
from simulator.judges.consistency.specification import CAS, CASFAIL, READ, REFUSED, WRITE, Register, Step
from simulator.judges.consistency.verdict import Budget

OVERWRITTEN = (READ, WRITE, CAS, CASFAIL)
"""Kinds after which nothing is left of the state before but what was read of it."""

Chain = tuple
"""(chain before or None, id of an operation, number of the return before which it took its place)."""


@dataclass(frozen=True)
class Found:
    """order: (return before which it took place, id) of each operation, in order; None where there is no order.

    stuck: number of the first return that no order gets past; where not exact, of one that no order got past because of
    what comes later. known: False where the budget was used up.
    """

    order: list[tuple[int, int]] | None
    stuck: int
    known: bool
    exact: bool = True


def search(register: Register, steps: list[Step], budget: Budget, starts: tuple[int, ...] = ()) -> Found:
    """An order of one key's operations. starts: states that the register may be in at first, instead of its initial one.

    A step that is not needed need not be in the order: with an end, it takes its place before that or never.
    """
    return _Search(register, Plan(steps), budget).run(starts or (register.initial,))


class _Search:
    """Depth first, over configurations (return that is due, state, open ones that have their place, optional ones used)."""

    def __init__(self, register: Register, plan: Plan, budget: Budget):
        self.register, self.plan, self.budget = register, plan, budget
        self.seen: dict[tuple, list[int]] = {}
        self.overwrites = all(kind in OVERWRITTEN for _bit, kind, *_rest in (*plan.returns, *plan.optional))

    def run(self, starts: tuple[int, ...]) -> Found:
        """See search."""
        self._look_for_soles(starts)
        stack, stuck = [(0, start, 0, 0, None) for start in starts], 0
        while stack:
            if not self.budget.take():
                return Found(None, stuck, False, not self.held)
            place, state, done, used, chain = self._advanced(*stack.pop())
            stuck = max(stuck, place)
            if place == len(self.plan.returns):
                return Found(_unrolled(chain), stuck, True)
            if self._news(place, state, done, used):
                stack.extend(self._next(place, state, done, used, chain))
        return Found(None, stuck, True, not self.held)

    def _look_for_soles(self, starts: tuple[int, ...]) -> None:
        """sole: the states that one operation only, or the beginning only, brings about. held: whether one was ever kept for that."""
        made = Counter(starts)
        made.update(b if kind == CAS else a for _bit, kind, a, b, *_rest in (*self.plan.returns, *self.plan.optional) if kind in (WRITE, CAS))
        self.sole = {state: True for state, count in made.items() if count == 1} if self.overwrites else {}
        self.held = False

    def _advanced(self, place: int, state: int, done: int, used: int, chain: Chain):
        """Give what observes its place where the state allows, and pass every return whose operation has its place."""
        plan, returns = self.plan, self.plan.returns
        while place < len(returns):
            for bit, kind, a, _b, number, _needed in plan.open_at(place):
                if not done & bit and (kind == READ and a == state or kind == CASFAIL and a != state):
                    done |= bit
                    chain = (chain, number, place)
            bit = returns[place][0]
            if not done & bit:
                break
            done ^= bit
            place += 1
        return place, state, done, used, chain

    def _news(self, place: int, state: int, done: int, used: int) -> bool:
        """Whether nothing at least as good was seen before; remembers it."""
        before = self.seen.setdefault((place, state, done), [])
        for mask in before:
            if mask & used == mask:
                return False
        before[:] = [mask for mask in before if mask & used != used]
        before.append(used)
        return True

    def _next(self, place: int, state: int, done: int, used: int, chain: Chain) -> list[tuple]:
        """The configurations after one more operation that changes something; the most promising one last."""
        plan, step = self.plan, self.register.step
        due, opened = plan.returns[place], plan.open_at(place)
        noticed = None if plan.certain else self._noticed(state, done, opened)
        held = plan.waiting(state, place, done) if state in self.sole else ()
        self.held |= bool(held)
        found = []
        for bit, kind, a, b, number, _needed in () if held else self._useful(place, used, noticed):
            after = step(state, kind, a, b)
            if after != REFUSED:
                found.append((place, after, done, used | bit, (chain, number, place)))
        wanted = due[2] if due[1] in (READ, CAS) else None
        last = None
        for entry in opened:
            bit, kind, a, b, number, needed = entry
            if done & bit or kind in (READ, CASFAIL) or (after := step(state, kind, a, b)) == REFUSED:
                continue
            if not needed and entry is not due and noticed is not None and after not in noticed:
                continue
            if held and held != [number]:
                continue
            made = (place, after, done | bit, used, (chain, number, place))
            if entry is due or after == wanted:
                found.extend([last] if last else [])
                last = made
            else:
                found.append(made)
        found.extend([last] if last else [])
        if not due[5]:
            found.append((place + 1, state, done, used, chain))
        return found

    def _noticed(self, state: int, done: int, opened: list[Entry]) -> dict[int, bool] | None:
        """The states that somebody can notice before they are overwritten; None for all.

        An operation that need not be in the order is worth a try only then: what nobody notices may as well never have
        happened, and what is noticed later can take its place later, at its own return at the latest.
        """
        if not self.overwrites or self.plan.refusing and any(kind == CASFAIL and a == state and not done & bit for bit, kind, a, *_ in opened):
            return None
        return {a: True for bit, kind, a, *_rest in opened if kind in (READ, CAS) and not done & bit} | self.plan.chained

    def _useful(self, place: int, used: int, noticed: dict[int, bool] | None):
        """Operations that never end, of equal ones the oldest."""
        tried = {}
        for entry in self.plan.optional[:self.plan.available[place]]:
            bit, kind, a, b, _id, _needed = entry
            if used & bit or (kind, a, b) in tried:
                continue
            tried[kind, a, b] = True
            if noticed is None or (b if kind == CAS else a) in noticed:
                yield entry


def _unrolled(chain: Chain) -> list[tuple[int, int]]:
    order = []
    while chain:
        chain, number, place = chain
        order.append((place, number))
    return order[::-1]
