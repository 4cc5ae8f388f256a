"""What happened before what, and why: Lamport and vector time, and the causal slice that explains an event.

Happened-before is Lamport's ("Time, clocks, and the ordering of events in a distributed system", CACM 21(7),
1978): an event comes after the one before it on its node, and after the one that sent its message or set its
timer. Vector time is Mattern's and Fidge's (1988): of each node, how many of its events happened before.
An Action done to the whole system happens on a line of its own.
"""

from heapq import heappop, heappush
from typing import NamedTuple

from simulator.engine.chronicle import Chronicle, Event
from simulator.engine.news import told_news, told_request, words
from simulator.engine.why import Why
from simulator.engine.words import N_

MOST = 20
"""Events that an explanation may have."""

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

    def __init__(self, story: Chronicle, times: tuple[str, ...] = ()):
        """times: the system's fields that hold times (see system.py)."""
        self.story, self._times = story, times
        self._place = {number: place for place, number in enumerate(story.order)}
        self._lines: dict[str, list[int]] = {}
        self._nth: dict[int, int] = {}
        for number in story.order:
            line = self._lines.setdefault(story.where(number), [])
            self._nth[number] = len(line)
            line.append(number)
        self._lamport: list[int] = []
        self._why: Why | None = None
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
        if self._why is None:
            self._why = Why(self.story, self._place)
        return [self._reason(number, watch) for number in self._why.slice(event, watch, most)]

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

    # Saying it

    def _reason(self, number: int, watch: tuple[str, ...]) -> Reason:
        event = self.story.event(number)
        changes = sorted(self._why.news.of(number), key=lambda change: change[0] not in watch)  # stable: those asked about first
        values = {"node": event.node, "dst": event.node, "src": event.src, "kind": words(event.kind) if event.what == "action" else event.kind, "target": self._target(event)}
        for (field, before, after), (name, slot) in zip(changes[:2], (("field", "value"), ("other", "other_value")), strict=False):
            values |= {name: words(field), slot: told_news(before, after, field, self._times)}
        said = [(SENTENCES[event.what][min(len(changes), 2)], values)]
        said += [(note["template"], note["values"]) for note in self.story.notes.get(number, ())[:2]]
        point = self._fell.get(number, {}).get("point", "")
        if number in self._fell and (point or event.what != "action"):
            said.append((FELL_AT if point else FELL, {"node": event.node, "point": point}))
        return Reason(number, event.at_ns, event.node, event.src, event.what, said)

    def _target(self, event: Event) -> str:
        if event.what != "action":
            return event.node
        return " ".join(filter(None, (self.story.action(event.id).get("target"), told_request(event.body, self._times))))
