"""Takes an Experiment out of the database as tables for other tools: a row a Cell, or a row a replication."""

import json

from django.utils.translation import gettext

from simulator.engine import ENGINE_VERSION
from simulator.engine.clock import S
from simulator.runs.access import Who
from simulator.runs.experimented import RATES, experiment_json, replication_json
from simulator.runs.models import Experiment, ExperimentCell
from simulator.runs.parquet import parquet
from simulator.scenarios.axes import label_of
from simulator.scenarios.cell import LATENCIES
from simulator.scenarios.document import ScenarioDocument, parse

FORMAT = "distviz-experiment/1"
ESTIMATES = ("throughput_per_s", "goodput_per_s", "offered_per_s", "failure_share", "utilisation", "server_hours")


def export_cells(row: Experiment) -> list[dict]:
    """A dict a Cell, all with the same keys: its place on each axis, then every number with half its interval."""
    document = parse(row.document)
    cells = list(row.cells.order_by("number").defer("records", "tail"))
    extras = sorted({name for cell in cells if cell.facts for name in cell.facts["extras"]})
    outcomes = sorted({name for cell in cells if cell.facts for name in cell.facts["outcomes"]})
    return [_place(document, row.plan, cell) | _numbers(cell, extras, outcomes) for cell in cells]


def export_replications(row: Experiment) -> list[dict]:
    """A dict a replication, by Cell and seed, all with the same keys."""
    document = parse(row.document)
    return [_place(document, row.plan, cell) | replication_json(record)
            for cell in row.cells.order_by("number").defer("tail") for record in cell.records]


def export_parquet(rows: list[dict]) -> bytes:
    """Rows as an Apache Parquet file."""
    return parquet(rows)


def export_results(row: Experiment, who: Who) -> dict:
    """The whole Experiment as JSON, with the Scenario and the plan that it was made from: the two fix every number."""
    whole = experiment_json(row, who)
    for mine in ("mine", "stamp", "visibility"):
        del whole[mine]
    return {"format": FORMAT, "engine_version": ENGINE_VERSION, "document": row.document, "plan": row.plan, **whole}


def _place(document: ScenarioDocument, plan: dict, cell: ExperimentCell) -> dict:
    """Where a Cell lies: {"cell", each axis' path: its value, of an object its JSON, with what it is called beside it}."""
    place = {"cell": cell.number}
    for axis, index in zip(plan["axes"], cell.at, strict=True):
        value = axis["values"][index]
        if any(isinstance(one, (dict, list)) for one in axis["values"]):
            place[f"{axis['path']}_label"] = label_of(document, axis["path"], value).say(gettext)
            value = json.dumps(value, sort_keys=True, ensure_ascii=False)
        place[axis["path"]] = value
    return place | ({"servers": cell.servers} if plan["sizing"] else {})


def _numbers(cell: ExperimentCell, extras: list[str], outcomes: list[str]) -> dict:
    facts = cell.facts or {"done": 0, "unstable": 0, "stable": None, "latency_ms": None, "extras": {}, "outcomes": {}} | dict.fromkeys(RATES[:6])
    latency = facts["latency_ms"] or dict.fromkeys(LATENCIES)
    found = {"seeds": facts["done"], "unstable_seeds": facts["unstable"], "stable": facts["stable"],
             "warm_up_s": None if cell.warm_ns is None else cell.warm_ns / S, "requests": facts.get("requests")}
    estimates = {LATENCIES[name]: latency[name] for name in LATENCIES} | {name: facts[name] for name in ESTIMATES}
    estimates |= {name: facts["extras"].get(name) for name in extras}
    for name, estimate in estimates.items():
        found |= {name: estimate and estimate["mean"], f"{name}_half": estimate and estimate["half"]}
    worst = facts.get("worst") or {"seed": None, "at_ns": None}
    return found | {f"share_{name}": facts["outcomes"].get(name) for name in outcomes} | {"worst_seed": worst["seed"], "worst_at_ns": worst["at_ns"]}
