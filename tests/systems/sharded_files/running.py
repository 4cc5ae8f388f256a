"""Runs of the distributed file system, for its designs without HDFS: built from a rough Config, with Actions on the way."""

import json
from contextlib import suppress

from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS, S
from simulator.engine.simulation import plan
from simulator.engine.system import registered

import simulator.systems  # noqa: F401 (registers them)

FACTS = registered()["sharded_files"]


def built(config: dict, seed: int = 1, duration_s: float = 60.0):
    """A Protocol that keeps nothing but what properties need."""
    options = FACTS.config.model_validate_json(json.dumps(config))
    return FACTS.build(options, seed, plan(round(duration_s * S)), {}, {}, keep=False)


def played(config: dict, seed: int, duration_s: float, actions=()):
    """The same, run to its end; actions: (ms, kind, target), params where there are."""
    run = built(config, seed, duration_s)
    for at_ms, kind, target, *params in actions:
        run.advance(round(at_ms * MS))
        with suppress(ActionRefused):  # the node that should do it may be down
            run.apply(Action(run.now_ns, kind, target, *params))
    run.advance(round(duration_s * S))
    return run


def metrics(run) -> dict:
    """The summary's numbers of the design, by key."""
    return {key: value for key, _title, value, _unit in FACTS.metrics(run.cluster)}


def breaches(run) -> list[str]:
    """The promises that were broken."""
    return list(run.cluster.telling.breaches)
