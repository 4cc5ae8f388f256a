"""A run in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open.

A process is a role, a thread a node. What a node handles is a slice of a microsecond (handlers take no simulated
time), a message an arrow from the slice that sent it to the one that got it, a fault or a broken promise an
instant event, the time that a node is down, paused or slow a slice on a line of its own below the node.
"""

import json
from collections.abc import Iterator

from simulator.engine.chronicle import Chronicle, Event
from simulator.engine.rows import DELIVERED, FATES
from simulator.judges.telling.shiviz import sentence

OUTSIDE = 0
"""Process and thread of what was done to no single node."""
SLICE_US = 1.0


def trace(story: Chronicle) -> Iterator[str]:
    """The JSON document, piece by piece."""
    yield '{"displayTimeUnit": "ms", "traceEvents": [\n'
    for place, event in enumerate(events(story)):
        yield (",\n" if place else "") + json.dumps(event)
    yield "\n]}\n"


def events(story: Chronicle) -> Iterator[dict]:
    """The trace events. Times (`ts`, `dur`) are in microseconds, with nanoseconds as fractions."""
    threads = _threads(story)
    yield from _names(story, threads)
    for event in story.events():
        if event.what == "action":
            row = story.action(event.id)
            yield _instant(row.get("said") or event.kind, event.at_ns, threads[event.node], "action", "t" if event.node else "g")
        if event.what != "action" or event.node:
            yield _slice(story, event, threads)
    for message in story.messages():
        if message.fate == DELIVERED and message.cause >= 0:
            about = {"name": message.kind, "cat": "message", "id": message.id}
            yield about | {"ph": "s", "ts": story.at_ns(message.cause) / 1000, **threads[message.src]}
            yield about | {"ph": "f", "bp": "e", "ts": message.at_ns / 1000, **threads[message.dst]}
        elif message.fate != DELIVERED and message.src:
            yield _instant(f"{message.kind} to {message.dst}: {FATES[message.fate]}", message.sent_ns, threads[message.src], "lost")
    for breach in story.breaches:
        yield _instant(breach["template"].format(**breach["values"]), breach["at_ns"], threads[breach["node"]], "breach", "g")
    yield from _bands(story, threads)


def _threads(story: Chronicle) -> dict[str, dict]:
    """node -> its pid and tid."""
    roles = list(dict.fromkeys(story.nodes.values()))
    threads = {node: {"pid": roles.index(role) + 1, "tid": number} for number, (node, role) in enumerate(story.nodes.items(), 1)}
    return threads | {"": {"pid": OUTSIDE, "tid": OUTSIDE}}


def _names(story: Chronicle, threads: dict) -> Iterator[dict]:
    for node, place in threads.items():
        yield {"ph": "M", "name": "process_name", **place, "args": {"name": story.nodes.get(node, "outside")}}
        yield {"ph": "M", "name": "thread_name", **place, "args": {"name": node or "outside"}}
        yield {"ph": "M", "name": "thread_sort_index", **place, "args": {"sort_index": place["tid"]}}


def _slice(story: Chronicle, event: Event, threads: dict) -> dict:
    """An Action that a node handled is one too: arrows begin and end on slices only."""
    args = {"event": event.id, "cause": event.cause, "what": sentence(story, event), **event.body}
    return {"ph": "X", "name": event.kind or event.what, "cat": event.what, "ts": event.at_ns / 1000, "dur": SLICE_US,
            **threads[event.node], "args": args}


def _instant(name: str, at_ns: int, place: dict, category: str, scope: str = "t") -> dict:
    """scope: "t" on the thread, "g" across everything."""
    return {"ph": "i", "name": name, "cat": category, "ts": at_ns / 1000, "s": scope, **place}


def _bands(story: Chronicle, threads: dict) -> Iterator[dict]:
    """From each change of a node's health to the next, where it is not simply up. Async slices: they may overlap handlers."""
    ends_ns = max(map(story.at_ns, story.order), default=0)
    for node in story.nodes:
        rows = [row for row in story.health if row["node"] == node]
        for number, row in enumerate(rows):
            end_ns = rows[number + 1]["at_ns"] if number + 1 < len(rows) else ends_ns
            if row["state"] != "up":
                about = {"name": row["state"], "cat": "health", "id": f"{node}/{number}", **threads[node]}
                yield about | {"ph": "b", "ts": row["at_ns"] / 1000}
                yield about | {"ph": "e", "ts": max(row["at_ns"], end_ns) / 1000}
