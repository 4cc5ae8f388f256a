"""The Django app of the top floor: pages, REST, the socket and the admin."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, REST, sockets and admin. It has no models of its own: those are `runs`'."""

    name = "simulator.web"
    label = "web"
    verbose_name = "distviz"

    def ready(self) -> None:
        """Teach the OpenAPI document our error shape (importing it registers it)."""
        from simulator.web.api import schema  # noqa: F401
