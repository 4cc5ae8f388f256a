"""The messages of multi-Paxos, and what they carry."""

from typing import NamedTuple

from simulator.parts.ballot import Ballot


class Command(NamedTuple):
    """What a client wants executed; `number` tells its commands apart. Without a client: a no-op."""

    client: str
    number: int
    f: str
    key: str | None = None
    value: str | None = None


NOOP = Command("", 0, "noop")


class Vote(NamedTuple):
    """What an acceptor has accepted for a slot."""

    ballot: Ballot
    command: Command


class Reply(NamedTuple):
    """The answer to a client's last command: kept, so that a repeated one is not executed again."""

    number: int
    result: str | None


class Request(NamedTuple):
    """A client asks for something."""

    command: Command


class Response(NamedTuple):
    """The answer to the client's command `number`."""

    number: int
    result: str | None


class Redirect(NamedTuple):
    """This server is not the leader; `leader` is, as far as it knows."""

    number: int
    leader: str | None


class Prepare(NamedTuple):
    """Phase 1a, once for every slot from `first` on."""

    ballot: Ballot
    first: int


class Promise(NamedTuple):
    """Phase 1b: what was accepted, as (slot, vote); slots up to `applied` are decided and need no votes."""

    ballot: Ballot
    applied: int
    accepted: tuple[tuple[int, Vote], ...]


class Accept(NamedTuple):
    """Phase 2a for one slot."""

    ballot: Ballot
    slot: int
    command: Command


class Accepted(NamedTuple):
    """Phase 2b for one slot."""

    ballot: Ballot
    slot: int


class Preempted(NamedTuple):
    """Refuses `ballot`: a higher one was promised."""

    ballot: Ballot
    promised: Ballot


class Decided(NamedTuple):
    """The command of a slot was chosen."""

    slot: int
    command: Command


class Heartbeat(NamedTuple):
    """The leader is there, and has executed all slots up to `applied`."""

    ballot: Ballot
    applied: int


class Ask(NamedTuple):
    """A replica has executed the slots up to `applied`, and knows that there are more."""

    applied: int


class State(NamedTuple):
    """A copy of a replica's state after slot `applied`."""

    applied: int
    store: dict[str, str]
    replies: dict[str, Reply]
    executed: int
