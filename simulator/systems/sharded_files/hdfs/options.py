"""The options of the HDFS mode; defaults are those of hdfs-default.xml."""

from typing import Annotated, Literal, Union

from pydantic import Field

from simulator.engine.clock import ns_from_s
from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

XML = "hdfs-default.xml, "

TWINS = {
    "acknowledges_before_storing": N_("A data node acknowledges a packet before it has stored it and before the nodes behind it have."),
    "rack_rule_forgotten": N_("The name node chooses nodes without looking at racks."),
    "generation_stamp_not_bumped": N_("Pipeline recovery goes on under the old generation stamp."),
    "missing_fence": N_("Journal nodes take edits of every epoch, so that a name node that was replaced goes on writing."),
    "copies_corrupt_replicas": N_("Re-replication takes a replica that was reported as corrupt as its source, and nobody looks at checksums."),
}

CIDON = "Cidon et al., Copysets: Reducing the Frequency of Data Loss in Cloud Storage, USENIX ATC 2013"


class DefaultPlacement(Option, title=N_("As HDFS does")):
    __doc__ = N_("The writer's node, a node in another rack, another node in that rack.")

    name: Literal["default"] = "default"


class RandomPlacement(Option, title=N_("Random")):
    __doc__ = N_("Any nodes, in two racks at least. With many blocks nearly every group of nodes holds all replicas of one.")

    name: Literal["random"] = "random"


class CopysetPlacement(Option, title=N_("Copysets")):
    __doc__ = N_("Few groups of nodes, of which each block takes one: that all of one are lost at once is rare, and then more is lost.")

    name: Literal["copysets"] = "copysets"
    scatter_width: int = quantity(4, N_("Scatter width"), ge=1, le=1000, source=CIDON, about=N_(
        "With how many others a node shares blocks: the more, the quicker it is made up for, and the more groups there are."))


Placement = Annotated[Union[DefaultPlacement, RandomPlacement, CopysetPlacement], Field(discriminator="name")]


class Hdfs(Option, title=N_("HDFS: a name node and blocks")):
    __doc__ = N_("A name node knows which blocks a file has and where they are; data goes from client to data nodes, in pipelines.")

    name: Literal["hdfs"] = "hdfs"
    replication: int = quantity(3, N_("Replicas of a block"), ge=1, le=10, source=XML + "dfs.replication: 3")
    placement: Placement = Field(DefaultPlacement(), title=N_("Placement"), description=N_("Which nodes hold the replicas of a block."),
                                 json_schema_extra={"unit": "", "source": XML + "dfs.block.replicator.classname"})
    block_mb: float = quantity(128.0, N_("Size of a block"), "MB", ge=0.01, le=100_000, source=XML + "dfs.blocksize: 128 MB")
    packets: int = quantity(2, N_("Packets of a block"), ge=1, le=64, about=N_(
        "HDFS sends 64 kB at a time; here so many packets a block, each of which takes as long as its share."))
    heartbeat_s: float = quantity(3.0, N_("Heartbeat every"), "s", ge=0.001, le=3600, source=XML + "dfs.heartbeat.interval: 3 s")
    recheck_s: float = quantity(300.0, N_("Recheck interval"), "s", ge=0, le=86_400, source=XML + "dfs.namenode.heartbeat.recheck-interval: 300 s",
                                about=N_("A data node is dead when it was not heard of for two of these and ten heartbeats."))
    stale_s: float = quantity(30.0, N_("Stale after"), "s", ge=0.001, le=86_400, source=XML + "dfs.namenode.stale.datanode.interval: 30 s")
    heartbeats: Literal["single", "aggregated"] = quantity(
        "single", N_("Heartbeats are"), labels={"single": N_("Single messages"), "aggregated": N_("Reckoned where they bring no news")},
        about=N_("Reckoned: a data node to which nothing happens sends no messages, and the name node works out when it would have heard of it. "
                 "Needs a network with a constant delay and clocks that do not drift; what comes about is the same."))
    report_s: float = quantity(21_600.0, N_("Full block report every"), "s", ge=0.01, le=7_776_000, source=XML + "dfs.blockreport.intervalMsec: 6 h")
    monitor_s: float = quantity(3.0, N_("Repairs are looked at every"), "s", ge=0.001, le=3600,
                                source=XML + "dfs.namenode.redundancy.interval.seconds: 3 s")
    work_multiplier: int = quantity(2, N_("Repairs at a time, times live nodes"), ge=1, le=1000,
                                    source=XML + "dfs.namenode.replication.work.multiplier.per.iteration: 2")
    max_streams: int = quantity(2, N_("Repairs from one node at a time"), ge=1, le=1000, source=XML + "dfs.namenode.replication.max-streams: 2")
    hard_streams: int = quantity(4, N_("The same for blocks with one replica left"), ge=1, le=1000,
                                 source=XML + "dfs.namenode.replication.max-streams-hard-limit: 4")
    pending_s: float = quantity(300.0, N_("A repair is tried again after"), "s", ge=0.01, le=86_400,
                                source=XML + "dfs.namenode.reconstruction.pending.timeout-sec: 300 s")
    safe_share: float = quantity(0.999, N_("Safe mode ends when"), ge=0, le=1, source=XML + "dfs.namenode.safemode.threshold-pct: 0.999",
                                 about=N_("The share of the blocks of which one replica is known."))
    safe_extension_s: float = quantity(30.0, N_("and then after"), "s", ge=0, le=86_400, source=XML + "dfs.namenode.safemode.extension: 30 s")
    balancer_share: float = quantity(0.1, N_("Balancer's threshold"), ge=0.001, le=1, source=N_("HDFS commands guide, balancer -threshold: 10 %"),
                                     about=N_("How far the used share of a node may be from that of all."))
    lease_s: float = quantity(60.0, N_("A writer's lease lasts"), "s", ge=0.01, le=86_400, source=N_("HDFS, soft limit of a lease: 60 s"))
    standby: bool = quantity(False, N_("Standby name node"), about=N_("A second name node and three journal nodes, which keep the edit log."))
    failover_s: float = quantity(10.0, N_("The standby takes over after"), "s", ge=0.01, le=3600,
                                 source="core-default.xml, ha.zookeeper.session-timeout.ms: 10 s")
    tail_s: float = quantity(60.0, N_("The standby reads the log every"), "s", ge=0.001, le=3600, source=XML + "dfs.ha.tail-edits.period: 60 s")
    retry_ms: float = quantity(400.0, N_("Clients ask again after"), "ms", ge=0.01, le=3_600_000,
                               source=XML + "dfs.client.block.write.locateFollowingBlock.initial.delay.ms: 400 ms")

    @property
    def heartbeat_ns(self) -> int:
        """Between two heartbeats."""
        return ns_from_s(self.heartbeat_s)

    @property
    def stale_ns(self) -> int:
        """From the last contact."""
        return ns_from_s(self.stale_s)

    @property
    def dead_ns(self) -> int:
        """From the last contact: 2 x 300 s + 10 x 3 s = 630 s."""
        return 2 * ns_from_s(self.recheck_s) + 10 * ns_from_s(self.heartbeat_s)
