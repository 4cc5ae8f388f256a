"""How often each role may ask. Rates are settings: DISTVIZ_THROTTLES["<scope>-<role>"] = (times, seconds)."""

import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from simulator.web.who import who_of


def wait_s(scope: str, who, address: str) -> int:
    """0 and one more counted, or how many whole seconds to wait. A user is counted by account, others by address.

    The log of the last moments is kept in Django's cache; without a rate in the settings there is no limit.
    """
    times, seconds = settings.DISTVIZ_THROTTLES.get(f"{scope}-{who.role}", (0, 0))
    if not times:
        return 0
    key = f"throttle-{scope}-user-{who.user.pk}" if who.signed_in else f"throttle-{scope}-{address}"
    now = time.time()
    moments = [moment for moment in cache.get(key, ()) if moment > now - seconds]
    if len(moments) >= times:
        return max(1, round(moments[0] + seconds - now))
    cache.set(key, [*moments, now], seconds)
    return 0


class Throttle(BaseThrottle):
    """A rate for one scope."""

    scope = "read"
    left = 0

    def allow_request(self, request, view):
        """True where the rate allows one more."""
        self.left = wait_s(self.scope, who_of(request), request.META.get("REMOTE_ADDR", ""))
        return self.left == 0

    def wait(self):
        """Seconds until it does."""
        return self.left


class Reading(Throttle):
    """Looking."""


class Writing(Throttle):
    """Creating, changing, deleting."""

    scope = "write"


class Heavy(Throttle):
    """Uploads and exports, which cost seconds."""

    scope = "heavy"
