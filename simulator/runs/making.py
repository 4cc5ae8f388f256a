"""Makes Runs, Branches and Comparisons: checks, budgets, rows, and the task that computes them."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from simulator.engine.action import Action
from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase, tasks
from simulator.runs.access import Who, can_see, needs_change, needs_create
from simulator.runs.announce import announce
from simulator.runs.models import UNFINISHED, Comparison, Run, Scenario, State, Visibility
from simulator.runs.recordings import inputs_for
from simulator.scenarios.checked import checked
from simulator.scenarios.deeds import check_action
from simulator.scenarios.document import MAX_SEED, ScenarioDocument, ScheduledAction, parse, with_config
from simulator.scenarios.size import expected_work

LANES_AT_MOST = 4

OVER_BUDGET = {
    "traffic": N_("The scenario asks for about {count:,} requests; your runs may compute at most {most:,} events: "
                  "lower the rate or duration_s."),
    "actors": N_("The scenario asks for about {count:,} events; your runs may compute at most {most:,}: lower the load or duration_s."),
}


def create_run(document: dict, who: Who, seed: int | None = None, scenario: Scenario | None = None,
               journal: Iterable[dict] = (), visibility: str = Visibility.PRIVATE) -> Run:
    """A new Run of `document`, queued. `journal`: Actions as documents, on top of the Scenario's own."""
    needs_create(who)
    whole = parse(document)
    with transaction.atomic():
        _check_room(who, 1)
        actions = checked_journal(whole, journal)
        _check_journal_length(len(actions), who)
        run = _new(whole, who, seed, actions, scenario=scenario, visibility=visibility)
        run.lineage = [[0, str(run.id)]]
        run.save(force_insert=True)
        transaction.on_commit(partial(tasks.queue, run.id))
    return run


def create_again(document: ScenarioDocument, who: Who, seed: int, **fields) -> Run:
    """A new Run of a checked document that a worker makes for `who`: their Hunt had a budget, so this one needs no room."""
    run = _new(document, who, seed, (), **fields)
    run.lineage = [[0, str(run.id)]]
    run.save(force_insert=True)
    transaction.on_commit(partial(tasks.queue, run.id))
    return run


def branch(run: Run, at_ns: int, action: dict, who: Who) -> Run:
    """A Run that shares the past of `run` and has `action` ({"kind", "target", "params"}) at `at_ns`."""
    needs_create(who)
    with transaction.atomic():
        _check_room(who, 1)
        return _branch(run, at_ns, action, who)


def cancel(run: Run, who: Who) -> None:
    """Stop computing `run`; what was stored stays. Nothing happens where it is finished already."""
    needs_change(who, run)
    unfinished = Run.objects.filter(pk=run.pk, state__in=UNFINISHED)
    if unfinished.update(state=State.CANCELLED, finished=timezone.now()):
        announce(run.pk, run.segment_count, State.CANCELLED)
    run.refresh_from_db()


def create_comparison(document: dict, lanes: list[dict], who: Who, scenario: Scenario | None = None,
                      seed: int | None = None, visibility: str = Visibility.PRIVATE) -> Comparison:
    """A Run for each of `lanes` ({"title", "config": what differs}), on the same seed, arrivals and demands."""
    needs_create(who)
    whole = parse(document)
    if not 2 <= len(lanes) <= LANES_AT_MOST:
        raise Mistake("lanes", Phrase(N_("lanes must be a list of 2 to {most} lanes."), most=LANES_AT_MOST))
    with transaction.atomic():
        _check_room(who, len(lanes))
        comparison = Comparison.objects.create(
            title=whole.document()["title"], document=whole.document(), scenario=scenario,
            visibility=visibility, **who.marks())
        for number, lane in enumerate(lanes):
            differing = with_config(whole, lane["config"], f"lanes.{number}.config")
            run = _new(differing, who, seed, (), scenario=scenario, visibility=visibility, comparison=comparison,
                       lane=number, lane_title=lane["title"])
            run.lineage = [[0, str(run.id)]]
            run.save(force_insert=True)
            transaction.on_commit(partial(tasks.queue, run.id))
    return comparison


def branch_comparison(comparison: Comparison, at_ns: int, action: dict, who: Who) -> Comparison:
    """A Comparison whose lanes are Branches of the lanes of `comparison`, all with the same Action."""
    needs_create(who)
    lanes = list(comparison.runs.order_by("lane"))
    with transaction.atomic():
        _check_room(who, len(lanes))
        made = Comparison.objects.create(
            title=comparison.title, document=comparison.document, scenario=comparison.scenario, parent=comparison,
            branch_at_ns=at_ns, visibility=_inherited(comparison, who), **who.marks())
        for lane in lanes:
            _branch(lane, at_ns, action, who, comparison=made)
    return made


def checked_journal(document: ScenarioDocument, journal: Iterable[dict]) -> list[Action]:
    """Actions as documents, on top of the Scenario's own, as the engine takes them; Mistake names "journal.3.target"."""
    shaped = [checked(ScheduledAction, raw, f"journal.{number}").model_dump() for number, raw in enumerate(journal)]
    others = [*(action.model_dump() for action in document.actions), *shaped]
    return [check_action(document.facts, document.options, raw, document.duration_ns, others, f"journal.{number}")
            for number, raw in enumerate(shaped)]


def _branch(parent: Run, at_ns: int, action: dict, who: Who, comparison: Comparison | None = None) -> Run:
    needs_create(who)
    if not can_see(who, parent):
        raise Mistake("run", N_("There is no such run."), status=404)
    document = parse(parent.document)
    raw = checked(ScheduledAction, {**action, "at_ns": at_ns}, "action").model_dump()
    others = [*parent.document["actions"], *parent.journal]
    done = check_action(document.facts, document.options, raw, parent.duration_ns, others, "action")
    _check_journal_length(len(parent.journal) + 1, who)
    journal = [*(Action(**action) for action in parent.journal), done]
    run = _new(document, who, parent.seed, journal, scenario=parent.scenario, parent=parent,
               branch_at_ns=at_ns, visibility=_inherited(parent, who), comparison=comparison,
               lane=parent.lane if comparison else 0, lane_title=parent.lane_title)
    # Only what the parent has stored by now is shared: a Branch never waits for its parent.
    run.first_segment = run.segment_count = min(at_ns // parent.window_ns, parent.segment_count)
    run.progress_ns = run.first_segment * parent.window_ns
    run.lineage = [entry for entry in parent.lineage if entry[0] < run.first_segment]
    run.lineage.append([run.first_segment, str(run.id)])
    run.save(force_insert=True)
    transaction.on_commit(partial(tasks.queue, run.id))
    return run


def _new(document: ScenarioDocument, who: Who, seed: int | None, journal: Iterable[Action], **fields) -> Run:
    """An unsaved Run within the budget of `who`; `journal` has been checked."""
    journal = list(journal)
    seed = document.seed if seed is None else seed
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise Mistake("seed", Phrase(N_("seed must be a whole number from 0 to {most:,}."), most=MAX_SEED))
    _check_size(document, journal, who)
    cut = plan(document.duration_ns)
    return Run(
        document=document.document(), seed=seed, journal=[action.document() for action in journal],
        duration_ns=cut.duration_ns, window_ns=cut.window_ns, sample_ns=cut.sample_ns,
        budget_events=who.budget.events, budget_bytes=who.budget.trace_bytes,
        lease_until=tasks.lease(), **who.marks(), **fields)


def _check_journal_length(length: int, who: Who) -> None:
    if length > who.budget.journal:
        sentence = N_("A run takes at most {most} actions beside the scenario's own.")
        raise Mistake("journal", Phrase(sentence, most=who.budget.journal), status=413)


def _check_size(document: ScenarioDocument, journal: list[Action], who: Who) -> None:
    budget = who.budget
    if document.duration_ns > budget.simulated_s * S:
        sentence = N_("duration_s must be at most {most:,} for you.")
        raise Mistake("duration_s", Phrase(sentence, most=budget.simulated_s), status=413)
    expected = expected_work(document, [*document.deeds(), *journal], inputs_for(document, who))
    if expected > budget.events:
        sentence = OVER_BUDGET[document.facts.kernel]
        raise Mistake("duration_s", Phrase(sentence, count=round(expected), most=budget.events), status=413)


def _check_room(who: Who, wanted: int) -> None:
    """Mistake (429) where `wanted` more Runs would be more than `who` may have unfinished at a time."""
    most = who.budget.concurrent_runs
    marks = {name: value or None for name, value in who.marks().items() if name == "owner"} or who.marks()
    if Run.objects.filter(state__in=UNFINISHED, **marks).count() + wanted > most:
        sentence = N_("At most {most} of your runs are computed at a time: wait for one to finish, or cancel one.")
        raise Mistake("run", Phrase(sentence, most=most), status=429)


def _inherited(parent: Run | Comparison, who: Who) -> str:
    """The visibility of a Branch: the parent's where it is one's own, private otherwise."""
    return parent.visibility if who.made(parent) else Visibility.PRIVATE
