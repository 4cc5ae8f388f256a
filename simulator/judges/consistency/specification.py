"""What a register does, on small whole numbers: the sequential specification that orders are held against.

States and values of one key are numbers: equal JSON values, equal numbers. A list that is only appended to is a node of
a tree of all lists that occur, so that it is one number as well.
"""

from collections.abc import Iterable
from typing import NamedTuple

from simulator.judges.consistency.history import Operation, named

READ, WRITE, CAS, CASFAIL, PROPOSE, APPEND = range(6)
KINDS = {"read": READ, "write": WRITE, "cas": CAS, "casfail": CASFAIL, "propose": PROPOSE, "append": APPEND}
KNOWN = (*KINDS, "nop")
OBSERVING = ("read", "casfail", "nop")
REFUSED = -1
"""Not a state: the operation could not have had its result."""
UNSEEN = -2
"""The result of a proposal that nobody was told."""


class Step(NamedTuple):
    """One operation as the register sees it. a, b: by kind the value read or written, (expected, new), (proposed, told).

    needed: whether it must be in the order; begins, ends as in Operation, ends None where it may be at any later time.
    """

    id: int
    kind: int
    a: int
    b: int
    needed: bool
    begins: int
    ends: int | None


class Register:
    """The numbers of one key's values, and its lists where it is appended to."""

    def __init__(self, initial, lists: bool):
        self.lists = lists
        self._numbers: dict = {}
        self._children: dict[tuple[int, int], int] = {}
        self._parents: list[tuple[int, int]] = [(REFUSED, REFUSED)]
        self.initial = 0 if lists else self.number(initial)

    def number(self, value) -> int:
        """The number of a value."""
        return self._numbers.setdefault(named(value), len(self._numbers))

    def child(self, state: int, value: int) -> int:
        """The list `state` with `value` at its end."""
        key = (state, value)
        node = self._children.get(key)
        if node is None:
            node = self._children[key] = len(self._parents)
            self._parents.append(key)
        return node

    def listed(self, values) -> int:
        """The number of a list that was read; null is the empty one."""
        state = 0
        for value in values if isinstance(values, list | tuple) else ():
            state = self.child(state, self.number(value))
        return state

    def elements(self, state: int) -> list[int]:
        """The numbers of the values in the list `state`, first one first."""
        found = []
        while state:
            state, value = self._parents[state]
            found.append(value)
        return found[::-1]

    def step(self, state: int, kind: int, a: int, b: int) -> int:
        """The state after an operation, REFUSED where it could not have had its result in `state`."""
        if kind == READ:
            return state if state == a else REFUSED
        if kind == WRITE:
            return a
        if kind == CAS:
            return b if state == a else REFUSED
        if kind == CASFAIL:
            return REFUSED if state == a else state
        if kind == APPEND:
            return self.child(state, a)
        now = a if state == self.initial else state
        return now if b in (now, UNSEEN) else REFUSED


def judged(operation: Operation) -> bool:
    """Whether it says anything: it happened, or it may have and would have changed something."""
    if operation.outcome == "fail" or operation.f == "nop":
        return False
    return operation.outcome == "ok" or operation.f not in OBSERVING


def unknown_kinds(operations: Iterable[Operation]) -> list[str]:
    """The names of operations that no judge knows, in order of appearance. What did not happen needs no name."""
    return list(dict.fromkeys(one.f for one in operations if one.outcome != "fail" and one.f not in KNOWN))


def compiled(operations: Iterable[Operation], initial) -> tuple[Register, list[Step]]:
    """The operations of one key as steps, those left out that say nothing; in the order of their begins."""
    operations = [one for one in operations if judged(one)]
    register = Register(initial, lists=any(one.f == "append" for one in operations))
    return register, [_step(register, one) for one in operations]


def _step(register: Register, one: Operation) -> Step:
    kind, b = KINDS[one.f], 0
    if kind == READ:
        a = register.listed(one.result) if register.lists else register.number(one.result)
    elif kind == CAS:
        a, b = register.number(one.value[0]), register.number(one.value[1])
    elif kind == CASFAIL:
        a = register.number(one.value[0])
    else:
        a = register.number(one.value)
    if kind == PROPOSE:
        b = register.number(one.result) if one.outcome == "ok" else UNSEEN
    return Step(one.id, kind, a, b, one.outcome == "ok", one.begins, one.ends)
