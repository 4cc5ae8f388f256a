"""The options of designs with views and a master."""

from pydantic import field_validator

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity


class Viewed(Option, title=N_("Views")):
    __doc__ = N_("How fast the master notices that a replica is silent, and how long a replica may serve without hearing of it.")

    heartbeat_ms: float = quantity(100.0, N_("Time between heartbeats"), "ms", ge=1, le=3_600_000)
    failure_timeout_ms: float = quantity(1000.0, N_("Failure timeout"), "ms", ge=1, le=3_600_000, about=N_(
        "The master leaves a replica out of which it has not heard for so long."))
    lease_ms: float = quantity(700.0, N_("Lease"), "ms", ge=1, le=3_600_000, about=N_(
        "For so long after a heartbeat that the master has heard a replica may serve. Shorter than the failure timeout: then nobody has taken its place yet."))
    resend_ms: float = quantity(200.0, N_("Updates are sent again after"), "ms", ge=1, le=3_600_000)

    @field_validator("lease_ms")
    @classmethod
    def _lease_is_shorter(cls, lease: float, info) -> float:
        if lease >= info.data.get("failure_timeout_ms", float("inf")):
            raise ValueError(N_("The lease must be shorter than the failure timeout."))
        return lease
