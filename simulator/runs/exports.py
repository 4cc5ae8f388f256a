"""Takes a Run out of the database as files for other tools, and in again."""

from collections.abc import Iterator

import numpy as np

from simulator.engine import ENGINE_VERSION
from simulator.engine.system import registered
from simulator.engine.words import N_
from simulator.judges.telling import chrome_trace, jepsen, shiviz
from simulator.runs import Mistake, Phrase, codec
from simulator.runs.access import Who, needs_create
from simulator.runs.execute import prepare
from simulator.runs.making import create_run
from simulator.runs.models import Run, State
from simulator.runs.recordings import inputs_of, keep, recording_from
from simulator.runs.showing import segment_payload
from simulator.scenarios.document import parse

FORMAT = "distviz-run/1"
STORY_EVENTS_AT_MOST = 1_000_000
"""Events of a Run whose causes are held in memory together."""

PARTS = {"format", "engine_version", "scenario", "seed", "journal", "recordings", "state", "digest", "summary", "series"}


def export_document(run: Run) -> dict:
    """The whole Run as JSON: all that it was made from, and what came out."""
    inputs = inputs_of(parse(run.document))
    return {
        "format": FORMAT, "engine_version": ENGINE_VERSION, "scenario": run.document, "seed": run.seed,
        "journal": run.journal, "recordings": {key: _arrays(recording) for key, recording in inputs.items()},
        "state": run.state, "digest": run.digest or None, "summary": run.summary, "series": list(export_series(run)),
    }


def import_document(document: dict, who: Who) -> Run:
    """A new Run from what `export_document` gave; it ends with the same digest."""
    needs_create(who)
    checked = check_document(document)
    for recording in recordings_in(checked).values():
        keep(recording, who)
    return create_run(checked["scenario"], who, checked["seed"], journal=checked["journal"])


def check_document(document: dict) -> dict:
    """`document` with the parts that make a Run; Mistake names the part that is wrong."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Mistake("format", Phrase(N_('format must be "{format}": export a run as one document to get one.'), format=FORMAT))
    unknown = sorted(set(document) - PARTS)
    if unknown:
        raise Mistake(unknown[0], Phrase(N_("{field} is not a part of a run's document."), field=unknown[0]))
    if document.get("engine_version") != ENGINE_VERSION:
        sentence = N_("engine_version must be {version}: another version computes another trace.")
        raise Mistake("engine_version", Phrase(sentence, version=ENGINE_VERSION), status=409)
    whole = {"scenario": None, "seed": None, "journal": [], "recordings": {}} | document
    for name, kind in (("scenario", dict), ("journal", list), ("recordings", dict)):
        if not isinstance(whole[name], kind):
            wanted = "a list" if kind is list else "an object"
            raise Mistake(name, Phrase(N_("{field} must be {wanted}."), field=name, wanted=wanted))
    return whole


def recordings_in(document: dict) -> dict:
    """The Recordings that a run's document brings along, by key."""
    read = (recording_from(raw, f"recordings.{key}") for key, raw in document.get("recordings", {}).items())
    return {recording.key: recording for recording in read}


def export_requests(run: Run) -> Iterator[dict]:
    """Every request of a Run, computed again (Segments may hold a sample), one dict a row; bounded by its budget.

    In the order in which they ended, those that never did last. Mistake where the Run itself did not end.
    """
    _needs(run, "traffic", N_("Single requests can be exported once the run is done."))
    yield from _each(prepare(run).columns("requests"))


def export_messages(run: Run) -> Iterator[dict]:
    """Every message of a Run of a protocol, computed again, one dict a row: times in ns, from whom, to whom, what became of it.

    `values` are the message's fields as JSON, in their order; `cause` is the event that sent it, -1 for none.
    """
    _needs(run, "actors", N_("Single messages can be exported once the run is done."))
    yield from _each(prepare(run).messages())


def export_history(run: Run) -> Iterator[dict]:
    """What the clients saw, as a history the way Jepsen writes it, one dict an entry."""
    _needs(run, "actors", N_("The history can be exported once the run is done."))
    yield from jepsen.entries(prepare(run).operations())


def export_text(run: Run, form: str) -> Iterator[str]:
    """A Run of a protocol for another tool, piece by piece; `form`: "shiviz", "chrome-trace" or "edn"."""
    _needs(run, "actors", N_("This can be exported once the run is done."))
    if form == "edn":
        return jepsen.edn_lines(prepare(run).operations())
    events = (run.summary or {}).get("events", 0)
    if events > STORY_EVENTS_AT_MOST:
        sentence = N_("A run of {count:,} events is too long for this export: at most {most:,}; shorten duration_s.")
        raise Mistake("run", Phrase(sentence, count=events, most=STORY_EVENTS_AT_MOST), status=413)
    return {"shiviz": shiviz.lines, "chrome-trace": chrome_trace.trace}[form](prepare(run).story())


def _needs(run: Run, kernel: str, sentence: str) -> None:
    """Mistake (409) where the Run is not done, or its system has nothing of the kind."""
    if registered()[run.document["system"]].kernel != kernel:
        other = N_("This run has no single requests: its messages can be exported.") if kernel == "traffic" else N_(
            "This run has no messages and no history: its requests can be exported.")
        raise Mistake("run", other, status=409)
    if run.state != State.DONE:
        raise Mistake("run", sentence, status=409)


def _each(blocks: Iterator[dict]) -> Iterator[dict]:
    """Columns, some thousand rows at a time, as rows."""
    for columns in blocks:
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))


def export_series(run: Run) -> Iterator[dict]:
    """The samples of all stored Segments in order, one dict a row: at_ns first, then what the system samples."""
    for number in range(run.segment_count):
        samples = codec.unpack(segment_payload(run, number))["tables"]["samples"]
        columns = {"at_ns": samples["t_ns"].astype(np.int64)} | {
            name: column for name, column in samples.items() if name != "t_ns"}
        yield from _rows(columns)


def _rows(columns: dict) -> Iterator[dict]:
    """Columns of equal length as rows; NaN becomes None."""
    lists = [_nullable(column) for column in columns.values()]
    for values in zip(*lists, strict=True):
        yield dict(zip(columns, values, strict=True))


def _nullable(column: np.ndarray) -> list:
    if column.dtype.kind != "f":
        return column.tolist()
    return [None if value != value else value for value in column.tolist()]


def _arrays(recording) -> dict:
    demand = recording.demand_ns
    return {"name": recording.name, "arrival_ns": recording.arrival_ns.tolist(),
            "demand_ns": None if demand is None else demand.tolist()}
