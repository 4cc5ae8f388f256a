"""The options of designs with an elected leader."""

from pydantic import field_validator

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

RAFT = "Ongaro and Ousterhout, USENIX ATC 2014, 9.3"


class Elected(Option, title=N_("Elected leader")):
    __doc__ = N_("How long a leader may be silent until another one is elected.")

    election_timeout_min_ms: float = quantity(150.0, N_("Shortest election timeout"), "ms", ge=1, le=3_600_000, source=RAFT)
    election_timeout_max_ms: float = quantity(300.0, N_("Longest election timeout"), "ms", ge=1, le=3_600_000, source=RAFT)
    heartbeat_ms: float = quantity(75.0, N_("Time between heartbeats"), "ms", ge=0.1, le=3_600_000, source=RAFT)

    @field_validator("election_timeout_max_ms")
    @classmethod
    def _longest_is_not_shorter(cls, longest: float, info) -> float:
        if longest < info.data.get("election_timeout_min_ms", 0.0):
            raise ValueError(N_("The longest election timeout must not be below the shortest."))
        return longest
