"""The Celery tasks that compute Runs, Hunts and Experiments, and how they are queued."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from simulator.runs.models import Experiment, Hunt, Run, State

RETRIES = {"max_retries": 2, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
"""A connection from before a restart of Redis fails once; a Redis that is away must not hold up the page."""

CHAINS = 4
"""Steps of one Hunt or Experiment that are under way at a time, at most; each queues the next one."""

LOW_PRIORITY = 9
"""Redis' last: whoever presses Run waits for the steps that are under way, not for those that are queued."""

log = logging.getLogger(__name__)


@shared_task(bind=True, name="simulator.runs.simulate")
def simulate(self, run_id: str) -> None:
    """Compute what is missing of a Run. Harmless when delivered twice, or again after its worker was killed."""
    from simulator.runs.execute import execute  # a web process queues tasks and needs none of this

    execute(UUID(run_id), self.request.id)


@shared_task(bind=True, name="simulator.runs.hunt")
def hunt(self, hunt_id: str, generation: int) -> None:
    """One step of a Hunt. Harmless when delivered twice, or again after its worker was killed."""
    from simulator.runs.pursue import pursue

    pursue(UUID(hunt_id), generation)


def queue_hunt(hunt_id: UUID, generation: int, chains: int = CHAINS) -> None:
    """Hand the next step of a Hunt to the workers, `chains` times. Where the broker is away, the reconciler does it later."""
    try:
        for _chain in range(chains):
            hunt.apply_async([str(hunt_id), generation], retry=True, retry_policy=RETRIES, priority=LOW_PRIORITY)
    except OperationalError as trouble:
        log.warning("hunt %s is not queued yet: %s", hunt_id, trouble)
        Hunt.objects.filter(pk=hunt_id, generation=generation).update(lease_until=timezone.now())


@shared_task(bind=True, name="simulator.runs.experiment")
def experiment(self, experiment_id: str, generation: int) -> None:
    """One step of an Experiment. Harmless when delivered twice, or again after its worker was killed."""
    from simulator.runs.conduct import conduct

    conduct(UUID(experiment_id), generation)


def queue_experiment(experiment_id: UUID, generation: int, chains: int = CHAINS) -> None:
    """Hand the next step of an Experiment to the workers, `chains` times. Where the broker is away, the reconciler does it later."""
    try:
        for _chain in range(chains):
            experiment.apply_async([str(experiment_id), generation], retry=True, retry_policy=RETRIES, priority=LOW_PRIORITY)
    except OperationalError as trouble:
        log.warning("experiment %s is not queued yet: %s", experiment_id, trouble)
        Experiment.objects.filter(pk=experiment_id, generation=generation).update(lease_until=timezone.now())


def queue(run_id: UUID) -> None:
    """Hand a Run to the workers. Where the broker is away, the reconciler does it once it is back."""
    try:
        simulate.apply_async([str(run_id)], retry=True, retry_policy=RETRIES)
    except OperationalError as trouble:
        log.warning("run %s is not queued yet: %s", run_id, trouble)
        Run.objects.filter(pk=run_id, state=State.QUEUED).update(lease_until=timezone.now())


def lease() -> datetime:
    """Until when whoever holds a Run, a Hunt, an Experiment or a part of one now is believed to be at work."""
    return timezone.now() + timedelta(seconds=settings.DISTVIZ_LEASE_S)
