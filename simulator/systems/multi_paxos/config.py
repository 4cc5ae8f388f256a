"""The options of multi-Paxos: servers and their timeouts, clients and what they ask for, and which rule is left out."""

from typing import Literal

from pydantic import model_validator

from simulator.engine.words import N_
from simulator.parts.options import ActorConfig, quantity
from simulator.parts.quorum import majority

RAFT = "D. Ongaro, J. Ousterhout, In search of an understandable consensus algorithm, USENIX ATC 2014, section 9.3"

TWINS = {
    "promise_is_not_persisted": N_("An acceptor sends its promise without writing it to the disk first."),
    "ignores_accepted": N_("A new leader ignores what the promises tell of, and fills those slots anew."),
    "quorum_is_not_a_majority": N_("Two quorums need not share a server."),
    "skips_gaps": N_("A replica executes commands as they are decided, also where an earlier slot is still open."),
    "duplicates_are_executed": N_("A replica executes a command again when it stands in a second slot."),
    "reads_without_asking": N_("A server that believes it is the leader answers reads from its own store."),
}


class Config(ActorConfig, title=N_("Multi-Paxos")):
    __doc__ = N_("How many take part, how patient they are, and what the clients do.")

    servers: int = quantity(3, N_("Servers"), ge=1, le=9, about=N_("Each is acceptor, replica, and leader when it is elected. 2f + 1 of them survive f crashes."))
    clients: int = quantity(2, N_("Clients"), ge=0, le=20, about=N_("Each asks for one thing at a time."))
    think_ms: float = quantity(100.0, N_("Mean time to think"), "ms", ge=0.1, le=3_600_000,
                               about=N_("From an answer to the next request; exponential."))
    write_share: float = quantity(0.5, N_("Share of writes"), ge=0, le=1, about=N_("The other requests are reads."),
                                  source="B. Cooper et al., Benchmarking cloud serving systems with YCSB, SoCC 2010, workload A")
    keys: int = quantity(3, N_("Keys"), ge=1, le=26, about=N_("Registers that clients read and write, all equally often: a, b, and so on."))
    client_timeout_ms: float = quantity(500.0, N_("Timeout of a client"), "ms", ge=1, le=3_600_000,
                                        about=N_("A client without an answer by then asks the next server."))
    election_minimum_ms: float = quantity(150.0, N_("Shortest election timeout"), "ms", ge=1, le=60_000, source=RAFT,
                                          about=N_("A server that hears of no leader for so long wants to lead."))
    election_maximum_ms: float = quantity(300.0, N_("Longest election timeout"), "ms", ge=1, le=60_000, source=RAFT,
                                          about=N_("Each time it is drawn evenly between the two."))
    heartbeat_ms: float = quantity(50.0, N_("Heartbeat"), "ms", ge=0.5, le=60_000,
                                   about=N_("The leader tells the others this often that it is there, and repeats what was not answered."))
    log_kept: int = quantity(10, N_("Slots kept"), ge=1, le=1000,
                             about=N_("A replica forgets slots this far behind its last one; who lacks them gets a copy of its state."))
    faulty: Literal["none", "promise_is_not_persisted", "ignores_accepted", "quorum_is_not_a_majority", "skips_gaps",
                    "duplicates_are_executed", "reads_without_asking"] = quantity("none", N_("Bug"), about=N_("A rule that is left out."))

    @model_validator(mode="after")
    def _times_fit(self):
        if self.election_maximum_ms < self.election_minimum_ms:
            raise ValueError(N_("The longest election timeout must not be below the shortest."))
        return self


def quorum(config: Config) -> int:
    """How many servers must promise, and how many must accept."""
    return max(1, config.servers // 2) if config.faulty == "quorum_is_not_a_majority" else majority(config.servers)
