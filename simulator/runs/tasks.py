"""The Celery task that computes a Run, and how it is queued."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@shared_task(bind=True, name="simulator.runs.simulate")
def simulate(self, run_id: str) -> None:
    """Compute what is missing of a Run. Harmless when delivered twice, or again after its worker was killed."""
    from simulator.runs.execute import execute  # a web process queues tasks and needs none of this

    execute(UUID(run_id), self.request.id)


def queue(run_id: UUID) -> None:
    """Hand a Run to the workers. Where the broker is away, the reconciler does it later."""
    try:
        simulate.apply_async([str(run_id)], retry=False)
    except OperationalError as trouble:
        log.warning("run %s is not queued yet: %s", run_id, trouble)


def lease() -> datetime:
    """Until when whoever holds a Run now is believed to be at work."""
    return timezone.now() + timedelta(seconds=settings.DISTVIZ_LEASE_S)
