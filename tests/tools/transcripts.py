"""Transcripts: text files that say what was done to a running system, and what happened then.

They lie in tests/systems/transcripts/<system>/<story>.txt; tests/systems/test_transcripts.py replays each and
compares. Write the lines of commands, then `pytest tests/systems/test_transcripts.py --record-transcripts`
fills in, or writes anew, what happened: read what it wrote before you commit it.

A line that begins with four spaces says what happened, and is generated. Every other line is a command, empty,
or a comment (`# ...`); these stay as they are. Set-up first, in any order:

    system paxos                            (left out: the folder's name)
    seed 7                                  (left out: 1)
    duration 20s                            (left out: 60s; nothing can happen later)
    config acceptors=3 network.delay.law=constant   (dotted names; values as JSON, else taken as text; may come often)
    config {"stagger_ms": 0}                (or a JSON object; later ones override earlier ones, field by field)

Then commands, each followed by what happened, oldest first:

    advance 10ms                            (also us, s; `advance to 1.5s` is absolute)
    step                                    (to the instant of the next event; `step 3`: three such instants)
    until proposer-0 got Promise            (instant by instant, until a line of what happened holds this text)
    crash acceptor-0                        (any Action: kind, target, params as name=value)
    propose proposer-0 value=x
    cut proposer-0->acceptor-1
    partition groups=acceptor-0|acceptor-1,acceptor-2
    heal
    deliver 12                              (a message in flight by its number, as `show messages` gives it,)
    drop Accept proposer-0->acceptor-1      (or the oldest in flight of a kind on a link)
    show acceptor-1                         (its state, fields, disk)
    show messages                           (in flight; also `show timers`, `show operations`, `show properties`)
    quiet advance 2s                        (`quiet` before a command: only notes, health and breaches are written down)

What happened, a line for each event that a node handled and one below for each field that it changed:

    4.000 ms  acceptor-0 got Prepare(ballot=1) from proposer-0
              promised = 1
    5.000 ms  proposer-0: timer retry
    5.000 ms  Prepare(ballot=1) from proposer-0 to acceptor-2: lost
    6.000 ms  proposer-0 says: a quorum promised
    7.000 ms  BROKEN one_value: ...
    refused: acceptor-0 is down: there is nothing to stop.

A node's words and refusals are in English. What a field was given before the first event is not told.
"""

import json
import re
from pathlib import Path

from simulator.engine.action import Action, ActionRefused
from simulator.engine.chronicle import Chronicle, Event, Message
from simulator.engine.clock import MS, S, US
from simulator.engine.rows import DELIVERED, FATES, IN_FLIGHT, LOST, WAITING
from simulator.engine.simulation import plan
from simulator.engine.system import System, registered

FOLDER = Path(__file__).resolve().parent.parent / "systems" / "transcripts"
INDENT = "    "
BELOW = " " * 14
UNITS = {"ns": 1, "us": US, "ms": MS, "s": S}
STEPS_AT_MOST = 100_000


class Slip(Exception):
    """A command that cannot be understood."""


def files() -> list[Path]:
    """Every transcript that there is, in order."""
    return sorted(FOLDER.glob("*/*.txt"))


def replay(text: str, folder: str) -> str:
    """The transcript anew: its commands, each with what happens now. Slip names the line that is wrong."""
    play, lines = None, []
    setup = {"system": folder, "seed": 1, "duration": 60 * S, "config": {}}
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(INDENT) and line.strip():
            continue
        lines.append(line.rstrip())
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] in setup:
                _set_up(setup, words[0], line.partition(words[0])[2].strip(), play)
                continue
            play = play or Play(setup)
            lines += [INDENT + happened for happened in play.do(words)]
        except Slip as slip:
            raise Slip(f"line {number}, {line!r}: {slip}") from None
    return "\n".join(lines) + "\n"


def _set_up(setup: dict, name: str, rest: str, play) -> None:
    if play is not None:
        raise Slip("set-up comes before the first command")
    if name == "config":
        options = json.loads(rest) if rest.startswith("{") else _tree(rest.split())
        _merge(setup["config"], options)
    else:
        setup[name] = rest if name == "system" else time_ns(rest) if name == "duration" else int(rest)


def _tree(words: list[str]) -> dict:
    """acceptors=3 network.loss=0.1 as nested options."""
    tree: dict = {}
    for name, value in _params(words).items():
        *path, last = name.split(".")
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[last] = value
    return tree


def _merge(into: dict, more: dict) -> None:
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _params(words: list[str]) -> dict:
    """name=value words; values as JSON, else as text."""
    params = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise Slip(f"{word} should be name=value")
        try:
            params[name] = json.loads(value)
        except json.JSONDecodeError:
            params[name] = value
    return params


def time_ns(text: str) -> int:
    """"10ms" -> 10_000_000."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|ms|s)", text)
    if not found:
        raise Slip(f"{text} is no time such as 10ms or 1.5s")
    return round(float(found[1]) * UNITS[found[2]])


class Play:
    """One run that is told command by command."""

    def __init__(self, setup: dict, facts: System | None = None):
        """facts: the system, where it is not a registered one."""
        import simulator.systems  # noqa: F401 (registers them)

        if facts is None and setup["system"] not in registered():
            raise Slip(f"there is no system {setup['system']}")
        facts = facts or registered()[setup["system"]]
        self._cut = plan(setup["duration"])
        config = facts.config.model_validate_json(json.dumps(setup["config"]))
        self.run = (facts.build or _protocol(facts))(config, setup["seed"], self._cut, {}, {})
        self.run.recording.at_most = None
        self._specs = {spec.kind: spec for spec in facts.actions}
        self.story = Chronicle(facts)
        self._told: set = set()

    def do(self, words: list[str]) -> list[str]:
        """Do one command; what happened, line by line."""
        quiet = words[0] == "quiet"
        words = words[1:] if quiet else words
        command = getattr(self, f"_{words[0]}", None) if words and words[0] in ("advance", "step", "until", "show") else None
        if command is not None:
            return command(words[1:], quiet)
        if not words or words[0] not in self._specs:
            raise Slip(f"there is no command or Action {' '.join(words)}; Actions: {', '.join(self._specs)}")
        return self._act(words, quiet)

    # Commands

    def _advance(self, words: list[str], quiet: bool) -> list[str]:
        if words[:1] == ["to"]:
            until_ns = time_ns(words[1])
        else:
            until_ns = self.run.now_ns + time_ns(" ".join(words))
        if not self.run.now_ns <= until_ns <= self._cut.duration_ns:
            raise Slip("that is in the past, or after the run's end (see `duration`)")
        return self._pass(until_ns, quiet)

    def _step(self, words: list[str], quiet: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(int(words[0]) if words else 1):
            lines += self._instant(quiet)
        return lines

    def _until(self, words: list[str], quiet: bool) -> list[str]:
        wanted, lines = " ".join(words), []
        for _ in range(STEPS_AT_MOST):
            happened = self._instant(False)
            lines += happened
            if any(wanted in " ".join(line.split()) for line in happened):
                return [line for line in lines if not quiet or wanted in line]
            if not happened:
                break
        raise Slip(f"{wanted!r} does not happen")

    def _instant(self, quiet: bool) -> list[str]:
        """What happens at the next instant at which anything does; nothing where that is the end."""
        run = self.run
        while run.now_ns < self._cut.duration_ns:
            times = [run.cluster.heap[0][0]] if run.cluster.heap else []
            lines = self._pass(min(*times, run.nemesis.next_ns, self._cut.duration_ns), quiet)
            if lines:
                return lines
        return []

    def _act(self, words: list[str], quiet: bool) -> list[str]:
        kind, rest = words[0], words[1:]
        target = ""
        if self._specs[kind].role == "message":
            target, rest = self._message(rest)
        elif rest and "=" not in rest[0]:
            target, rest = rest[0], rest[1:]
        try:
            self.run.apply(Action(self.run.now_ns, kind, target, _params(rest)))
        except ActionRefused as refused:
            return [f"refused: {refused}"]
        return self._pass(self.run.now_ns, quiet)

    def _message(self, rest: list[str]) -> tuple[str, list[str]]:
        """The number of a message: given, or that of the oldest in flight of a kind on a link."""
        if rest and rest[0].isdecimal():
            return rest[0], rest[1:]
        for message in self.story.messages():
            if message.fate == IN_FLIGHT and [message.kind, f"{message.src}->{message.dst}"] == rest[:2]:
                return str(message.id), rest[2:]
        raise Slip("no such message is in flight")

    def _show(self, words: list[str], _quiet: bool) -> list[str]:
        what = words[0] if words else ""
        shows = {"messages": self._messages, "timers": self._timers, "operations": self._operations, "properties": self._properties}
        if what in shows:
            return shows[what]() or ["none"]
        for node in self.run.keyframe()["nodes"]:
            if node["id"] == what:
                fields = [f"{name} = {brief(value)}" for name, value in node["fields"].items()]
                disk = [f"disk: {name} = {brief(value)}" for name, value in node["durable"].items()]
                return [f"{what} is {node['state']}", *fields, *disk]
        raise Slip("show what? a node, messages, timers, operations or properties")

    def _messages(self) -> list[str]:
        return [f"{message.id}: {called(message.kind, message.body)} {message.src}->{message.dst}, {_ms(message.at_ns)}"
                for message in self.story.messages() if message.fate in (IN_FLIGHT, WAITING)]

    def _timers(self) -> list[str]:
        return [f"{node}: {name} at {_ms(due_ns)}" for _number, due_ns, node, name in self.story.pending_timers()]

    def _operations(self) -> list[str]:
        return [f"{row['id']}: {_operation(row)}" for row in self.story.operations]

    def _properties(self) -> list[str]:
        rows = [f"{row['property']} reached at {_ms(row['at_ns'])}" for row in self.story.reached]
        return rows + [f"{row['property']} BROKEN at {_ms(row['at_ns'])}" for row in self.story.breaches]

    # Telling

    def _pass(self, until_ns: int, quiet: bool) -> list[str]:
        """Let time pass; what happened."""
        keyframe = self.run.keyframe()
        self.run.advance(until_ns)
        tables = self.run.tables()
        self.story.add(keyframe, tables)
        self.story.finish()
        told = [*self._events(quiet), *self._losses(quiet), *self._rows(tables)]
        told.sort(key=lambda entry: entry[:2])
        return [line for *_when, lines in told for line in lines]

    def _once(self, what) -> bool:
        """Whether this was not told yet; it is now."""
        new = what not in self._told
        self._told.add(what)
        return new

    def _events(self, quiet: bool):
        for place, number in enumerate(self.story.order):
            if self._once(("event", number)):
                lines = self._event(self.story.event(number), quiet)
                if lines:
                    yield self.story.at_ns(number), place, lines

    def _event(self, event: Event, quiet: bool) -> list[str]:
        when, story = _ms(event.at_ns), self.story
        changes = [f"{BELOW}{name} = {brief(value)}" for name, value in story.changes.get(event.id, ())]
        notes = [f"{when}  {event.node} says: {note['template'].format(**note['values'])}" for note in story.notes.get(event.id, ())]
        action = story.action(event.id)
        if action:
            return [f"{when}  {'nemesis: ' if action.get('by') else ''}{action['said']}", *changes, *notes]
        if quiet or (event.what == "write" and not event.node):
            return notes
        heads = {"deliver": f"{event.node} got {called(event.kind, event.body)} from {event.src}", "start": f"{event.node} starts",
                 "timer": f"{event.node}: timer {event.kind}" + "".join(f" about {brief(about)}" for about in event.body.values()),
                 "write": f"{event.node}: its write is done", "action": f"{event.node}: Action"}
        writes = [f"{BELOW}{'writes' if row['forced'] else 'writes lazily'} {', '.join(row['fields'])}" for row in story.writes.get(event.id, ())]
        return [f"{when}  {heads[event.what]}", *changes, *writes, *notes]

    def _losses(self, quiet: bool):
        for message in self.story.messages():
            settled = message.fate not in (IN_FLIGHT, WAITING, DELIVERED)
            if settled and self._once(("lost", message.id)) and not quiet:
                at_ns = message.sent_ns if message.fate == LOST else min(message.at_ns, self.run.now_ns)
                yield at_ns, len(self.story), [_lost(at_ns, message)]

    def _rows(self, tables: dict):
        """What is told even when it is quiet: broken promises, reached ones, clients' operations, crashes at a point."""
        last = len(self.story)
        for row in tables["health"]:
            if row.get("point"):
                yield row["at_ns"], last, [f"{_ms(row['at_ns'])}  {row['node']} crashes at {row['point']}"]
        for row in tables["breaches"]:
            yield row["at_ns"], last, [f"{_ms(row['at_ns'])}  BROKEN {row['property']}: {row['template'].format(**row['values'])}"]
        for row in tables["reached"]:
            yield row["at_ns"], last, [f"{_ms(row['at_ns'])}  reached {row['property']}"]
        for row in self.story.operations:
            if self._once(("invoked", row["id"])):
                yield row["invoked_ns"], last, [f"{_ms(row['invoked_ns'])}  {_operation(row | {'outcome': None})}"]
            if row["outcome"] and self._once(("completed", row["id"])):
                yield row["completed_ns"], last, [f"{_ms(row['completed_ns'])}  {_operation(row)}"]


def _protocol(facts: System):
    from simulator.engine.protocol import Protocol

    return lambda config, seed, cut, _inputs, header: Protocol(facts, config, seed, cut, header)


def brief(value) -> str:
    """A JSON value in few characters."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {brief(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(brief, value)) + "]"
    return {None: "none", True: "yes", False: "no"}.get(value) if value is None or isinstance(value, bool) else str(value)


def called(kind: str, body: dict) -> str:
    """Prepare(ballot=1)."""
    return kind + "(" + ", ".join(f"{name}={brief(value)}" for name, value in body.items()) + ")"


def _lost(at_ns: int, message: Message) -> str:
    return f"{_ms(at_ns)}  {called(message.kind, message.body)} from {message.src} to {message.dst}: {FATES[message.fate]}"


def _operation(row: dict) -> str:
    about = " ".join(brief(row[name]) for name in ("key", "value") if row[name] is not None)
    outcome = f": {row['outcome']}" if row["outcome"] else ""
    result = f" {brief(row['result'])}" if row["outcome"] and row["result"] is not None else ""
    return f"{row['client']} asks to {row['f']} {about}".rstrip() + outcome + result


def _ms(at_ns: int) -> str:
    return f"{at_ns / MS:.3f} ms"
