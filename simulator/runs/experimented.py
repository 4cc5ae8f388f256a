"""Experiments as JSON, as pages and REST show them; texts in the language in force."""

from functools import lru_cache
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from simulator.engine.clock import MS, S, ns_from_s
from simulator.judges.tail import unpacked
from simulator.runs.access import Who, can_change
from simulator.runs.models import Experiment, ExperimentCell
from simulator.runs.stages import phase, probes
from simulator.runs.told import in_language, told
from simulator.scenarios import findings, sizing
from simulator.scenarios.assumptions import assumptions
from simulator.scenarios.axes import label_of, title_of, unit_of
from simulator.scenarios.cell import LATENCIES, estimate
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.experiment import cell_document, load_axis

RATES = ("throughput_per_s", "goodput_per_s", "offered_per_s", "failure_share", "utilisation", "server_hours", "outcomes", "extras",
         "requests", "worst")
PARTLY = 100
"""An Experiment of more Cells is summed up only once it is over: to do so takes a moment."""

REPLICATION = ("sent", "ok", "failed", *LATENCIES.values(), "throughput_per_s", "goodput_per_s", "offered_per_s", "utilisation", "server_hours",
               "worst_ns", "worst_in_system")


def experiment_entry(row: Experiment, who: Who) -> dict:
    """An Experiment as a list shows it."""
    document, plan = parse(row.document), row.plan
    return {
        "id": str(row.pk), "state": row.state, "phase": phase(row), "kind": plan["kind"], "title": in_language(row.document["title"]),
        "system": row.document["system"], "config": row.document["config"], "duration_ns": ns_from_s(row.document["duration_s"]),
        "warm_up_s": plan["warm_up_s"], "first_seed": plan["first_seed"], "seeds": plan["seeds"],
        "axes": axes_json(document, plan), "sizing": plan["sizing"], "cells_total": row.cells.count(), "done": row.done, "total": row.total,
        "events": row.events, "requests": row.requests, "seconds": _seconds(row), "stamp": row.stamp,
        "error": told(row.error) or None, "visibility": row.visibility, "mine": can_change(who, row), "created": row.created.isoformat(),
    }


def experiment_json(row: Experiment, who: Who, since: int = -1) -> dict:
    """An Experiment whole; of its Cells those that changed after the stamp `since`."""
    document = parse(row.document)
    cells = row.cells.filter(stamp__gt=since).order_by("number").defer("records", "tail")
    return experiment_entry(row, who) | {
        "cells": [_cell(cell, row) for cell in cells], "answer": answer_json(row, document),
        "assumptions": [sentence.say(gettext) for sentence in assumptions(document, row.plan)],
    }


def cell_json(cell: ExperimentCell) -> dict:
    """A Cell with its whole Config, its latencies' tail and its replications."""
    row = cell.experiment
    document = cell_document(parse(row.document), row.plan, tuple(cell.at), cell.servers)
    stable = cell.facts is not None and cell.facts["stable"]
    slower = unpacked(bytes(cell.tail)).beyond() if stable else ([], [])
    return _cell(cell, row) | {
        "config": document.config, "actions": [action.model_dump() for action in document.actions],
        "tail": {"ms": [ns / MS for ns in slower[0]], "share": slower[1]}, "replications": [replication_json(record) for record in cell.records],
    }


def replication_json(record: dict) -> dict:
    """One replication; what it did not measure is null."""
    return {"seed": record["seed"], "stable": record["stable"], **{name: record.get(name) for name in REPLICATION}}


def axes_json(document: ScenarioDocument, plan: dict) -> list[dict]:
    """The axes with what they and their values are called."""
    load = load_axis(document, plan)
    return [{
        "path": axis["path"], "title": title_of(document, axis["path"]).say(gettext), "unit": unit_of(document, axis["path"]), "load": number == load,
        "values": [{"value": value, "label": label_of(document, axis["path"], value).say(gettext)} for value in axis["values"]],
    } for number, axis in enumerate(plan["axes"])]


def answer_json(row: Experiment, document: ScenarioDocument) -> dict | None:
    """What an Experiment says as a whole; None while a Cell has fewer than two seeds, or many of them are not finished."""
    if row.plan["kind"] == "sizing":
        return _sized(row, document)
    cells = row.cells.count()
    if row.unfinished and (cells > PARTLY or row.done < 2 * cells):
        return None
    found = _answer(row.pk, row.stamp)
    return found and {**found[0], "sentence": found[1].say(gettext)}


@lru_cache(maxsize=16)
def _answer(key: UUID, _stamp: int) -> tuple | None:
    """(ANSWER, its sentence) of a grid. The stamp decides what is in the database, so this stays right."""
    row = Experiment.objects.get(pk=key)
    cells = list(row.cells.order_by("number").values("facts", "records"))
    if any(cell["facts"] is None or cell["facts"]["done"] < 2 for cell in cells):
        return None
    document = parse(row.document)
    found = findings.answer(document, row.plan, cells)
    return found, findings.sentence(document, row.plan, found, cells)


def _sized(row: Experiment, document: ScenarioDocument) -> dict:
    known = probes(row)
    found = sizing.sizes(row.plan, known)
    rows = [{**size, "said": sizing.said(row.plan, size).say(gettext), "probes": [_probe(one, known[tuple(size["at"])], row) for one in size["probes"]]}
            for size in found]
    return {"sizes": rows, "sentence": sizing.sentence(document, row.plan, found).say(gettext)}


def _probe(probe: dict, known: dict, row: Experiment) -> dict:
    """A probe with its Cell, the share answered in time, and the latency that the share asked for stays below, failed requests being endless."""
    records = known[probe["servers"]]["records"]
    tail = unpacked(bytes(row.cells.values_list("tail", flat=True).get(number=known[probe["servers"]]["number"])))
    stable = bool(records) and all(record["stable"] for record in records)
    limit = tail.quantile(row.plan["sizing"]["percentile"], sum(record["failed"] for record in records)) if stable else None
    return {**probe, "cell": known[probe["servers"]]["number"], "share": estimate([record["within"] for record in records]),
            "percentile_ms": None if limit is None else limit / MS}


def _cell(cell: ExperimentCell, row: Experiment) -> dict:
    facts = cell.facts or {"done": 0, "unstable": 0}
    return {
        "number": cell.number, "at": cell.at, "servers": cell.servers, "stamp": cell.stamp, "done": facts["done"], "seeds": row.plan["seeds"],
        "stable": facts.get("stable"), "unstable": facts["unstable"], "stability": told(facts["stability"]) if facts.get("stability") else None,
        "warm_up_s": None if cell.warm_ns is None else cell.warm_ns / S, "latency_ms": facts.get("latency_ms"),
        **{name: facts.get(name) for name in RATES},
    }


def _seconds(row: Experiment) -> float | None:
    if row.started is None:
        return None
    return round(((row.finished or timezone.now()) - row.started).total_seconds(), 3)
