"""Sequential: writes through one leader's log, reads from the copy at hand, as in ZooKeeper.

P. Hunt, M. Konar, F. Junqueira, B. Reed, ZooKeeper: Wait-free Coordination for Internet-scale Systems, USENIX ATC 2010.
All replicas take all writes in one order, some later than others; a session never goes back in it, whatever replica it asks.
"""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.quorum import majority
from simulator.systems.replicated_store.client import Guest
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.elected import Elected
from simulator.systems.replicated_store.log import LogReplica


class Sequential(Elected, title=N_("Local reads (sequential)")):
    __doc__ = N_("Writes go through a leader's log; every replica answers reads from its own copy, which may be behind but never out of order.")

    name: Literal["sequential"] = "sequential"


@design(
    order=30,
    config=Sequential,
    client=Guest,
    causal=lambda _options: True,
    copies=lambda options: majority(options.replicas),
    complete=lambda _options: True,
    twins={"forgets_sessions": N_("Sequential, causal: a replica answers reads at once, though the session has seen more than this replica has.")},
)
class Reader(LogReplica):
    """Answers reads by itself."""

    def reads_at_leader(self) -> bool:
        """Never: its own copy is enough."""
        return False
