"""What pages and REST show of the things in the database, as JSON in the visitor's language."""

from django.urls import reverse
from django.utils.translation import get_language

from simulator.runs import access, service
from simulator.runs.models import Comparison, Recording, Run, Scenario
from simulator.web.words import translated


def card(scenario: Scenario, who) -> dict:
    """A CARD (see pages.py)."""
    document = service.parsed(scenario)
    address = reverse("scenario", args=[scenario.key])
    return {
        "key": scenario.key, **document.told(get_language() or "en"),
        "system": document.system, "system_title": system(document.system)["title"],
        "seed": document.seed, "duration_s": document.duration_s,
        "builtin": scenario.builtin, "mine": access.can_change(who, scenario), "visibility": scenario.visibility,
        "needs": missing(document, who), "config": document.config,
        "actions": [action.model_dump() for action in document.actions],
        "url": address, "compare_url": f"{reverse('compare-new')}?scenario={scenario.key}",
    }


def whole_card(scenario: Scenario, who) -> dict:
    """A CARD with "document": the whole Scenario, every default spelled out."""
    return {**card(scenario, who), "document": service.parsed(scenario).document()}
