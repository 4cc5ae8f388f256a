"""What happened before what, and why: Lamport and vector time, and the causal slice that explains an event.

Happened-before is Lamport's ("Time, clocks, and the ordering of events in a distributed system", CACM 21(7),
1978): an event comes after the one before it on its node, and after the one that sent its message or set its
timer. Vector time is Mattern's and Fidge's (1988): of each node, how many of its events happened before.
An Action done to the whole system happens on a line of its own.
"""

from heapq import heappop, heappush
from typing import NamedTuple

from simulator.engine.chronicle import Chronicle, Event
from simulator.engine.words import N_

MOST = 20
"""Events that an explanation may have."""
DEAREST = 10.0
"""How far from the explained event it looks; a step costs about 1."""
NEAR, FAR = 50, 2000
"""Events of one node: a fall further back matters less; what lies further back than FAR is not looked for."""

GOT = N_("{dst} got {kind} from {src}.")
GOT_ONE = N_("{dst} got {kind} from {src}: {field} became {value}.")
GOT_TWO = N_("{dst} got {kind} from {src}: {field} became {value}, {other} became {other_value}.")
WENT_OFF = N_("{node}: timer {kind} went off.")
WENT_OFF_ONE = N_("{node}: timer {kind} went off: {field} became {value}.")
WENT_OFF_TWO = N_("{node}: timer {kind} went off: {field} became {value}, {other} became {other_value}.")
STARTED = N_("{node} started.")
STARTED_ONE = N_("{node} started: {field} became {value}.")
STARTED_TWO = N_("{node} started: {field} became {value}, {other} became {other_value}.")
DONE = N_("From outside: {kind} {target}.")
DONE_ONE = N_("From outside: {kind} {target}: {field} became {value}.")
DONE_TWO = N_("From outside: {kind} {target}: {field} became {value}, {other} became {other_value}.")
WROTE = N_("{node}: what it wrote is on the disk.")
WROTE_ONE = N_("{node}: what it wrote is on the disk: {field} became {value}.")
WROTE_TWO = N_("{node}: what it wrote is on the disk: {field} became {value}, {other} became {other_value}.")
FELL = N_("{node} crashed.")
FELL_AT = N_("{node} crashed at the point {point}.")

SENTENCES = {"deliver": (GOT, GOT_ONE, GOT_TWO), "timer": (WENT_OFF, WENT_OFF_ONE, WENT_OFF_TWO),
             "start": (STARTED, STARTED_ONE, STARTED_TWO), "action": (DONE, DONE_ONE, DONE_TWO),
             "write": (WROTE, WROTE_ONE, WROTE_TWO)}


class Reason(NamedTuple):
    """One event of an explanation. said: (template, values) sentences, to be translated and put side by side."""

    event: int
    at_ns: int
    node: str
    src: str
    what: str
    said: list


class Causality:
    """Answers about one Chronicle. Made once for a run; every answer is computed when it is asked for."""

    def __init__(self, story: Chronicle):
        self.story = story
        self._place = {number: place for place, number in enumerate(story.order)}
        self._lines: dict[str, list[int]] = {}
        self._nth: dict[int, int] = {}
        for number in story.order:
            line = self._lines.setdefault(story.where(number), [])
            self._nth[number] = len(line)
            line.append(number)
        self._lamport: list[int] = []
        # A crash can come from outside, or in the middle of a handler, at a named point.
        self._fell = {row["event"]: row for row in story.health if row["state"] == "down"}

    # Time

    def parents(self, event: int) -> list[int]:
        """The event before it on its node, and the one that asked for it; fewer where there is none."""
        nth = self._nth[event]
        before = [self._lines[self.story.where(event)][nth - 1]] if nth else []
        cause = self.story.cause(event)
        return before + [cause] if cause in self._place and cause not in before else before

    def lamport(self, event: int) -> int:
        """Lamport time: one more than that of the latest parent, from 1."""
        times = self._lamport
        for number in self.story.order[len(times):self._place[event] + 1]:
            times.append(1 + max((times[self._place[parent]] for parent in self.parents(number)), default=0))
        return times[self._place[event]]

    def vector(self, event: int) -> dict[str, int]:
        """Vector time: node -> how many of its events happened before `event` or are it; nodes with none are left out.

        The line of Actions on the whole system has the name "".
        """
        known: dict[str, int] = {}
        waiting = [(-self._place[event], event)]
        while waiting:
            # Latest first: a line is walked down once, from the latest of its events that is known.
            number = heappop(waiting)[1]
            line, nth = self.story.where(number), self._nth[number]
            if known.get(line, 0) <= nth:
                self._walk(number, line, nth, known, waiting)
        return {node: known[node] for node in ["", *self.story.nodes] if node in known}

    def _walk(self, number: int, line: str, nth: int, known: dict, waiting: list) -> None:
        """Take in the events of `line` up to the nth that were not known, and note who asked for them."""
        for older in self._lines[line][known.get(line, 0):nth + 1]:
            cause = self.story.cause(older)
            if cause in self._place and self.story.where(cause) != line:
                heappush(waiting, (-self._place[cause], cause))
        known[line] = nth + 1

    def before(self, first: int, second: int) -> bool:
        """Whether `first` happened before `second`: whether it could have had a part in it."""
        if first == second or self._place[first] > self._place[second]:
            return False
        return self.vector(second).get(self.story.where(first), 0) > self._nth[first]

    # Why

    def why(self, event: int, watch: tuple[str, ...] = (), most: int = MOST) -> list[Reason]:
        """The smallest slice of the past that explains `event`: at most `most` events, oldest first, it last.

        watch: fields that the question is about. Where they are given (a broken promise that looks at several
        nodes), the last writers of these fields on the other nodes are explained as well: the promise is about
        all of them at that moment. Every other event of the slice happened before one of these.
        """
        roots = self._roots(event, watch)
        cost = {root: 0.0 if root == event else 0.5 for root in roots}
        waiting = [(cost[root], -self._place[root], root) for root in roots]
        waiting.sort()
        chosen: dict[int, float] = {}
        while waiting and len(chosen) < most:
            spent, _place, number = heappop(waiting)
            if number in chosen:
                continue
            chosen[number] = spent
            for step, parent in self._relevant(number, watch):
                if parent not in chosen and spent + step <= DEAREST:
                    heappush(waiting, (spent + step, -self._place[parent], parent))
        return [self._reason(number, watch) for number in sorted(chosen, key=self._place.get)]

    def explain(self, event: int, properties: tuple = ()) -> list[Reason]:
        """`why_broken` where a promise was broken in this event, else `why`; [] where the run has no such event.

        properties: those of the system.
        """
        if event not in self._place:
            return []
        breach = next((row for row in self.story.breaches if row["event"] == event), None)
        if breach is None:
            return self.why(event)
        watch = next((one.watch for one in properties if one.key == breach["property"]), ())
        return self.why_broken(breach, watch)

    def why_broken(self, breach: dict, watch: tuple[str, ...]) -> list[Reason]:
        """The same for a breach, a row of the story; its last sentence is the breach's own."""
        if breach["event"] not in self._place:
            return []
        reasons = self.why(breach["event"], tuple(watch))
        last = reasons[-1]
        return [*reasons[:-1], last._replace(what="breach", said=[*last.said, (breach["template"], breach["values"])])]

    def _roots(self, event: int, watch: tuple[str, ...]) -> list[int]:
        roots = [event]
        if not watch:
            return roots
        for node, line in self._lines.items():
            if node != self.story.where(event):
                last = next((number for number in self._back(line, event) if self._wrote(number, watch)), None)
                roots += [last] if last is not None else []
        return roots

    def _back(self, line: list[int], event: int):
        """Events of a line that ran before `event`, latest first."""
        low, high = 0, len(line)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._place[line[middle]] < self._place[event] else (low, middle)
        return (line[place] for place in range(low - 1, -1, -1))

    def _wrote(self, number: int, fields) -> bool:
        return any(name in fields for name, _value in self.story.changes.get(number, ()))

    def _relevant(self, number: int, watch: tuple[str, ...]):
        """(step, event) of what lies directly behind an event: who asked for it, whom it counted, what it replaced."""
        story = self.story
        cause = story.cause(number)
        if cause in self._place:
            yield (1.0 if story.event(number).what != "timer" else 1.5), cause
        line = self._lines[story.where(number)]
        changed = dict(story.changes.get(number, ()))
        for name, value in changed.items():
            yield from self._writers(line, number, name, value, watch)
        if changed or number in story.notes:
            yield from self._sources(line, number, changed)
        yield from self._falls(line, number)

    def _writers(self, line: list[int], number: int, name: str, value, watch):
        """Those that a collection was gathered from, or the last writer of a value that was replaced."""
        for older in self._back(line, number):
            found = [older_value for field, older_value in self.story.changes.get(older, ()) if field == name]
            if not found:
                continue
            if _grew(found[-1], value):
                yield 1.0, older
                value = found[-1]
                continue
            if not _size(value) and _telling(found[-1]):
                yield (1.0 if name in watch else 2.5), older
            return

    def _sources(self, line: list[int], number: int, changed: dict):
        """Earlier events of the node that wrote a value which this one wrote to another field: where it was taken from."""
        wanted = [value for value in changed.values() if _telling(value)]
        if not wanted:
            return
        for steps, older in enumerate(self._back(line, number)):
            if steps > FAR:
                return
            if any(_telling(value) and value in wanted for _name, value in self.story.changes.get(older, ())):
                yield 1.5, older
                return

    def _falls(self, line: list[int], number: int):
        """The last time before this event that the node crashed or started again."""
        for steps, older in enumerate(self._back(line, number)):
            again = self.story.event(older).what == "start" and self._nth[older] > 0
            if again or older in self._fell:
                yield (1.5 if steps < NEAR else 4.0), older
            if again or older in self._fell or steps > FAR:
                return

    # Saying it

    def _reason(self, number: int, watch: tuple[str, ...]) -> Reason:
        event = self.story.event(number)
        changes = list(self.story.changes.get(number, ()))
        changes.sort(key=lambda change: change[0] not in watch)  # stable: those asked about come first
        values = {"node": event.node, "dst": event.node, "src": event.src, "kind": event.kind, "target": self._target(event)}
        for (field, value), (name, slot) in zip(changes[:2], (("field", "value"), ("other", "other_value")), strict=False):
            values |= {name: field, slot: told(value)}
        said = [(SENTENCES[event.what][min(len(changes), 2)], values)]
        said += [(note["template"], note["values"]) for note in self.story.notes.get(number, ())[:2]]
        point = self._fell.get(number, {}).get("point", "")
        if number in self._fell and (point or event.what != "action"):
            said.append((FELL_AT if point else FELL, {"node": event.node, "point": point}))
        return Reason(number, event.at_ns, event.node, event.src, event.what, said)

    def _target(self, event: Event) -> str:
        if event.what != "action":
            return event.node
        return " ".join(filter(None, (self.story.action(event.id).get("target"), told(event.body) if event.body else "")))


def told(value) -> str:
    """A field's JSON value as a person reads it."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, dict):
        return ", ".join(f"{name} {told(inner)}" for name, inner in value.items()) or "empty"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(told, value)) or "empty"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _size(value) -> int:
    return len(value) if isinstance(value, (list, dict)) else 0


def _grew(before, after) -> bool:
    """Whether `after` is the collection `before` with more in it."""
    return type(before) is type(after) and 0 < _size(before) < _size(after)


def _telling(value) -> bool:
    """Whether equal values of this kind say that one came from the other: not for none, truth values and small counts."""
    return isinstance(value, (str, dict, list)) and bool(value)
