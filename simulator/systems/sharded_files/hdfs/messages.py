"""What the nodes of HDFS say to each other. Names: Shvachko et al. 2010, and the protocols of its source."""

from typing import NamedTuple

# Data nodes and name nodes


class Heartbeat(NamedTuple):
    """A data node is there. streams: copies that it makes just now. serial: how many reports it has made."""

    used_mb: float
    capacity_mb: float
    streams: int
    serial: int


class Transfer(NamedTuple):
    """Part of a command: copy this replica to another node."""

    block: int
    gen: int
    target: str


class Commands(NamedTuple):
    """The name node's answer to a heartbeat, where it has something to say. register: say all that you have.

    order_ns: when it was given; one that comes after a later one is not followed.
    """

    epoch: int
    order_ns: int
    register: bool
    transfers: tuple[Transfer, ...]
    invalidate: tuple[int, ...]


class Replica(NamedTuple):
    """One replica as its node knows it. whole: it is finished; else it is being written, or was when its node crashed."""

    block: int
    gen: int
    mb: float
    whole: bool


class BlockReport(NamedTuple):
    """All replicas of a data node."""

    serial: int
    used_mb: float
    capacity_mb: float
    replicas: tuple[Replica, ...]


class BlockReceived(NamedTuple):
    """A replica is finished (an incremental block report)."""

    serial: int
    replica: Replica


class BlockDeleted(NamedTuple):
    """A replica is gone (an incremental block report)."""

    serial: int
    block: int


class BadBlock(NamedTuple):
    """The checksums of this node's replica do not fit its data. From a client that read it, or a node that was sent a copy."""

    block: int
    gen: int
    node: str


# Clients and name nodes


class Create(NamedTuple):
    """A client wants to write a file. overwrite: it may be there; what it held goes."""

    request: int
    file: str
    overwrite: bool


class Append(NamedTuple):
    """A client wants to add blocks at the end of a file (HDFS: CreateFlag.NEW_BLOCK)."""

    request: int
    file: str


class AddBlock(NamedTuple):
    """A client wants to write the next block. before: (number, MB) of the one that is finished. without: nodes that failed it."""

    request: int
    file: str
    before: tuple
    without: tuple[str, ...]


class AbandonBlock(NamedTuple):
    """A client gives up a block of which nothing is written yet."""

    request: int
    file: str
    block: int


class UpdateForPipeline(NamedTuple):
    """A client whose pipeline has failed wants a new generation stamp."""

    request: int
    file: str
    block: int


class UpdatePipeline(NamedTuple):
    """The pipeline goes on with these nodes, under the new stamp: replicas under older ones are stale."""

    request: int
    file: str
    block: int
    gen: int
    nodes: tuple[str, ...]


class Complete(NamedTuple):
    """A client has written everything. before: (number, MB) of the last block."""

    request: int
    file: str
    before: tuple


class Delete(NamedTuple):
    """A client deletes a file."""

    request: int
    file: str


class GetBlockLocations(NamedTuple):
    """A client wants to read a file."""

    request: int
    file: str


class Done(NamedTuple):
    """It is in the edit log."""

    request: int


class LocatedBlock(NamedTuple):
    """A new block, and the pipeline for it."""

    request: int
    block: int
    gen: int
    nodes: tuple[str, ...]


class Stamped(NamedTuple):
    """A new generation stamp."""

    request: int
    gen: int


class Place(NamedTuple):
    """A block of a file and who has it, the nearest first."""

    block: int
    gen: int
    mb: float
    nodes: tuple[str, ...]


class LocatedBlocks(NamedTuple):
    """The blocks of a file, in order."""

    request: int
    blocks: tuple[Place, ...]


class Refused(NamedTuple):
    """No. reason: "standby", "safe mode", "not yet", "no file", "exists", "lease", "no room"."""

    request: int
    reason: str


# Data


class Packet(NamedTuple):
    """Part of a block on its way down the pipeline. at_mb: where in the block it begins. nodes: who follows behind the receiver.

    recover: it holds nothing; who gets it goes on under this stamp, with what it has up to `at_mb`.
    """

    block: int
    gen: int
    seq: int
    at_mb: float
    mb: float
    last: bool
    recover: bool
    nodes: tuple[str, ...]


class PacketAck(NamedTuple):
    """This node and all behind it have the packet; or `bad` is the first one that has not."""

    block: int
    gen: int
    seq: int
    bad: str


class ReadBlock(NamedTuple):
    """A client wants a block's data."""

    request: int
    block: int
    gen: int


class BlockData(NamedTuple):
    """The data, with the checksums that it had when it was written. sound: whether they fit."""

    request: int
    block: int
    mb: float
    sound: bool


class NoReplica(NamedTuple):
    """This node does not have that block under that stamp."""

    request: int
    block: int


class CopyBlock(NamedTuple):
    """A whole replica, copied from node to node. sound: whether its checksums fit."""

    replica: Replica
    sound: bool


# The edit log on journal nodes (HDFS-3077, Quorum-based protocol for reading and writing edit logs)


class GetJournalState(NamedTuple):
    """A name node wants to take over. attempt: which attempt this is about."""

    attempt: int


class JournalState(NamedTuple):
    """The highest epoch that this journal node has promised. alive: whether it has lately heard of the name node that has it."""

    attempt: int
    promised: int
    alive: bool


class NewEpoch(NamedTuple):
    """A name node wants to write the log from now on."""

    epoch: int


class Promised(NamedTuple):
    """A journal node will listen to no older one. It has `txid` entries, the last from epoch `wrote`; `safe` are on a majority."""

    epoch: int
    txid: int
    wrote: int
    safe: int


class Fenced(NamedTuple):
    """No: a higher epoch was promised."""

    epoch: int


class JournalEdits(NamedTuple):
    """Entries of the log, behind the first `first` ones. safe: so many are on a majority."""

    epoch: int
    first: int
    edits: tuple
    safe: int


class Journaled(NamedTuple):
    """The journal node has so many entries."""

    epoch: int
    txid: int


class FetchEdits(NamedTuple):
    """A name node wants the log behind the first `first` entries. everything: also what is not known to be safe."""

    epoch: int
    first: int
    everything: bool


class Edits(NamedTuple):
    """Entries of the log, behind the first `first` ones."""

    epoch: int
    first: int
    edits: tuple


class Ping(NamedTuple):
    """The active name node is there."""

    epoch: int


MESSAGES = (Heartbeat, Commands, BlockReport, BlockReceived, BlockDeleted, BadBlock,
            Create, Append, AddBlock, AbandonBlock, UpdateForPipeline, UpdatePipeline, Complete, Delete, GetBlockLocations,
            Done, LocatedBlock, Stamped, LocatedBlocks, Refused, Packet, PacketAck, ReadBlock, BlockData, NoReplica, CopyBlock,
            GetJournalState, JournalState, NewEpoch, Promised, Fenced, JournalEdits, Journaled, FetchEdits, Edits, Ping)
