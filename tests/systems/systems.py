"""What the tests that hold for every registered system share."""

import inspect
import json
import sys

import simulator.systems  # noqa: F401 (registers them)
from simulator.engine.actor import Node
from simulator.engine.clock import S
from simulator.engine.simulation import plan
from simulator.engine.system import System, registered
from simulator.scenarios import library

SYSTEMS = registered()
ACTORS = {key: facts for key, facts in SYSTEMS.items() if facts.kernel == "actors"}
SPAN = plan(1 * S)
ROUGH = {"rate_per_s": 4.0, "mean_duration_ms": 200.0}


def documents(key: str) -> list:
    """The built-in scenarios of a system."""
    return [document for document in library.builtin().values() if document.system == key]


FEW = 200
"""Nodes up to which a scenario's Config is tried with everything breaking: a partition cuts every pair of links."""


def configs(key: str) -> list[dict]:
    """The system's default Config, and one for each built-in scenario of it that is not too large, without doubles."""
    found = [{}] + [document.config for document in documents(key) if not _is_large(document)]
    return [config for place, config in enumerate(found) if config not in found[:place]]


def _is_large(document) -> bool:
    return document.facts.kernel == "actors" and len(document.facts.cast(document.options)) > FEW


def start(facts: System, seed: int = 1, cut=SPAN, keep: bool = True, **config):
    """A run of the system, at 0."""
    options = facts.config.model_validate_json(json.dumps(config))
    if facts.kernel == "actors":
        return facts.build(options, seed, cut, {}, {}, keep)
    return facts.build(options, seed, cut, {}, {})


def source(facts: System) -> str:
    """The text of all modules of the system."""
    package = f"simulator.systems.{facts.key}"
    names = [name for name in sorted(sys.modules) if name == package or name.startswith(package + ".")]
    return "\n".join(inspect.getsource(sys.modules[name]) for name in names)


def roles(facts: System) -> list[type[Node]]:
    """Every Node class of the system's own, by name."""
    package = f"simulator.systems.{facts.key}"
    found, waiting = {}, [Node]
    while waiting:
        for role in waiting.pop().__subclasses__():
            waiting.append(role)
            if role.__module__ == package or role.__module__.startswith(package + "."):
                found[f"{role.__module__}.{role.__qualname__}"] = role
    return [found[name] for name in sorted(found)]
