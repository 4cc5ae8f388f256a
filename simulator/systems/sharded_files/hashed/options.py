"""The options of the hashed design."""

from typing import Annotated, Literal, Union

from pydantic import Field

from simulator.engine.words import N_
from simulator.parts.options import CHOSEN, Option, quantity

TWINS = {
    "forgets_before_it_has_arrived": N_("An old owner forgets a shard as soon as it has sent the copy."),
    "goes_on_behind_the_fence": N_("An old owner goes on taking writes for a shard after another node has taken charge of it."),
    "acknowledges_before_the_replicas": N_("Who is in charge of a shard acknowledges a write before the other owners have written it down."),
}


class Modulo(Option, title=N_("Hash modulo the number of nodes")):
    __doc__ = N_("The remainder says which node of the list. When the number of nodes changes, nearly every remainder does.")

    name: Literal["modulo"] = "modulo"


class Ring(Option, title=N_("Hash ring")):
    __doc__ = N_("Nodes stand at points of a circle, and a shard belongs to the next ones. A node that joins takes from its neighbours only.")

    name: Literal["ring"] = "ring"
    points: int = quantity(100, N_("Points of each node"), ge=1, le=1000, source="Karger et al., Consistent hashing and random trees, STOC 1997",
                           about=N_("Virtual nodes: the more, the more even the shares."))


class Rendezvous(Option, title=N_("Rendezvous hashing")):
    __doc__ = N_("Every node has a score for every shard, and the highest scores hold it.")

    name: Literal["rendezvous"] = "rendezvous"


class Ranges(Option, title=N_("Ranges")):
    __doc__ = N_("Shards in their order, cut at split points. A node that joins takes half of the widest range.")

    name: Literal["range"] = "range"


class Jump(Option, title=N_("Jump hash")):
    __doc__ = N_("A hash that jumps to the new node as rarely as can be. Only the last node of the list can leave without its place being filled.")

    name: Literal["jump"] = "jump"


Placement = Annotated[Union[Ring, Modulo, Rendezvous, Ranges, Jump], Field(discriminator="name")]


class Hashed(Option, title=N_("Hashed placement, no name node")):
    __doc__ = N_("Everybody computes from the list of nodes which of them hold a shard. When the list changes, the shards that belong elsewhere move.")

    name: Literal["hashed"] = "hashed"
    placement: Placement = Field(Ring(), title=N_("Placement"), description=N_("Which nodes hold a shard."),
                                 json_schema_extra={"unit": "", "source": CHOSEN})
    shards: int = quantity(120, N_("Shards"), ge=1, le=10_000, about=N_("What is placed and moved as one. A file is in the shard of its name's hash."))
    replication: int = quantity(2, N_("Replicas"), ge=1, le=10)
    move_mb_s: float = quantity(100.0, N_("Copies leave a node at"), "MB/s", ge=0.001, le=100_000,
                                about=N_("The throttle of moves, so that they leave room for readers and writers."))
    repeat_ms: float = quantity(500.0, N_("Asked again after"), "ms", ge=1, le=3_600_000,
                                about=N_("When nodes repeat what nobody has answered."))
    alive_ms: float = quantity(1000.0, N_("Time between signs of life"), "ms", ge=1, le=3_600_000)
    dead_after_s: float = quantity(30.0, N_("Thought dead after"), "s", ge=0.001, le=86_400)
    gives_up: bool = quantity(True, N_("Dead nodes are given up"), about=N_(
        "The administrator takes a node that is thought dead out of the list, so that others copy what it holds: fewer at a time than there are replicas."))
