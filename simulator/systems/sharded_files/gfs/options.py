"""The options of the GFS design; defaults are the paper's where it names them."""

from typing import Literal

from simulator.engine.words import N_
from simulator.parts.options import Option, quantity

PAPER = "Ghemawat, Gobioff, Leung, The Google File System, SOSP 2003"

TWINS = {
    "lease_is_not_waited_out": N_("The master grants a lease although the one before has neither been given back nor is over."),
    "version_is_not_raised": N_("The master grants a lease without raising the version of the chunk, so that a replica that was away is not known to be stale."),
    "counts_without_an_answer": N_("A new version counts although a replica that was told of it has not answered; that one may have it all the same, without what comes."),
    "acknowledges_before_it_stores": N_("A replica says that it has applied a mutation before that is on its disk."),
}


class Gfs(Option, title=N_("GFS: leases and record append")):
    __doc__ = N_("A master knows which chunks a file has; for each chunk it leases to one replica the right to say in which order mutations are applied.")

    name: Literal["gfs"] = "gfs"
    replication: int = quantity(3, N_("Replicas of a chunk"), ge=1, le=10, source=PAPER + ", 2.3")
    chunk_mb: float = quantity(64.0, N_("Size of a chunk"), "MB", ge=0.01, le=100_000, source=PAPER + ", 2.5")
    lease_s: float = quantity(60.0, N_("A lease lasts"), "s", ge=0.001, le=86_400, source=PAPER + ", 3.1")
    heartbeat_s: float = quantity(3.0, N_("Heartbeat every"), "s", ge=0.001, le=3600, about=N_("The paper says only that they are regular."))
    dead_after_s: float = quantity(60.0, N_("Dead after"), "s", ge=0.001, le=86_400,
                                   about=N_("From so long without a heartbeat on, a chunkserver's replicas do not count."))
    upkeep_s: float = quantity(3.0, N_("The master scans every"), "s", ge=0.001, le=3600,
                               about=N_("For chunkservers that are dead, chunks with too few replicas, and files deleted long ago."))
    keep_deleted_s: float = quantity(259_200.0, N_("Deleted files are kept for"), "s", ge=0, le=7_776_000, source=PAPER + ", 4.4.1: three days")
    report_at_most: int = quantity(100, N_("Chunks in a heartbeat at most"), ge=1, le=100_000,
                                   about=N_("A heartbeat names some of the chunks in turn; those that belong to no file are collected."))
    clones_at_most: int = quantity(4, N_("Clones at a time"), ge=1, le=1000, about=N_("In the whole cluster; one from each chunkserver."))
    clone_mb_s: float = quantity(6.25, N_("Clones leave a chunkserver at"), "MB/s", ge=0.001, le=100_000,
                                 source=PAPER + ", 6.2.5: each clone at most 6.25 MB/s")
    checkpoint_after: int = quantity(50, N_("Checkpoint after"), ge=1, le=10_000,
                                     about=N_("Entries of the operation log after which the master writes its state down and begins a new log."))
    apply_ms: float = quantity(1000.0, N_("The primary waits for secondaries"), "ms", ge=1, le=3_600_000)
    retry_ms: float = quantity(500.0, N_("Asked again after"), "ms", ge=1, le=3_600_000)
    tries: int = quantity(3, N_("Tries before the master is asked again"), ge=1, le=100, source=PAPER + ", 3.1: a few attempts")
