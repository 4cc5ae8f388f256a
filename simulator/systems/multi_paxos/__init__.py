"""Multi-Paxos: a log of commands that all servers execute in the same order, and a leader that fills it.

L. Lamport, "Paxos made simple", 2001, section 3: one instance of Paxos for each slot of the log, and phase 1
once for all of them. R. van Renesse, D. Altinbuken, "Paxos made moderately complex", ACM Computing Surveys
47(3), 2015: replicas that answer a repeated command without executing it again (section 2), and that may
forget what was decided long ago (section 4.2). Elections by timeouts as in Ongaro and Ousterhout, 2014.

Left out: roles on machines of their own, a window of slots and reconfiguration, leases.
"""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.multi_paxos.client import Client
from simulator.systems.multi_paxos.config import TWINS, Config
from simulator.systems.multi_paxos.messages import (
    Accept, Accepted, Ask, Decided, Heartbeat, Preempted, Prepare, Promise, Redirect, Request, Response, State)
from simulator.systems.multi_paxos.properties import PROPERTIES
from simulator.systems.multi_paxos.server import Server

REQUEST = ActionSpec(
    "request", N_("Ask for something"), "client", states=("up",), otherwise=N_("{target} is {state}: it asks for nothing."),
    params=(Param("f", N_("What"), "write", choices=("write", "read")), Param("key", N_("Key"), "a", pattern="[a-z]")),
    done=N_("{target} asks: {f} {key}"))


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual."""
    servers = world.of("server")
    commits = sum(server._commits for server in servers if hasattr(server, "_commits"))
    spent_ns = sum(server._commit_ns for server in servers if hasattr(server, "_commits"))
    return [
        ("commit_ms", N_("From proposal to decision, at the leader, mean"), spent_ns / commits / 1e6 if commits else None, "ms"),
        ("slots", N_("Slots decided"), max((server.applied for server in servers), default=0), ""),
        ("executed", N_("Commands executed"), max((server.executed for server in servers), default=0), ""),
        ("repeats", N_("Requests that clients had to repeat"), sum(client.repeats for client in world.of("client")), ""),
    ]


def _behind(world) -> int:
    applied = [server.applied for server in world.of("server") if server.state != "removed"]
    return max(applied, default=0) - min(applied, default=0)


def _leaders(world) -> int:
    return sum(server.phase == "leading" and server.state == "up" for server in world.of("server"))


@actors(
    title=N_("Multi-Paxos"),
    summary=N_("A leader puts the clients' commands into a log that every server executes in the same order."),
    config=Config,
    actions=(REQUEST,),
    roles={"server": N_("Server"), "client": N_("Client")},
    sources=(
        "L. Lamport, Paxos made simple, 2001, section 3",
        "R. van Renesse, D. Altinbuken, Paxos made moderately complex, ACM Computing Surveys 47(3), 2015",
        "D. Ongaro, J. Ousterhout, In search of an understandable consensus algorithm, USENIX ATC 2014 (timeouts)",
    ),
    modelled=(
        N_("Phase 1 once for all slots, phase 2 for each; promises and votes are on the disk before anybody hears of them."),
        N_("Elections by timeouts, several that want to lead at once, and leaders that have been cut off."),
        N_("Gaps in the log, which a new leader fills with no-ops."),
        N_("Clients that repeat their requests, and replicas that execute each command once."),
        N_("Replicas that lag behind: they ask for slots, or take over a copy of the state."),
        N_("Registers that clients read and write; reads go through the log."),
    ),
    left_out=(
        N_("Acceptors, replicas and leaders on nodes of their own: each server plays all roles."),
        N_("Leases and other short cuts for reads."),
        N_("Servers that are added or replaced."),
        N_("Batches of commands, and a limit to how many slots are open at once."),
    ),
    messages=(Request, Response, Redirect, Prepare, Promise, Accept, Accepted, Preempted, Decided, Heartbeat, Ask, State),
    timers=("think", "answer", "election", "heartbeat"),
    properties=PROPERTIES,
    twins=TWINS,
    hue=("ballot", "promised"),
    points={
        "elected": N_("has a quorum of promises, and has not proposed anything"),
        "chosen": N_("knows that a command is chosen, and has told nobody"),
    },
    gauges={
        "behind": (N_("Slots that the slowest server is behind"), "", _behind),
        "leaders": (N_("Servers that believe they lead"), "", _leaders),
    },
    metrics=metrics,
)
def cast(config: Config) -> dict:
    """The nodes, in order."""
    servers = {f"server-{n}": Server for n in range(config.servers)}
    return servers | {f"client-{n}": Client for n in range(config.clients)}
