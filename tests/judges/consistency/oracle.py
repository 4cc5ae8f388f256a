"""The definitions, tried by trying everything: for histories of a few operations."""

from itertools import chain, combinations, permutations

from simulator.judges.consistency.history import History


def linearizable(history: History, operations=None, may=()) -> bool:
    """Herlihy and Wing's definition, all keys together. may: operations that may be left out, in their own time."""
    return _ordered(history, operations, lambda a, b: a.ends is not None and a.ends < b.begins, may)


def sequential(history: History) -> bool:
    """Lamport's definition."""
    return _ordered(history, None, _same_client, ())


def _same_client(a, b) -> bool:
    return a.client == b.client and a.ends is not None and a.ends < b.begins


def _ordered(history, operations, before, may) -> bool:
    happened = [one for one in (history.operations if operations is None else operations) if one.outcome != "fail" and one.f != "nop"]
    sure = [one for one in happened if one.outcome == "ok"]
    perhaps = [one for one in [*happened, *may] if one not in sure and one.f in ("write", "cas", "append", "propose")]
    return any(_fits(history.initial, (*sure, *some), before) for some in _subsets(perhaps))


def _subsets(some):
    return chain.from_iterable(combinations(some, count) for count in range(len(some) + 1))


def _fits(initial, operations, before, state=None) -> bool:
    """Whether some order of `operations` is legal and keeps `before`."""
    if not operations:
        return True
    state = state or {}
    for one in operations:
        if not any(before(other, one) for other in operations if other is not one):
            after = _after(state.get(one.key, initial), one)
            if after is not None and _fits(initial, [other for other in operations if other is not one], before, {**state, one.key: after[0]}):
                return True
    return False


def _after(state, one):
    """(state,) after the operation, None where it cannot have had its answer."""
    if one.f == "read":
        return (state,) if state == one.result else None
    if one.f == "write":
        return (one.value,)
    if one.f == "cas":
        return (one.value[1],) if state == one.value[0] else None
    if one.f == "casfail":
        return (state,) if state != one.value[0] else None
    if one.f == "append":
        return ([*(state or []), one.value],)
    now = one.value if state is None else state
    return (now,) if one.outcome != "ok" or now == one.result else None


class Causes:
    """Cause, as a set of pairs: each client's order, and from the writer to who read from it. Values must be written once."""

    def __init__(self, history: History):
        self.initial = history.initial
        self.ops = [one for one in history.operations if one.outcome == "ok" and one.f in ("read", "write", "cas")]
        seen = [(one.key, self.read(one)) for one in self.ops if self.reads(one)]
        self.ops += [one for one in history.operations if one.outcome == "info" and self.writes(one) and (one.key, self.wrote(one)) in seen]
        self.source = {}
        self.thin = False
        for one in self.ops:
            if self.reads(one):
                found = [other for other in self.ops if self.writes(other) and other.key == one.key and self.wrote(other) == self.read(one)]
                self.thin |= not found and self.read(one) != self.initial
                self.source[one.id] = found[0].id if found else None
        pairs = {(a.id, b.id) for a in self.ops for b in self.ops if _same_client(a, b)}
        pairs |= {(source, reader) for reader, source in self.source.items() if source is not None}
        self.pairs = _closed(pairs)
        self.circle = any(a == b for a, b in self.pairs)

    @staticmethod
    def reads(one):
        return one.f in ("read", "cas") and one.outcome == "ok"

    @staticmethod
    def writes(one):
        return one.f in ("write", "cas")

    @staticmethod
    def read(one):
        return one.result if one.f == "read" else one.value[0]

    @staticmethod
    def wrote(one):
        return one.value if one.f == "write" else one.value[1]

    def past(self, number):
        return {a for a, b in self.pairs if b == number}

    def right(self, order, reader) -> bool:
        """Whether `reader` returned the last write of its key among `order`, which ends before it."""
        writes = [one for one in order if self.writes(one) and one.key == reader.key]
        return self.source[reader.id] == (writes[-1].id if writes else None)


def _closed(pairs):
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            return pairs
        pairs = pairs | more


def _orders(ops, pairs):
    for order in permutations(ops):
        place = {one.id: at for at, one in enumerate(order)}
        if all(place[a] < place[b] for a, b in pairs if a in place and b in place):
            yield order


def convergent(history: History) -> bool:
    """Causal convergence: one order of all that keeps cause, in which each read has the last write among its causes."""
    causes = Causes(history)
    if causes.thin or causes.circle:
        return False

    def right(order, one):
        past = causes.past(one.id)
        return causes.right([other for other in order if other.id in past], one)

    return any(all(right(order, one) for one in causes.ops if causes.reads(one)) for order in _orders(causes.ops, causes.pairs))


def memory(history: History) -> bool:
    """Causal memory: for each operation an order of its causes, in which its client's reads so far are right."""
    causes = Causes(history)
    if causes.thin or causes.circle:
        return False

    def explained(last):
        past = causes.past(last.id) | {last.id}
        own = {one.id for one in causes.ops if causes.reads(one) and (one is last or _same_client(one, last))}
        return any(all(causes.right(order[:at], one) for at, one in enumerate(order) if one.id in own)
                   for order in _orders([one for one in causes.ops if one.id in past], causes.pairs))

    return all(explained(one) for one in causes.ops)


def session(history: History, guarantee: str) -> bool:
    """For each client an order of all writes that keeps cause, in which each read returned what it must have seen, or what is newer."""
    causes = Causes(history)
    if causes.thin or causes.circle:
        return False
    by_id = {one.id: one for one in causes.ops}
    before = {one.id: [other.id for other in causes.ops if _same_client(other, one)] for one in causes.ops}

    def read_by(number):
        return [causes.source[one] for one in before[number] if causes.source.get(one) is not None]

    def must(number):
        if guarantee == "read_your_writes":
            return before[number]
        if guarantee == "monotonic_reads":
            return read_by(number)
        inner = (lambda source: before[source]) if guarantee == "monotonic_writes" else read_by
        return [one for source in read_by(number) for one in inner(source)]

    writes = [one for one in causes.ops if causes.writes(one)]

    def fits(order, client):
        place = {one.id: at for at, one in enumerate(order)} | {None: -1}
        return all(place[one] <= place[causes.source[read.id]] for read in causes.ops if causes.reads(read) and read.client == client
                   for one in must(read.id) if causes.writes(by_id[one]) and by_id[one].key == read.key and one != read.id)

    return all(any(fits(order, client) for order in _orders(writes, causes.pairs)) for client in {one.client for one in causes.ops})
