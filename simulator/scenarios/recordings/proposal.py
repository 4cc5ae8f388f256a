"""Proposes how to read a file: which column is the time, which the demand, and its unit."""

import re

from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake
from simulator.scenarios.recordings.formats import guess
from simulator.scenarios.recordings.mapping import FACTOR, Mapping
from simulator.scenarios.recordings.reading import head_rows
from simulator.scenarios.recordings.times import NotATime, scaled, usual_unit

_TIME = re.compile(r"time|date|stamp|arriv|^ts$|^t$|^at$|start", re.I)
_NOT_TIME = re.compile(r"duration|elapsed|latency|took|request.?time|response.?time|time.?taken|size|bytes|tokens|count", re.I)
_DEMANDS = (r"duration|service.?time|elapsed|took|request.?time|response.?time|latency|time.?taken|run.?time",
            r"generated.?tokens|output.?tokens|completion.?tokens", r"tokens", r"^extra 1$")
_FACTORS = ((r"tokens", 0.02), (r"ns$|nano", 1e-9), (r"us$|micro", 1e-6), (r"ms$|milli", 0.001),
            (r"_s$|sec|duration|request.?time|extra", 1.0))


def propose(head: list[str]) -> Mapping:
    """A Mapping that suits a file which begins with the lines `head`; Mistake where no column can be a time."""
    mapping = Mapping(**guess(head), time="?")
    columns, rows = head_rows(mapping, head)
    examples = {name: [row[at] for row in rows if at < len(row)] for at, name in enumerate(columns)}
    time = _time(examples)
    if time is None:
        raise Mistake("file", N_("No column of the file holds times or numbers; a CSV, JSON-lines or access log "
                                 "file with the time of each request is expected."))
    demand = None if mapping.format == "combined" and "extra 1" not in columns else _demand(examples, time)
    return mapping.model_copy(update={"time": time, "demand": demand, "demand_factor": factor(demand or "")})


def factor(column: str) -> float:
    """Seconds for each 1 in a column of this name."""
    return next((value for pattern, value in _FACTORS if re.search(pattern, column, re.I)), FACTOR)


def numbers(texts: list[str]) -> bool:
    """Whether most of `texts` are numbers, empty ones aside."""
    texts = [text for text in texts if text.strip()]
    return sum(map(_is_number, texts)) * 2 > len(texts)


def _is_number(text: str) -> bool:
    try:
        scaled(text, 1)
    except NotATime:
        return False
    return True


def _time(examples: dict[str, list[str]]) -> str | None:
    def score(name: str) -> float:
        unit = usual_unit(examples[name])
        if unit is None:
            return 0.0
        named = bool(_TIME.search(name)) and not _NOT_TIME.search(name)
        return 1.0 + (2.0 if unit == "iso" else 0.0) + (1.5 if named else 0.0) - (0.5 if _NOT_TIME.search(name) else 0.0)

    best = max(examples, key=score, default=None)
    return best if best is not None and score(best) > 0 else None


def _demand(examples: dict[str, list[str]], time: str) -> str | None:
    columns = [name for name, texts in examples.items() if name != time and numbers(texts)]
    for pattern in _DEMANDS:
        for name in columns:
            if re.search(pattern, name, re.I):
                return name
    return None
