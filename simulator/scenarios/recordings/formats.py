"""The formats of files of requests: told apart, and cut into columns.

Each format is a class with `columns` (names), `rows(blocks)` (line number and cells, or the reason
why there are none), and is made from a Mapping.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.recordings.mapping import Mapping
from simulator.scenarios.recordings.times import usual_unit

DELIMITERS = (",", "\t", ";", "|", " ")
MAX_COLUMNS = 200
_SEEN = 4000  # bytes of a line that guessing looks at: 30 of them stay below the csv module's limit for one value
_COMBINED = re.compile(
    r'(\S+) (\S+) (.*?) \[([^\]]{1,40})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)'
    r'(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?((?: .*)?)')
_COMBINED_NAMES = ["client", "identity", "user", "time", "request", "status", "bytes", "referer", "agent"]
_ALIKE = 0.8  # the share of lines with equally many columns from which a delimiter is believed

Row = tuple[int, list | None, Phrase | None]
"""(line number, cells, None) or (line number, None, why the row cannot be read)."""


class Combined:
    """Apache's and NGINX's common and combined log formats; what stands behind the agent is "extra 1", ..."""

    def __init__(self, _mapping: Mapping, head: list[str]):
        found = [match for match in map(_COMBINED.fullmatch, head) if match]
        extras = max((len(match[10].split()) for match in found), default=0)
        self.columns = _COMBINED_NAMES + [f"extra {number}" for number in range(1, extras + 1)]

    def rows(self, blocks: Iterable[list[str]]) -> Iterator[Row]:
        """Cells in the order of `columns`."""
        match = _COMBINED.fullmatch
        for number, line in enumerate(chain.from_iterable(blocks), 1):
            found = match(line.rstrip("\r"))
            if found:
                cells = list(found.groups(""))
                if cells[6] == "-":
                    cells[6] = "0"  # the format's way to say that no bytes were sent
                yield number, cells[:9] + cells[9].split(), None
            elif line.strip():
                yield number, None, Phrase(N_("not a line of the combined log format"))


class Csv:
    """Values between delimiters; quoted values may hold delimiters and line ends."""

    def __init__(self, mapping: Mapping, head: list[str]):
        self._header = mapping.header
        self._delimiter = mapping.delimiter
        first = next(iter(self._reader(line for line in head if line.strip())), [])
        names = [name.strip() for name in first] if mapping.header else [f"column {n + 1}" for n in range(len(first))]
        if len(names) > MAX_COLUMNS:
            raise Mistake("file", Phrase(N_("The file has {count:,} columns; at most {most} are read."), count=len(names), most=MAX_COLUMNS))
        self.columns = _distinct(names)

    def rows(self, blocks: Iterable[list[str]]) -> Iterator[Row]:
        """Cells in the order of `columns`; rows of another length are refused."""
        reader, wanted = self._reader(chain.from_iterable(blocks)), len(self.columns)
        skip = self._header
        while True:
            try:
                cells = next(reader, None)
            except csv.Error:
                yield reader.line_num, None, Phrase(N_("a quoted value does not end"))
                continue
            if cells is None:
                return
            if len(cells) == wanted and (wanted > 1 or cells[0].strip()):
                if not skip:
                    yield reader.line_num, cells, None
                skip = False
            elif any(cell.strip() for cell in cells):
                yield reader.line_num, None, Phrase(N_("{count} columns instead of {wanted}"), count=len(cells), wanted=wanted)

    def _reader(self, lines):
        return csv.reader(lines, delimiter=self._delimiter, skipinitialspace=self._delimiter != "\t")


class JsonLines:
    """A JSON object a line. Numbers are kept as they are written, so that no digit is lost."""

    def __init__(self, _mapping: Mapping, head: list[str]):
        self._decode = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).decode
        names = {}
        for line in head:
            names |= dict.fromkeys(_names(self._object(line) or {}))
        self.columns = list(names)[:MAX_COLUMNS]

    def rows(self, blocks: Iterable[list[str]]) -> Iterator[Row]:
        """Cells in the order of `columns`; what an object lacks is ""."""
        paths = [(name, *name.split(".")) for name in self.columns]
        simple = all(len(path) == 2 for path in paths)
        for number, line in enumerate(chain.from_iterable(blocks), 1):
            value = self._object(line)
            if value is None:
                if line.strip():
                    yield number, None, Phrase(N_("not a JSON object"))
            elif simple:
                yield number, [value.get(name, "") for name in self.columns], None
            else:
                yield number, [value[path[0]] if path[0] in value else _dig(value, path[1:]) for path in paths], None

    def _object(self, line: str) -> dict | None:
        try:
            value = self._decode(line)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


FORMATS = {"csv": Csv, "jsonl": JsonLines, "combined": Combined}


def guess(head: list[str]) -> dict:
    """{"format", "header", "delimiter"} of a file that begins with the lines `head`."""
    lines = [line.rstrip("\r")[:_SEEN] for line in head if line.strip()][:30]
    if not lines:
        raise Mistake("file", N_("The file is empty."))
    if _share(lines, _COMBINED.fullmatch) > 0.5:
        return {"format": "combined", "header": False, "delimiter": ","}
    if lines[0].lstrip().startswith("{"):
        return {"format": "jsonl", "header": False, "delimiter": ","}
    if lines[0].strip() == "[" or lines[0].lstrip().startswith("[{"):
        raise Mistake("file", N_("The file is one JSON list; JSON-lines is expected: one object a line, without commas between them."))
    delimiter = _delimiter(lines)
    rows = list(csv.reader(lines, delimiter=delimiter))
    return {"format": "csv", "header": not any(map(_is_number, rows[0])), "delimiter": delimiter}


def _delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most lines into equally many columns; the comma where none does."""
    best, best_score = ",", 0.0
    one_column = usual_unit(lines[1:] or lines) is not None
    for delimiter in () if one_column else DELIMITERS:
        lengths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
        usual = max(set(lengths), key=lambda length: (lengths.count(length), length))
        score = lengths.count(usual) / len(lengths) if usual > 1 else 0.0
        if score > best_score + 0.05 and score >= _ALIKE:
            best, best_score = delimiter, score
    return best


def _is_number(text: str) -> bool:
    return bool(re.match(r"[\[\"' ]*[-+]?\d", text))


def _share(lines: list[str], test) -> float:
    return sum(bool(test(line)) for line in lines) / len(lines)


def _distinct(names: list[str]) -> list[str]:
    """Names that differ: an empty one is called by its number, a second "x" is "x 2"."""
    result = []
    for number, name in enumerate(names, 1):
        name = name[:100] or f"column {number}"
        result.append(name if name not in result else f"{name} {number}")
    return result


def _names(value: dict, prefix: str = "") -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict) and prefix.count(".") < 3:
            yield from _names(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"[:200]


def _dig(value, path: tuple):
    for step in path:
        value = value.get(step, "") if isinstance(value, dict) else ""
    return value
