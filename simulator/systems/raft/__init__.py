"""Raft: a replicated log with a strong leader (D. Ongaro, J. Ousterhout, In Search of an Understandable Consensus
Algorithm, USENIX ATC 2014; D. Ongaro, Consensus: Bridging Theory and Practice, Stanford 2014).

Modelled: elections with randomised timeouts, pre-vote, log replication and repair with conflict hints, the commit
rule (figure 8), membership changes one server at a time, snapshots, reads by log, read index and lease, sessions.
Left out: joint consensus, snapshots in chunks, sessions that expire, leadership transfer but for its last message.

messages    what is said          log            pure functions of snapshot and log
election    5.2, 5.4.1, 9.6       replication    5.3, 5.4.2         state_machine  section 7 and 8
membership  dissertation, 4       reads          dissertation, 6.4  server         all of it in one node
client      clients and the administrator                            properties     figure 3, over history
"""

from simulator.engine.action import ActionRefused, ActionSpec, Param
from simulator.engine.actor import Node
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.raft.client import Administrator, Client
from simulator.systems.raft.config import TWINS, Config
from simulator.systems.raft.election import LEADER
from simulator.systems.raft.history import history
from simulator.systems.raft.messages import MESSAGES
from simulator.systems.raft.properties import PROPERTIES
from simulator.systems.raft.server import Server

_UP = ("up",)
_NOT_UP = N_("{target} is {state}: it can do nothing.")
_KEY = Param("key", N_("Key"), "x", pattern="[a-z]{1,10}")

ACTIONS = (
    ActionSpec("stand", N_("Stand for election"), "server", _UP, _NOT_UP, shortcut="e", done=N_("{target} stands for election")),
    ActionSpec("exclude", N_("Remove from the configuration"), "server", (), "", shortcut="-",
               done=N_("the administrator asks to remove {target} from the configuration")),
    ActionSpec("include", N_("Add to the configuration"), "server", (), "", shortcut="+",
               done=N_("the administrator asks to add {target} to the configuration")),
    ActionSpec("write", N_("Write"), "client", _UP, _NOT_UP, (_KEY, Param("value", N_("Value"), "1", pattern=r"[\w.-]{1,20}")), "v",
               N_("{target} writes {key} = {value}")),
    ActionSpec("read", N_("Read"), "client", _UP, _NOT_UP, (_KEY,), "g", N_("{target} reads {key}")),
)


def _change(how: str):
    def ask(world, server) -> None:
        administrator = world.of("administrator")[0]
        if administrator.state != "up":
            raise ActionRefused("target", N_("The administrator is {state}."), state=administrator.state)
        world.own_action(administrator, "change", {"how": how, "server": server.id})

    return ask


def _servers(world) -> list:
    return [node for node in world.of("server") if node.state == "up"]


def _lag(world) -> int:
    """By how many entries the slowest server that is up is behind the fastest."""
    applied = [server.last_applied for server in _servers(world)]
    return max(applied, default=0) - min(applied, default=0)


def _metrics(world) -> list[tuple]:
    """Elections of the whole run. Contested: more than one candidate in the same term."""
    past = history(world)
    contested = sum(len(candidates) > 1 for candidates in past.candidates.values())
    return [
        ("elections", N_("Terms with a candidate"), len(past.candidates), ""),
        ("contested", N_("Terms with more than one candidate"), contested, ""),
        ("leaders", N_("Terms with a leader"), len(past.leaders), ""),
        ("committed", N_("Committed entries"), len(past.committed.entries), ""),
    ]


@actors(
    title=N_("Raft"),
    summary=N_("Servers elect a leader, which puts the commands of clients into one log that all servers apply in the same order."),
    config=Config,
    actions=ACTIONS,
    roles={"server": N_("Server"), "client": N_("Client"), "administrator": N_("Administrator")},
    sources=(
        "D. Ongaro, J. Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014",
        "D. Ongaro, Consensus: Bridging Theory and Practice, dissertation, Stanford University 2014",
        "D. Ongaro, Bug in single-server membership changes, raft-dev, 10 July 2015",
    ),
    modelled=(
        N_("Elections with timeouts drawn anew each time; votes and terms on the disk before they are answered; pre-vote."),
        N_("AppendEntries with the consistency check and hints where logs differ; the commit rule of figure 8."),
        N_("Snapshots and InstallSnapshot; what a server has dropped it cannot send."),
        N_("Changes of the configuration one server at a time, with rounds in which a new server catches up; servers ignore candidates while they hear of a leader."),
        N_("Reads through the log, by read index, and by a lease that counts on clocks of nearly the same speed."),
        N_("Clients that repeat a command until it is answered, and sessions so that it takes effect once."),
    ),
    left_out=(
        N_("Joint consensus: configurations change by one server at a time."),
        N_("Snapshots in chunks: one message carries all of it and takes no longer than others."),
        N_("Leadership transfer, but for its last message: the Action that lets a server stand for election at once."),
        N_("Sessions are never given up, and clients need not register: a client's name is its session."),
        N_("Batches and pipelining: a follower gets the next entries when it has answered for the last ones, or with a heartbeat."),
    ),
    messages=MESSAGES,
    timers=("election", "heartbeat", "snapshot", "catch_up", "think", "retry", "change", "again"),
    properties=PROPERTIES,
    twins=TWINS,
    hue=("term",),
    points={
        "voted": N_("has voted and not told anybody"),
        "elected": N_("has been elected and not told anybody"),
        "appended": N_("has appended a command and not told anybody"),
        "committed": N_("has committed an entry and not told anybody"),
    },
    gauges={
        "leaders": (N_("Leaders"), "", lambda world: sum(server.standing == LEADER for server in _servers(world))),
        "term": (N_("Highest term"), "", lambda world: max((server.term for server in _servers(world)), default=0)),
        "lag": (N_("Entries that the slowest server lacks"), "", _lag),
    },
    metrics=_metrics,
    joins={"server": Server},
    performs={"exclude": _change("remove"), "include": _change("add")},
    refuses={"restart_wiped": N_("Raft counts on its servers' disks: a server without its disk must come back as a new one. Remove it and add another.")},
)
def cast(config) -> dict[str, type[Node]]:
    """The servers, the clients, and the administrator."""
    roles = ((Server, config.servers), (Client, config.clients), (Administrator, 1))
    return {f"{role.role}-{number}": role for role, count in roles for number in range(count)}
