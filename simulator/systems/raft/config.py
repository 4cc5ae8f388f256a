"""The options of Raft, each default with its source."""

from typing import Annotated, Literal, Union

from pydantic import Field, field_validator

from simulator.engine.words import N_
from simulator.parts.options import ActorConfig, Option, quantity

PAPER = "Ongaro and Ousterhout, USENIX ATC 2014"
DISSERTATION = "Ongaro, Consensus: bridging theory and practice, 2014"

TWINS = {
    "vote_is_not_persisted": N_("A vote is not written to the disk: after a restart a server may vote again in the same term."),
    "votes_for_shorter_logs": N_("A server votes for any candidate, also for one whose log lacks what is committed."),
    "counts_itself_twice": N_("A candidate counts its own vote twice."),
    "commits_entries_of_old_terms": N_("A leader commits entries of earlier terms as soon as a majority has them (figure 8)."),
    "takes_entries_without_checking": N_("A follower takes entries without looking whether the one before them is the leader's."),
    "reads_without_asking": N_("A leader answers reads without asking whether it still leads."),
    "lease_is_too_long": N_("Reads by lease, and the lease lasts the longest election timeout in place of the shortest."),
    "forgets_sessions": N_("A command that a client repeats takes effect again."),
    "changes_two_servers_at_once": N_("A change of the configuration does not wait until the one before is committed."),
}


class LogReads(Option, title=N_("Through the log")):
    __doc__ = N_("A read is an entry of the log like a write.")

    name: Literal["log"] = "log"


class ReadIndex(Option, title=N_("Read index")):
    __doc__ = N_("The leader notes its commit index, asks a majority whether it still leads, and answers from its state machine.")

    name: Literal["read_index"] = "read_index"


class Lease(Option, title=N_("Lease")):
    __doc__ = N_("After a round of heartbeats the leader answers by itself for as long as nobody else can have been elected, "
                 "provided that clocks run at nearly the same speed.")

    name: Literal["lease"] = "lease"
    drift_bound: float = quantity(1.1, N_("Bound of the drift"), ge=1, le=10,
                                  about=N_("How many times faster one clock may run than another; the lease is shorter by this factor."))


Reading = Annotated[Union[LogReads, ReadIndex, Lease], Field(discriminator="name")]


class Config(ActorConfig, title=N_("Raft")):
    __doc__ = N_("Servers that keep the same log, the clients that write and read, and an administrator.")

    servers: int = quantity(5, N_("Servers"), ge=2, le=25, source=PAPER + ", 5.1",
                            about=N_("Servers of the first configuration. Five tolerate two failures."))
    clients: int = quantity(2, N_("Clients"), ge=0, le=50)
    election_timeout_min_ms: float = quantity(
        150.0, N_("Shortest election timeout"), "ms", ge=1, le=3_600_000, source=PAPER + ", 5.2 and 9.3",
        about=N_("A follower that hears of no leader for a time drawn anew from the shortest to the longest stands for election."))
    election_timeout_max_ms: float = quantity(300.0, N_("Longest election timeout"), "ms", ge=1, le=3_600_000, source=PAPER + ", 5.2 and 9.3")
    heartbeat_ms: float = quantity(75.0, N_("Time between heartbeats"), "ms", ge=0.1, le=3_600_000,
                                   source=PAPER + ", 9.3",
                                   about=N_("In the paper's measurements: half of the shortest election timeout."))
    pre_vote: bool = quantity(False, N_("Pre-vote"), source=PAPER, about=N_(
        "Whether a server asks before it stands for election if it would win, so that one that was cut off disturbs nobody when it comes back (dissertation, 9.6)."))
    check_quorum: bool = quantity(True, N_("Leader steps down without a majority"), source=DISSERTATION + ", 6.2", about=N_(
        "A leader that no majority has answered for the longest election timeout steps down, so that clients turn elsewhere."))
    no_op: bool = quantity(True, N_("Empty entry at the start of a term"), source=PAPER + ", 8", about=N_(
        "A new leader appends an entry that does nothing; with it, entries of earlier terms are committed at once."))
    entries_per_message: int = quantity(100, N_("Entries in a message at most"), ge=1, le=10_000)
    snapshot_after: int = quantity(100, N_("Entries until a snapshot"), ge=2, le=1_000_000,
                                   about=N_("When its log is that long, a server writes a snapshot and drops the entries that it stands for."))
    snapshot_ms: float = quantity(10.0, N_("Time to write a snapshot"), "ms", ge=0, le=3_600_000, about=N_("Meanwhile the server goes on."))
    reads: Reading = Field(ReadIndex(), title=N_("Reads"), description=N_("How the leader makes sure that what it reads is not stale."),
                           json_schema_extra={"unit": "", "source": DISSERTATION + ", 6.4"})
    think_ms: float | None = quantity(100.0, N_("Mean time between operations"), "ms", ge=0.1, le=86_400_000, about=N_(
        "How long a client waits after an answer before it asks again: exponential. Empty: clients do only what Actions tell them."))
    write_share: float = quantity(0.5, N_("Writes"), ge=0, le=1, about=N_("Share of operations that write; the others read."))
    keys: int = quantity(3, N_("Keys"), ge=1, le=26)
    client_timeout_ms: float = quantity(200.0, N_("Clients repeat after"), "ms", ge=1, le=3_600_000,
                                        about=N_("Without an answer for so long a client sends the same command to another server."))
    retry_pause_ms: float = quantity(30.0, N_("Pause where nobody leads"), "ms", ge=1, le=3_600_000,
                                     about=N_("How long a client waits after a server has told it that it knows no leader."))
    give_up_ms: float = quantity(2000.0, N_("Clients give up after"), "ms", ge=1, le=86_400_000,
                                 about=N_("From then on nobody knows whether the operation took effect, or will."))
    change_every_s: float | None = quantity(None, N_("Configuration changes every"), "s", ge=0.001, le=86_400, about=N_(
        "How often the administrator removes a server or adds one again. Empty: only when told."))
    faulty: Literal["none", *TWINS] = quantity("none", N_("Bug to find"), about=N_("One rule of the protocol that is left out."))

    @field_validator("election_timeout_max_ms")
    @classmethod
    def _longest_is_not_shorter(cls, longest: float, info) -> float:
        if longest < info.data.get("election_timeout_min_ms", 0.0):
            raise ValueError(N_("The longest election timeout must not be below the shortest."))
        return longest
