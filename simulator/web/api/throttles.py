"""How often each role may ask over REST; see throttling.py."""

from rest_framework.throttling import BaseThrottle

from simulator.web.throttling import asker, wait_s
from simulator.web.who import who_of


class Throttle(BaseThrottle):
    """A rate for one scope."""

    scope = "read"
    left = 0

    def allow_request(self, request, view):
        """True where the rate allows one more."""
        self.left = wait_s(self.scope, who_of(request), asker(request))
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
