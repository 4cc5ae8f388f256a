"""The options of Paxos: who takes part, how large quorums are, how long a proposer waits, and which rule is left out."""

from typing import Literal

from pydantic import model_validator

from simulator.engine.words import N_
from simulator.parts.options import ActorConfig, quantity
from simulator.parts.quorum import always_meet, majority

FLEXIBLE = "H. Howard, D. Malkhi, A. Spiegelman, Flexible Paxos, OPODIS 2016"
SIMPLE = "L. Lamport, Paxos made simple, 2001"

TWINS = {
    "promise_is_not_persisted": N_("An acceptor sends its promise without writing it to the disk first."),
    "accepts_below_promise": N_("An acceptor accepts a proposal although it has promised not to."),
    "ignores_accepted": N_("A proposer keeps its own value although the promises tell of another."),
    "adopts_any_value": N_("A proposer adopts the first value that the promises tell of, not that of the highest ballot."),
    "quorum_is_not_a_majority": N_("Two quorums need not share an acceptor."),
    "counts_across_ballots": N_("A learner counts the acceptors that accepted anything, in whatever ballot."),
}


class Config(ActorConfig, title=N_("Paxos")):
    __doc__ = N_("Who takes part, how large quorums are, and how long a proposer waits.")

    proposers: int = quantity(2, N_("Proposers"), ge=1, le=5, about=N_("Nodes that issue proposals. They learn, too."))
    acceptors: int = quantity(3, N_("Acceptors"), ge=1, le=15, source=SIMPLE, about=N_("Nodes that vote; 2f + 1 of them survive f crashes."))
    learners: int = quantity(2, N_("Learners"), ge=0, le=15, about=N_("Nodes that only want to know what was chosen."))
    together: bool = quantity(False, N_("All roles together"), source=f"{SIMPLE}, section 2.5",
                              about=N_("Each server plays all three roles. There are as many servers as acceptors."))
    promise_quorum: int | None = quantity(None, N_("Quorum of phase 1"), ge=1, le=15, source=FLEXIBLE,
                                          about=N_("Promises that a proposer needs. Nothing: a majority."))
    accept_quorum: int | None = quantity(None, N_("Quorum of phase 2"), ge=1, le=15, source=FLEXIBLE,
                                         about=N_("Acceptors that must accept a proposal. Nothing: a majority."))
    clients: int = quantity(2, N_("Clients"), ge=0, le=5, about=N_("So many of the proposers are given a value without being asked: A, B, and so on."))
    client_gap_ms: float = quantity(0.0, N_("Time between clients"), "ms", ge=0, le=60_000,
                                    about=N_("So much after the one before it, a proposer is given its value."))
    retry_ms: float = quantity(100.0, N_("Retry after"), "ms", ge=1, le=60_000,
                               about=N_("A proposer that knows of no choice by then tries again with a higher ballot."))
    backoff_ms: float = quantity(100.0, N_("Back-off"), "ms", ge=0, le=60_000,
                                 about=N_("Added to it: evenly drawn up to this, doubled with every try up to six times. 0: all waits are equal."))
    ask_ms: float = quantity(500.0, N_("Ask after"), "ms", ge=1, le=60_000,
                             about=N_("A learner that knows nothing asks the acceptors this often."))
    faulty: Literal["none", "promise_is_not_persisted", "accepts_below_promise", "ignores_accepted", "adopts_any_value",
                    "quorum_is_not_a_majority", "counts_across_ballots"] = quantity("none", N_("Bug"), about=N_("A rule that is left out."))

    @model_validator(mode="after")
    def _sizes_fit(self):
        if self.together and self.proposers > self.acceptors:
            raise ValueError(N_("With all roles together there cannot be more proposers than acceptors."))
        if max(promise_quorum(self), accept_quorum(self)) > self.acceptors:
            raise ValueError(N_("A quorum cannot be larger than the number of acceptors."))
        if self.faulty != "quorum_is_not_a_majority" and not always_meet(promise_quorum(self), accept_quorum(self), self.acceptors):
            raise ValueError(N_("The quorums of the two phases must share an acceptor: together they must be more than the acceptors."))
        return self


def promise_quorum(config: Config) -> int:
    """How many promises a proposer needs."""
    return config.promise_quorum or _usual(config)


def accept_quorum(config: Config) -> int:
    """How many acceptors must have accepted a proposal for it to be chosen."""
    return config.accept_quorum or _usual(config)


def _usual(config: Config) -> int:
    return max(1, config.acceptors // 2) if config.faulty == "quorum_is_not_a_majority" else majority(config.acceptors)
