"""Short runs of HDFS in which everything breaks: some milliseconds each, and yet all that can come about does."""

from collections import Counter
from contextlib import suppress

import simulator.systems  # noqa: F401 (registers them)
from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS
from simulator.engine.simulation import plan
from simulator.engine.system import registered

FACTS = registered()["sharded_files"]
EVERYTHING = ["crash", "pause", "isolate", "partition", "cut", "slow", "slow_disk", "skew", "drift", "delay_link", "lose", "duplicate_link"]
SHORT_MS = 250
RESTLESS_DESIGN = {
    "name": "hdfs", "block_mb": 2, "heartbeat_s": 0.016, "recheck_s": 0.0, "stale_s": 0.04, "report_s": 0.5, "monitor_s": 0.016, "pending_s": 0.06,
    "safe_extension_s": 0.01, "lease_s": 0.1, "retry_ms": 6, "failover_s": 0.05, "tail_s": 0.05}
RESTLESS = {
    "racks": 2, "nodes_per_rack": 2, "files": 2, "size": {"law": "constant", "mb": 3}, "append_mb": 1, "clients": 2, "think_ms": 12, "client_timeout_ms": 30,
    "network_mb_s": 1000, "disk_mb_s": 800, "stagger_ms": 2}
"""Dead after 160 ms."""


def nemesis(faults=EVERYTHING) -> dict:
    """Many faults, which last a few heartbeats, on every node."""
    return {"rate_per_s": 40, "mean_duration_ms": 50, "spare": "nobody", "faults": list(faults)}


def options(design: dict | None = None, **more):
    """A Config: the restless one, with changes."""
    return FACTS.config.model_validate({**RESTLESS, "nemesis": nemesis(), **more, "design": {**RESTLESS_DESIGN, **(design or {})}}, strict=False)


def run(config, seed: int, duration_ms: int = SHORT_MS, actions=(), keep: bool = False):
    """A run that is over. Actions as (ms, kind, target, params); those that make no sense then are left out."""
    cut = plan(duration_ms * MS)
    made = FACTS.build(config, seed, cut, {}, {}, keep)
    for at, kind, target, params in actions:
        made.advance(round(at * MS))
        with suppress(ActionRefused):
            made.apply(Action(made.now_ns, kind, target, params))
    made.advance(cut.duration_ns)
    return made


def hunt(config, seeds, duration_ms: int = SHORT_MS, actions=()) -> tuple[dict[int, list[str]], Counter]:
    """(seed -> promises that were broken, what came about -> in how many runs)."""
    broken, reached = {}, Counter()
    for seed in seeds:
        telling = run(config, seed, duration_ms, actions).cluster.telling
        if telling.breaches:
            broken[seed] = list(telling.breaches)
        reached.update(list(telling.reached))
        reached.update({f"{outcome} operations": count for outcome, count in telling.outcomes.items()})
    return broken, reached


def metrics(made) -> dict:
    """The summary's metrics by key."""
    return {key: value for key, _title, value, _unit in FACTS.metrics(made.cluster)}
