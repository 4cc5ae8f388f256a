"""Queues again what the database says is unfinished and nobody is at work on."""

import logging
from collections.abc import Callable
from datetime import datetime

import redis
from django.conf import settings
from django.utils import timezone

from simulator.runs import tasks
from simulator.runs.models import UNFINISHED, Experiment, Hunt, Run, State

AT_ONCE = 100

log = logging.getLogger(__name__)


def reconcile() -> int:
    """Queue every unfinished Run, Hunt and Experiment whose lease is over; how many there were.

    While the queue still holds tasks, what is queued is taken to be among them. RedisError where the
    broker does not answer: then nothing can be queued either.
    """
    now = timezone.now()
    states = (State.RUNNING,) if _waiting() else UNFINISHED
    return _runs(states, now) + _searches(Hunt, tasks.queue_hunt, states, now) + _searches(Experiment, tasks.queue_experiment, states, now)


def _runs(states: tuple, now: datetime) -> int:
    stale = Run.objects.filter(state__in=states, lease_until__lt=now).order_by("created")
    queued = 0
    for run_id, state in stale.values_list("pk", "state")[:AT_ONCE]:
        # Whoever is still at work on it, stuck or slow, loses it here and stops at its next Segment.
        mine = Run.objects.filter(pk=run_id, state=state, lease_until__lt=now)
        if mine.update(state=State.QUEUED, runner="", lease_until=tasks.lease()):
            log.info("run %s was %s and nobody was at work on it: queued again", run_id, state)
            tasks.queue(run_id)
            queued += 1
    return queued


def _searches(kind: type[Hunt | Experiment], queue: Callable, states: tuple, now: datetime) -> int:
    """Of what goes on in chains of steps."""
    queued = 0
    stale = kind.objects.filter(state__in=states, lease_until__lt=now).order_by("created")
    for key, generation in stale.values_list("pk", "generation")[:AT_ONCE]:
        # A step of the old generation that was only slow stops after it has stored what it found.
        mine = kind.objects.filter(pk=key, generation=generation, state__in=states, lease_until__lt=now)
        if mine.update(generation=generation + 1, lease_until=tasks.lease()):
            log.info("%s %s is unfinished and nobody was at work on it: queued again", kind._meta.model_name, key)
            queue(key, generation + 1)
            queued += 1
    return queued


def _waiting() -> int:
    """Tasks that no worker has taken yet."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as connection:
        return connection.llen(settings.CELERY_TASK_DEFAULT_QUEUE)
