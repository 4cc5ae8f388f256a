"""HDFS: K. Shvachko, H. Kuang, S. Radia, R. Chansler, The Hadoop Distributed File System, IEEE MSST 2010; and its documentation."""

from simulator.engine.clock import S
from simulator.engine.words import N_
from simulator.systems.sharded_files.designs import Design
from simulator.systems.sharded_files.hdfs.actions import ACTIONS, PERFORMS
from simulator.systems.sharded_files.hdfs.client import HdfsClient
from simulator.systems.sharded_files.hdfs.data_node import DataNode
from simulator.systems.sharded_files.hdfs.journal_node import JournalNode
from simulator.systems.sharded_files.hdfs.measures import GAUGES, metrics
from simulator.systems.sharded_files.hdfs.messages import MESSAGES
from simulator.systems.sharded_files.hdfs.name_node import NameNode
from simulator.systems.sharded_files.hdfs.options import TWINS, Hdfs
from simulator.systems.sharded_files.hdfs.properties import PROPERTIES
from simulator.systems.sharded_files.hdfs.quiet import wake_all

JOURNALS = 3
"""Journal nodes, of which one may fail."""
EVENTS = 40
"""Of an operation, roughly: a block of three replicas takes some twenty."""


def cast(config) -> dict:
    """Clients, name nodes, journal nodes where there is a standby, data nodes."""
    standby = config.design.standby
    counts = ((HdfsClient, config.clients), (NameNode, 1 + standby), (JournalNode, JOURNALS * standby), (DataNode, config.racks * config.nodes_per_rack))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}


def estimate(config, duration_ns: int) -> float:
    """Heartbeats that are sent, and what clients do while nothing fails."""
    nodes, design, span_s = config.racks * config.nodes_per_rack, config.design, duration_ns / S
    beats = nodes if design.heartbeats == "aggregated" else nodes * span_s / design.heartbeat_s
    operations = 0.0 if config.think_ms is None else config.clients * span_s * 1000 / (config.think_ms + 1000)
    return 2 * beats * (1 + design.standby) + operations * EVENTS


def check(config) -> None:
    """Heartbeats can be reckoned only where it is certain when they would arrive."""
    delay = config.network.delay
    if config.design.heartbeats == "aggregated" and (delay.law != "constant" or delay.delay_ms >= config.design.heartbeat_s * 1000):
        raise ValueError(N_("Heartbeats can be reckoned only with a constant delay that is shorter than the time between two of them."))


DESIGN = Design(
    order=10, options=Hdfs, cast=cast, estimate=estimate, messages=MESSAGES,
    timers=("heartbeat", "report", "watch", "monitor", "safe", "downstream", "stored", "sent", "copied", "patience", "again", "data", "seek", "ack",
            "leaving", "balance", "ship", "ping", "tail", "failover"),
    properties=PROPERTIES, twins=TWINS, gauges=GAUGES, metrics=metrics, actions=ACTIONS, performs=PERFORMS,
    roles={"name_node": N_("Name node"), "journal_node": N_("Journal node"), "data_node": N_("Data node")},
    sources=(
        "K. Shvachko, H. Kuang, S. Radia, R. Chansler, The Hadoop Distributed File System, IEEE MSST 2010",
        "Apache Hadoop, HDFS Architecture; hdfs-default.xml; HDFS High Availability Using the Quorum Journal Manager",
        "T. Lipcon, Quorum-based protocol for reading and writing edit logs, HDFS-3077, 2012",
    ),
    modelled=(
        N_("HDFS: blocks, rack-aware placement, pipelined writes with acknowledgements, recovery of pipelines under new generation stamps."),
        N_("HDFS: reads from the nearest replica, the next one when it fails; checksum errors are reported and repaired."),
        N_("HDFS: heartbeats, stale and dead nodes, block reports full and incremental, commands as answers to heartbeats."),
        N_("HDFS: re-replication by priority and throttled, replicas that are too many trimmed by the rack rule, decommission, balancer."),
        N_("HDFS: the edit log on disk before a client is told, replay after a crash, safe mode, leases of writers."),
        N_("HDFS: a standby name node, journal nodes with epochs, fencing, data nodes that listen to the latest epoch."),
        N_("Bytes take time: every node has one disk and one network, each of which does one thing after the other."),
    ),
    left_out=(
        N_("HDFS: a block is sent in a few packets, not in thousands of 64 kB."),
        N_("HDFS: append begins a new block; no node joins a pipeline that has lost one; hflush and truncate."),
        N_("HDFS: the image of the file system: the log is replayed from its beginning, in no time."),
        N_("HDFS: ZooKeeper: journal nodes are asked whether they hear of the active name node."),
        N_("HDFS: a name node that was replaced and does not know it yet may answer reads; HDFS would cut its power, where it can."),
        N_("HDFS: load, disk types and maintenance states in the choice of nodes; erasure coding; federation; snapshots."),
        N_("HDFS: the balancer is a part of the name node here, not a program of its own; its bandwidth has no limit of its own."),
        N_("HDFS: recovery of a block whose writer is gone: when its lease expires, the unfinished block is dropped."),
        N_("HDFS: silent nodes are noticed at the very moment, not at the next look of a thread."),
        N_("The distance between racks decides which replica is read; messages take equally long everywhere."),
    ),
    joins={"data_node": DataNode}, hue=("epoch",), disturbed=wake_all, check=check)
