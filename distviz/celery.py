"""The Celery application: worker processes that simulate. Settings are Django's, with the prefix CELERY_."""

import logging
import os

from celery import Celery
from celery.signals import worker_init, worker_process_init

from distviz.parent import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "distviz.settings")

log = logging.getLogger("distviz.worker")

app = Celery("distviz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _warm(**_):
    # In the parent, before it forks: so a pool child that takes the place of a killed one is warm at once.
    import django

    django.setup()
    from simulator.runs import execute, warm  # noqa: F401  execute: what a task needs is imported too

    log.info("warm after %.1f s", warm.warm())


@worker_process_init.connect
def _end_with_the_worker(**_):
    die_with_parent()
