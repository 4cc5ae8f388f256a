"""The options of atomic commit: which protocol, how many nodes, what the clients want, and how patient everybody is."""

from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, ActorConfig, NemesisOptions, Option, quantity

R_STAR = "C. Mohan, B. Lindsay, R. Obermarck, Transaction management in the R* distributed database management system, ACM TODS 11(4), 1986"
ORACLE = N_("Oracle Database, DISTRIBUTED_LOCK_TIMEOUT: 60 s")
TPC_C = N_("TPC-C: 10 % of the orders touch more than one warehouse; here every transaction does, for that is what is looked at")

TWINS = {
    "vote_is_not_forced": N_("A participant votes yes before its log holds the vote."),
    "decision_is_not_forced": N_("The coordinator tells its decision before its log holds it."),
    "decides_when_in_doubt": N_("A participant in doubt loses its patience and aborts alone."),
    "presumes_wrongly": N_("A coordinator that knows nothing of a transaction answers with the wrong presumption."),
    "forgets_too_early": N_("A coordinator forgets its decision before everybody has acknowledged it."),
    "majority_is_enough": N_("The coordinator commits when more than half of the votes are yes."),
    "recovers_without_locks": N_("A participant that restarts does not lock again what its transactions in doubt had locked."),
}


class TwoPhase(Option, title=N_("Two-phase commit")):
    __doc__ = N_("Everybody votes, the coordinator decides and tells. Who has voted yes waits for it, however long that takes.")

    name: Literal["two_phase"] = "two_phase"
    presume: Literal["nothing", "abort", "commit"] = quantity(
        "abort", N_("Presumes"), source=R_STAR, labels={"nothing": N_("Nothing"), "abort": N_("Abort"), "commit": N_("Commit")},
        about=N_("What a coordinator answers when it knows nothing of a transaction; it saves messages and forced writes for those that end so."))
    cooperative: bool = quantity(
        True, N_("Participants ask each other"), source="P. Bernstein, V. Hadzilacos, N. Goodman, Concurrency Control and Recovery, 1987, 7.4",
        about=N_("Cooperative termination: a participant in doubt also asks the other participants; one that knows tells."))
    read_votes: bool = quantity(
        True, N_("Readers leave early"), source=R_STAR,
        about=N_("A participant where the transaction has only read votes \"read\", lets its locks go and hears nothing more."))


class ThreePhase(Option, title=N_("Three-phase commit")):
    __doc__ = N_("A phase more, in which all learn that all voted yes. Does not block when nodes crash; wrong when the network is cut.")

    name: Literal["three_phase"] = "three_phase"


class PaxosCommit(Option, title=N_("Paxos commit")):
    __doc__ = N_("Every vote is a Paxos instance on 2F + 1 acceptors, and any coordinator can finish what another began.")

    name: Literal["paxos_commit"] = "paxos_commit"
    faults: int = quantity(1, N_("Crashed acceptors it survives"), ge=0, le=3, source="J. Gray, L. Lamport, Consensus on transaction commit, ACM TODS 31(1), 2006",
                           about=N_("F: there are 2F + 1 acceptors."))


class OpenClients(Option, title=N_("Open")):
    __doc__ = N_("Transactions arrive at a rate, however the others fare.")

    law: Literal["open"] = "open"
    rate_per_s: float = quantity(20.0, N_("Rate"), "1/s", ge=0.001, le=100_000, about=N_("Transactions a second, of all clients together."))
    spacing: Literal["random", "even"] = quantity(
        "random", N_("Spacing"), labels={"random": N_("Random"), "even": N_("Evenly spaced")}, about=N_("Exponential gaps, or equal ones."))


class ClosedClients(Option, title=N_("Closed")):
    __doc__ = N_("Each client submits a transaction, waits for its outcome, thinks, and submits the next one.")

    law: Literal["closed"] = "closed"
    clients: int = quantity(4, N_("Clients"), ge=1, le=200)
    think_ms: float = quantity(20.0, N_("Mean time between two transactions"), "ms", ge=0, le=86_400_000)


class Chance(Option, title=N_("Crashes by chance")):
    __doc__ = N_("How often a coordinator crashes at each of the four points, and how long it stays down.")

    before_prepare: float = quantity(0.0, N_("Before it sends Prepare"), ge=0, le=1, about=N_("Share of the transactions."))
    all_voted_yes: float = quantity(0.0, N_("When all have voted yes"), ge=0, le=1, about=N_("Share of the transactions."))
    decision_logged: float = quantity(0.0, N_("When its decision is logged"), ge=0, le=1, about=N_("Share of the transactions."))
    some_told: float = quantity(0.0, N_("When it has told the first one"), ge=0, le=1, about=N_("Share of the transactions."))
    restart_after_ms: float = quantity(2000.0, N_("Restarts after"), "ms", ge=0, le=86_400_000)


Committing = Annotated[Union[TwoPhase, ThreePhase, PaxosCommit], Field(discriminator="name")]
Clients = Annotated[Union[OpenClients, ClosedClients], Field(discriminator="law")]


class Config(ActorConfig, title=N_("Atomic commit")):
    __doc__ = N_("Transactions over several participants, each of which has locks and a log.")

    protocol: Committing = quantity(TwoPhase(), N_("Protocol"), about=N_("How the participants come to one decision."))
    coordinators: int = quantity(2, N_("Coordinators"), ge=1, le=8, about=N_("Each closed client keeps to one of them, an open one takes them in turn. With Paxos commit one finishes what another began."))
    participants: int = quantity(4, N_("Participants"), ge=1, le=50)
    clients: Clients = quantity(ClosedClients(), N_("Clients"), about=N_("Who submits transactions, and when."))
    transactions: int | None = quantity(None, N_("Transactions of each client"), ge=1, le=1_000_000_000, about=N_("Empty: as many as there is time for."))
    participants_per_transaction: int = quantity(
        3, N_("Participants of a transaction"), ge=1, le=50, source=TPC_C, about=N_("Drawn for each transaction; all, where there are fewer."))
    keys: int = quantity(8, N_("Keys of each participant"), ge=1, le=100_000, about=N_("The fewer, the more transactions meet."))
    keys_per_participant: int = quantity(1, N_("Keys that a transaction uses at each participant"), ge=1, le=100)
    read_share: float = quantity(0.0, N_("Only read"), ge=0, le=1, about=N_("Share of a transaction's participants at which it only reads."))
    no_share: float = quantity(0.0, N_("Vote no"), ge=0, le=1, about=N_("Share of a transaction's participants that cannot prepare and vote no."))
    locking: Literal["ordered", "timeout"] = quantity(
        "ordered", N_("Deadlocks are"), labels={"ordered": N_("Avoided by order"), "timeout": N_("Broken by a timeout")},
        about=N_("Avoided by order: a transaction visits its participants one after the other, in one order for all. "
                 "Broken by a timeout: it visits all at once, and who waits too long for a lock aborts."))
    lock_timeout_ms: float = quantity(60_000.0, N_("Patience for a lock"), "ms", ge=0.001, le=86_400_000, source=ORACLE)
    work_timeout_ms: float = quantity(60_000.0, N_("Patience for the work"), "ms", ge=0.001, le=86_400_000,
                                      about=N_("The coordinator gives up a transaction whose locks are not all taken by then."))
    idle_timeout_ms: float = quantity(1000.0, N_("Patience before the vote"), "ms", ge=0.001, le=86_400_000,
                                      about=N_("A participant that has not been asked for its vote asks the coordinator whether that is still to come. "
                                               "Without an answer it lets its locks go."))
    vote_timeout_ms: float = quantity(1000.0, N_("Patience for votes"), "ms", ge=0.001, le=86_400_000, about=N_("Then the coordinator aborts."))
    doubt_timeout_ms: float = quantity(1000.0, N_("Patience in doubt"), "ms", ge=0.001, le=86_400_000,
                                       about=N_("A participant that has voted yes asks for the decision when it has not heard of it for so long, and again and again."))
    resend_ms: float = quantity(1000.0, N_("Says it again after"), "ms", ge=0.001, le=86_400_000,
                                about=N_("A coordinator repeats the work until it is done, and its decision until all that must acknowledge it have done so."))
    client_timeout_ms: float = quantity(30_000.0, N_("Patience of a client"), "ms", ge=0.001, le=86_400_000,
                                        about=N_("Then it does not know what became of its transaction, and goes on."))
    crashes: Chance = Field(Chance(), title=N_("Crashes by chance"), json_schema_extra={"unit": "", "source": CHOSEN},
                            description=N_("How often a coordinator crashes at each of the four points, and how long it stays down."))
    nemesis: NemesisOptions = Field(NemesisOptions(spare="nobody"), title=N_("Nemesis"), json_schema_extra={"unit": "", "source": CHOSEN},
                                    description=N_("Chance that breaks things while the system runs, and mends them after a while."))
    faulty: Literal["none", "vote_is_not_forced", "decision_is_not_forced", "decides_when_in_doubt", "presumes_wrongly",
                    "forgets_too_early", "majority_is_enough", "recovers_without_locks"] = quantity(
        "none", N_("Bug"), about=N_("One rule of the protocol is missing: a bug to find."))

    @field_validator("keys_per_participant")
    @classmethod
    def _enough_keys(cls, wanted: int, info) -> int:
        if wanted > info.data.get("keys", wanted):
            raise ValueError(N_("A participant does not have so many keys."))
        return wanted
