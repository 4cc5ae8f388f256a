"""The Celery application: worker processes that simulate. Settings are Django's, with the prefix CELERY_."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "distviz.settings")

app = Celery("distviz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
