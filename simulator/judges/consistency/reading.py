"""Makes Histories of texts: Jepsen's EDN, the same as JSON (lines, or one array), rows of a Run, lines of events.

A line of events is {"events": [[process, kind, f, value], ...], "init": ..., "name": ...}, kind "inv" or "ok", where the
value that a read returned stands beside its "inv" (so Porcupine's tests are kept as JSON). Such a file may hold many
histories; others hold one. Nothing here opens a file.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from simulator.engine.words import N_
from simulator.judges.consistency import edn, entries
from simulator.judges.consistency.history import OUTCOMES, History, Operation, of_rows
from simulator.judges.consistency.malformed import Malformed

BLANK = re.compile(r"[\s,]*")
HALVES = re.compile(r"\\u[dD][89a-fA-F]")
"""Escapes of half a character each; by twos they are right."""
OPERATIONS_AT_MOST = 200_000
NIL = (None, "nil")


@dataclass(frozen=True)
class Read:
    """One history of a text. name: "" where it has none. expected: "yes", "no" or None, whether it is said to be linearizable."""

    name: str
    history: History
    expected: str | None = None


def read(text: str) -> list[Read]:
    """All histories in `text`, one or more; Malformed with one sentence and the line where it is none."""
    text = text.removeprefix("\ufeff")
    found = list(_values(text))
    if not found:
        raise Malformed(N_("Line {line}: there is no operation in this text."), line=1)
    if HALVES.search(text):
        _check_halves(found)
    line, first = found[0]
    if len(found) > 2 * OPERATIONS_AT_MOST:
        raise Malformed(N_("Line {line}: a history may have at most {most:,} operations."), line=line, most=OPERATIONS_AT_MOST)
    if not isinstance(first, dict):
        raise Malformed(N_("Line {line}: each entry must be a map, such as {example}."), line=line, example='{"type": "invoke", "process": 0, "f": "read"}')
    if "events" in first:
        return [_of_events(line, value) for line, value in found]
    made = _of_rows(found) if "invoked_ns" in first else entries.history(found)
    if not made.operations:
        raise Malformed(N_("Line {line}: there is no operation in this text."), line=line)
    return [Read("", made)]


def _check_halves(found: list[tuple[int, object]]) -> None:
    for line, value in found:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Malformed(N_("Line {line}: this holds half of a character, an escape from ud800 to udfff without its other half."), line=line) from None


def _values(text: str) -> Iterator[tuple[int, object]]:
    """(line, value) of each entry, whether they stand in lines or in one list."""
    return edn.values(text) if _is_edn(text) else _json(text)


def _is_edn(text: str) -> bool:
    """JSON has quoted keys; EDN has keywords and tags. Looks at the first map."""
    start = text.lstrip("\ufeff \t\r\n,[(")
    return start.startswith(("#", ";")) or bool(re.match(r"\{[\s,]*:", start))


def _json(text: str) -> Iterator[tuple[int, object]]:
    decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_float)
    at = BLANK.match(text).end()
    listed = text.startswith("[", at)
    at = BLANK.match(text, at + listed).end()
    line, counted = 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        if listed and text[at] == "]":
            at = BLANK.match(text, at + 1).end()
            listed = False
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise Malformed(N_("Line {line}: this is neither JSON nor EDN (column {column})."), line=error.lineno, column=error.colno) from None
        except (ValueError, RecursionError):
            raise Malformed(N_("Line {line}: this holds a number that JSON does not have, or is nested too deeply."), line=line) from None
        yield line, value
        at = BLANK.match(text, at).end()
    if listed:
        raise Malformed(N_("Line {line}: {closing} is missing at the end."), line=line, closing="]")


def _refuse(name: str):
    raise ValueError(name)


def _float(digits: str) -> float:
    value = float(digits)
    return value if isfinite(value) else _refuse(digits)


def _of_rows(found: list[tuple[int, object]]) -> History:
    seen = {}
    for line, row in found:
        missing = next((name for name in ("id", "client", "f", "invoked_ns") if not isinstance(row, dict) or name not in row), None)
        if missing:
            raise Malformed(N_("Line {line}: {field} is missing."), line=line, field=missing)
        begun, ended = row["invoked_ns"], row.get("completed_ns")
        wrong = next((name for name, right in (
            ("id", _whole(row["id"]) and row["id"] not in seen), ("invoked_ns", _whole(begun)), ("f", isinstance(row["f"], str)),
            ("outcome", row.get("outcome") in (None, *OUTCOMES)),
            ("completed_ns", ended is None if row.get("outcome") is None else _whole(ended) and _whole(begun) and ended >= begun)) if not right), None)
        if wrong:
            raise Malformed(N_("Line {line}: {field} cannot be {value}."), line=line, field=wrong, value=json.dumps(row.get(wrong))[:60])
        seen[row["id"]] = True
        entries.check_value(line, row["f"], row.get("value"))
    blank = {"key": None, "value": None, "result": None, "completed_ns": None, "outcome": None}
    return of_rows([blank | row for _line, row in found])


def _whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _of_events(line: int, value) -> Read:
    events = value.get("events") if isinstance(value, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, list) and len(event) == 4 and isinstance(event[2], str) for event in events):
        raise Malformed(N_("Line {line}: events must be a list of [process, kind, operation, value]."), line=line)
    made, running = [], {}
    for place, (process, kind, f, value_) in enumerate(events):
        process = str(process)
        if kind == "inv" and process not in running:
            running[process] = len(made)
            entries.check_value(line, f, value_)
            made.append(_begun(len(made), process, f, value_, place))
        elif kind == "ok" and process in running and made[running[process]].f == f:
            number = running.pop(process)
            made[number] = _ended(made[number], place)
        else:
            raise Malformed(N_("Line {line}: event {event} has no place here: {what}."), line=line, event=place, what=json.dumps(events[place])[:80])
    initial = None if value.get("init") in NIL else value["init"]
    expected = {True: "yes", False: "no"}.get(value.get("expect"))
    return Read(str(value.get("name", "")), History(tuple(made), initial=initial, timed=False), expected)


def _begun(number: int, process: str, f: str, value, place: int) -> Operation:
    reads = f == "read"
    return Operation(number, process, f, None, None if reads else value, value if reads else None, place, None, "info", place, None)


def _ended(one: Operation, place: int) -> Operation:
    return Operation(one.id, one.client, one.f, one.key, one.value, one.result, one.begins, place, "ok", one.invoked_ns, place)
