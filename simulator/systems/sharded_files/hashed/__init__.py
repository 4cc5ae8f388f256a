"""Placement by hashing, without a name node: everybody who knows the list of nodes can compute who holds what.

D. Karger et al., Consistent hashing and random trees, STOC 1997; D. Thaler, C. Ravishankar, IEEE/ACM ToN 6(1), 1998; J. Lamping,
E. Veach, arXiv:1406.2294, 2014. How shards change hands follows L. Lamport, D. Malkhi, L. Zhou, Vertical Paxos, PODC 2009.

layouts: who holds what   keeper: a data node   moves: shards that change hands   administrator: who belongs
client: whom to ask       properties: what is promised                            measures: what a change costs
"""

from simulator.engine.action import ActionRefused, ActionSpec
from simulator.engine.clock import MS, S
from simulator.engine.words import N_
from simulator.systems.sharded_files.designs import Design
from simulator.systems.sharded_files.hashed.administrator import Administrator
from simulator.systems.sharded_files.hashed.client import HashedClient
from simulator.systems.sharded_files.hashed.keeper import Keeper
from simulator.systems.sharded_files.hashed.measures import GAUGES, metrics
from simulator.systems.sharded_files.hashed.messages import MESSAGES
from simulator.systems.sharded_files.hashed.options import TWINS, Hashed
from simulator.systems.sharded_files.hashed.properties import PROPERTIES


def cast(config) -> dict:
    """Clients, the administrator, data nodes."""
    counts = ((HashedClient, config.clients), (Administrator, 1), (Keeper, config.racks * config.nodes_per_rack))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}


def estimate(config, duration_ns: int) -> float:
    """Signs of life, and what clients ask for."""
    alive = config.racks * config.nodes_per_rack * 2 * duration_ns / (config.design.alive_ms * MS)
    asked = config.clients * 8 * duration_ns / (config.think_ms * MS) if config.think_ms else 0.0
    return alive + asked + 10.0 * config.design.shards * (duration_ns > S)


def retire(world, node) -> None:
    """The administrator is asked to let a data node leave."""
    administrator = world.of("administrator")[0]
    if administrator.state != "up":
        raise ActionRefused("target", N_("The administrator is {state}."), state=administrator.state)
    world.own_action(administrator, "retire", {"node": node.id})


DESIGN = Design(
    order=20, options=Hashed, cast=cast, estimate=estimate, messages=MESSAGES, timers=("alive", "watch", "repeat", "part", "through", "retry"),
    properties=PROPERTIES, twins=TWINS, gauges=GAUGES, metrics=metrics,
    roles={"data_node": N_("Data node"), "administrator": N_("Administrator")},
    sources=(
        "D. Karger et al., Consistent hashing and random trees, STOC 1997",
        "D. Thaler, C. Ravishankar, Using name-based mappings to increase hit rates, IEEE/ACM ToN 6(1), 1998",
        "J. Lamping, E. Veach, A fast, minimal memory, consistent hash algorithm, arXiv:1406.2294, 2014",
        "L. Lamport, D. Malkhi, L. Zhou, Vertical Paxos and primary-backup replication, PODC 2009",
    ),
    modelled=(
        N_("Hashed: shards placed by the hash modulo the number of nodes, a hash ring with virtual nodes, rendezvous hashing, a jump hash, or ranges that are split."),
        N_("Hashed: clients compute whom to ask from the list of nodes that they know, and are redirected where it is out of date."),
        N_("Hashed: a shard that changes hands is copied by a throttled message, then the old owners are fenced, then the new ones take over, then the old ones forget."),
        N_("Hashed: writes go to all owners of a shard; nodes that are thought dead are given up, and others copy what they held."),
    ),
    left_out=(
        N_("Hashed: how the administrator agrees with itself on several machines: it is one node, on no path of data."),
        N_("Hashed: transfers do not compete for a network or a disk; a node whose disk is full takes more all the same."),
        N_("Hashed: a read by a node that was given up and does not know it yet may be out of date."),
    ),
    actions=(ActionSpec("retire", N_("Let it leave"), "data_node", ("up", "paused", "down"), N_("{target} has been removed."), shortcut="l",
                        done=N_("{target} is to leave once others have what it holds")),),
    performs={"retire": retire}, joins={"data_node": Keeper})
