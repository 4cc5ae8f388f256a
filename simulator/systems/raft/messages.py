"""What servers and clients of Raft say to each other, in the paper's words (figures 2 and 13).

Every message of a term carries it in `term`. A reply repeats what its request said where the sender must
know which one is answered, because messages may be lost, doubled and overtaken.
"""

from typing import NamedTuple


class Command(NamedTuple):
    """What an entry of the log asks the state machine to do: a "write", a "read", "no-op", or a "configuration".

    client, serial: whose command it is and its number there, so that a repeated one is known again.
    value: what is written, or the servers of a configuration.
    """

    f: str
    client: str | None = None
    serial: int = 0
    key: str | None = None
    value: object = None


class Entry(NamedTuple):
    """An entry of the log: a command, and the term in which a leader received it."""

    term: int
    index: int
    command: Command


class Snapshot(NamedTuple):
    """What stands for all entries up to last_index: the state machine, the sessions and the configuration there."""

    last_index: int
    last_term: int
    store: tuple
    sessions: tuple
    servers: tuple


class RequestVote(NamedTuple):
    """A candidate asks for a vote. disrupt: also where a leader is known, for somebody ordered this election."""

    term: int
    last_log_index: int
    last_log_term: int
    disrupt: bool


class Vote(NamedTuple):
    """The answer to RequestVote."""

    term: int
    granted: bool


class RequestPreVote(NamedTuple):
    """Would you vote for me in `term`? Nobody's term changes by it."""

    term: int
    last_log_index: int
    last_log_term: int


class PreVote(NamedTuple):
    """The answer to RequestPreVote: yes with the term asked about, or no with one's own."""

    term: int
    granted: bool


class AppendEntries(NamedTuple):
    """A leader's entries, or none of them: a heartbeat. round: numbers the leader's heartbeats."""

    term: int
    prev_log_index: int
    prev_log_term: int
    entries: tuple
    leader_commit: int
    round: int


class AppendEntriesReply(NamedTuple):
    """The answer to AppendEntries.

    index: with success the last entry known to be the same as the leader's, else the prev_log_index that did
    not match, with a hint: the term of the entry found there (None: there is none) and where to try next.
    """

    term: int
    success: bool
    index: int
    conflict_term: int | None
    conflict_index: int
    round: int


class InstallSnapshot(NamedTuple):
    """A leader's snapshot, for a follower so far behind that its entries are no longer in the log."""

    term: int
    snapshot: Snapshot
    round: int


class InstallSnapshotReply(NamedTuple):
    """The answer to InstallSnapshot: everything up to `index` is there."""

    term: int
    index: int
    round: int


class ClientRequest(NamedTuple):
    """A client's command; a repeated one has the same serial."""

    serial: int
    f: str
    key: str
    value: object


class ClientReply(NamedTuple):
    """The answer to ClientRequest: the result, or where the leader may be."""

    serial: int
    ok: bool
    value: object
    leader: str | None


class AddServer(NamedTuple):
    """The administrator asks the leader to add a server to the configuration."""

    server: str


class RemoveServer(NamedTuple):
    """The administrator asks the leader to remove a server from the configuration."""

    server: str


class MembershipReply(NamedTuple):
    """The answer to AddServer and RemoveServer: "ok", "not leader", "busy" or "timeout"."""

    server: str
    status: str
    leader: str | None


class Joining(NamedTuple):
    """A new machine tells the administrator that it is there."""


NO_OP = Command("no-op")
NOTHING = Snapshot(0, 0, (), (), ())

MESSAGES = (RequestVote, Vote, RequestPreVote, PreVote, AppendEntries, AppendEntriesReply, InstallSnapshot, InstallSnapshotReply,
            ClientRequest, ClientReply, AddServer, RemoveServer, MembershipReply, Joining)
