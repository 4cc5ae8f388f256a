"""A run as a ShiViz log: two lines for each event, what happened, then its node and its vector time.

ShiViz (Beschastnikh et al., "Visualizing distributed system executions", TOSEM 29(2), 2020; bestchai.bitbucket.io/shiviz)
opens it with the parser that it shows first, `(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})`. An arrow is drawn where a
node's clock first holds an event of another node, so a message is seen once it has arrived.
"""

import json
from collections.abc import Iterator

from simulator.engine.chronicle import Chronicle, Event
from simulator.engine.news import told
from simulator.judges.telling.clocks import clocks

PARSER = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})"
OUTSIDE = "outside"
"""The host of Actions that were done to no single node."""


def lines(story: Chronicle) -> Iterator[str]:
    """The log, a line at a time, each with its line end; oldest first."""
    for number, clock in clocks(story):
        event = story.event(number)
        named = {node or OUTSIDE: count for node, count in clock.items()}
        yield sentence(story, event) + "\n"
        yield f"{event.node or OUTSIDE} {json.dumps(named)}\n"


def sentence(story: Chronicle, event: Event) -> str:
    """What happened, in English and in one line: with the time in ms, fields that changed, and what was noted."""
    heads = {"deliver": f"got {_called(event)} from {event.src}", "timer": f"timer {_called(event)}", "start": "starts",
             "action": f"Action {_called(event)}", "write": "its write is done"}
    parts = [f"{event.at_ns / 1e6:.3f} ms {heads[event.what]}"]
    parts += [f"{name} = {told(value)}" for name, value in story.changes.get(event.id, ())]
    parts += [note["template"].format(**note["values"]) for note in story.notes.get(event.id, ())]
    return "; ".join(" ".join(part.split()) for part in parts)


def _called(event: Event) -> str:
    values = ", ".join(f"{name} {told(value)}" for name, value in event.body.items())
    return f"{event.kind} ({values})" if values else event.kind
