"""A run of the actor kernel as one story: every event that a node handled, in order, with its cause.

Gathered from the tables of its windows (one for each Segment, or one for the whole run), so it tells
exactly what those hold: where they hold a sample of the messages, causes can be missing, and are taken
as unknown.
"""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from simulator.engine.rows import ACTION, CANCELLED, DELIVERED, ENGINE, IN_FLIGHT, MESSAGE, OUTSIDE, START, TIMER

UNKNOWN = 255
"""`what` of a number that no table told of."""

WHATS = {MESSAGE: "deliver", TIMER: "timer", START: "start", ACTION: "action", ENGINE: "write"}
FIRST = ("resume", "deliver")
"""Actions that come before all else at their instant: what they set free then happens."""


class Event(NamedTuple):
    """One thing that a node handled (or, where `node` is "", that was done to the whole system).

    what: deliver, timer, start, action, or write (a disk is done, or waited its time). kind: the message's class, the timer's name, the Action's kind.
    cause: number of the event that asked for it, -1 where there is none. src: the sender of a message.
    body: the message's fields, or the Action's params, or {"about": ...} of a timer.
    """

    id: int
    at_ns: int
    node: str
    what: str
    kind: str
    cause: int
    src: str
    body: dict


class Message(NamedTuple):
    """One message, whatever became of it. fate: a number of rows.FATES. at_ns: its arrival, real or planned."""

    id: int
    sent_ns: int
    at_ns: int
    src: str
    dst: str
    kind: str
    fate: int
    cause: int
    body: dict


class Chronicle:
    """nodes: id -> role, in order. order: numbers of all events that were handled, oldest first.

    first: (node, field, value) before anything happened. changes: event -> [(field, value)] of its node; writes, notes: event -> rows; the others are lists of
    rows as the tables hold them, oldest first: health, network, actions, breaches, reached, operations.
    """

    def __init__(self, system):
        """system: the facts of a registered System of the actor kernel."""
        self._kinds = [kind.__name__ for kind in system.messages]
        self._fields = [kind._fields for kind in system.messages]
        self._timers = list(system.timers)
        self.nodes: dict[str, str] = {}
        self._ids: list[str] = []
        self._index: dict[str, int] = {}
        self._sent, self._at, self._cause = array("q"), array("q"), array("q")
        self._src, self._dst, self._kind = array("H"), array("H"), array("H")
        self._fate, self._what = array("B"), array("B")
        self._bodies: dict[int, list] = {}
        self._abouts: dict[int, object] = {}
        self._actions: dict[int, dict] = {}
        self.first: list[tuple[str, str, object]] = []
        self.changes: dict[int, list[tuple[str, object]]] = {}
        self.writes: dict[int, list[dict]] = {}
        self.notes: dict[int, list[dict]] = {}
        self.health: list[dict] = []
        self.network: list[dict] = []
        self.actions: list[dict] = []
        self.breaches: list[dict] = []
        self.reached: list[dict] = []
        self._operations: dict[int, dict] = {}
        self.order: list[int] = []

    # Asking

    def __len__(self):
        """How many numbers were given to messages, timers, starts and Actions."""
        return len(self._what)

    @property
    def operations(self) -> list[dict]:
        """Operations of clients, in the order of their invocation."""
        return [self._operations[number] for number in sorted(self._operations)]

    def knows(self, number: int) -> bool:
        """Whether this is an event that was handled."""
        return 0 <= number < len(self._what) and self._what[number] != UNKNOWN and self._fate[number] == DELIVERED

    def at_ns(self, number: int) -> int:
        """When it happened."""
        return self._at[number]

    def cause(self, number: int) -> int:
        """The event that asked for it; -1 where there is none or it is unknown."""
        cause = self._cause[number]
        return cause if self.knows(cause) else -1

    def where(self, number: int) -> str:
        """The node that handled it, "" for the whole system."""
        index = self._dst[number]
        return "" if index == OUTSIDE else self._ids[index]

    def event(self, number: int) -> Event:
        """The event with all that is known of it."""
        what = self._what[number]
        kind, src, body = "", "", {}
        if what == MESSAGE:
            kind, src, body = self._kinds[self._kind[number]], self._name(self._src[number]), self._body(number)
        elif what == TIMER:
            kind = self._timers[self._kind[number]]
            body = {"about": self._abouts[number]} if self._abouts.get(number) is not None else {}
        elif number in self._actions:
            kind, body = self._actions[number]["kind"], self._actions[number]["params"]
        return Event(number, self._at[number], self.where(number), WHATS[what], kind, self.cause(number), src, body)

    def action(self, number: int) -> dict:
        """The row of an Action, by its event; {} where the table holds none."""
        return self._actions.get(number, {})

    def events(self) -> Iterable[Event]:
        """Every event that was handled, oldest first."""
        return map(self.event, self.order)

    def messages(self) -> Iterable[Message]:
        """Every message, in the order of sending."""
        for number, what in enumerate(self._what):
            if what == MESSAGE:
                yield self.message(number)

    def message(self, number: int) -> Message:
        """One message."""
        return Message(number, self._sent[number], self._at[number], self._name(self._src[number]), self._name(self._dst[number]),
                       self._kinds[self._kind[number]], self._fate[number], self.cause(number), self._body(number))

    def pending_timers(self) -> list[tuple[int, int, str, str]]:
        """(number, due_ns, node, name) of timers that are set, in the order of setting."""
        return [(number, self._at[number], self.where(number), self._timers[self._kind[number]])
                for number, what in enumerate(self._what) if what == TIMER and self._fate[number] == IN_FLIGHT]

    def _name(self, index: int) -> str:
        return "" if index == OUTSIDE else self._ids[index]

    def _body(self, number: int) -> dict:
        return dict(zip(self._fields[self._kind[number]], self._bodies.get(number, ()), strict=False))

    # Gathering

    def add(self, keyframe: dict, tables: dict) -> None:
        """Take one window in; call `finish` after the last."""
        for node in keyframe["nodes"]:
            self._node(node)
        for operation in keyframe.get("open", ()):
            self._operations.setdefault(operation["id"], operation)
        for row in tables.get("joined", ()):
            self._node(row["node"])
        self._add_messages(tables)
        self._add_timers(tables)
        for row in tables.get("others", ()):
            self._put(row["event"], row["at_ns"], row["at_ns"], row["cause"], OUTSIDE, self._index.get(row["node"], OUTSIDE), 0, DELIVERED, row["what"])
        for row in tables.get("actions", ()):
            self._add_action(row)
        for row in tables.get("changes", ()):
            if row["event"] >= 0:
                self.changes.setdefault(row["event"], []).append((row["field"], row["value"]))
        for name in ("writes", "notes"):
            for row in tables.get(name, ()):
                getattr(self, name).setdefault(row["event"], []).append(row)
        for name in ("health", "network", "actions", "breaches", "reached"):
            getattr(self, name).extend(tables.get(name, ()))
        for row in tables.get("operations", ()):
            self._operations[row["id"]] = row

    def finish(self) -> "Chronicle":
        """Put the events in order: by time, then by number, which is how the kernel runs them."""
        handled = [number for number in range(len(self._what)) if self.knows(number)]
        handled.sort(key=lambda number: (self._at[number], not self._comes_first(number), number))
        self.order = handled
        return self

    def _comes_first(self, number: int) -> bool:
        return self.action(number).get("kind") in FIRST

    def _node(self, node: dict) -> None:
        if node["id"] not in self.nodes:
            self.nodes[node["id"]] = node["role"]
            self._index[node["id"]] = len(self._ids)
            self._ids.append(node["id"])
            self.first += [(node["id"], name, value) for name, value in node["fields"].items()]

    def _put(self, number, sent_ns, at_ns, cause, src, dst, kind, fate, what) -> None:
        columns = (self._sent, self._at, self._cause, self._src, self._dst, self._kind, self._fate, self._what)
        missing = number + 1 - len(self._what)
        if missing > 0:
            for column, nothing in zip(columns, (0, 0, -1, OUTSIDE, OUTSIDE, 0, IN_FLIGHT, UNKNOWN), strict=True):
                column.extend([nothing] * missing)
        for column, value in zip(columns, (sent_ns, at_ns, cause, src, dst, kind, fate, what), strict=True):
            column[number] = value

    def _add_messages(self, tables: dict) -> None:
        columns = tables.get("messages")
        if not columns:
            return
        names = ("id", "sent_ns", "arrive_ns", "cause", "src", "dst", "kind", "fate")
        for row, body in zip(zip(*(_whole(columns[name]) for name in names), strict=True), tables["bodies"], strict=True):
            self._put(*row, MESSAGE)
            self._bodies[row[0]] = body

    def _add_timers(self, tables: dict) -> None:
        columns = tables.get("timers")
        if not columns:
            return
        names = ("id", "set_ns", "due_ns", "cause", "node", "kind", "fate")
        ends = columns.get("end_ns")
        abouts = tables.get("timer_abouts") or [None] * len(columns["id"])
        # Fates of timers on the wire: pending, went off, cancelled, died with its node.
        fates = (IN_FLIGHT, DELIVERED, CANCELLED, CANCELLED)
        for place, (id, set_ns, due_ns, cause, node, kind, fate) in enumerate(zip(*(_whole(columns[name]) for name in names), strict=True)):
            at_ns = int(ends[place]) if ends is not None and fate == 1 else due_ns
            self._put(id, set_ns, at_ns, cause, node, node, kind, fates[fate], TIMER)
            self._abouts[id] = abouts[place]

    def _add_action(self, row: dict) -> None:
        number, target = row.get("event", -1), row["target"]
        if number < 0 or row.get("refused"):
            return
        self._actions[number] = row
        dst = self._index.get(target, OUTSIDE)
        self._put(number, row["at_ns"], row["at_ns"], -1, OUTSIDE, dst, 0, DELIVERED, ACTION)


def gather(system, windows: Iterable[tuple[dict, dict]]) -> Chronicle:
    """The story of (keyframe, tables) windows, which follow each other from time 0 on."""
    story = Chronicle(system)
    for keyframe, tables in windows:
        story.add(keyframe, tables)
    return story.finish()


def _whole(column) -> list[int]:
    """A column as ints: on the wire they are floats, which hold them exactly."""
    return [int(value) for value in (column.tolist() if hasattr(column, "tolist") else column)]
