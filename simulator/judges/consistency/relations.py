"""Who read from whom, and what each client did one after the other: the ground of the causal judges.

Each value that is read must say who wrote it. Where several operations wrote it, or one wrote what was there at first, the
read is `ambiguous`: nothing is concluded from it. A compare-and-set is a read and a write. A failed one says only what
was not there: nothing is concluded from that either.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulator.judges.consistency.history import History, Operation, named
from simulator.judges.consistency.order import futures, pasts, sorted_by

INITIAL = -1
"""Who wrote what is there at first."""


def observed(one: Operation):
    """(whether it observed a value, the value)."""
    if one.f == "read":
        return one.outcome == "ok", one.result
    return (one.f == "cas" and one.outcome == "ok"), one.value[0] if one.f == "cas" else None


def written(one: Operation):
    """(whether it may have written a value, the value)."""
    if one.f == "write":
        return one.outcome != "fail", one.value
    return (one.f == "cas" and one.outcome != "fail"), one.value[1] if one.f == "cas" else None


def session_masks(operations: Sequence[Operation]) -> list[int]:
    """Of each, a mask of all that its client had ended when it began."""
    found, ended = [0] * len(operations), {}
    moments = sorted([(one.begins, True, place) for place, one in enumerate(operations)]
                     + [(one.ends, False, place) for place, one in enumerate(operations) if one.ends is not None])
    for _at, begins, place in moments:
        client = operations[place].client
        if begins:
            found[place] = ended.get(client, 0)
        else:
            ended[client] = ended.get(client, 0) | 1 << place
    return found


@dataclass(frozen=True)
class Writers:
    """Of a whole History: (key, value's name) -> ids of the operations that may have written it.

    odd: keys of which nothing is concluded, for they hold lists, or keep their first value.
    """

    of: dict[tuple, tuple[int, ...]]
    initial: str
    odd: dict

    @classmethod
    def in_(cls, history: History) -> "Writers":
        """Those of `history`."""
        found = defaultdict(list)
        for one in history.operations:
            wrote, value = written(one)
            if wrote:
                found[one.key, named(value)].append(one.id)
        odd = {one.key: True for one in history.operations if one.f in ("append", "propose")}
        return cls({place: tuple(ids) for place, ids in found.items()}, named(history.initial), odd)

    def of_read(self, key, value) -> tuple[int, ...]:
        """The ids of who may have written what was read; INITIAL where it may have been there at first."""
        name = named(value)
        return (*self.of.get((key, name), ()), *([INITIAL] if name == self.initial else []))


class Relations:
    """The operations `ops` of a part of a History, numbered from 0 in order of their begins.

    source: reader -> writer (INITIAL for nobody), only where that is sure and the writer is in this part. thin: readers
    of what nobody wrote. ambiguous: how many reads say nothing. direct: lists of what comes just before in causal order;
    session: masks of all that the same client had ended before. cycle: places on a cycle of the causal order, else past, future.
    """

    def __init__(self, operations: Iterable[Operation], writers: Writers):
        operations = list(operations)
        happened = self._happened(operations, writers)
        self.ops = [one for one in operations if one.id in happened]
        self.place = {one.id: place for place, one in enumerate(self.ops)}
        self.source: dict[int, int] = {}
        self.thin: list[int] = []
        self.ambiguous = 0
        self.writes: dict = defaultdict(int)
        self._read_from(writers)
        self.session = session_masks(self.ops)
        self.preds = [0] * len(self.ops)
        self.direct = [self._just_before(place) for place in range(len(self.ops))]
        for place, earlier in enumerate(self.direct):
            for one in earlier:
                self.preds[place] |= 1 << one
        self.order, self.cycle = sorted_by(len(self.ops), self.preds)
        if not self.cycle:
            self.past = pasts(self.order, self.direct)
            self.future = futures(self.order, self.direct)

    @staticmethod
    def _happened(operations: list[Operation], writers: Writers) -> dict[int, bool]:
        """What ended well, and what somebody saw the effect of although nobody knows how it ended."""
        kept = {one.id: True for one in operations if one.outcome == "ok" and (one.f in ("read", "write", "cas"))}
        for one in operations:
            saw, value = observed(one)
            sources = writers.of_read(one.key, value) if saw else ()
            if len(sources) == 1 and sources[0] != INITIAL:
                kept[sources[0]] = True
        return kept

    def _read_from(self, writers: Writers) -> None:
        for place, one in enumerate(self.ops):
            if written(one)[0]:
                self.writes[one.key] |= 1 << place
            saw, value = observed(one)
            if not saw or one.key in writers.odd:
                continue
            sources = writers.of_read(one.key, value)
            if not sources:
                self.thin.append(place)
            elif len(sources) > 1:
                self.ambiguous += 1
            elif sources[0] == INITIAL:
                self.source[place] = INITIAL
            elif sources[0] in self.place:
                self.source[place] = self.place[sources[0]]

    def _just_before(self, place: int) -> list[int]:
        """The last operations of the same client, and who wrote what was read."""
        found, rest = [], self.session[place]
        while rest:
            last = rest.bit_length() - 1  # who began last is before none of the others
            found.append(last)
            rest &= ~(self.session[last] | 1 << last)
        source = self.source.get(place, INITIAL)
        return found if source == INITIAL or source in found else [*found, source]

    def ids(self, places: Iterable[int]) -> list[int]:
        """The ids of the operations at `places`."""
        return [self.ops[place].id for place in places]
