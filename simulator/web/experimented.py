"""What pages and REST show of Experiments: JSON, texts in the language in force.

EXPERIMENT: as runs/experimented.py gives it, with "url" and "scenario" (key or null); ENTRY: the same without "cells", "answer" and
"assumptions"; CELL: one of its "cells"; WHOLE_CELL: with "config", "actions", "tail" and "replications". web/api/experiment_shapes.py
says what is in them.
"""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from simulator.runs import service
from simulator.runs.models import Experiment, ExperimentCell
from simulator.web import shown

S = 1_000_000_000


def experiment(row: Experiment, who, since: int = -1) -> dict:
    """An EXPERIMENT; of its Cells those that changed after the stamp `since`."""
    return service.experiment_json(row, who, since) | _beside(row)


def entry(row: Experiment, who) -> dict:
    """An ENTRY."""
    return service.experiment_entry(row, who) | _beside(row)


def cell(row: ExperimentCell) -> dict:
    """A WHOLE_CELL."""
    return service.cell_json(row)


def proposal(document: dict, who) -> dict:
    """What a form begins with."""
    made = service.proposed_experiment(document, who)
    return {**made, "paths": [_path(option) for option in made["paths"]]}


def ran(row: ExperimentCell, who, seed: int | None = None) -> dict:
    """A new Run of a Cell: {"run": RUN, "url" of its stage at the Cell's worst moment}."""
    run, at_ns = service.run_cell(row, who, seed)
    url = reverse("run", args=[run.pk])
    return {"run": shown.run(run, who), "url": url if at_ns is None else f"{url}?t={at_ns / S:.9f}"}


def _path(option: dict) -> dict:
    choices = option["choices"] and [{**choice, "label": choice["label"].say(gettext)} for choice in option["choices"]]
    return {**option, "title": option["title"].say(gettext), "choices": choices}


def _beside(row: Experiment) -> dict:
    return {"url": _url(row), "scenario": row.scenario.key if row.scenario else None}


def _url(row: Experiment) -> str:
    try:
        return reverse("experiment", args=[row.pk])
    except NoReverseMatch:
        return reverse("api-experiment", args=[row.pk])
