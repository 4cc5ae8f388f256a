"""How often each role may ask. Rates are settings: REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]["<scope>-<role>"]."""

from rest_framework.throttling import SimpleRateThrottle

from simulator.web.who import who_of


class RoleThrottle(SimpleRateThrottle):
    """A rate for one scope; a signed-in user is counted by account, anybody else by address."""

    scope = "read"

    def __init__(self):
        """The rate depends on who asks, so it is looked up at the request."""

    def allow_request(self, request, view):
        """True where the rate allows one more."""
        role = who_of(request).role
        self.rate = self.THROTTLE_RATES.get(f"{self.scope}-{role}")
        if self.rate is None:
            return True
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request, view):
        """One counter for each scope and asker."""
        user = request.user
        ident = f"user-{user.pk}" if user.is_authenticated else self.get_ident(request)
        return f"throttle-{self.scope}-{ident}"


class Reading(RoleThrottle):
    """Looking."""


class Writing(RoleThrottle):
    """Creating, changing, deleting."""

    scope = "write"


class Heavy(RoleThrottle):
    """Uploads and exports, which cost seconds."""

    scope = "heavy"
