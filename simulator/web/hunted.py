"""What pages and REST show of Hunts: JSON, texts in the language in force.

HUNT: as runs/hunting.py gives it, with "url", "scenario" (key or null), every Action with "said" (its words),
and "run" and "worst_run" as addresses of the stage at the moment when the promise is broken.
"""

from django.urls import reverse
from django.utils.formats import number_format

from simulator.runs import service
from simulator.runs.models import Hunt
from simulator.web import shown

S = 1_000_000_000


def hunt(row: Hunt, who) -> dict:
    """A HUNT."""
    facts = service.hunt_json(row, who)
    system = shown.system(facts["system"])
    for part in ("worst", "shrunk"):
        if facts[part] and facts[part]["actions"] is not None:
            actions = [{**action, "said": words(system, action)} for action in facts[part]["actions"]]
            facts[part] = {**facts[part], "actions": actions}
    return {
        **facts, "url": reverse("hunt", args=[row.pk]), "scenario": row.scenario.key if row.scenario else None,
        "worst_run": moment(facts["worst_run"], facts["worst"]), "run": moment(facts["run"], facts["shrunk"]),
    }


def moment(run: str | None, at: dict | None) -> str | None:
    """The address of a Run's stage at `at`["at_ns"]."""
    if run is None or at is None:
        return None
    return f"{reverse('run', args=[run])}?t={at['at_ns'] / S:.9f}"


def words(system: dict, action: dict) -> str:
    """An Action in words: "Crash server-3", "Slow down server-2 (5 ms)"."""
    spec = next((spec for spec in system["actions"] if spec["kind"] == action["kind"]), None)
    title = spec["title"] if spec else action["kind"]
    units = {param["name"]: param["unit"] for param in spec["params"]} if spec else {}
    points = {point["key"]: point["title"] for point in system["points"]}
    values = ", ".join(_value(value, units.get(name, ""), points) for name, value in action["params"].items())
    return " ".join(part for part in (title, action["target"], f"({values})" if values else "") if part)


def _value(value, unit: str, points: dict) -> str:
    if isinstance(value, str):
        return points.get(value, value.replace("|", " | ").replace(",", ", "))
    digits = None if value != int(value) else 0
    return f"{number_format(value, decimal_pos=digits, use_l10n=True)} {unit}".strip()
