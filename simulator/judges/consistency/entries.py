"""A History of Jepsen's entries (github.com/jepsen-io/history): type, process, f, value, and key, time, client if there.

A process is a client; after an :info it is another one, for that operation may still be under way, unless the entry names
its client. Operations of jepsen.independent, whose values are all [key value], are taken apart; so are transactions of a
single micro-operation. What a process that is no number does (the nemesis) is a fault.
"""

import json

from simulator.engine.words import N_
from simulator.judges.consistency.history import History, Operation
from simulator.judges.consistency.malformed import Malformed

ENDS = ("ok", "fail", "info")
BEGINNINGS = ("start", "kill", "pause", "partition", "bump", "crash", "isolate")
MICRO = {"r": "read", "w": "write", "append": "append"}
WITH_VALUE = ("write", "cas", "casfail", "append", "propose")


def history(found: list[tuple[int, object]]) -> History:
    """found: (line, entry) in the order in which they happened; Malformed with the line where one has no place there."""
    rows, running, nemesis = [], {}, []
    timed = all(isinstance(entry, dict) and _time(entry) is not None for _line, entry in found)
    for place, (line, entry) in enumerate(found):
        kind, process = _checked(line, entry)
        at = _time(entry) if timed else place
        if isinstance(process, str) and not process.lstrip("-").isdigit():
            nemesis.append((at, str(entry.get("f"))))
        elif kind == "invoke":
            if process in running:
                raise Malformed(N_("Line {line}: process {process} begins an operation before its last one has ended."), line=line, process=process)
            running[process] = {"line": line, "client": str(entry.get("client", process)), "f": entry["f"], "value": entry.get("value"),
                                "key": entry.get("key"), "begins": place, "at": at, "end": None}
            rows.append(running[process])
        elif process not in running:
            raise Malformed(N_("Line {line}: process {process} ends an operation that it has not begun."), line=line, process=process)
        else:
            row = running.pop(process)
            if row["f"] != entry["f"]:
                raise Malformed(N_("Line {line}: process {process} began {begun} and ends {ended}."), line=line, process=process, begun=row["f"], ended=entry["f"])
            if at < row["at"]:
                raise Malformed(N_("Line {line}: process {process} ends at {ended} what it began at {begun}."), line=line, process=process, begun=row["at"], ended=at)
            row["end"] = (place, at, kind, entry.get("value"))
    apart = _independent(rows)
    return History(tuple(_operation(number, row, apart) for number, row in enumerate(rows)), tuple(_bands(nemesis)), timed=timed)


def _time(entry: dict) -> int | None:
    """When it was, in ns; None where that is not said."""
    at = entry.get("time")
    return at if isinstance(at, int) and not isinstance(at, bool) and at >= 0 else None


def _checked(line: int, entry) -> tuple[str, object]:
    """(type, process) of an entry."""
    if not isinstance(entry, dict):
        raise Malformed(N_("Line {line}: each entry must be a map, such as {example}."), line=line, example='{"type": "invoke", "process": 0, "f": "read"}')
    missing = next((name for name in ("type", "process", "f") if entry.get(name) is None), None)
    if missing:
        raise Malformed(N_("Line {line}: {field} is missing."), line=line, field=missing)
    if entry["type"] not in ("invoke", *ENDS):
        raise Malformed(N_("Line {line}: type must be invoke, ok, fail or info, not {found}."), line=line, found=json.dumps(entry["type"])[:60])
    if not isinstance(entry["f"], str):
        raise Malformed(N_("Line {line}: {field} cannot be {value}."), line=line, field="f", value=json.dumps(entry["f"])[:60])
    if isinstance(entry["process"], dict | list | float):
        raise Malformed(N_("Line {line}: {field} cannot be {value}."), line=line, field="process", value=json.dumps(entry["process"])[:60])
    return entry["type"], entry["process"]


def check_value(line: int, f: str, value) -> None:
    """Malformed where a compare-and-set has not two values, the expected and the new one."""
    if f in ("cas", "casfail") and not (isinstance(value, list) and len(value) == 2):
        raise Malformed(N_("Line {line}: the value of {f} must be [expected, new], not {value}."), line=line, f=f, value=json.dumps(value)[:60])


def _independent(rows: list[dict]) -> bool:
    """Whether every invocation has a value [key value], reads too."""
    return bool(rows) and any(row["f"] == "read" for row in rows) and all(
        row["key"] is None and isinstance(row["value"], list) and len(row["value"]) == 2 for row in rows)


def _operation(number: int, row: dict, apart: bool) -> Operation:
    f, key, value = row["f"], row["key"], row["value"]
    place, at, kind, answer = row["end"] or (None, None, "info", None)
    if apart:
        key, value = value
        answer = answer[1] if isinstance(answer, list) and len(answer) == 2 else answer
    f, key, value, answer = _single(f, key, value, answer)
    check_value(row["line"], f, value)
    result = answer if kind == "ok" and f not in ("write", "cas", "casfail", "append") else None
    return Operation(number, row["client"], f, _name(key), value, result, row["begins"], None if kind == "info" else place, kind, row["at"], at)


def _name(key) -> str | None:
    return key if key is None or isinstance(key, str) else json.dumps(key)


def _single(f: str, key, value, answer):
    """A transaction of one micro-operation, [f key value], as that operation."""
    single = f == "txn" and isinstance(value, list) and len(value) == 1 and isinstance(value[0], list) and len(value[0]) == 3 and value[0][0] in MICRO
    if not single:
        return f, key, value, answer
    told = answer[0][2] if isinstance(answer, list) and answer and isinstance(answer[0], list) and len(answer[0]) == 3 else None
    micro, key, value = value[0]
    return MICRO[micro], key, value, told


def _bands(nemesis: list[tuple[int, str]]) -> list[dict]:
    """From each beginning of a fault to the next entry that is none; an operation of the nemesis has two entries."""
    bands, opened, last = [], [], None
    for at, f in nemesis:
        again, last = f == last, None if f == last else f
        if again:
            continue
        if f.startswith(BEGINNINGS):
            opened.append({"from_ns": at, "until_ns": None, "what": f})
            bands.append(opened[-1])
        else:
            for band in opened:
                band["until_ns"] = at
            opened = []
    return bands
