"""What pages, REST and sockets show of the things in the database: JSON, texts in the language in force."""

import logging

from django.urls import reverse
from django.utils.translation import get_language

from simulator.runs import Mistake, access, service, told
from simulator.runs.models import Comparison, Recording, Run, Scenario
from simulator.runs.systems import chosen_of, nodes_of
from simulator.web.words import translated

log = logging.getLogger(__name__)


def language() -> str:
    """The language in force: "en" or "zh-hans"."""
    return (get_language() or "en").lower()


def systems() -> list[dict]:
    """Every SYSTEM (see pages.py)."""
    return [{**translated(system), "url": reverse("system", args=[system["key"]])} for system in service.systems()]


def system(key: str) -> dict | None:
    """The SYSTEM called `key`; None where there is none."""
    return next((system for system in systems() if system["key"] == key), None)


def card(scenario: Scenario, who) -> dict:
    """A CARD (see pages.py)."""
    document = service.parsed(scenario)
    return {
        "key": scenario.key, **document.told(language()),
        "system": document.system, "system_title": translated(document.facts.title, visible=True),
        "kernel": document.facts.kernel, "nodes": nodes_of(document.document()),
        "chosen": told.told_each(chosen_of(document.document())),
        "seed": document.seed, "duration_s": document.duration_s,
        "builtin": scenario.builtin, "mine": not scenario.builtin and access.can_change(who, scenario),
        "visibility": scenario.visibility, "needs": missing(document, who),
        "recordings": document.recordings(), "config": document.config, "actions": [action.model_dump() for action in document.actions],
        "url": reverse("scenario", args=[scenario.key]),
        "compare_url": f"{reverse('compare-new')}?scenario={scenario.key}",
        "hunt_url": f"{reverse('hunt-new')}?scenario={scenario.key}" if document.facts.properties else None,
        "experiment_url": f"{reverse('experiment-new')}?scenario={scenario.key}" if document.facts.replicate else None,
    }


def cards(rows, who) -> list[dict]:
    """The CARDs of `rows`. A Scenario that a newer version no longer understands is left out, and logged."""
    made = []
    for row in rows:
        try:
            made.append(card(row, who))
        except Mistake as slip:
            log.warning("scenario %s is not understood: %s", row.key, slip)
    return made


def whole_card(scenario: Scenario, who) -> dict:
    """A CARD with "document": the whole Scenario, every default spelled out."""
    return {**card(scenario, who), "document": service.parsed(scenario).document()}


def missing(document, who) -> str | None:
    """The key of the first Recording that a checked document names and `who` may not see; None where all are there."""
    keys = document.recordings()
    rows = Recording.objects.defer("arrays").filter(key__in=keys) if keys else ()
    seen = {row.key for row in rows if access.can_see(who, row)}
    return next((key for key in keys if key not in seen), None)


def run(run: Run, who) -> dict:
    """A RUN (see pages.py)."""
    return {**service.run_json(run, who), "url": reverse("run", args=[run.pk]),
            "scenario": run.scenario.key if run.scenario else None}


def segments(run: Run) -> list[dict]:
    """Where each stored Segment of a Run lies, the shared ones included."""
    return [{
        "number": number, "from_ns": number * run.window_ns,
        "until_ns": min((number + 1) * run.window_ns, run.duration_ns),
        "url": reverse("api-segment", args=[run.pk, number]),
    } for number in range(run.segment_count)]


def comparison(comparison: Comparison, who) -> dict:
    """A COMPARISON (see pages.py) with its "runs", by lane."""
    lanes = sorted(comparison.runs.all(), key=lambda lane: lane.lane)
    return {**brief_comparison(comparison, who), "runs": [run(lane, who) for lane in lanes]}


def brief_comparison(comparison: Comparison, who) -> dict:
    """A COMPARISON (see pages.py)."""
    return {
        "id": str(comparison.pk), "title": told.in_language(comparison.title),
        "parent": str(comparison.parent_id) if comparison.parent_id else None,
        "branch_at_ns": comparison.branch_at_ns, "visibility": comparison.visibility,
        "mine": access.can_change(who, comparison),
        "can_act": access.may_create(who) and access.can_see(who, comparison),
        "created": comparison.created.isoformat(), "url": reverse("compare", args=[comparison.pk]),
    }


def recording(recording: Recording, who) -> dict:
    """A RECORDING (see pages.py)."""
    return {
        "key": recording.key, "name": recording.name, "rows": recording.rows, "span_ns": recording.span_ns,
        "demand": recording.demand, "mean_demand_ms": (recording.figures.get("demand") or {}).get("mean_ms"),
        "warnings": [told.told(warning) for warning in recording.warnings],
        "refused_total": recording.refused_total, "visibility": recording.visibility,
        "mine": access.can_change(who, recording), "created": recording.created.isoformat(),
        "url": reverse("recording", args=[recording.key]),
    }


def whole_recording(row: Recording, who) -> dict:
    """A RECORDING with "preview" (its figures) and "document" (a Scenario that replays it)."""
    return {**recording(row, who), **service.described(row)}


def preview(file, mapping: dict | None, who) -> dict:
    """What an uploaded file holds, without keeping it."""
    return service.preview_recording(file, file.name, mapping, who)
