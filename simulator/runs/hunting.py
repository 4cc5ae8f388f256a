"""Makes Hunts: checks, budgets, rows, and the tasks that search; and shows them as JSON."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from simulator.engine.clock import S, ns_from_s
from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase, tasks
from simulator.runs.access import Who, can_change, needs_change, needs_create
from simulator.runs.announce import announce
from simulator.runs.judging import TITLES
from simulator.runs.models import UNFINISHED, Hunt, Scenario, State, Visibility
from simulator.runs.told import in_language, told
from simulator.scenarios import hunt as hunting
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.rejection import check_model

SEEDS = 1000
"""How many seeds are searched where nobody says."""


def create_hunt(document: dict, who: Who, seeds: int = SEEDS, first_seed: int = 1, config: dict | None = None,
                scenario: Scenario | None = None, visibility: str = Visibility.PRIVATE, model: str = "") -> Hunt:
    """A new Hunt, queued: `document`, `config` laid over its Config and its nemesis on, under `seeds` seeds from `first_seed` on.

    model: a consistency model that histories are held against, instead of the system's own promises.
    """
    needs_create(who)
    check_model(model)
    hunting.check_seeds(first_seed, seeds, who.budget.hunt_seeds)
    whole = hunting.hunted(parse(document), config)
    _check_size(whole, seeds, who)
    with transaction.atomic():
        _check_room(who)
        made = Hunt.objects.create(
            document=whole.document(), scenario=scenario, model=model, first_seed=first_seed, seeds=seeds, tally=hunting.nothing(),
            budget_events=who.budget.hunt_events, lease_until=tasks.lease(), visibility=visibility, **who.marks())
        transaction.on_commit(partial(tasks.queue_hunt, made.pk, made.generation))
    return made


def proposed_hunt(document: dict, before: Hunt | None = None, faulty: str | None = None) -> dict:
    """What a form begins with: {"seeds", "first_seed", "config", "model", "models": {key: sentence}}.

    Of a Hunt `before`, the same on the seeds that follow.
    """
    overrides = {"faulty": faulty} if faulty else {}
    config = hunting.hunted(parse(document), overrides).config
    models = {model: wanted(model) for model in ("", *TITLES)}
    if before is None:
        return {"seeds": SEEDS, "first_seed": 1, "config": config, "model": "", "models": models}
    return {"seeds": before.seeds, "first_seed": before.first_seed + before.seeds, "config": config, "model": before.model, "models": models}


def wanted(model: str) -> str:
    """What must not be broken, in the language in force."""
    return Phrase(N_("Every history passes: {model}."), model=Phrase(TITLES[model])).say(gettext) if model else gettext(N_("What the system promises."))


def cancel_hunt(hunt: Hunt, who: Who) -> None:
    """Stop searching; what was found stays. Nothing happens where it is finished already."""
    needs_change(who, hunt)
    unfinished = Hunt.objects.filter(pk=hunt.pk, state__in=UNFINISHED)
    stopped = unfinished.update(state=State.CANCELLED, finished=timezone.now())
    hunt.refresh_from_db()
    if stopped:
        announce(hunt.pk, hunt.tally["done"], State.CANCELLED)


def hunt_json(hunt: Hunt, who: Who) -> dict:
    """The Hunt as REST sends it; texts in the language in force. `actions` are Actions as documents."""
    tally, shrinking = hunt.tally, hunt.shrinking
    return {
        "id": str(hunt.pk), "state": hunt.state, "phase": phase(hunt), "title": in_language(hunt.document["title"]),
        "system": hunt.document["system"], "config": hunt.document["config"],
        "faulty": hunt.document["config"].get("faulty", "none"), "duration_ns": ns_from_s(hunt.document["duration_s"]),
        "model": hunt.model, "wanted": wanted(hunt.model), "first_seed": hunt.first_seed, "seeds": hunt.seeds, "done": tally["done"], "events": tally["events"],
        "violations": tally["violations"], "rate": tally["violations"] / tally["done"] if tally["done"] else None,
        "interval": list(hunting.interval(tally["violations"], tally["done"])),
        "properties": tally["properties"], "reached": tally["reached"],
        "first": {key: _found(found) for key, found in tally["first"].items()},
        "earliest": [_found(found) for found in tally["earliest"]],
        "worst": _worst(hunt), "worst_run": hunt.worst_run_id and str(hunt.worst_run_id),
        "shrunk": _shrunk(shrinking), "run": hunt.shrunk_run_id and str(hunt.shrunk_run_id),
        "error": told(hunt.error) or None, "visibility": hunt.visibility, "mine": can_change(who, hunt),
        "created": hunt.created.isoformat(),
    }


def phase(hunt: Hunt) -> str | None:
    """What an unfinished Hunt is at: "searching" or "shrinking"; None where it is over."""
    if not hunt.unfinished:
        return None
    return "searching" if hunt.tally["done"] < hunt.seeds else "shrinking"


def _worst(hunt: Hunt) -> dict | None:
    if not hunt.tally["earliest"]:
        return None
    return _found(hunt.tally["earliest"][0]) | {"actions": hunt.shrinking["schedule"] if hunt.shrinking else None}


def _found(found: dict) -> dict:
    """A FINDING with its sentence in the language in force."""
    sentence = told({"template": found["template"], "values": found["values"]})
    return {"seed": found["seed"], "property": found["property"], "at_ns": found["at_ns"], "sentence": sentence}


def _shrunk(shrinking: dict | None) -> dict | None:
    if not shrinking or not shrinking["breach"]:
        return None
    breach = shrinking["breach"]
    return {"actions": shrinking["actions"], "tried": shrinking["tried"], "minimal": shrinking["state"] == "done",
            "at_ns": breach["at_ns"], "sentence": told({"template": breach["template"], "values": breach["values"]})}


def _check_size(document: ScenarioDocument, seeds: int, who: Who) -> None:
    budget = who.budget
    if document.duration_ns > budget.simulated_s * S:
        sentence = N_("duration_s must be at most {most:,} for you.")
        raise Mistake("duration_s", Phrase(sentence, most=budget.simulated_s), status=413)
    each = hunting.expected_events(document)
    if each > budget.events or each * seeds > budget.hunt_events:
        sentence = N_("The hunt asks for about {count:,} events; yours may compute at most {most:,}: take fewer seeds, or lower duration_s.")
        raise Mistake("seeds", Phrase(sentence, count=round(each * seeds), most=budget.hunt_events), status=413)


def _check_room(who: Who) -> None:
    """Mistake (429) where one more Hunt would be more than `who` may have unfinished at a time."""
    most = who.budget.concurrent_hunts
    marks = {name: value or None for name, value in who.marks().items() if name == "owner"} or who.marks()
    if Hunt.objects.filter(state__in=UNFINISHED, **marks).count() + 1 > most:
        sentence = N_("At most {most} of your hunts go on at a time: wait for one to finish, or cancel one.")
        raise Mistake("hunt", Phrase(sentence, most=most), status=429)
