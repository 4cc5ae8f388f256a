"""Paxos: nodes that may crash and messages that may be lost, and yet one value is chosen.

L. Lamport, "The part-time parliament", ACM TOCS 16(2), 1998, and "Paxos made simple", 2001, of which
this is sections 2.2 to 2.5, with the paper's words. Quorums of different sizes for the two phases:
H. Howard, D. Malkhi, A. Spiegelman, "Flexible Paxos", OPODIS 2016.

Left out: a distinguished learner, and the election of a distinguished proposer (2.4): proposers compete,
and chance in their waiting times settles it. `multi_paxos` has a leader.
"""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.paxos.config import TWINS, Config
from simulator.systems.paxos.properties import PROPERTIES
from simulator.systems.paxos.roles import (
    Accept, Accepted, Acceptor, Ask, Chosen, Learner, Preempted, Prepare, Promise, Proposer, Server, Urge)

PROPOSE = ActionSpec(
    "propose", N_("Propose a value"), "proposer|server", states=("up",), otherwise=N_("{target} is {state}: nobody can ask it for anything."),
    params=(Param("value", N_("Value"), "C", pattern="[A-Za-z0-9_.-]{1,20}"),), done=N_("a client of {target} proposes {value}"))


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual."""
    ghost = world.ghost
    since = ghost.get("chosen_ns")
    return [
        ("chosen_ms", N_("A value is chosen after"), None if since is None else since / 1e6, "ms"),
        ("values", N_("Values chosen"), len(ghost.get("chosen", ())), ""),
        ("numbers", N_("Numbers under which a value was proposed"), len(ghost.get("values", ())), ""),
        ("learned", N_("Nodes that have learned it"), _learned(world), ""),
    ]


def _learned(world) -> int:
    return sum(getattr(node, "learned", None) is not None for node in world.ordered)


def _highest(world) -> int:
    return max((node.number for node in world.ordered if hasattr(node, "number")), default=0)


@actors(
    title=N_("Paxos"),
    summary=N_("Proposers compete, acceptors vote, and whatever is lost or crashes, one value is chosen."),
    config=Config,
    actions=(PROPOSE,),
    roles={"proposer": N_("Proposer"), "acceptor": N_("Acceptor"), "learner": N_("Learner"), "server": N_("Server")},
    sources=(
        "L. Lamport, The part-time parliament, ACM TOCS 16(2), 1998",
        "L. Lamport, Paxos made simple, 2001",
        "H. Howard, D. Malkhi, A. Spiegelman, Flexible Paxos: quorum intersection revisited, OPODIS 2016",
    ),
    modelled=(
        N_("Both phases, with promises and votes written to the disk before anybody hears of them."),
        N_("Roles on nodes of their own, or all on each server."),
        N_("Proposers that compete, with equal waiting times or with a random back-off."),
        N_("Learners that missed messages: they ask acceptors, and urge a proposer where that is not enough."),
        N_("Quorums of different sizes for the two phases."),
        N_("Acceptors and proposers that lose their disks."),
    ),
    left_out=(
        N_("The election of a distinguished proposer: chance decides who wins."),
        N_("A distinguished learner: acceptors tell all that learn."),
        N_("More than one decision: see multi-Paxos."),
        N_("Acceptors that lie, and acceptors that are added or replaced."),
    ),
    messages=(Prepare, Promise, Accept, Accepted, Preempted, Ask, Urge, Chosen),
    timers=("client", "retry", "ask"),
    properties=PROPERTIES,
    twins=TWINS,
    hue=("ballot", "promised"),
    points={
        "promised": N_("has a quorum of promises, and has asked nobody to accept anything"),
        "asked": N_("has asked the acceptors to accept its proposal"),
    },
    gauges={
        "learned": (N_("Nodes that have learned"), "", _learned),
        "highest": (N_("Highest number used"), "", _highest),
    },
    metrics=metrics,
)
def cast(config: Config) -> dict:
    """The nodes, in order: each role on nodes of its own, or all on each server."""
    if config.together:
        return {f"server-{n}": Server for n in range(config.acceptors)}
    counts = ((Proposer, config.proposers), (Acceptor, config.acceptors), (Learner, config.learners))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}
