"""Makes Experiments: checks, budgets, rows, and the tasks that compute them; and Runs of their Cells."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from simulator.engine.clock import S
from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase, stages, tasks
from simulator.runs.access import Who, needs_change, needs_create
from simulator.runs.announce import announce
from simulator.runs.making import create_run
from simulator.runs.models import UNFINISHED, Experiment, ExperimentCell, Run, Scenario, State, Visibility
from simulator.runs.recordings import inputs_for
from simulator.scenarios import experiment as experiments
from simulator.scenarios.axes import CELLS_AT_MOST, options
from simulator.scenarios.document import ScenarioDocument, parse, with_config

WHOLE = ("config", "duration_s")
"""What an Experiment may change of the Scenario before the axes are laid over it."""

EVENTS_A_REQUEST = 20
"""A request that is expected may become so many events, retries and all, before the Experiment is stopped."""


def create_experiment(document: dict, who: Who, wanted: dict, scenario: Scenario | None = None,
                      visibility: str = Visibility.PRIVATE) -> Experiment:
    """A new Experiment, queued. wanted: {"kind", "axes", "seeds", "first_seed", "warm_up_s", "sizing", "config", "duration_s"},
    as scenarios/experiment.py says; the last two change the Scenario before."""
    needs_create(who)
    whole = changed(document, wanted)
    plan = experiments.planned(whole, {name: value for name, value in wanted.items() if name not in WHOLE})
    requests = _check_size(whole, plan, who)
    with transaction.atomic():
        _check_room(who)
        made = Experiment.objects.create(
            document=whole.document(), plan=plan, scenario=scenario, budget_events=round(EVENTS_A_REQUEST * max(requests, 1e6)),
            lease_until=tasks.lease(), visibility=visibility, **who.marks())
        stages.begin(made)
        made.save()
        transaction.on_commit(partial(tasks.queue_experiment, made.pk, made.generation))
    return made


def changed(document: dict, wanted: dict) -> ScenarioDocument:
    """The Scenario with what `wanted` changes of it as a whole."""
    raw = dict(document)
    raw.pop("compare", None)
    if wanted.get("duration_s") is not None:
        raw["duration_s"] = wanted["duration_s"]
    return with_config(parse(raw), wanted.get("config") or {})


def cancel_experiment(experiment: Experiment, who: Who) -> None:
    """Stop computing; what was measured stays. Nothing happens where it is finished already."""
    needs_change(who, experiment)
    unfinished = Experiment.objects.filter(pk=experiment.pk, state__in=UNFINISHED)
    stopped = unfinished.update(state=State.CANCELLED, finished=timezone.now())
    experiment.refresh_from_db()
    if stopped:
        announce(experiment.pk, experiment.done, State.CANCELLED)


def proposed_experiment(document: dict, who: Who) -> dict:
    """What a form begins with; texts are Phrases: {"kind", "axes", "seeds", "first_seed", "duration_s", "warm_up_s", "sizing",
    "paths": the options that can be axes, "budget"}."""
    whole = parse(document)
    if whole.facts.replicate is None:
        experiments.planned(whole, {})  # says why not
    found = options(whole)
    return {
        "kind": "grid", "axes": _usual_axes(found), "seeds": experiments.SEEDS["grid"], "first_seed": 1,
        "duration_s": whole.duration_s, "warm_up_s": None, "sizing": _usual_sizing(whole, found), "paths": found,
        "budget": {"cells": CELLS_AT_MOST, "replications": who.budget.experiment_replications, "requests": who.budget.experiment_requests},
    }


def run_cell(cell: ExperimentCell, who: Who, seed: int | None = None) -> tuple[Run, int | None]:
    """(a Run of a Cell's Config and `seed`, its worst one by default, when that one was worst; None where that is not known)."""
    experiment = cell.experiment
    document = experiments.cell_document(parse(experiment.document), experiment.plan, tuple(cell.at), cell.servers)
    worst = cell.facts["worst"] if cell.facts else None
    if seed is None:
        seed = worst["seed"] if worst else experiment.plan["first_seed"]
    at_ns = next((record["worst_ns"] for record in cell.records if record["seed"] == seed), None)
    return create_run(document.document(), who, seed, experiment.scenario), at_ns


def _usual_axes(found: list[dict]) -> list[dict]:
    """All alternatives of the first option that is called a strategy, or of the first that has some."""
    several = [option for option in found if option["input"] == "options" and len(option["choices"]) > 1]
    chosen = next((option for option in several if option["path"] == "strategy"), several[0] if several else None)
    return [{"path": chosen["path"], "values": [choice["value"] for choice in chosen["choices"]]}] if chosen else []


def _usual_sizing(document: ScenarioDocument, found: list[dict]) -> dict | None:
    """Looks among one to four times the servers there are."""
    if document.facts.losing is None:
        return None
    servers = next((option for option in found if document.facts.losing(document.options, option["path"], 0) is not None), None)
    if servers is None:
        return None
    return {"servers": servers["path"], "low": 1, "high": min(1000, 4 * servers["value"]), "percentile": 0.99, "below_ms": 100, "lost": 0}


def _check_size(document: ScenarioDocument, plan: dict, who: Who) -> float:
    """How many requests are to be expected; Mistake (413) where that or something else is more than `who` may ask for."""
    budget = who.budget
    if document.duration_ns > budget.simulated_s * S:
        raise Mistake("duration_s", Phrase(N_("duration_s must be at most {most:,} for you."), most=budget.simulated_s), status=413)
    probes = experiments.probes_at_most(plan["sizing"]) if plan["kind"] == "sizing" else 1
    count = len(list(experiments.cells(plan["axes"]))) * probes * experiments.replications_a_cell(plan)
    if count > budget.experiment_replications:
        sentence = N_("The experiment asks for {count:,} replications; yours may have at most {most:,}: take fewer seeds or fewer values.")
        raise Mistake("seeds", Phrase(sentence, count=count, most=budget.experiment_replications), status=413)
    requests = experiments.expected_requests(document, plan, lambda one: inputs_for(one, who))
    if requests > budget.experiment_requests:
        sentence = N_("The experiment asks for about {count:,} requests; yours may ask for at most {most:,}: "
                      "take fewer seeds or values, or lower duration_s.")
        raise Mistake("seeds", Phrase(sentence, count=round(requests), most=budget.experiment_requests), status=413)
    return requests


def _check_room(who: Who) -> None:
    """Mistake (429) where one more Experiment would be more than `who` may have unfinished at a time."""
    most = who.budget.concurrent_experiments
    marks = {name: value or None for name, value in who.marks().items() if name == "owner"} or who.marks()
    if Experiment.objects.filter(state__in=UNFINISHED, **marks).count() + 1 > most:
        sentence = N_("At most {most} of your experiments go on at a time: wait for one to finish, or cancel one.")
        raise Mistake("experiment", Phrase(sentence, most=most), status=429)
