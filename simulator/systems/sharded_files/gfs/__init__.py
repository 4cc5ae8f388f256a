"""GFS: S. Ghemawat, H. Gobioff, S.-T. Leung, The Google File System, SOSP 2003.

space: metadata and the log    leases: versions and primaries   upkeep: clones and garbage   master: all of it in one node
primary: the order of mutations   copies: clones   chunk_server: all of it   client   regions: table 1   properties, measures
"""

from simulator.engine.clock import MS, S
from simulator.engine.words import N_
from simulator.systems.sharded_files.designs import Design
from simulator.systems.sharded_files.gfs.chunk_server import ChunkServer
from simulator.systems.sharded_files.gfs.client import GfsClient
from simulator.systems.sharded_files.gfs.master import Master
from simulator.systems.sharded_files.gfs.measures import GAUGES, metrics
from simulator.systems.sharded_files.gfs.messages import MESSAGES
from simulator.systems.sharded_files.gfs.options import PAPER, TWINS, Gfs
from simulator.systems.sharded_files.gfs.properties import PROPERTIES


def cast(config) -> dict:
    """Clients, the master, chunkservers."""
    counts = ((GfsClient, config.clients), (Master, 1), (ChunkServer, config.racks * config.nodes_per_rack))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}


def estimate(config, duration_ns: int) -> float:
    """Heartbeats, and what clients ask for."""
    beats = config.racks * config.nodes_per_rack * 3 * duration_ns / (config.design.heartbeat_s * S)
    asked = config.clients * 60 * duration_ns / (config.think_ms * MS) if config.think_ms else 0.0
    return beats + asked


DESIGN = Design(
    order=30, options=Gfs, cast=cast, estimate=estimate, messages=MESSAGES,
    timers=("heartbeat", "upkeep", "lease", "version", "apply", "fetch", "copy", "through", "retry"),
    properties=PROPERTIES, twins=TWINS, gauges=GAUGES, metrics=metrics,
    roles={"name_node": N_("Name node"), "data_node": N_("Data node")},
    sources=(PAPER,),
    modelled=(
        N_("GFS: chunks of 64 MB; a master with an operation log and checkpoints, which learns from heartbeats where replicas are."),
        N_("GFS: leases of 60 s, extended with heartbeats, revoked, waited out; the primary orders mutations, data is pushed along a chain apart from it."),
        N_("GFS: record append at least once, with padding and duplicates; writes at an offset; regions that are defined, undefined or inconsistent as in table 1."),
        N_("GFS: versions of chunks, raised before every lease, by which stale replicas are found; they and the chunks of deleted files are collected lazily."),
        N_("GFS: chunks with too few replicas are cloned by priority, throttled, in a version in which nobody is primary."),
    ),
    left_out=(
        N_("GFS: snapshots, shadow masters, the replicas of the master's log, namespace locks, checksums and rebalancing."),
        N_("GFS: clients cache where to append, and ask the master anew for every read; a new file is written as whole chunks from its beginning."),
        N_("GFS: transfers do not compete for a network or a disk, but for clones, which are throttled."),
    ),
    joins={"data_node": ChunkServer})
