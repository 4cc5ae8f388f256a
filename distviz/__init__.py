"""The Django project: settings, the Celery application, the ASGI application and the supervisor.

Tasks declared with `shared_task` find the broker through this import.
"""

from distviz.celery import app as celery_app

__all__ = ("celery_app",)
