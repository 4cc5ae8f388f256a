"""Designs of a replicated store, one file each. A new file in this folder is a new design; nothing else is edited.

A design is an Option (its own knobs), the Node classes of its replicas and clients, and what it promises.
The workload, the faults and what is measured are the same for all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from simulator.engine.words import N_

_designs: dict[str, "Design"] = {}

COMMON_TWINS = {
    "acknowledges_before_storing": N_("Every design: a replica acknowledges a write before it is on its disk."),
    "quorum_is_not_one": N_("ABD quorums, consensus log, Dynamo: one node fewer than a quorum is enough, so two quorums need not meet."),
    "reads_without_checking": N_("Consensus log, chain: who leads (of a chain, the head) answers reads from its own copy, without asking anybody."),
    "missing_fence": N_("Primary and backups, chain: a replica goes on serving when its lease is over, though another may have taken its place."),
}
"""Bugs that several designs can have."""


@dataclass(frozen=True)
class Design:
    """What a design is made of. Functions are given the run's Config.

    order: its place in menus. config: the Option, told apart by `name`.
    fresh: "atomic" where it promises that a read sees every write and every read that was over before it began, "regular" where
        every write, "" where nothing.
    causal: whether it promises that who knows an effect sees its causes.
    copies: on how many disks a write is at least when it is acknowledged.
    owners: owners(options, key, replicas) -> which of them are to keep the key.
    complete: whether it promises that who leads has every acknowledged write.
    others: {id: Node class} of nodes beside replicas and clients. twins: its own bugs to find, key -> sentence.
    """

    order: int
    config: type
    replica: type
    client: type
    fresh: Callable = lambda _options: ""
    causal: Callable = lambda _options: False
    copies: Callable = lambda _options: 1
    complete: Callable = lambda _options: False
    owners: Callable = lambda _options, _key, replicas: replicas
    others: Mapping[str, type] = field(default_factory=dict)
    twins: Mapping[str, str] = field(default_factory=dict)


def design(**facts) -> Callable:
    """Register the decorated class, the replica, with its design."""

    def register(replica: type) -> type:
        made = Design(replica=replica, **facts)
        name = made.config.model_fields["name"].default
        if name in _designs:
            raise AssertionError(f"two designs are called {name}")
        _designs[name] = made
        return replica

    return register


@cache
def designs() -> dict[str, Design]:
    """Every design by its name, in the order of menus."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(_designs.items(), key=lambda item: item[1].order))


def design_of(options) -> Design:
    """The design that a Config asks for."""
    return designs()[options.replication.name]


def twins() -> dict[str, str]:
    """All bugs to find."""
    found = dict(COMMON_TWINS)
    for one in designs().values():
        found.update(one.twins)
    return found
