"""What is unfinished and nobody's is queued again; nothing else is."""

import time
from datetime import timedelta

import pytest
import redis
from django.core.management import call_command
from django.utils import timezone

from simulator.runs import announce, reconcile, service, tasks
from simulator.runs.models import Run
from tests.runs.conftest import DOCUMENT


@pytest.fixture(autouse=True)
def waiting(monkeypatch):
    """How many tasks wait in the queue: waiting[0]."""
    count = [0]
    monkeypatch.setattr(reconcile, "_waiting", lambda: count[0])
    return count


def left(run: Run, state: str, seconds: float, runner: str = "task") -> None:
    """`run` in `state`, its lease over since `seconds`."""
    Run.objects.filter(pk=run.pk).update(state=state, runner=runner, lease_until=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize("state", ["queued", "running"])
def test_what_nobody_is_at_work_on_is_queued_again_once(run, queued, state):
    left(run, state, 1)
    assert reconcile.reconcile() == 1 and queued == [run.pk]
    run.refresh_from_db()
    assert (run.state, run.runner) == ("queued", "")
    assert reconcile.reconcile() == 0


@pytest.mark.parametrize(("state", "seconds"), [
    ("running", -5), ("queued", -5), ("done", 99), ("failed", 99), ("cancelled", 99), ("budget", 99)])
def test_what_is_held_or_finished_stays(run, queued, state, seconds):
    left(run, state, seconds)
    assert reconcile.reconcile() == 0 and queued == []


def test_a_long_queue_is_no_reason_to_make_it_longer(run, who, queued, waiting):
    waiting[0] = 7
    lost = service.create_run(DOCUMENT, who)
    left(run, "queued", 99)
    left(lost, "running", 99)
    reconcile.reconcile()
    assert queued == [lost.pk]


def test_the_queue_is_looked_at_where_celery_puts_it(valkey, db, monkeypatch):
    monkeypatch.undo()
    announce._redis().rpush("distviz", "a task")
    assert reconcile._waiting() == 1


def test_without_a_broker_nothing_is_changed(run, monkeypatch):
    monkeypatch.undo()
    left(run, "running", 99)
    with pytest.raises(redis.RedisError):
        reconcile.reconcile()
    run.refresh_from_db()
    assert run.state == "running"


def test_the_command_says_how_many(run, capsys):
    left(run, "running", 99)
    call_command("reconcile")
    assert capsys.readouterr().out == "1 queued again\n"


def test_what_could_not_be_queued_is_queued_as_soon_as_the_broker_is_back(run, monkeypatch):
    monkeypatch.undo()
    began = time.monotonic()
    tasks.queue(run.pk)  # nobody listens
    assert time.monotonic() - began < 2
    monkeypatch.setattr(reconcile, "_waiting", lambda: 0)
    again = []
    monkeypatch.setattr(tasks, "queue", again.append)
    reconcile.reconcile()
    assert again == [run.pk]
