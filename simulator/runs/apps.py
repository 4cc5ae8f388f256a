"""The Django app of Runs: models, tasks and commands, without a page."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """Scenarios, Recordings, Runs, their Segments and Comparisons."""

    name = "simulator.runs"
    label = "runs"
    verbose_name = "Runs"
