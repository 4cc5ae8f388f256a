"""Recorded traffic: files of real requests, previewed, read exactly, and made into Scenarios."""

from typing import BinaryIO

from simulator.scenarios.recordings.lines import Limits
from simulator.scenarios.recordings.mapping import Mapping, parse_mapping
from simulator.scenarios.recordings.preview import Preview, columns_of, figures, first_rows
from simulator.scenarios.recordings.proposal import propose
from simulator.scenarios.recordings.reading import Source, head_rows, read_source
from simulator.scenarios.recordings.recording import Recording
from simulator.scenarios.recordings.replay import scenario

__all__ = ["Limits", "Mapping", "Preview", "Recording", "figures", "parse_mapping", "preview", "read", "scenario"]


def preview(file: BinaryIO, filename: str, mapping: Mapping | dict | None = None, limits: Limits | None = None) -> Preview:
    """Read `file` once through and show what it holds, as `mapping` says, or as it seems where that is None."""
    limits = limits or Limits()
    source = Source(file, limits)
    mapping = _mapping(mapping) or propose(source.head)
    names, rows = head_rows(mapping, source.head)
    recording = read_source(source, _name(filename), mapping, limits)
    return Preview(mapping, columns_of(names, rows), first_rows(rows), recording)


def read(file: BinaryIO, filename: str, mapping: Mapping | dict | None = None, limits: Limits | None = None) -> Recording:
    """The Recording in `file`, called `filename`. Mistake says what is wrong; status 413 where it is too large."""
    limits = limits or Limits()
    source = Source(file, limits)
    return read_source(source, _name(filename), _mapping(mapping) or propose(source.head), limits)


def _name(filename: str) -> str:
    """`filename` without what cannot be shown."""
    return "".join(letter for letter in filename if letter.isprintable())[:200].strip() or "recording"


def _mapping(mapping: Mapping | dict | None) -> Mapping | None:
    return parse_mapping(mapping) if isinstance(mapping, dict) else mapping
