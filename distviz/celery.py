"""The Celery application: worker processes that simulate. Settings are Django's, with the prefix CELERY_."""

import os

from celery import Celery
from celery.signals import worker_process_init

from distviz.parent import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "distviz.settings")

app = Celery("distviz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _end_with_the_worker(**_):
    die_with_parent()
