"""The registry of systems: one module, one decorator, and nothing else to edit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.engine.action import ActionSpec
from simulator.engine.preset import Preset

_systems: dict[str, "System"] = {}


@dataclass(frozen=True, slots=True)
class System:
    """A kind of distributed system that can be simulated.

    config:   a pydantic model; its JSON Schema drives forms, REST and the fidelity sheet.
    build:    build(config, seed, cut, inputs, header) -> Simulation.
    estimate: estimate(config, duration_ns, inputs) -> requests or events to expect, for budgets.
    left_out: what the model leaves out, a sentence each.
    presets:  options of the Config under a name, such as a product's defaults.
    replicate: replicate(config, seed, order) -> Replication (engine/replication.py), for Experiments; None: there are none.
    losing:   losing(config, path, count) -> Actions as documents that take `count` of the servers counted at `path` from the very
              beginning; None where `path` is no number of servers.
    settles:  settles(config) -> whether the system comes to a steady state if nothing is done to it; None: it always does.
    loads:    dotted paths of the Config's options that say how much load there is, the more the larger.

    The rest belongs to systems of the actor kernel ("actors"; the other kernel is "traffic"):
    cast:       cast(config) -> {node's id: its Node class}, in order.
    messages:   the classes of its messages; timers: the names of its timers.
    properties: what must always and must sometimes be so (engine/properties.py).
    twins:      what Config.faulty can be beside "none": its key and a sentence that says which rule is missing.
    times:      the fields, of messages, nodes and what they hold, that hold times in ns though no _ns ends their names.
    hue:        the fields, of messages and nodes, that hold a ballot or a term.
    points:     named points at which an Action can crash a node, with a title each.
    gauges:     name -> (title, unit, function of the cluster): sampled while it runs.
    metrics:    metrics(cluster) -> [(key, title, value, unit)]: what the summary tells beside the usual.
    quorums:    quorums(config) -> parts.legs.Quorums by which keys are written and read where that alone decides how stale reads
                are; None elsewhere.
    joins:      role -> Node class, or joins(config) -> Node class, for roles that may be joined while it runs.
    performs:   kind -> function(cluster, **params) -> values, for Actions of its own done to the whole system, or
                function(cluster, node, **params) where the Action has a role, for what others do about a node that may be down.
    unjudged:   why the judges of consistency have nothing to say of its clients' operations, a sentence; "": they have.
    refuses:    kinds of faults that make no sense here, each with the reason.
    disturbed:  disturbed(cluster), called before an Action is done: what the system reckons instead of sending is brought up to date.
    cache:      what the kernel works out once for all runs.
    """

    key: str
    title: str
    summary: str
    config: Any
    actions: tuple[ActionSpec, ...]
    build: Callable
    estimate: Callable
    roles: Mapping[str, str]
    sources: tuple[str, ...]
    modelled: tuple[str, ...]
    left_out: tuple[str, ...]
    presets: tuple[Preset, ...] = ()
    kernel: str = "traffic"
    replicate: Callable | None = None
    losing: Callable | None = None
    settles: Callable | None = None
    loads: tuple[str, ...] = ()
    cast: Callable | None = None
    messages: tuple[type, ...] = ()
    timers: tuple[str, ...] = ()
    properties: tuple = ()
    twins: Mapping[str, str] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    hue: tuple[str, ...] = ()
    points: Mapping[str, str] = field(default_factory=dict)
    gauges: Mapping[str, tuple] = field(default_factory=dict)
    metrics: Callable | None = None
    quorums: Callable | None = None
    joins: Mapping[str, type | Callable] = field(default_factory=dict)
    performs: Mapping[str, Callable] = field(default_factory=dict)
    unjudged: str = ""
    refuses: Mapping[str, str] = field(default_factory=dict)
    disturbed: Callable | None = None
    cache: dict = field(default_factory=dict, init=False, repr=False, compare=False)


def system(**facts) -> Callable:
    """Register the decorated `build` function as the System named after its module or package."""

    def register(build: Callable) -> Callable:
        key = build.__module__.removeprefix("simulator.systems.").split(".")[0]
        if key in _systems:
            raise AssertionError(f"two systems are called {key}")
        _systems[key] = System(key=key, build=build, **facts)
        return build

    return register


def registered() -> dict[str, System]:
    """Every System whose module has been imported, by key."""
    return dict(sorted(_systems.items()))
