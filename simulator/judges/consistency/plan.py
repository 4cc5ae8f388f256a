"""The operations of one key made ready for the search: who returns when, who is open then, in slots that are used again."""

from bisect import bisect_left
from heapq import heappop, heappush

from simulator.judges.consistency.specification import CAS, CASFAIL, READ, Step

KEPT_AT_MOST = 1_000_000
"""Entries of the lists of open operations that are remembered."""

Entry = tuple[int, int, int, int, int, bool]
"""(bit, kind, a, b, id, needed): an operation and its bit, among those that return, or among those that never do."""


class Plan:
    """returns: operations that end, in the order of their ends, as Entries. optional: the others by their begins.

    A set of open operations is a whole number with a bit for each slot; an operation has its slot from its begin to its
    end, so the number is as small as operations overlap, however long the history is.
    """

    def __init__(self, steps: list[Step]):
        rest = sorted((step for step in steps if step.ends is None), key=lambda step: step.begins)
        self.optional: list[Entry] = [(1 << place, step.kind, step.a, step.b, step.id, False) for place, step in enumerate(rest)]
        self._slots: list[tuple[list[int], list[Entry]]] = []
        self._opens: list[int] = []
        self._ends: list[int] = []
        self.returns: list[Entry] = []
        self._seat([step for step in steps if step.ends is not None])
        begins = [step.begins for step in rest]
        self.available = [bisect_left(begins, end) for end in self._ends]
        self._kept: dict[int, list[Entry]] = {}
        self._room = KEPT_AT_MOST
        self.watchers: dict[int, list[tuple[int, int, int, int]]] = {}
        self._watch(steps)
        self.chained = {step.a: True for step in rest if step.kind == CAS}
        self.certain = not rest and all(step.needed for step in steps)
        self.refusing = any(step.kind == CASFAIL for step in steps)

    def _seat(self, ending: list[Step]) -> None:
        """Give each its slot, by going through begins and ends in their order."""
        moments = sorted([(step.begins, True, place) for place, step in enumerate(ending)]
                         + [(step.ends, False, place) for place, step in enumerate(ending)])
        free, seats, taken = [], {}, 0
        for _at, begins, place in moments:
            step = ending[place]
            if begins:
                slot = heappop(free) if free else len(self._slots)
                if slot == len(self._slots):
                    self._slots.append(([], []))
                entry = (1 << slot, step.kind, step.a, step.b, step.id, step.needed)
                seats[place] = slot, entry
                self._slots[slot][0].append(step.begins)
                self._slots[slot][1].append(entry)
                taken |= 1 << slot
            else:
                slot, entry = seats.pop(place)
                self.returns.append(entry)
                self._ends.append(step.ends)
                self._opens.append(taken)
                taken &= ~(1 << slot)
                heappush(free, slot)

    def _watch(self, steps: list[Step]) -> None:
        """watchers: state -> (number of its return, bit, begin, id) of each needed operation that observes it."""
        begins = {step.id: step.begins for step in steps}
        for place, (bit, kind, a, _b, number, needed) in enumerate(self.returns):
            if needed and kind in (READ, CAS):
                self.watchers.setdefault(a, []).append((place, bit, begins[number], number))

    def waiting(self, state: int, place: int, done: int) -> list[int]:
        """At most two of the needed operations that observe `state` and have no place yet when return number `place` is due."""
        found = []
        for turn, bit, begins, number in reversed(self.watchers.get(state, ())):
            if turn < place or len(found) == 2:
                break
            if begins > self._ends[place] or not done & bit:
                found.append(number)
        return found

    def open_at(self, place: int) -> list[Entry]:
        """The operations that are open when return number `place` is due, itself included; those that never end left out."""
        found = self._kept.get(place)
        if found is not None:
            return found
        found, mask, end = [], self._opens[place], self._ends[place]
        while mask:
            bit = mask & -mask
            mask ^= bit
            begins, entries = self._slots[bit.bit_length() - 1]
            found.append(entries[bisect_left(begins, end) - 1])
        self._room -= len(found)
        if self._room > 0:
            self._kept[place] = found
        return found
