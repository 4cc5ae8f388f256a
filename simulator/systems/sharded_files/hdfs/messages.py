"""What the nodes of HDFS say to each other. Names: Shvachko et al. 2010, and the protocols of its source."""

from typing import NamedTuple

# Data nodes and name nodes


class Heartbeat(NamedTuple):
    """A data node is there. streams: copies that it makes just now."""

    used_mb: float
    capacity_mb: float
    streams: int


class Transfer(NamedTuple):
    """Part of a command: copy this replica to another node. move: it is deleted here afterwards."""

    block: int
    gen: int
    target: str


class Commands(NamedTuple):
    """The name node's answer to a heartbeat, where it has something to say. register: send everything that you have."""

    epoch: int
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

    used_mb: float
    capacity_mb: float
    replicas: tuple[Replica, ...]


class BlockReceived(NamedTuple):
    """A replica is finished (an incremental block report)."""

    replica: Replica


class BlockDeleted(NamedTuple):
    """A replica is gone (an incremental block report)."""

    block: int


MESSAGES = (Heartbeat, Commands, BlockReport, BlockReceived, BlockDeleted)
