"""How often each role may ask. Rates are settings: DISTVIZ_THROTTLES["<scope>-<role>"] = (times, seconds)."""

import time

from django.conf import settings
from django.core.cache import cache


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


def address_of(peer: str, forwarded: str) -> str:
    """Who is counted: the peer, or behind our own proxy whom that names last in X-Forwarded-For."""
    named = forwarded.rsplit(",", 1)[-1].strip()
    return named if settings.DISTVIZ_BEHIND_PROXY and named else peer


def asker(request) -> str:
    """The address behind an HTTP request."""
    return address_of(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))
