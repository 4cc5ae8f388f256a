"""A thousand data nodes in a hundred racks with a million replicas: an hour of heartbeats, and the loss of one rack.

CPU-seconds and memory of HDFS with real defaults, everything told for a viewer. Beside it the same with every
heartbeat sent as a message, on a tenth of the time, for what the reckoning saves.
"""

import json
import resource
import time

import simulator.systems  # noqa: F401 (registers them)
from simulator.engine.action import Action
from simulator.engine.clock import S
from simulator.engine.simulation import plan, record
from simulator.engine.system import registered

HOUR_S = 3600
LOST_AT_S = 400
AT_MOST_S = 60.0
AT_MOST_MB = 2000.0
CONFIG = {
    "racks": 100, "nodes_per_rack": 10, "capacity_gb": 256, "files": 333_334, "size": {"law": "constant", "mb": 128}, "clients": 2, "think_ms": 60_000,
    "mix": {"create": 0, "write": 0, "append": 0, "read": 1, "delete": 0}, "network": {"delay": {"law": "constant", "delay_ms": 1}}, "stagger_ms": 1000}


def main() -> None:
    """Print what an hour costs."""
    spent_s, events, metrics = measure("aggregated", HOUR_S, True)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict = "holds" if spent_s < AT_MOST_S and memory_mb < AT_MOST_MB else "MISSED"
    print(f"an hour, heartbeats reckoned   {spent_s:6.1f} CPU-s  {events:9,} events  {memory_mb:6,.0f} MB  "
          f"(at most {AT_MOST_S:.0f} s and {AT_MOST_MB:,.0f} MB: {verdict})")
    print(f"  rack lost at {LOST_AT_S} s: {metrics['most_under_replicated']:,} blocks lacked replicas, {metrics['moved_gb']:,.0f} GB were copied, "
          f"all was well {metrics['healthy_s']:.0f} s after the first death; lost: {metrics['lost']}")
    spent_s, events, _metrics = measure("single", HOUR_S // 10, False)
    print(f"six minutes, every one sent    {spent_s:6.1f} CPU-s  {events:9,} events")


def measure(heartbeats: str, duration_s: int, lose: bool) -> tuple[float, int, dict]:
    """(CPU-seconds from the Config to the last Segment, events, metrics by key)."""
    began = time.process_time()
    facts, cut = registered()["sharded_files"], plan(duration_s * S)
    config = facts.config.model_validate_json(json.dumps({**CONFIG, "design": {"name": "hdfs", "heartbeats": heartbeats}}))
    run = facts.build(config, 1, cut, {}, {})
    actions = [Action(LOST_AT_S * S, "lose_rack", "", {"rack": 7})] if lose else []
    for _segment in record(run, actions, cut):
        pass
    return time.process_time() - began, run.events, {metric["key"]: metric["value"] for metric in run.summary()["metrics"]}
