"""Sequential consistency, all keys together.

Lamport, "How to make a multiprocessor computer that correctly executes multiprocess programs", IEEE TC 28(9), 1979: one
order of all operations that keeps each client's own. It is not local (Herlihy and Wing, section 3.3), so keys cannot be
judged one by one, and to find an order is NP-complete (Gibbons and Korach, "Testing shared memories", SIAM J. Comput.
26(4), 1997). First what must hold is drawn from who read from whom, as there in section 4 (a read comes before whatever
overwrites what it read), until nothing more follows; then a search with memory over how far each client is, within a bound.
"""

from collections import defaultdict
from dataclasses import dataclass

from simulator.judges.consistency.order import gathered, pasts, sorted_by
from simulator.judges.consistency.relations import INITIAL, Relations
from simulator.judges.consistency.specification import CAS, CASFAIL, READ, REFUSED, WRITE, Register, Step
from simulator.judges.consistency.verdict import Budget


@dataclass(frozen=True)
class Item:
    """A step, the number of its key's register, and a mask of the items that must be done before it."""

    step: Step
    register: int
    before: int


def demanded(relations: Relations, budget: Budget) -> tuple[list[int], list[int], bool]:
    """(masks of what must come before each in any order, [], True), or ([], a cycle, True); False where the bound was met.

    A write that is before a read of the same key is before the one that it read; a read is before whatever overwrites that.
    """
    readers, at_first, all_reads = _readers(relations)
    writes, order = relations.writes, relations.order
    before, preds = [0] * len(relations.ops), relations.preds
    while True:
        if not budget.take(len(preds)):
            return preds, [], False
        past = pasts(order, relations.direct, before)
        overwritten = gathered(order, relations.direct, before, past, readers)
        old = sum(map(int.bit_count, before))
        for read, source in relations.source.items():
            if source != INITIAL:
                before[source] |= past[read] & writes[relations.ops[read].key] & ~(1 << source | 1 << read)
        for place, one in enumerate(relations.ops):
            if writes[one.key] >> place & 1:
                before[place] |= (overwritten[place] & all_reads[one.key] | at_first[one.key]) & ~(1 << place)
        if sum(map(int.bit_count, before)) == old:
            return preds, [], True
        preds = [one | other for one, other in zip(relations.preds, before, strict=True)]
        order, cycle = sorted_by(len(preds), preds)
        if cycle:
            return [], cycle, True


def _readers(relations: Relations) -> tuple[list[int], dict, dict]:
    """(of each operation, who read from it; of each key, who read what was there at first; of each key, all reads)."""
    readers, at_first, all_reads = [0] * len(relations.ops), defaultdict(int), defaultdict(int)
    for read, source in relations.source.items():
        key = relations.ops[read].key
        all_reads[key] |= 1 << read
        if source == INITIAL:
            at_first[key] |= 1 << read
        else:
            readers[source] |= 1 << read
    return readers, at_first, all_reads


class Search:
    """Depth first, over (how far each client is, optional operations used, states of all keys).

    strands: lists of places of items, each in the order in which they must be taken. sole: (register, state) -> mask of the
    items that observe it, where one operation only can bring that state about: it must not be overwritten before they are done.
    """

    def __init__(self, registers: list[Register], items: list[Item], strands: list[list[int]], budget: Budget,
                 sole: dict[tuple[int, int], int], free: dict[int, tuple[int, ...]]):
        self.registers, self.items, self.strands, self.budget, self.sole, self.free = registers, items, strands, budget, sole, free
        self.optional = [place for place, item in enumerate(items) if not item.step.needed]
        self.seen: set = set()

    def run(self) -> tuple[list[int] | None, bool]:
        """(places of items in an order, True), (None, True) where there is none, (None, False) where the bound was met."""
        stack = [((0,) * len(self.strands), tuple(register.initial for register in self.registers), 0, None)]
        ends = tuple(map(len, self.strands))
        while stack:
            if not self.budget.take(1 + len(self.strands) // 8):
                return None, False
            at, states, done, chain = self._advanced(*stack.pop())
            if at == ends:
                return _unrolled(chain), True
            if (at, states, done) in self.seen:
                continue
            self.seen.add((at, states, done))
            stack.extend(reversed(self._next(at, states, done, chain)))
        return None, True

    def _heads(self, at: tuple[int, ...], done: int):
        """(strand, place, item) of the next of each client, where all that must come before is done; oldest first."""
        heads = [(strand[here], number) for number, (strand, here) in enumerate(zip(self.strands, at, strict=True)) if here < len(strand)]
        for place, number in sorted(heads):
            item = self.items[place]
            if not item.before & ~done:
                yield number, place, item

    def _advanced(self, at, states, done, chain):
        """What only observes is done as soon as it can be."""
        moved = True
        while moved:
            moved = False
            for number, place, item in self._heads(at, done):
                kind, a, state = item.step.kind, item.step.a, states[item.register]
                if kind == READ and a == state or kind == CASFAIL and a != state:
                    at = (*at[:number], at[number] + 1, *at[number + 1:])
                    done |= 1 << place
                    chain = (chain, place)
                    moved = True
        return at, states, done, chain

    def _next(self, at, states, done, chain) -> list[tuple]:
        found = []
        choices = [(number, place, item) for number, place, item in self._heads(at, done) if item.step.kind not in (READ, CASFAIL)]
        choices += [(None, place, self.items[place]) for place in self.optional if not (done >> place & 1 or self.items[place].before & ~done)]
        for number, place, item in choices:
            step, state = item.step, states[item.register]
            after = self.registers[item.register].step(state, step.kind, step.a, step.b)
            waiting = self.sole.get((item.register, state), 0) & ~done & ~(1 << place)
            if after == REFUSED or waiting and after != state:
                continue
            ahead = at if number is None else (*at[:number], at[number] + 1, *at[number + 1:])
            found.append((ahead, _put(states, item.register, after), done | 1 << place, (chain, place)))
        for number, others in self.free.items():
            if not self.sole.get((number, states[number]), 0) & ~done:
                found += [(at, _put(states, number, other), done, chain) for other in others if other != states[number]]
        return found


def _put(states: tuple[int, ...], number: int, state: int) -> tuple[int, ...]:
    return (*states[:number], state, *states[number + 1:])


def _unrolled(chain) -> list[int]:
    order = []
    while chain:
        chain, place = chain
        order.append(place)
    return order[::-1]


def soles(items: list[Item], registers: list[Register], free: dict[int, tuple[int, ...]]) -> dict[tuple[int, int], int]:
    """See Search. Only of registers that are read, written, and compared and set."""
    makers, watchers, odd = defaultdict(int), defaultdict(int), set()
    for number, register in enumerate(registers):
        makers[number, register.initial] += 1
    for number, others in free.items():
        for state in others:
            makers[number, state] += 2
    for place, item in enumerate(items):
        step = item.step
        if step.kind in (WRITE, CAS):
            makers[item.register, step.b if step.kind == CAS else step.a] += 1
        elif step.kind not in (READ, CASFAIL):
            odd.add(item.register)
        if step.needed and step.kind in (READ, CAS):
            watchers[item.register, step.a] |= 1 << place
    return {where: mask for where, mask in watchers.items() if makers[where] == 1 and where[0] not in odd}
