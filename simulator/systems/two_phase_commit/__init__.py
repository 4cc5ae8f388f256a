"""Atomic commit: all participants of a transaction commit, or all abort, although nodes crash and messages are lost.

J. Gray, "Notes on data base operating systems", 1978; C. Mohan, B. Lindsay, R. Obermarck, "Transaction management
in the R* distributed database management system", ACM TODS 11(4), 1986; D. Skeen, "Nonblocking commit protocols",
1981; J. Gray, L. Lamport, "Consensus on transaction commit", ACM TODS 31(1), 2006.

Read worker.py and coordinator.py, participant.py first: two-phase commit. three_phase.py and paxos_commit.py change
what they must. What is in doubt holds its locks, and what waits for them waits: that is what blocking means.
"""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.clock import S
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.two_phase_commit.client import Client
from simulator.systems.two_phase_commit.config import R_STAR, TWINS, Config
from simulator.systems.two_phase_commit.coordinator import Coordinator
from simulator.systems.two_phase_commit.measures import GAUGES, metrics
from simulator.systems.two_phase_commit.messages import MESSAGES
from simulator.systems.two_phase_commit.participant import Participant
from simulator.systems.two_phase_commit.paxos_commit import Acceptor, Leader, ResourceManager
from simulator.systems.two_phase_commit.properties import PROPERTIES
from simulator.systems.two_phase_commit.three_phase import StagedCoordinator, StagedParticipant

ROLES = {"two_phase": (Coordinator, Participant), "three_phase": (StagedCoordinator, StagedParticipant), "paxos_commit": (Leader, ResourceManager)}

_UP = N_("{target} is {state}: there is nobody to ask.")
_TXN = Param("txn", N_("Transaction (empty: the one in doubt the longest)"), "", pattern=r"[a-z]?[0-9.]{0,20}")

ACTIONS = (
    ActionSpec("heuristic_commit", N_("Commit what is in doubt, by hand"), "participant", ("up",), _UP, (_TXN,),
               done=N_("the operator has committed {txn} at {target}")),
    ActionSpec("heuristic_abort", N_("Abort what is in doubt, by hand"), "participant", ("up",), _UP, (_TXN,),
               done=N_("the operator has aborted {txn} at {target}")),
    ActionSpec("veto", N_("Have it vote no next time"), "participant", ("up",), _UP, done=N_("{target} will vote no next time")),
)

POINTS = {
    "before_prepare": N_("coordinator: before it sends Prepare"),
    "all_voted_yes": N_("coordinator: all have voted yes, the decision is not logged"),
    "decision_logged": N_("coordinator: the decision is logged, nobody is told"),
    "some_told": N_("coordinator: the first participant is told, the others are not"),
    "vote_logged": N_("participant: its yes is logged, nobody has heard it"),
    "decision_heard": N_("participant: it has heard the decision and has not logged it"),
}


def estimate(config: Config, duration_ns: int, inputs: dict) -> float:
    """Events of a Run in which nothing waits."""
    clients = config.clients
    if clients.law == "open":
        count = clients.rate_per_s * duration_ns / S
    else:
        count = clients.clients * duration_ns / S * 1000 / (clients.think_ms + 10)
    if config.transactions is not None:
        count = min(count, config.transactions * (clients.clients if clients.law == "closed" else 1))
    return count * (2 + 10 * min(config.participants, config.participants_per_transaction))


@actors(
    title=N_("Two-phase commit"),
    summary=N_("Transactions over several nodes commit everywhere or nowhere; what is in doubt keeps its locks."),
    config=Config,
    actions=ACTIONS,
    estimate=estimate,
    roles={"client": N_("Client"), "coordinator": N_("Coordinator"), "participant": N_("Participant"), "acceptor": N_("Acceptor")},
    sources=(
        "J. Gray, Notes on data base operating systems, 1978",
        R_STAR,
        "D. Skeen, Nonblocking commit protocols, ACM SIGMOD, 1981",
        "P. Bernstein, V. Hadzilacos, N. Goodman, Concurrency Control and Recovery in Database Systems, 1987, chapter 7",
        "J. Gray, L. Lamport, Consensus on transaction commit, ACM TODS 31(1), 2006",
        "X/Open, Distributed transaction processing: the XA specification, 1991",
    ),
    modelled=(
        N_("Two-phase commit with presumed nothing, presumed abort and presumed commit, and readers that leave after their vote."),
        N_("Logs with forced and lazy writes, checkpoints as far as the protocol allows them, and recovery from the log."),
        N_("Strict two-phase locking: first come, first served; deadlocks avoided by order or broken by a timeout."),
        N_("Doubt: inquiries, cooperative termination, and an operator who decides by hand."),
        N_("Coordinators that crash at four points, by an Action or by chance; participants at two."),
        N_("Three-phase commit with its termination protocol, and Paxos commit with 2F + 1 acceptors, on the same transactions."),
    ),
    left_out=(
        N_("The data: what counts is who holds which lock, and how each transaction ended."),
        N_("Trees of coordinators: every participant is a direct one."),
        N_("A coordinator that is a participant too, which would save messages and a write."),
        N_("Deadlock detection: deadlocks are avoided, or a timeout takes them for granted."),
        N_("Readers that leave early in three-phase commit and Paxos commit: there everybody hears the decision."),
        N_("Clients that try again: a transaction that was aborted is not repeated."),
    ),
    messages=MESSAGES,
    timers=("next", "patience", "work", "again", "vote", "resend", "idle", "lock", "doubt", "precommit", "ask", "gather", "lead"),
    properties=PROPERTIES,
    twins=TWINS,
    times=("pending", "in_doubt", "number", "branch", "branches", "among"),  # a branch is named after the moment it began
    hue=("ballot",),
    points=POINTS,
    gauges=GAUGES,
    metrics=metrics,
    refuses={"restart_wiped": N_("Atomic commit rests on the log: a node without its disk has no promise left to keep, and is a new node.")},
)
def cast(config: Config) -> dict:
    """The nodes, in order: clients, coordinators, participants, and acceptors where the protocol has any."""
    coordinator, participant = ROLES[config.protocol.name]
    clients = config.clients.clients if config.clients.law == "closed" else 1
    acceptors = 2 * config.protocol.faults + 1 if config.protocol.name == "paxos_commit" else 0
    counts = ((Client, clients), (coordinator, config.coordinators), (participant, config.participants), (Acceptor, acceptors))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}
