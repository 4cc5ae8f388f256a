"""Experiments in the database and in workers: the same bytes as the serial answer, whatever happens to the worker."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from simulator.runs import Forbidden, Mistake, conduct, reconcile, service
from simulator.runs.access import Who
from simulator.runs.models import Experiment, ExperimentCell, ExperimentChunk, Run
from simulator.scenarios import replication
from simulator.scenarios.document import parse
from simulator.scenarios.play import simulate
from tests.scenarios.experiments import grid, sized

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "format": "distviz-scenario/1", "system": "load_balancer", "title": "Four servers", "duration_s": 5, "seed": 7,
    "config": {"arrivals": {"law": "poisson", "rate_per_s": 300}, "service": {"law": "exponential", "mean_ms": 10}, "servers": [{"count": 4}]},
}
WANTED = {"axes": [{"path": "strategy", "values": [{"name": "random"}, {"name": "round_robin"}]},
                   {"path": "arrivals.rate_per_s", "values": [200, 300, 500]}], "seeds": 4}
SIZING = {"kind": "sizing", "axes": WANTED["axes"][:1], "seeds": 10, "sizing": {"low": 3, "high": 10, "below_ms": 100}}


class Killed(BaseException):
    """Ends a task as a kill does: nothing is tidied up."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Chunks of a few slots, and an empty queue that the reconciler sees."""
    monkeypatch.setattr(conduct, "STEP_S", 0.02)
    monkeypatch.setattr(reconcile, "_waiting", lambda: 0)


@pytest.fixture
def start(who, django_capture_on_commit_callbacks):
    """start(**changes) -> an Experiment, queued."""

    def make(document=DOCUMENT, who=who, **changes) -> Experiment:
        with django_capture_on_commit_callbacks(execute=True):
            return service.create_experiment(document, who, changes or WANTED)

    return make


@pytest.fixture
def work(experiment_steps):
    """work(shuffle=None): what workers do: take steps from the queue until it is empty."""

    def work(shuffle: random.Random | None = None) -> None:
        while experiment_steps:
            conduct.conduct(*experiment_steps.pop(shuffle.randrange(len(experiment_steps)) if shuffle else 0))

    return work


@pytest.fixture(scope="module")
def serial():
    """Every Cell of WANTED, played in one go."""
    return grid(parse(DOCUMENT), **WANTED)[1]


def stored(experiment: Experiment) -> list[dict]:
    """Every Cell as the database has it."""
    return [{"facts": row.facts, "records": row.records, "tail": bytes(row.tail), "warm_ns": row.warm_ns}
            for row in experiment.cells.order_by("number")]


def lose_leases(experiment: Experiment) -> None:
    """As if everybody at work had been gone for a while."""
    gone = timezone.now() - timedelta(seconds=1)
    ExperimentChunk.objects.filter(experiment=experiment, done=False).update(lease_until=gone)
    Experiment.objects.filter(pk=experiment.pk).update(lease_until=gone)


def finished(experiment: Experiment, work) -> Experiment:
    """Worked at until it is over, with the reconciler's help."""
    for _round in range(50):
        try:
            work()
        except Killed:
            continue  # the worker is gone, and its message with it
        experiment.refresh_from_db()
        if not experiment.unfinished:
            return experiment
        lose_leases(experiment)
        reconcile.reconcile()
    raise AssertionError("the experiment does not end")


# The answer


def test_the_answer_is_the_serial_one_byte_for_byte(start, work, serial):
    experiment = finished(start(), work)
    assert experiment.state == "done" and stored(experiment) == serial
    assert (experiment.done, experiment.total) == (6 * 5, 6 * 5)
    assert experiment.requests == sum(cell["facts"]["requests"] for cell in serial)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_steps_does_not_matter(start, work, serial, seed):
    experiment = start()
    work(random.Random(seed))
    assert stored(experiment) == serial


@pytest.mark.parametrize("kills", [(2,), (1, 5, 9), (7, 8, 12, 13, 20)])
def test_a_worker_that_is_killed_costs_time_not_truth(start, work, serial, monkeypatch, kills):
    record, calls = replication.record, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) in kills:
            raise Killed
        return record(*arguments)

    monkeypatch.setattr(replication, "record", killed)
    experiment = finished(start(), work)
    assert experiment.state == "done" and stored(experiment) == serial


def test_a_worker_that_dies_in_a_pilot(start, work, serial, monkeypatch):
    pilot, calls = replication.pilot, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise Killed
        return pilot(*arguments)

    monkeypatch.setattr(replication, "pilot", killed)
    assert stored(finished(start(), work)) == serial


def test_a_sizing_is_the_serial_one_too(start, work, who):
    plan, sizes = sized(parse(DOCUMENT), **SIZING)
    experiment = finished(start(**SIZING), work)
    said = service.experiment_json(experiment, who)["answer"]
    assert [size["servers"] for size in said["sizes"]] == [size["servers"] for size in sizes]
    for mine, theirs in zip(said["sizes"], sizes, strict=True):
        assert [{name: probe[name] for name in ("servers", "holds", "undecided")} for probe in mine["probes"]] == theirs["probes"]
        assert mine["over"] and mine["servers"] is not None and 3 < mine["servers"] <= 10
    assert experiment.state == "done" and experiment.done == experiment.total


def test_a_sizing_that_is_killed_ends_the_same(start, work, monkeypatch, who):
    whole = [cell["facts"] for cell in stored(finished(start(**SIZING), work))]
    record, calls = replication.record, []

    def killed(*arguments):
        calls.append(arguments)
        if len(calls) in (4, 11, 12):
            raise Killed
        return record(*arguments)

    monkeypatch.setattr(replication, "record", killed)
    assert [cell["facts"] for cell in stored(finished(start(**SIZING), work))] == whole


def test_pilots_that_nobody_needs_are_not_played(start, work, who):
    experiment = finished(start(**WANTED, warm_up_s=1), work)
    assert experiment.total == 6 * 4 and {cell.warm_ns for cell in experiment.cells.all()} == {10**9}


def test_a_scenario_with_actions_takes_its_own_warm_up(start, work):
    crash = {**DOCUMENT, "warm_up_s": 0.5, "actions": [{"at_ns": 10**9, "kind": "crash", "target": "server-1"}]}
    experiment = finished(start(crash), work)
    assert {cell.warm_ns for cell in experiment.cells.all()} == {5 * 10**8}
    assert experiment.cells.get(number=0).facts["failure_share"]["mean"] > 0


def test_partial_answers_grow_cell_by_cell(start, who, experiment_steps):
    experiment, seen = start(), []
    while experiment_steps:
        conduct.conduct(*experiment_steps.pop(0))
        experiment.refresh_from_db()
        said = service.experiment_json(experiment, who)
        seen.append((said["phase"], said["done"], min(cell["done"] for cell in said["cells"]), said["answer"] is not None))
    assert [one[1] for one in seen] == sorted(one[1] for one in seen)
    assert seen[0][0] == "warm_up" and ("replications", True) in [(phase, answer) for phase, _done, _least, answer in seen]
    assert seen[-1] == (None, 30, 4, True)
    first_answer = next(one for one in seen if one[3])
    assert first_answer[2] == 2, "two seeds of each cell come first"


def test_only_what_changed_is_sent_again(start, who, experiment_steps):
    experiment = start()
    for _step in range(12):
        conduct.conduct(*experiment_steps.pop(0))
    experiment.refresh_from_db()
    before = service.experiment_json(experiment, who)
    conduct.conduct(*experiment_steps.pop(0))
    experiment.refresh_from_db()
    after = service.experiment_json(experiment, who, before["stamp"])
    assert 0 < len(after["cells"]) < 6 and after["stamp"] == before["stamp"] + 1
    merged = {cell["number"]: cell for cell in before["cells"]} | {cell["number"]: cell for cell in after["cells"]}
    assert list(merged.values()) == service.experiment_json(experiment, who)["cells"]


# Chunks


def test_a_message_that_is_delivered_twice_adds_nothing_twice(start):
    experiment = start(**WANTED, warm_up_s=1)
    chunk = conduct.claim(experiment)
    played = conduct.play(experiment, chunk, lambda: None)
    assert conduct.add(experiment, chunk, played) and not conduct.add(experiment, chunk, played)
    experiment.refresh_from_db()
    assert experiment.done == played.count


def test_two_tasks_never_claim_the_same_slots(start):
    experiment = start()
    first, second = conduct.claim(experiment), conduct.claim(Experiment.objects.get(pk=experiment.pk))
    assert {first.number} & {second.number} == set() and second.number >= first.number + first.count


def test_a_slow_task_whose_chunk_was_given_to_another_stores_nothing(start):
    experiment = start(**WANTED, warm_up_s=1)
    slow = conduct.claim(experiment)
    lose_leases(experiment)
    quick = conduct.claim(experiment)
    assert (quick.pk, quick.attempts) == (slow.pk, 2)
    played = conduct.play(experiment, slow, lambda: None)
    assert not conduct.add(experiment, slow, played) and conduct.add(experiment, quick, played)


def test_a_chunk_that_takes_too_long_leaves_its_rest_to_others(start, work, monkeypatch):
    experiment = start(**WANTED, warm_up_s=1)
    Experiment.objects.filter(pk=experiment.pk).update(slot_s=1e-9, done=0)
    monkeypatch.setattr(conduct, "GROWTH", 100)
    chunk = conduct.claim(experiment)
    assert chunk.count > 1
    monkeypatch.setattr(conduct, "STEP_S", 1e-6)
    played = conduct.play(experiment, chunk, lambda: None)
    assert played.count == 1 and conduct.add(experiment, chunk, played)
    rest = conduct.claim(experiment)
    assert (rest.number, rest.count, rest.attempts) == (chunk.number + 1, chunk.count - 1, 1)


def test_the_table_was_counted_right(start, work):
    experiment = finished(start(), work)
    for stage, slots in ((0, 6), (1, 24)):
        chunks = list(experiment.chunks.filter(stage=stage).order_by("number"))
        assert all(chunk.done for chunk in chunks)
        assert [number for chunk in chunks for number in range(chunk.number, chunk.number + chunk.count)] == list(range(slots))


def test_cells_that_kill_their_workers_end_it_with_a_sentence(start, who, monkeypatch):
    def killed(*arguments):
        raise Killed

    monkeypatch.setattr(replication, "pilot", killed)
    experiment = start()
    for _attempt in range(conduct.ATTEMPTS_AT_MOST):
        with pytest.raises(Killed):
            conduct.conduct(experiment.pk, experiment.generation)
        lose_leases(experiment)
    conduct.conduct(experiment.pk, experiment.generation)
    experiment.refresh_from_db()
    said = service.experiment_json(experiment, who)
    assert (said["state"], said["error"]) == ("failed", "The worker died 5 times at cell 0; the experiment was given up.")


def test_steps_of_an_older_generation_stop(start, experiment_steps):
    experiment = start()
    old = list(experiment_steps)
    lose_leases(experiment)
    experiment_steps.clear()
    assert reconcile.reconcile() == 1 and reconcile.reconcile() == 0
    for step in old:
        conduct.conduct(*step)
    assert Experiment.objects.get(pk=experiment.pk).done == 0 and len(experiment_steps) == len(old)


def test_cancel_stops_it_and_keeps_what_was_measured(start, who, experiment_steps, announced, work):
    experiment = start()
    for _step in range(10):
        conduct.conduct(*experiment_steps.pop(0))
    service.cancel_experiment(experiment, who)
    before = Experiment.objects.get(pk=experiment.pk).done
    work()
    experiment.refresh_from_db()
    assert (experiment.state, experiment.done) == ("cancelled", before) and 6 < before < 30
    assert announced[-1] == (experiment.pk, before, "cancelled")
    said = service.experiment_json(experiment, who)
    assert sum(cell["done"] for cell in said["cells"]) == before - 6


def test_a_step_that_is_no_longer_wanted_ends_while_it_computes(start, who, monkeypatch):
    monkeypatch.setattr(conduct, "BEAT_S", -1.0)
    experiment = start()
    beat = conduct.Beat(experiment, conduct.claim(experiment))
    beat()
    service.cancel_experiment(experiment, who)
    with pytest.raises(conduct.Unwanted):
        beat()


def test_progress_is_announced(start, announced, work):
    experiment = finished(start(), work)
    counts = [count for key, count, _state in announced if key == experiment.pk]
    assert counts == sorted(counts) and counts[-1] == 30 and announced[-1][2] == "done"


def test_the_budget_of_events_ends_it(start, who, work):
    experiment = start()
    Experiment.objects.filter(pk=experiment.pk).update(budget_events=5000)
    work()
    said = service.experiment_json(Experiment.objects.get(pk=experiment.pk), who)
    assert said["state"] == "budget" and said["error"] == "Budget reached: 5,000 events." and 6 < said["done"] < 30


def test_an_action_that_the_system_refuses_ends_it_with_a_sentence(start, who, work):
    twice = [{"at_ns": at_ns, "kind": "crash", "target": "server-1"} for at_ns in (10**9, 2 * 10**9)]
    start({**DOCUMENT, "actions": twice})
    work()
    experiment = Experiment.objects.get()
    said = service.experiment_json(experiment, who)
    assert said["state"] == "failed" and said["error"].startswith("actions: ") and "server-1" in said["error"]


# By whom, and one cell


def test_who_may_do_what_is_as_with_runs(start, who, other, member):
    experiment = start()
    with pytest.raises(Forbidden):
        service.cancel_experiment(experiment, other)
    with pytest.raises(Forbidden):
        service.create_experiment(DOCUMENT, Who(None, "", False), WANTED)
    service.set_visibility(experiment, "public", who)
    with pytest.raises(Mistake) as slip:
        service.delete(experiment, who)
    assert slip.value.status == 409
    service.cancel_experiment(experiment, who)
    service.adopt(who.session_key, member.user)
    service.delete(Experiment.objects.get(pk=experiment.pk), member)
    assert not Experiment.objects.exists() and not ExperimentCell.objects.exists() and not ExperimentChunk.objects.exists()


def test_a_cell_becomes_a_run_at_its_worst_moment(start, who, work):
    experiment = finished(start(), work)
    cell = experiment.cells.select_related("experiment").get(number=2)
    worst = cell.facts["worst"]
    run, at_ns = service.run_cell(cell, who)
    assert (run.seed, at_ns) == (worst["seed"], worst["at_ns"])
    assert run.document["config"]["arrivals"]["rate_per_s"] == 500 and run.document["config"]["strategy"]["name"] == "random"
    record = next(record for record in cell.records if record["seed"] == worst["seed"])
    assert worst["at_ns"] == record["worst_ns"] and not cell.facts["stable"]
    whole = simulate(parse(Run.objects.get(pk=run.pk).document), run.seed)
    assert whole["sent"] >= record["sent"], "the same traffic, the beginning counted too"


def test_a_cell_can_be_looked_at_whole(start, work):
    experiment = finished(start(), work)
    said = service.cell_json(experiment.cells.select_related("experiment").get(number=0))
    assert [one["seed"] for one in said["replications"]] == [1, 2, 3, 4]
    assert said["config"]["strategy"]["name"] == "random" and len(said["tail"]["ms"]) == len(said["tail"]["share"]) > 20
    unstable = service.cell_json(experiment.cells.select_related("experiment").get(number=2))
    assert unstable["stable"] is False and unstable["latency_ms"] is None and unstable["tail"] == {"ms": [], "share": []}
    assert unstable["stability"].startswith("Unstable")
