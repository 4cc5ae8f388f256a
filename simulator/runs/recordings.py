"""Recordings in the database: stored by content, found by key, and handed to Runs as inputs."""

from functools import lru_cache
from typing import BinaryIO

import numpy as np
from django.db import transaction
from django.utils.translation import gettext

from simulator.engine.clock import MAX_NS
from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase
from simulator.runs.access import Who, can_see, needs_create
from simulator.runs.models import Recording, Visibility
from simulator.runs.shelf import save_scenario
from simulator.runs.told import kept
from simulator.scenarios import recordings
from simulator.scenarios.document import ScenarioDocument

KEPT_LOADED = 4
"""Recordings that a process keeps unpacked."""

MAX_ROWS = 5_000_000


def preview_recording(file: BinaryIO, filename: str, mapping: dict | None, who: Who) -> dict:
    """What `file` holds when read by `mapping` (None: as it seems), as JSON, without keeping it."""
    needs_create(who)
    return recordings.preview(file, filename, mapping, _limits(who)).document(gettext)


def store_recording(file: BinaryIO, filename: str, mapping: dict | None, name: str, who: Who,
                    visibility: str = Visibility.PRIVATE) -> Recording:
    """Read `file` by `mapping` and keep what it holds, with a Scenario that replays it.

    The same content twice is one Recording.
    """
    needs_create(who)
    return keep(recordings.read(file, name or filename, mapping, _limits(who)), who, visibility, replay=True)


def keep(read: recordings.Recording, who: Who, visibility: str = Visibility.PRIVATE, replay: bool = False) -> Recording:
    """Store what was read as this person's own, unless they have it; `replay`: with a Scenario that plays it."""
    own = [row for row in Recording.objects.defer("arrays").filter(key=read.key) if who.made(row)]
    if own:
        return own[0]
    with transaction.atomic():
        if replay:
            save_scenario(recordings.scenario(read), who, visibility=visibility)
        return Recording.objects.create(
            key=read.key, name=read.name[:200], arrays=read.to_bytes(), rows=read.rows, span_ns=read.span_ns,
            demand=read.demand_ns is not None, refused_total=read.refused_total, figures=recordings.figures(read),
            warnings=[kept(warning) for warning in read.warnings], visibility=visibility, **who.marks())


def recording_from(raw: dict, field: str) -> recordings.Recording:
    """A Recording out of JSON: {"name", "arrival_ns": [...], "demand_ns": [...] or null}; Mistake below `field`."""
    if not isinstance(raw, dict) or not isinstance(raw.get("name", ""), str):
        raise Mistake(field, Phrase(N_("{field} must be an object with: name, arrival_ns, demand_ns."), field=field))
    arrivals = _whole_numbers(raw.get("arrival_ns"), f"{field}.arrival_ns")
    demands = None if raw.get("demand_ns") is None else _whole_numbers(raw["demand_ns"], f"{field}.demand_ns")
    if arrivals[0] != 0 or (np.diff(arrivals) < 0).any():
        raise Mistake(f"{field}.arrival_ns", Phrase(N_("{field} must begin at 0 and never fall."), field=f"{field}.arrival_ns"))
    if demands is not None and len(demands) != len(arrivals):
        sentence = N_("{field} must have as many numbers as arrival_ns: {count:,}.")
        raise Mistake(f"{field}.demand_ns", Phrase(sentence, field=f"{field}.demand_ns", count=len(arrivals)))
    return recordings.Recording(raw.get("name", "")[:200], arrivals, demands)


def described(row: Recording) -> dict:
    """What is shown of a kept Recording: {"preview": its figures, "document": a Scenario that replays it}."""
    recording = _loaded(row.key)
    return {"preview": recordings.figures(recording), "document": recordings.scenario(recording)}


def inputs_for(document: ScenarioDocument, who: Who) -> dict[str, recordings.Recording]:
    """The Recordings that `document` names, by key; Mistake where `who` may see none with that key."""
    for key in document.recordings():
        if not any(can_see(who, row) for row in Recording.objects.defer("arrays").filter(key=key)):
            sentence = N_("config.arrivals.recording: there is no recording {key}; import it, or choose another.")
            raise Mistake("config.arrivals.recording", Phrase(sentence, key=key))
    return inputs_of(document)


def inputs_of(document: ScenarioDocument) -> dict[str, recordings.Recording]:
    """The Recordings that `document` names, by key: those that are there."""
    there = Recording.objects.filter(key__in=document.recordings()).values_list("key", flat=True)
    return {key: _loaded(key) for key in set(there)}


@lru_cache(maxsize=KEPT_LOADED)
def _loaded(key: str) -> recordings.Recording:
    # A key stands for the content, so whoever's row it is, and whatever happens to it later, this stays right.
    return recordings.Recording.from_bytes(bytes(Recording.objects.filter(key=key).first().arrays))


def _whole_numbers(values, field: str) -> np.ndarray:
    good = isinstance(values, list) and 0 < len(values) <= MAX_ROWS and all(
        type(value) is int and 0 <= value <= MAX_NS for value in values)
    if not good:
        sentence = N_("{field} must be a list of 1 to {rows:,} whole numbers from 0 to {most:,}.")
        raise Mistake(field, Phrase(sentence, field=field, rows=MAX_ROWS, most=MAX_NS))
    return np.array(values, np.int64)


def _limits(who: Who) -> recordings.Limits:
    return recordings.Limits(max_bytes=who.budget.upload_bytes)
