"""Runs, Branches and Comparisons as they are made: frozen, checked, within budgets."""

import uuid
from dataclasses import replace

import pytest

from simulator.runs import Forbidden, Mistake, service
from simulator.runs.access import BUDGETS, Who
from simulator.runs.models import Run, Segment, State
from tests.runs.conftest import CRASH, DOCUMENT

S = 1_000_000_000


def stored(run: Run, until: int, first: int = 0) -> Run:
    """`run` with Segments first..until-1, as if a worker had stored them."""
    Segment.objects.bulk_create(Segment(
        run=run, number=number, from_ns=number * run.window_ns, until_ns=(number + 1) * run.window_ns,
        payload=f"{run.pk}/{number}".encode()) for number in range(first, until))
    run.segment_count, run.progress_ns, run.state = until, until * run.window_ns, State.RUNNING
    run.save()
    return run


def wrong(field: str, status: int = 400):
    """Expects a Mistake about `field`."""
    def check(mistake):
        return mistake.field == field and mistake.status == status and mistake.sentence.endswith(".")
    return pytest.raises(Mistake, check=check)


def test_a_run_is_a_scenario_frozen_with_every_default(run, who):
    assert run.state == "queued" and run.seed == 7
    assert run.document["config"]["strategy"]["name"] and run.document["config"]["servers"][0]["slots"] == 1
    assert (run.duration_ns, run.window_ns, run.sample_ns) == (10 * S, S // 10, S // 200)
    assert who.made(run) and run.lineage == [[0, str(run.pk)]]


def test_a_run_is_queued_when_it_is_in_the_database(db, who, queued, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        run = service.create_run(DOCUMENT, who)
        assert queued == []
    assert queued == [run.pk]


def test_a_seed_of_ones_own_and_a_journal(db, who):
    run = service.create_run(DOCUMENT, who, seed=11, journal=[{"at_ns": S, **CRASH}])
    assert run.seed == 11
    assert run.journal == [{"at_ns": S, "kind": "crash", "target": "server-1", "params": {}}]


@pytest.mark.parametrize(("arguments", "field"), [
    ({"seed": -1}, "seed"), ({"seed": 2**53}, "seed"), ({"seed": True}, "seed"), ({"seed": 1.5}, "seed"),
    ({"journal": [{"at_ns": 10 * S, **CRASH}]}, "journal.0.at_ns"), ({"journal": [5]}, "journal.0"),
    ({"journal": [CRASH]}, "journal.0.at_ns"), ({"journal": [{"at_ns": 1, "kind": "crash", "how": 1}]}, "journal.0.how"),
    ({"journal": [{"at_ns": S, "kind": "explode", "target": "server-1"}]}, "journal.0.kind"),
    ({"journal": [{"at_ns": S, "kind": "crash", "target": "server-4"}]}, "journal.0.target"),
])
def test_what_is_wrong_is_named(db, who, arguments, field):
    with wrong(field):
        service.create_run(DOCUMENT, who, **arguments)
    assert not Run.objects.exists()


def test_a_journal_has_a_length(db, who):
    with wrong("journal", 413):
        service.create_run(DOCUMENT, who, journal=[{"at_ns": S, **CRASH}] * (who.budget.journal + 1))


def test_budgets_of_simulated_time_and_of_events(db, who, member):
    days = BUDGETS["visitor"].simulated_s + 1
    slow = {**DOCUMENT, "duration_s": days, "config": {"arrivals": {"law": "poisson", "rate_per_s": 1}}}
    with wrong("duration_s", 413):
        service.create_run(slow, who)
    service.create_run(slow, member)
    busy = {**DOCUMENT, "duration_s": 1000, "config": {"arrivals": {"law": "poisson", "rate_per_s": 100_000}}}
    with wrong("duration_s", 413):
        service.create_run(busy, who)


def test_so_many_runs_at_a_time(db, who, other):
    for _ in range(who.budget.concurrent_runs):
        run = service.create_run(DOCUMENT, who)
    with wrong("run", 429):
        service.create_run(DOCUMENT, who)
    service.create_run(DOCUMENT, other)
    service.cancel(run, who)
    service.create_run(DOCUMENT, who)


def test_in_deployed_mode_a_visitor_makes_nothing(run, db):
    stranger = Who(None, "visitor-1", open_mode=False)
    for attempt in (lambda: service.create_run(DOCUMENT, stranger), lambda: service.branch(run, S, CRASH, stranger),
                    lambda: service.cancel(run, stranger), lambda: service.save_scenario(DOCUMENT, stranger)):
        with pytest.raises(Forbidden):
            attempt()


def test_a_branch_shares_the_windows_before_its_moment(run, who):
    stored(run, 60)
    branch = service.branch(run, 4_210_000_000, CRASH, who)
    assert (branch.parent, branch.branch_at_ns, branch.seed) == (run, 4_210_000_000, 7)
    assert (branch.first_segment, branch.segment_count, branch.progress_ns) == (42, 42, 4_200_000_000)
    assert branch.journal == [{"at_ns": 4_210_000_000, "kind": "crash", "target": "server-1", "params": {}}]
    assert service.segment_payload(branch, 41) == f"{run.pk}/41".encode()
    assert service.segment_payload(branch, 42) is None


def test_a_branch_of_a_branch_of_a_branch_finds_every_segment(run, who):
    stored(run, 60)
    first = stored(service.branch(run, 4 * S, CRASH, who), 70, 40)
    second = stored(service.branch(first, 6 * S, {"kind": "restart", "target": "server-1"}, who), 80, 60)
    early = stored(service.branch(second, 2 * S, {"kind": "pause", "target": "server-2"}, who), 30, 20)
    holders = [service.segment_payload(second, number).decode().split("/")[0] for number in (0, 39, 40, 59, 60, 79)]
    assert holders == [str(pk) for pk in (run.pk, run.pk, first.pk, first.pk, second.pk, second.pk)]
    assert early.lineage == [[0, str(run.pk)], [20, str(early.pk)]]
    assert service.segment_payload(early, 19) == f"{run.pk}/19".encode()
    assert [action["kind"] for action in early.journal] == ["crash", "restart", "pause"]


def test_a_branch_never_waits_for_its_parent(run, who):
    stored(run, 10)
    service.cancel(run, who)
    branch = service.branch(run, 5 * S, CRASH, who)
    assert branch.first_segment == 10


def test_a_branch_at_the_very_start_and_at_a_windows_start(run, who):
    stored(run, 60)
    assert service.branch(run, 0, CRASH, who).first_segment == 0
    assert service.branch(run, 3 * S, CRASH, who).first_segment == 30  # an Action at a window's start belongs to it


@pytest.mark.parametrize(("at_ns", "action", "field"), [
    (10 * S, CRASH, "action.at_ns"), (-1, CRASH, "action.at_ns"),
    (S, {"kind": "crash", "target": "server-9"}, "action.target"),
    (S, {"kind": "slow", "target": "server-1", "params": {"factor": -1}}, "action.params.factor"),
])
def test_a_click_that_is_wrong_is_named(run, who, at_ns, action, field):
    with wrong(field):
        service.branch(run, at_ns, action, who)
    assert Run.objects.count() == 1


def test_a_branch_belongs_to_who_made_it(run, who, other):
    with wrong("run", 404):
        service.branch(run, S, CRASH, other)
    service.set_visibility(run, "public", who)
    branch = service.branch(run, S, CRASH, other)
    assert other.made(branch) and branch.visibility == "private"
    assert service.branch(run, S, CRASH, who).visibility == "public"


def test_a_comparison_differs_in_what_its_lanes_say(db, who):
    lanes = [{"title": "random", "config": {"strategy": {"name": "random"}}},
             {"title": "two choices", "config": {"strategy": {"name": "power_of_two", "choices": 2}}}]
    comparison = service.create_comparison(DOCUMENT, lanes, who)
    first, second = comparison.runs.order_by("lane")
    assert [first.lane_title, second.lane_title] == ["random", "two choices"]
    assert first.seed == second.seed
    different = {name for name in first.document["config"] if first.document["config"][name] != second.document["config"][name]}
    assert different == {"strategy"}


@pytest.mark.parametrize(("lanes", "field"), [
    ([{"title": "a", "config": {}}], "lanes"), ([{"title": "a", "config": {}}] * 5, "lanes"),
    ([{"title": "a", "config": {}}, {"title": "b", "config": {"strategy": {"name": "magic"}}}], "lanes.1.config.strategy.name"),
])
def test_a_comparison_that_is_wrong_is_named(db, who, lanes, field):
    with wrong(field):
        service.create_comparison(DOCUMENT, lanes, who)
    assert not Run.objects.exists()


def test_an_action_hits_all_lanes(db, who):
    lanes = [{"title": str(number), "config": {}} for number in range(3)]
    comparison = service.create_comparison(DOCUMENT, lanes, who)
    branched = service.branch_comparison(comparison, 3 * S, CRASH, who)
    assert branched.parent == comparison
    assert [run.parent.comparison for run in branched.runs.all()] == [comparison] * 3
    assert [run.journal[0]["at_ns"] for run in branched.runs.all()] == [3 * S] * 3
    assert sorted(run.lane for run in branched.runs.all()) == [0, 1, 2]


def test_lanes_count_as_runs(db, who, monkeypatch):
    monkeypatch.setitem(BUDGETS, "visitor", replace(BUDGETS["visitor"], concurrent_runs=3))
    lanes = [{"title": str(number), "config": {}} for number in range(2)]
    comparison = service.create_comparison(DOCUMENT, lanes, who)
    with wrong("run", 429):
        service.branch_comparison(comparison, S, CRASH, who)
    assert Run.objects.count() == 2


def test_cancel_is_final_and_announced(run, who, announced):
    service.cancel(run, who)
    assert run.state == "cancelled" and run.finished
    assert announced == [(run.pk, 0, "cancelled")]
    service.cancel(run, who)
    assert len(announced) == 1


def test_what_has_branches_stays(run, who):
    stored(run, 20)
    branch = service.branch(run, S, CRASH, who)
    with wrong("run", 409):
        service.delete(branch, who)  # still computed
    service.cancel(branch, who)
    service.cancel(run, who)
    with wrong("run", 409):
        service.delete(run, who)
    service.delete(branch, who)
    service.delete(run, who)
    assert not Run.objects.exists() and not Segment.objects.exists()


def test_a_run_as_json(run, who, other):
    shown = service.run_json(run, who)
    assert uuid.UUID(shown["id"]) == run.pk
    assert (shown["state"], shown["segments"], shown["digest"], shown["error"]) == ("queued", 0, None, None)
    assert shown["mine"] and shown["can_act"]
    assert not service.run_json(run, other)["mine"] and not service.run_json(run, other)["can_act"]
