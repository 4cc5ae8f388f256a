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


def cast(config) -> dict:
    """Clients, name nodes, journal nodes where there is a standby, data nodes."""
    standby = config.design.standby
    counts = ((HdfsClient, config.clients), (NameNode, 1 + standby), (JournalNode, JOURNALS * standby), (DataNode, config.racks * config.nodes_per_rack))
    return {f"{role.role}-{n}": role for role, count in counts for n in range(count)}


def estimate(config, duration_ns: int) -> float:
    """Heartbeats."""
    return config.racks * config.nodes_per_rack * duration_ns / S / config.design.heartbeat_s * 2


DESIGN = Design(
    order=10, options=Hdfs, cast=cast, estimate=estimate, messages=MESSAGES, timers=("heartbeat", "report", "watch", "monitor", "safe", "downstream", "stored", "sent", "copied", "patience", "again", "data", "seek", "ack", "leaving", "balance",
            "ship", "ping", "tail", "failover"),
    properties=PROPERTIES, twins=TWINS, gauges=GAUGES, metrics=metrics, actions=ACTIONS, performs=PERFORMS,
    roles={"name_node": N_("Name node"), "journal_node": N_("Journal node"), "data_node": N_("Data node")},
    sources=("K. Shvachko, H. Kuang, S. Radia, R. Chansler, The Hadoop Distributed File System, IEEE MSST 2010",),
    modelled=(), left_out=(), joins={"data_node": DataNode}, disturbed=wake_all)
