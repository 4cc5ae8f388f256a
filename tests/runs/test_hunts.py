"""Hunts in the database and in workers: every seed once, whatever happens to the worker, and the same answer."""

import json
import random
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from simulator.runs import Forbidden, Mistake, pursue, reconcile, service
from simulator.runs.access import BUDGETS, Who
from simulator.runs.models import Hunt, HuntChunk, Run, Scenario
from simulator.scenarios import hunt as hunting
from simulator.scenarios.document import parse
from tests.runs.conftest import BUG, DOCUMENT, PROTOCOL

pytestmark = pytest.mark.django_db
SEEDS = 40


class Killed(BaseException):
    """Ends a task as a kill does: nothing is tidied up."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Chunks of a few seeds, and an empty queue that the reconciler sees."""
    monkeypatch.setattr(pursue, "STEP_S", 0.02)
    monkeypatch.setattr(reconcile, "_waiting", lambda: 0)


@pytest.fixture
def start(who, django_capture_on_commit_callbacks):
    """start(**changes) -> a Hunt, queued."""

    def make(**changes) -> Hunt:
        with django_capture_on_commit_callbacks(execute=True):
            return service.create_hunt(**{"document": PROTOCOL, "who": who, "seeds": SEEDS, **changes})

    return make


@pytest.fixture
def hunt(start):
    """A Hunt with a bug to find, queued."""
    return start(config=BUG)


@pytest.fixture
def work(steps, django_capture_on_commit_callbacks):
    """work(shuffle=None): what workers do: take steps from the queue until it is empty."""

    def work(shuffle: random.Random | None = None) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            while steps:
                pursue.pursue(*steps.pop(shuffle.randrange(len(steps)) if shuffle else 0))

    return work


def answer(hunt: Hunt, who: Who) -> dict:
    """What the Hunt says, without what differs between two of them."""
    hunt.refresh_from_db()
    said = service.hunt_json(hunt, who)
    return {name: value for name, value in said.items() if name not in ("id", "created", "run", "worst_run")}


def expected(seeds: int = SEEDS, first: int = 1, config: dict = BUG) -> dict:
    """The tally of a search in one go."""
    return hunting.search(hunting.hunted(parse(PROTOCOL), config), range(first, first + seeds))


def test_a_hunt_says_what_one_search_says(hunt, who, work):
    work()
    hunt.refresh_from_db()
    assert hunt.state == "done" and hunt.tally == expected() and hunt.tally["violations"] > 0
    said = answer(hunt, who)
    assert said["rate"] == hunt.tally["violations"] / SEEDS and said["interval"][0] < said["rate"] < said["interval"][1]
    assert sum(chunk.count for chunk in hunt.chunks.all()) == SEEDS


def test_every_seed_is_searched_once_and_chunks_grow(hunt, work):
    work()
    chunks = list(hunt.chunks.order_by("number"))
    assert [seed for chunk in chunks for seed in chunk.seeds] == list(range(1, SEEDS + 1))
    assert chunks[0].count == 1 and max(chunk.count for chunk in chunks) > 1


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_steps_does_not_matter(hunt, who, seed, work):
    work(random.Random(seed))
    assert hunting.merged(hunting.nothing(), Hunt.objects.get(pk=hunt.pk).tally) == expected()


def test_the_worst_seed_and_the_minimal_schedule_become_runs(hunt, who, queued, work):
    work()
    hunt.refresh_from_db()
    assert set(queued) == {hunt.worst_run_id, hunt.shrunk_run_id}
    worst, small = hunt.worst_run, hunt.shrunk_run
    assert worst.seed == small.seed == hunt.tally["earliest"][0]["seed"] and who.made(worst) and who.made(small)
    assert worst.document["config"]["nemesis"]["rate_per_s"] == 20 and small.document["config"]["nemesis"]["rate_per_s"] == 0
    assert small.document["actions"] == [{**action, "params": action["params"]} for action in hunt.shrinking["actions"]]


def test_nothing_found_is_an_answer_too(who, start, queued, work):
    hunt = start(seeds=30)
    work()
    said = answer(hunt, who)
    assert (said["state"], said["done"], said["violations"], said["rate"], said["worst"]) == ("done", 30, 0, 0.0, None)
    assert said["interval"][0] == 0 and 0.05 < said["interval"][1] < 0.15 and queued == []
    assert said["reached"]["a_value_is_chosen"] > 0


def test_a_task_killed_in_the_midst_of_a_chunk_costs_time_not_seeds(hunt, steps, monkeypatch, work):
    search, calls = hunting.search, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) in (2, 4):
            raise Killed
        return search(*arguments)

    monkeypatch.setattr(hunting, "search", killed)
    while steps:
        try:
            work()
        except Killed:
            pass  # the worker is gone, and its message with it
    hunt.refresh_from_db()
    if hunt.unfinished:
        lose_leases(hunt)
        assert reconcile.reconcile() == 1
        work()
    hunt.refresh_from_db()
    assert (hunt.state, hunt.tally) == ("done", expected())


def lose_leases(hunt: Hunt) -> None:
    """As if everybody at work had been gone for a while."""
    gone = timezone.now() - timedelta(seconds=1)
    HuntChunk.objects.filter(hunt=hunt, tally__isnull=True).update(lease_until=gone)
    Hunt.objects.filter(pk=hunt.pk).update(lease_until=gone, turn_until=gone)


def test_a_message_that_is_delivered_twice_adds_nothing_twice(hunt, steps):
    document = parse(hunt.document)
    chunk = pursue.claim(hunt)
    tally = hunting.search(document, chunk.seeds)
    assert pursue.add(hunt, chunk, tally) and not pursue.add(hunt, chunk, tally)
    hunt.refresh_from_db()
    assert hunt.tally == tally


def test_two_tasks_never_claim_the_same_seeds(hunt):
    first, second = pursue.claim(hunt), pursue.claim(Hunt.objects.get(pk=hunt.pk))
    assert not set(first.seeds) & set(second.seeds)


def test_a_chunk_whose_task_is_gone_is_taken_again(hunt):
    chunk = pursue.claim(hunt)
    lose_leases(hunt)
    again = pursue.claim(hunt)
    assert (again.pk, again.attempts) == (chunk.pk, 2)


def test_seeds_that_kill_their_workers_end_the_hunt_with_a_sentence(hunt, who, steps, monkeypatch):
    def killed(*arguments):
        raise Killed

    monkeypatch.setattr(hunting, "search", killed)
    for _attempt in range(pursue.ATTEMPTS_AT_MOST):
        with pytest.raises(Killed):
            pursue.pursue(hunt.pk, hunt.generation)
        lose_leases(hunt)
    pursue.pursue(hunt.pk, hunt.generation)
    said = answer(hunt, who)
    assert said["state"] == "failed" and said["error"] == "The worker died 5 times at the seeds 1 to 1; the hunt was given up."


def test_a_task_killed_while_it_shrinks_goes_on_where_it_was(hunt, who, monkeypatch, work):
    monkeypatch.setattr(pursue, "STEP_S", 0.0)  # one try a step
    step, calls = pursue.shrink.step, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise Killed
        return step(*arguments)

    monkeypatch.setattr(pursue.shrink, "step", killed)
    for _round in range(20):
        try:
            work()
        except Killed:
            pass  # the worker is gone
        hunt.refresh_from_db()
        if not hunt.unfinished:
            break
        lose_leases(hunt)
        reconcile.reconcile()
    assert hunt.state == "done" and hunt.shrunk_run_id


def test_steps_of_an_older_generation_stop(hunt, steps):
    old = list(steps)
    lose_leases(hunt)
    steps.clear()
    assert reconcile.reconcile() == 1 and reconcile.reconcile() == 0
    for step in old:
        pursue.pursue(*step)
    assert Hunt.objects.get(pk=hunt.pk).tally["done"] == 0 and len(steps) == len(old)


def test_cancel_stops_it_and_keeps_what_was_found(hunt, who, steps, announced, work):
    for _step in range(3):
        pursue.pursue(*steps.pop(0))
    service.cancel_hunt(hunt, who)
    before = Hunt.objects.get(pk=hunt.pk).tally["done"]
    work()
    hunt.refresh_from_db()
    assert (hunt.state, hunt.tally["done"]) == ("cancelled", before) and 0 < before < SEEDS
    assert announced[-1] == (hunt.pk, before, "cancelled")


def test_a_step_that_is_no_longer_wanted_ends_while_it_computes(hunt, who, monkeypatch):
    monkeypatch.setattr(pursue, "BEAT_S", -1.0)
    beat = pursue.Beat(hunt)
    beat()
    service.cancel_hunt(hunt, who)
    with pytest.raises(pursue.Unwanted):
        beat()


def test_progress_is_announced(hunt, announced, work):
    work()
    counts = [count for hunt_id, count, _state in announced if hunt_id == hunt.pk]
    assert counts == sorted(counts) and counts[-1] == SEEDS and announced[-1][2] == "done"


def test_the_budget_of_events_ends_it(who, start, work):
    hunt = start()
    Hunt.objects.filter(pk=hunt.pk).update(budget_events=500)
    work()
    said = answer(hunt, who)
    assert said["state"] == "budget" and said["error"] == "Budget reached: 500 events." and 0 < said["done"] < SEEDS


@pytest.mark.parametrize(("wrong", "field"), [
    ({"seeds": 0}, "seeds"), ({"seeds": BUDGETS["visitor"].hunt_seeds + 1}, "seeds"), ({"seeds": True}, "seeds"),
    ({"first_seed": -1}, "first_seed"), ({"model": "fast"}, "model"), ({"first_seed": 2**53}, "first_seed"), ({"config": {"faulty": "x"}}, "config.faulty"),
    ({"config": {"nemesis": {"faults": ["flood"]}}}, "config.nemesis.faults.0"), ({"document": DOCUMENT}, "system"),
    ({"document": {**PROTOCOL, "duration_s": 8 * 86400}}, "duration_s"),
])
def test_a_slip_is_one_sentence_that_names_the_field(who, wrong, field):
    with pytest.raises(Mistake) as slip:
        service.create_hunt(**{"document": PROTOCOL, "who": who, **wrong})
    assert slip.value.field == field and field.split(".")[-1].rstrip("0.") in str(slip.value) and str(slip.value).endswith(".")


def test_only_so_many_hunts_at_a_time(who, other):
    for _number in range(BUDGETS["visitor"].concurrent_hunts):
        service.create_hunt(PROTOCOL, who, 10)
    with pytest.raises(Mistake) as slip:
        service.create_hunt(PROTOCOL, who, 10)
    assert slip.value.status == 429
    service.create_hunt(PROTOCOL, other, 10)


def test_who_may_do_what_is_as_with_runs(hunt, who, other, member):
    with pytest.raises(Forbidden):
        service.cancel_hunt(hunt, other)
    with pytest.raises(Forbidden):
        service.create_hunt(PROTOCOL, Who(None, "", False), 10)
    service.set_visibility(hunt, "public", who)
    assert Hunt.objects.get(pk=hunt.pk).visibility == "public"
    with pytest.raises(Mistake) as slip:
        service.delete(hunt, who)
    assert slip.value.status == 409
    service.cancel_hunt(hunt, who)
    service.adopt(who.session_key, member.user)
    service.delete(Hunt.objects.get(pk=hunt.pk), member)
    assert not Hunt.objects.exists() and not HuntChunk.objects.exists()


def test_a_visibility_holds_for_the_runs_it_made(hunt, who, work):
    work()
    hunt.refresh_from_db()
    service.set_visibility(hunt, "unlisted", who)
    assert {run.visibility for run in Run.objects.all()} == {"unlisted"}


def test_the_nemesis_is_woken_where_it_sleeps(who):
    asleep = {**PROTOCOL, "config": {}}
    rate = service.create_hunt(asleep, who, 10).document["config"]["nemesis"]["rate_per_s"]
    assert rate == hunting.usual_rate(hunting.hunted(parse(asleep))) > 0
    told = service.create_hunt(asleep, who, 10, config={"nemesis": {"rate_per_s": 0}})
    assert told.document["config"]["nemesis"]["rate_per_s"] == 0


STALE = {"format": "distviz-scenario/1", "system": "replicated_store", "duration_s": 0.5, "config": {
    "replication": {"name": "dynamo", "n": 3, "r": 1, "w": 1, "read_repair": False}, "replicas": 3, "keys": 1, "think_ms": 10,
    "nemesis": {"rate_per_s": 10, "faults": ["cut", "crash"], "mean_duration_ms": 200}}}


def test_a_hunt_for_a_history_that_a_model_rejects_ends_with_a_minimal_schedule(who, start, work):
    hunt = start(document=STALE, seeds=10, model="linearizable")
    work()
    said = answer(hunt, who)
    assert said["state"] == "done" and said["model"] == "linearizable" and said["wanted"] == "Every history passes: Linearizable."
    assert list(said["properties"]) == ["linearizable"] and said["violations"] > 0
    assert said["worst"]["property"] == "linearizable" and said["worst"]["sentence"].endswith(".")
    assert said["shrunk"]["minimal"] and len(said["shrunk"]["actions"]) <= len(said["worst"]["actions"])
    assert service.proposed_hunt(hunt.document, hunt)["model"] == "linearizable", "the next seeds are searched for the same"


def test_the_command_hunts_for_histories_too(tmp_path, capsys):
    file = tmp_path / "stale.json"
    file.write_text(json.dumps(STALE))
    call_command("hunt", str(file), "--seeds", "5", "--model", "linearizable")
    out = capsys.readouterr().out
    assert "histories that are not linearizable: " in out and "minimal schedule: " in out


def test_a_scenario_that_goes_takes_no_hunt_along(who, hunt):
    scenario = Scenario.objects.create(key="x", document=parse(PROTOCOL).document(), **who.marks())
    made = service.create_hunt(PROTOCOL, who, 10, scenario=scenario)
    scenario.delete()
    made.refresh_from_db()
    assert made.scenario is None


def test_the_command_hunts_without_any_service(tmp_path, capsys):
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(PROTOCOL))
    call_command("hunt", str(path), "--seeds", "40", "--set", "faulty=accepts_below_promise", "--json")
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in ("done", "violations", "properties")} == {
        name: expected()[name] for name in ("done", "violations", "properties")}
    assert said["shrunk"]["state"] == "done"
    call_command("hunt", str(path), "--seeds", "20")
    assert "violations: 0 of 20" in capsys.readouterr().out
