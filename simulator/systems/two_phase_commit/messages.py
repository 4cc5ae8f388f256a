"""What the nodes say to each other. Names: Gray 1978; Mohan, Lindsay, Obermarck 1986; Bernstein et al. 1987; Gray and Lamport 2006."""

from typing import NamedTuple

from simulator.parts.ballot import Ballot

# The transaction itself


class Part(NamedTuple):
    """What a transaction wants of one participant. veto: it will not be able to prepare, and votes no."""

    participant: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    veto: bool


class Begin(NamedTuple):
    """A client submits a transaction."""

    request: int
    parts: tuple[Part, ...]


class Work(NamedTuple):
    """The coordinator has a participant lock and change what the transaction needs there."""

    txn: str
    part: Part


class Worked(NamedTuple):
    """The participant holds the locks. branch: its name for its part of the transaction, never used again."""

    txn: str
    branch: int


class Refused(NamedTuple):
    """The participant has waited too long for a lock, and has let go what it had."""

    txn: str


class Ping(NamedTuple):
    """A participant that holds locks, and has not been asked for its vote, wants to know whether that is still to come."""

    txn: str


class Pong(NamedTuple):
    """known: the transaction goes on. Otherwise nobody will ask for a vote."""

    txn: str
    known: bool


class Outcome(NamedTuple):
    """The client hears what became of its transaction."""

    request: int
    committed: bool


# Two-phase commit


class Prepare(NamedTuple):
    """Phase 1: asks for a vote. branches: (participant, branch) of all that take part."""

    txn: str
    branches: tuple[tuple[str, int], ...]


class Vote(NamedTuple):
    """yes: it can commit and can abort, and will do as it is told. no: it has aborted. read: it need not know."""

    txn: str
    vote: str


class Commit(NamedTuple):
    """Phase 2: the decision is to commit."""

    txn: str


class Abort(NamedTuple):
    """Phase 2, or before it: the decision is to abort."""

    txn: str


class Ack(NamedTuple):
    """The decision is in the participant's log: it will never ask again."""

    txn: str


class Inquiry(NamedTuple):
    """A participant in doubt asks a coordinator for the decision."""

    txn: str
    branches: tuple[tuple[str, int], ...]


class DecisionRequest(NamedTuple):
    """Cooperative termination: a participant in doubt asks another one, which knows its part as `branch`."""

    txn: str
    branch: int


class DecisionReply(NamedTuple):
    """What the other one knows: commit, abort or uncertain."""

    txn: str
    decision: str


# Three-phase commit


class PreCommit(NamedTuple):
    """All have voted yes, and by this message all come to know it."""

    txn: str


class PreAck(NamedTuple):
    """The participant knows that all have voted yes."""

    txn: str


class StateRequest(NamedTuple):
    """Termination: a node that waits for a decision asks where the others stand."""

    txn: str


class StateReply(NamedTuple):
    """Where a node stands: commit, abort, precommitted, waiting, or nothing. recovered: it has crashed meanwhile."""

    txn: str
    state: str
    recovered: bool


# Paxos commit


class Phase2a(NamedTuple):
    """Asks the acceptors to accept votes, in the Paxos instance of each participant. Ballot 0 is the participant's own."""

    txn: str
    ballot: Ballot
    votes: tuple[tuple[str, str], ...]
    branches: tuple[tuple[str, int], ...]
    leader: str


class Phase2b(NamedTuple):
    """The acceptor has accepted these votes at this ballot."""

    txn: str
    ballot: Ballot
    votes: tuple[tuple[str, str], ...]


class Phase1a(NamedTuple):
    """A coordinator that wants to finish the transaction begins a ballot, for all of its instances at once."""

    txn: str
    ballot: Ballot


class Phase1b(NamedTuple):
    """The acceptor will accept nothing below `ballot`; accepted: (participant, ballot, vote) that it has accepted."""

    txn: str
    ballot: Ballot
    accepted: tuple[tuple[str, Ballot, str], ...]


class Forget(NamedTuple):
    """Everybody knows the decision: the acceptors need not remember the votes."""

    txn: str


CLIENT = (Begin, Work, Worked, Refused, Ping, Pong, Outcome)
"""Messages of the transaction, not of its commit: they are not counted as the papers count."""

TWO_PHASE = (Prepare, Vote, Commit, Abort, Ack, Inquiry, DecisionRequest, DecisionReply)
THREE_PHASE = (PreCommit, PreAck, StateRequest, StateReply)
PAXOS_COMMIT = (Phase1a, Phase1b, Phase2a, Phase2b, Forget)
COMMITTING = (*TWO_PHASE, *THREE_PHASE, *PAXOS_COMMIT)
MESSAGES = (*CLIENT, *COMMITTING)
