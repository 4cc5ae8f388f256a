"""A consensus log: every operation, reads too, has its place in one log that a majority has. Strong consistency."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.quorum import majority
from simulator.systems.replicated_store.client import Guest
from simulator.systems.replicated_store.designs import design
from simulator.systems.replicated_store.elected import Elected
from simulator.systems.replicated_store.log import LogReplica


class ConsensusLog(Elected, title=N_("Consensus log (strong)")):
    __doc__ = N_("An elected leader puts reads and writes into one log; what a majority has is done, in that order.")

    name: Literal["consensus_log"] = "consensus_log"


@design(
    order=20,
    config=ConsensusLog,
    client=Guest,
    fresh=lambda _options: "atomic",
    causal=lambda _options: True,
    copies=lambda options: majority(options.replicas),
    complete=lambda _options: True,
)
class Server(LogReplica):
    """Leader, candidate or follower."""
