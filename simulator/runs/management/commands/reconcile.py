"""Queues unfinished Runs again when nobody is at work on them; with --every, for ever."""

import logging
import time

import redis
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections

from simulator.runs.reconcile import reconcile

log = logging.getLogger("simulator.runs.reconcile")


class Command(BaseCommand):
    """One pass, or one every few seconds."""

    help = "Queue again the runs that are unfinished and that no worker is at work on."

    def add_arguments(self, parser):
        """--every SECONDS."""
        parser.add_argument("--every", type=float, metavar="SECONDS", help="go on for ever, with this pause")

    def handle(self, *args, every=None, **options):
        """Print how many were queued, or loop."""
        if every is None:
            self.stdout.write(f"{reconcile()} queued again")
            return
        troubled = False
        while True:
            troubled = self._look(troubled)
            time.sleep(every)

    def _look(self, troubled: bool) -> bool:
        """One pass; whether there was trouble. Trouble that goes on is logged once."""
        close_old_connections()
        try:
            reconcile()
        except (redis.RedisError, DatabaseTrouble) as trouble:
            if not troubled:
                log.warning("cannot look after runs for the moment: %s", trouble)
            return True
        if troubled:
            log.info("looking after runs again")
        return False
