"""Turns a file of requests into a Recording, row by row, never holding the rows as objects."""

from array import array
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import BinaryIO

import numpy as np

from simulator.engine.clock import MAX_NS
from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.recordings.doubts import doubts
from simulator.scenarios.recordings.formats import FORMATS
from simulator.scenarios.recordings.lines import Limits, blocks
from simulator.scenarios.recordings.mapping import Mapping
from simulator.scenarios.recordings.recording import Recording
from simulator.scenarios.recordings.times import NotATime, guess_unit, reader, scaled, usual_unit

REFUSED_SHOWN = 20
_LOOKED_AT = 100


class Source:
    """A file that has been opened: its first lines can be looked at before it is read through, once."""

    def __init__(self, file: BinaryIO, limits: Limits):
        self._blocks = blocks(file, limits)
        self._first = next(self._blocks)
        self.head = self._first[:_LOOKED_AT]

    def blocks(self) -> Iterator[list[str]]:
        """All lines, the first ones too."""
        return chain([self._first], self._blocks)


def head_rows(mapping: Mapping, head: list[str]) -> tuple[list[str], list[list[str]]]:
    """The columns of a file that begins with the lines `head`, and its first rows."""
    cutter = FORMATS[mapping.format](mapping, head)
    return cutter.columns, [[_text(cell) for cell in cells] for _line, cells, _reason in cutter.rows([head]) if cells]


def read_source(source: Source, name: str, mapping: Mapping, limits: Limits) -> Recording:
    """The requests in `source` as `mapping` says; Mistake where not one row can be read."""
    cutter = FORMATS[mapping.format](mapping, source.head)
    time_at = _column(cutter.columns, mapping.time, "mapping.time")
    demand_at = _column(cutter.columns, mapping.demand, "mapping.demand") if mapping.demand else None
    rows = Rows(_time_reader(mapping, time_at, source.head), demand_reader(mapping.factor_ns()), limits.max_rows)
    rows.take(cutter.rows(source.blocks()), time_at, demand_at, mapping)
    return rows.recording(name)


class Rows:
    """The rows read so far, in two growing arrays, and those refused."""

    def __init__(self, read_time: Callable, read_demand: Callable, most: int):
        self.times, self.demands = array("q"), array("q")
        self.refused, self.refused_total = [], 0
        self._read_time, self._read_demand, self._most = read_time, read_demand, most

    def take(self, rows: Iterator, time_at: int, demand_at: int | None, mapping: Mapping) -> None:
        """Read all `rows` of a format."""
        read_time, read_demand = self._read_time, self._read_demand
        add_time, add_demand = self.times.append, self.demands.append
        for taken, (line, cells, reason) in enumerate(rows):
            if taken == self._most:
                raise Mistake("file", Phrase(N_("The file holds more than {most:,} rows."), most=self._most), status=413)
            if cells is None:
                self._refuse(line, reason)
                continue
            try:
                time = read_time(cells[time_at])
                if demand_at is not None:
                    add_demand(read_demand(cells[demand_at]))
                add_time(time)
            except (NotATime, TypeError, AttributeError, IndexError):
                self._refuse(line, self._reason(cells, time_at, demand_at, mapping))

    def recording(self, name: str) -> Recording:
        """The rows in order of arrival, the first at 0; rows of one time stay in the file's order."""
        if not self.times:
            raise self._nothing()
        times = np.frombuffer(self.times, np.int64)
        demands = np.frombuffer(self.demands, np.int64) if len(self.demands) else None
        warnings = doubts(times, demands, self.refused_total)
        order = np.argsort(times, kind="stable")
        arrivals = times[order] - times.min()
        demands = demands[order] if demands is not None else None
        return Recording(name, arrivals, demands, int(times.min()), self.refused, self.refused_total, warnings)

    def _refuse(self, line: int, reason: Phrase) -> None:
        self.refused_total += 1
        if len(self.refused) < REFUSED_SHOWN:
            self.refused.append((line, reason))

    def _reason(self, cells: list, time_at: int, demand_at: int | None, mapping: Mapping) -> Phrase:
        """Why a row that has cells was refused."""
        time = _text(cells[time_at]) if time_at < len(cells) else ""
        if not _works(self._read_time, time):
            return Phrase(N_('{column} is "{text}": no time of the kind the other rows have'), column=mapping.time, text=time[:40])
        demand = _text(cells[demand_at]) if demand_at < len(cells) else ""
        if not demand.strip():
            return Phrase(N_("{column} is empty: the demand is missing"), column=mapping.demand)
        return Phrase(N_('{column} is "{text}": no demand from 0 to 90 days'), column=mapping.demand, text=demand[:40])

    def _nothing(self) -> Mistake:
        if not self.refused:
            return Mistake("file", N_("The file holds no requests, only a first line or nothing."))
        line, reason = self.refused[0]
        sentence = N_("None of the {count:,} rows could be read; line {line}: {reason}.")
        return Mistake("file", Phrase(sentence, count=self.refused_total, line=line, reason=reason))


def demand_reader(factor_ns: Decimal) -> Callable[[str], int]:
    """The function from a text to its demand in ns: the number times `factor_ns`, exactly."""
    whole = int(factor_ns) if factor_ns == int(factor_ns) else None

    def read(text: str) -> int:
        plain = whole is not None and len(text) <= 18 and text.isdigit() and text.isascii()
        demand = int(text) * whole if plain else scaled(text, factor_ns)
        if not 0 <= demand <= MAX_NS:
            raise NotATime(text)
        return demand

    return read


def _time_reader(mapping: Mapping, time_at: int, head: list[str]) -> Callable[[str], int]:
    if mapping.time_unit != "auto":
        return reader(mapping.time_unit)
    _columns, rows = head_rows(mapping, head)
    texts = [row[time_at] for row in islice(rows, _LOOKED_AT) if time_at < len(row)]
    unit = guess_unit(texts) or usual_unit(texts)
    if unit is None:
        raise Mistake("mapping.time", Phrase(
            N_('mapping.time must be a column of times; {column} holds "{text}".'),
            column=mapping.time, text=next(iter(texts), "")[:40]))
    return reader(unit)


def _column(columns: list[str], name: str, field: str) -> int:
    if name not in columns:
        known = ", ".join(columns)
        raise Mistake(field, Phrase(N_("{field} must be one of the file's columns: {known}."), field=field, known=known[:1000]))
    return columns.index(name)


def _text(cell) -> str:
    return cell if isinstance(cell, str) else ("" if cell is None else str(cell))


def _works(read: Callable[[str], int], text: str) -> bool:
    try:
        read(text)
    except NotATime:
        return False
    return True
