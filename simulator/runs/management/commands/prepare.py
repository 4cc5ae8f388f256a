"""Everything between an installed program and its first page: tables, built-in scenarios, static files, an administrator."""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from simulator.runs.shelf import load_builtin

NAME = "admin"


class Command(BaseCommand):
    """Safe to run again: it does what is missing."""

    help = "Migrate, load the built-in scenarios, collect static files (deployed mode), make the first administrator."

    def handle(self, *args, **options):
        """Print, once, how the new administrator signs in."""
        call_command("migrate", interactive=False, verbosity=0)
        load_builtin()
        if not settings.DISTVIZ_OPEN:
            call_command("collectstatic", interactive=False, verbosity=0)
        users = get_user_model().objects
        if not users.filter(is_superuser=True).exists():
            password = secrets.token_urlsafe(12)
            users.create_superuser(NAME, password=password)
            self.stdout.write(f"sign in to /admin/ as {NAME} with the password {password} (it is shown only this once)")
