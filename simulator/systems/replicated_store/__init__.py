"""A replicated store: the same keys on several replicas, by one of seven designs from strong to eventual.

Modelled: ABD quorums, a consensus log, local reads in order (sequential), vector clocks (causal), Dynamo (eventual), primary and
backups (asynchronous, semi-synchronous, synchronous), chain replication; each under the same workload and the same faults.
Left out: sharding, transactions, changes of who takes part but for failures and their mending.

designs/    one file a design: its options, replicas, clients, promises
client      the workload and sessions          replica, member, master, log   what several designs share
versions    conflicts and their merges         merkle                         hash trees
history     what properties and measures know  properties, measures           promises and numbers
"""

from simulator.engine.action import ActionSpec, Param
from simulator.engine.actor import Node
from simulator.engine.protocol import actors
from simulator.engine.words import N_
from simulator.systems.replicated_store.config import TWINS, Config
from simulator.systems.replicated_store.designs import design_of
from simulator.systems.replicated_store.legs import quorums
from simulator.systems.replicated_store.measures import GAUGES, metrics
from simulator.systems.replicated_store.messages import MESSAGES
from simulator.systems.replicated_store.properties import PROPERTIES

_UP = ("up",)
_NOT_UP = N_("{target} is {state}: it can do nothing.")
_KEY = Param("key", N_("Key"), "x", pattern="[a-z][a-z0-9]{0,9}")

ACTIONS = (
    ActionSpec("write", N_("Write"), "client", _UP, _NOT_UP, (_KEY, Param("value", N_("Value"), "1", pattern=r"[\w.-]{1,20}")), "v",
               N_("{target} writes {key} = {value}")),
    ActionSpec("read", N_("Read"), "client", _UP, _NOT_UP, (_KEY,), "g", N_("{target} reads {key}")),
)


@actors(
    title=N_("Replicated store"),
    summary=N_("Replicas keep the same keys, by a design that you choose: what it promises, what it costs, and what it does when the network is cut."),
    config=Config,
    actions=ACTIONS,
    roles={"replica": N_("Replica"), "client": N_("Client"), "master": N_("Master")},
    sources=(
        "H. Attiya, A. Bar-Noy, D. Dolev, Sharing Memory Robustly in Message-Passing Systems, J. ACM 42(1), 1995",
        "N. Lynch, A. Shvartsman, Robust Emulation of Shared Memory Using Dynamic Quorum-Acknowledged Broadcasts, FTCS 1997",
        "D. Ongaro, J. Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014",
        "M. Ahamad et al., Causal Memory: Definitions, Implementation and Programming, Distributed Computing 9(1), 1995",
        "G. DeCandia et al., Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007",
        "P. Bailis et al., Probabilistically Bounded Staleness for Practical Partial Quorums, VLDB 2012",
        "R. van Renesse, F. Schneider, Chain Replication for Supporting High Throughput and Availability, OSDI 2004",
    ),
    modelled=(
        N_("ABD: two phases at a majority, tags of counter and client, reads that store what they return; no leader."),
        N_("The consensus log: terms, votes on the disk, the commit rule, repair, compaction; reads have their place in the log."),
        N_("Sequential: the same log, reads from the copy at hand, sessions that never go back, whatever replica they ask."),
        N_("Causal: vector clocks, writes that wait for what they depend on, the later Lamport clock wins."),
        N_("Dynamo: N, R, W, clients that coordinate themselves, sloppy quorums, hints, read repair, Merkle trees; last write wins, siblings or a counter."),
        N_("Primary and backups, chains: views from a master, epochs, leases, updates in order, recruits that are brought up to date."),
        N_("Sessions that stay with a replica, turn to the next one after a failure, or ask another one each time."),
    ),
    left_out=(
        N_("The master is one node with a disk: while it is down, nobody is replaced."),
        N_("Leases count on clocks that do not jump and run at nearly the same speed."),
        N_("Last write wins counts on the clients' clocks: where they are skewed, an earlier write can win."),
        N_("Deletes, and with them tombstones."),
        N_("Clients repeat no write through a replica: what was not answered in time stays unknown."),
        N_("Replicas that lose their disk: nobody copies the keys back to them but in a chain or from a primary."),
        N_("Joint changes of the configuration; in the log, hints where logs differ."),
        N_("Virtual nodes and the movement of keys: every key has its own order of all replicas."),
    ),
    messages=MESSAGES,
    points={"fails": N_("fails by itself")},
    timers=("fail", "think", "give_up", "resend", "patience", "handoff", "anti_entropy", "gossip", "election", "heartbeat", "beat", "look"),
    properties=PROPERTIES,
    twins=TWINS,
    hue=("epoch",),
    gauges=GAUGES,
    metrics=metrics,
    quorums=quorums,
    refuses={"restart_wiped": N_("Replicas count on their disks: one without its disk would have forgotten what it acknowledged.")},
)
def cast(config) -> dict[str, type[Node]]:
    """The replicas, the clients, and whoever else the design needs."""
    design = design_of(config)
    nodes = {f"replica-{number}": design.replica for number in range(config.replicas)}
    nodes |= {f"client-{number}": design.client for number in range(config.clients)}
    return nodes | dict(design.others)
