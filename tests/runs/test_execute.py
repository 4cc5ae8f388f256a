"""What a worker does with a Run: every Segment once, whatever happens to the worker."""

import itertools
import logging
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase, codec, execute, service, told
from simulator.runs.models import Run, Segment
from tests.runs.conftest import CRASH
from tests.runs.playing import Playing

S = 1_000_000_000
RESTART = {"kind": "restart", "target": "server-1"}


class Killed(BaseException):
    """Ends a task as a kill does: nothing is tidied up."""


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The system that computes nothing, and a database write for every Segment."""
    monkeypatch.setattr(execute.play, "prepare", lambda document, seed, journal, inputs: Playing(document, seed, journal))
    monkeypatch.setattr(execute, "BATCH_S", -1.0)


def execute_run(run: Run, runner: str = "task") -> Run:
    """Execute and read again."""
    execute.execute(run.pk, runner)
    run.refresh_from_db()
    return run


def payloads(run: Run) -> list[bytes]:
    """Every Segment's payload, shared ones included."""
    return [service.segment_payload(run, number) for number in range(run.segment_count)]


def after(monkeypatch, count: int, deed) -> None:
    """Do `deed` in place of storing the Segment number `count` of this test (from 0)."""
    store, numbers = execute.Store.flush, itertools.count()

    def flush(self):
        if self._batch and next(numbers) == count:
            deed()
        store(self)

    monkeypatch.setattr(execute.Store, "flush", flush)


def kill():
    """End the task."""
    raise Killed


def test_a_run_ends_with_every_segment_a_digest_and_a_summary(run, announced):
    execute_run(run)
    assert (run.state, run.segment_count, run.progress_ns) == ("done", 100, 10 * S)
    assert len(run.digest) == 64 and run.summary["digest"] == run.digest
    numbers = list(Segment.objects.filter(run=run).values_list("number", flat=True))
    assert numbers == list(range(100))
    assert run.trace_bytes == sum(map(len, payloads(run)))
    assert [what[1] for what in announced] == [*range(1, 101), 100] and announced[-1][2] == "done"


def test_a_payload_is_read_as_it_was_packed(run):
    execute_run(run)
    whole = codec.unpack(service.segment_payload(run, 3))
    assert (whole["number"], whole["from_ns"], whole["until_ns"]) == (3, 3 * S // 10, 4 * S // 10)
    assert whole["meta"] == {"requests": {"seen": 9, "kept": 9, "stride": 1}}
    assert whole["tables"]["samples"]["sent"].tolist() == [0, 1, 2, 3]


def test_a_task_that_comes_again_after_the_end_does_nothing(run, announced):
    execute_run(run)
    before, finished = payloads(run), run.finished
    execute_run(run)
    execute_run(run, "another")
    assert payloads(run) == before and run.finished == finished


@pytest.mark.parametrize("kills", [[0], [1], [50], [99], [0, 0, 0, 0, 0], [5, 30, 2, 40, 8]])
def test_a_killed_worker_costs_nothing_but_time(run, who, monkeypatch, kills):
    whole = execute_run(service.create_run(run.document, who))
    for count in kills:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            after(patch, count, kill)
            execute_run(run)
    execute_run(run)
    assert (run.state, run.digest) == ("done", whole.digest)
    assert payloads(run) == payloads(whole)
    assert Segment.objects.filter(run=run).count() == 100


def test_two_tasks_at_once_store_the_same(run, who, monkeypatch):
    twin = execute_run(service.create_run(run.document, who))
    with monkeypatch.context() as patch:
        after(patch, 40, lambda: execute.execute(run.pk, "task"))  # the redelivered twin overtakes
        execute_run(run)
    assert (run.state, run.digest, run.segment_count) == ("done", twin.digest, 100)
    assert payloads(run) == payloads(twin)


def test_another_task_leaves_alone_what_somebody_is_at_work_on(run, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(Killed):
        after(patch, 10, kill)
        execute_run(run)
    execute_run(run, "another")
    assert (run.state, run.segment_count) == ("running", 10)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    execute_run(run, "another")
    assert run.state == "done"


def test_a_run_that_kills_its_workers_is_given_up(run, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(execute, "_compute", lambda run: kill())
        for _ in range(execute.ATTEMPTS_AT_MOST):
            with pytest.raises(Killed):
                execute_run(run)
    execute_run(run)
    assert run.state == "failed" and "died 10 times" in told.told(run.error)


def test_cancel_stops_the_worker_and_keeps_what_there_is(run, who, monkeypatch):
    after(monkeypatch, 20, lambda: service.cancel(Run.objects.get(pk=run.pk), who))
    execute_run(run)
    assert (run.state, run.segment_count, run.digest) == ("cancelled", 20, "")
    assert Segment.objects.filter(run=run).count() == 20


def test_a_cancelled_run_is_not_begun(run, who):
    service.cancel(run, who)
    assert execute_run(run).state == "cancelled" and not Segment.objects.exists()


def test_a_run_that_is_gone_is_no_trouble(run, who):
    service.cancel(run, who)
    service.delete(run, who)
    execute.execute(run.id, "task")


@pytest.mark.parametrize(("limit", "words"), [
    ({"budget_events": 30_500}, "30,500 events"), ({"budget_bytes": 5_000}, "5,000 bytes of trace")])
def test_a_budget_ends_a_run_and_keeps_what_was_computed(run, limit, words):
    Run.objects.filter(pk=run.pk).update(**limit)
    execute_run(run)
    assert run.state == "budget" and words in told.told(run.error)
    assert 0 < run.segment_count < 100 and run.digest == ""
    assert run.summary["events"] == run.segment_count * 1_000
    assert Segment.objects.filter(run=run).count() == run.segment_count


def test_the_time_of_a_task_is_a_budget(run, settings):
    settings.DISTVIZ_TASK_S = -1
    execute_run(run)
    assert (run.state, run.segment_count) == ("budget", 1) and "of computing" in told.told(run.error)


def test_a_users_slip_is_told_as_one_sentence(run, monkeypatch):
    def slip():
        raise Mistake("actions.1.target", Phrase(N_("{field} must be {wanted}."), field="actions.1.target", wanted="up"))
    after(monkeypatch, 3, slip)
    execute_run(run)
    assert (run.state, run.segment_count) == ("failed", 3)
    assert told.told(run.error) == "actions.1.target must be up."


def test_our_mistake_is_logged_and_told_without_its_insides(run, monkeypatch, caplog):
    after(monkeypatch, 3, lambda: 1 / 0)
    with caplog.at_level(logging.ERROR, "simulator.runs"):
        execute_run(run)
    assert run.state == "failed" and "division" not in told.told(run.error)
    assert "ZeroDivisionError" in caplog.text


def test_a_database_in_trouble_leaves_the_run_to_the_reconciler(run, monkeypatch):
    def trouble():
        raise OperationalError("the server went away")
    after(monkeypatch, 3, trouble)
    with pytest.raises(OperationalError):
        execute_run(run)
    run.refresh_from_db()
    assert run.state == "running"


def test_a_branch_goes_on_where_it_left_its_parent(run, who):
    execute_run(run)
    branch = execute_run(service.branch(run, 4_210_000_000, CRASH, who))
    assert Segment.objects.filter(run=branch).count() == 58
    assert payloads(branch)[:42] == payloads(run)[:42]
    from_scratch = execute_run(service.create_run(run.document, who, journal=branch.journal))
    assert payloads(branch) == payloads(from_scratch) and branch.digest == from_scratch.digest
    assert branch.digest != run.digest


def test_branches_of_branches_end_as_their_whole_journal_does(run, who):
    execute_run(run)
    first = execute_run(service.branch(run, 4 * S, CRASH, who))
    second = execute_run(service.branch(first, 6 * S, RESTART, who))
    early = execute_run(service.branch(second, 2 * S, {"kind": "pause", "target": "server-2"}, who))
    for branch in (first, second, early):
        from_scratch = execute_run(service.create_run(run.document, who, journal=branch.journal))
        assert payloads(branch) == payloads(from_scratch) and branch.digest == from_scratch.digest


def test_a_branch_of_an_unfinished_parent(run, who, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(Killed):
        after(patch, 10, kill)
        execute_run(run)
    branch = execute_run(service.branch(Run.objects.get(pk=run.pk), 5 * S, CRASH, who))
    assert branch.first_segment == 10 and branch.state == "done" and len(payloads(branch)) == 100
    assert Segment.objects.filter(run=branch).count() == 90


def test_segments_are_stored_in_batches_but_the_first_at_once(run, monkeypatch, announced):
    monkeypatch.setattr(execute, "BATCH_S", 3600)
    execute_run(run)
    assert [what[1] for what in announced] == [1, 100, 100]
