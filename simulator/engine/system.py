"""The registry of systems: one module, one decorator, and nothing else to edit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.engine.action import ActionSpec

_systems: dict[str, "System"] = {}


@dataclass(frozen=True, slots=True)
class System:
    """A kind of distributed system that can be simulated.

    config:   a pydantic model; its JSON Schema drives forms, REST and the fidelity sheet.
    build:    build(config, seed, cut, inputs, header) -> Simulation.
    estimate: estimate(config, duration_ns, inputs) -> requests or events to expect, for budgets.
    left_out: what the model leaves out, a sentence each.
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
