"""A history that a consistency model rejects, told as a broken promise is: what a Hunt can look for beside promises. Pure."""

from collections.abc import Iterable

from simulator.engine.words import N_
from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.verdict import MODELS, NO
from simulator.scenarios.mistake import Mistake, Phrase

STEPS = 50_000
"""Configurations that a search may look at: a history that needs more is no finding."""


def rejection(rows: Iterable[dict], model: str) -> dict | None:
    """{"at_ns", "property": the model, "template", "values", "node"} where the operations of a Run are not of `model`, else None.

    at_ns: when the last operation of the part that cannot be explained was over; node: its client.
    """
    history = of_rows(rows)
    verdict = judge(history, (model,), STEPS)[0]
    if verdict.verdict != NO:
        return None
    part = [history.by_id[id] for id in verdict.conflict or history.by_id]
    last = max((one for one in part if one.completed_ns is not None), key=lambda one: (one.completed_ns, one.id))
    return {"at_ns": last.completed_ns, "property": model, "template": verdict.template, "values": verdict.values, "node": last.client}


def check_model(model: str) -> None:
    """Mistake where `model` is neither "" nor the name of a consistency model."""
    if model and model not in MODELS:
        raise Mistake("model", Phrase(N_("model must be one of: {choices}."), choices=", ".join(MODELS)))
