"""Designs of a distributed file system, one package of this folder each. A new package is a new design; nothing else is edited.

A package names its DESIGN. What a design has of messages, timers, promises, gauges joins that of the others; promises,
gauges and metrics are asked of runs of their own design only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from simulator.engine.action import ActionRefused
from simulator.engine.properties import Property
from simulator.engine.words import N_

PACKAGE = __name__.rpartition(".")[0]
NAN = float("nan")
OTHER = N_("{kind} is an Action of another design than this run's.")


@dataclass(frozen=True)
class Design:
    """What a design is made of; see engine.system.System for what is not said here.

    order: its place in menus. options: its Option, told apart by `name`. cast: cast(config) -> {node's id: Node class}.
    estimate: estimate(config, duration_ns) -> events to expect. modelled, left_out: a sentence each. check: check(config)
    raises ValueError with a sentence where options do not go together.
    """

    order: int
    options: type
    cast: Callable
    estimate: Callable
    messages: tuple[type, ...]
    timers: tuple[str, ...]
    properties: tuple[Property, ...]
    twins: Mapping[str, str]
    gauges: Mapping[str, tuple]
    metrics: Callable
    roles: Mapping[str, str]
    sources: tuple[str, ...]
    modelled: tuple[str, ...]
    left_out: tuple[str, ...]
    actions: tuple = ()
    performs: Mapping[str, Callable] = field(default_factory=dict)
    joins: Mapping[str, type] = field(default_factory=dict)
    points: Mapping[str, str] = field(default_factory=dict)
    hue: tuple[str, ...] = ()
    disturbed: Callable = lambda _cluster: None
    check: Callable = lambda _config: None

    @property
    def name(self) -> str:
        """What the option `design.name` calls it."""
        return self.options.model_fields["name"].default


@cache
def designs() -> dict[str, Design]:
    """Every design by its name, in the order of menus."""
    found = [import_module(f"{PACKAGE}.{module.name}").DESIGN for module in iter_modules(import_module(PACKAGE).__path__) if module.ispkg]
    return {one.name: one for one in sorted(found, key=lambda one: one.order)}


def design_of(config) -> Design:
    """The design that a Config asks for."""
    return designs()[config.design.name]


def tupled(name: str) -> tuple:
    """The tuples `name` of all designs, one after the other, without doubles."""
    return tuple(dict.fromkeys(one for design in designs().values() for one in getattr(design, name)))


def mapped(name: str) -> dict:
    """The mappings `name` of all designs, joined; where two have the same key, the first one counts."""
    return {key: value for design in reversed(designs().values()) for key, value in getattr(design, name).items()}


def joins() -> dict[str, Callable]:
    """Role -> the class of the run's design, where a node of it may be joined."""
    return {role: lambda config, role=role: design_of(config).joins[role] for role in mapped("joins")}


def performs() -> dict[str, Callable]:
    """The Actions of all designs that are more than one node's affair; a run takes those of its own design."""
    return {kind: _performed(kind) for kind in mapped("performs")}


def _performed(kind: str) -> Callable:
    def perform(world, *target, **params):
        own = design_of(world.options).performs.get(kind)
        if own is None:
            raise ActionRefused("kind", OTHER, kind=kind)
        return own(world, *target, **params)
    return perform


def properties() -> tuple[Property, ...]:
    """The promises of all designs, each only for runs of its own."""
    return tuple(replace(one, when=("design.name", (design.name,))) for design in designs().values() for one in design.properties)


def gauges() -> dict[str, tuple]:
    """The gauges of all designs; NaN where a run's design does not have one."""
    return {name: (title, unit, _dispatched(name)) for name, (title, unit, _measure) in mapped("gauges").items()}


def _dispatched(name: str) -> Callable:
    def measure(world) -> float:
        own = design_of(world.options).gauges.get(name)
        return own[2](world) if own else NAN
    return measure


def disturbed(world) -> None:
    """An Action is about to be done."""
    design_of(world.options).disturbed(world)


def metrics(world) -> list[tuple]:
    """What the summary tells beside the usual: what the run's design has."""
    return design_of(world.options).metrics(world)
