"""TRUTH.md, "Storage, availability, consistency": the defaults of HDFS, seen in a run."""

import json

import pytest

from simulator.engine.clock import S
from simulator.scenarios.document import parse
from simulator.scenarios.play import prepare
from simulator.systems.sharded_files.config import Config
from simulator.systems.sharded_files.files import rack_of
from simulator.systems.sharded_files.hdfs.preload import Preload


def told(config: dict, duration_s: float, actions=()) -> list[dict]:
    """All changes of fields, through the users' path. Actions as (s, kind, target, params)."""
    document = parse({"format": "distviz-scenario/1", "system": "sharded_files", "config": config, "duration_s": duration_s, "seed": 1,
                      "actions": [{"at_ns": round(at * S), "kind": kind, "target": target, "params": params} for at, kind, target, params in actions]})
    return [row for segment in prepare(document).segments() for row in segment.tables["changes"]]


def test_defaults():
    """Heartbeat 3 s, stale at 30 s, dead at 2 x 300 s + 10 x 3 s, replication 3, blocks of 128 MB."""
    design = Config().design
    assert (design.name, design.heartbeat_s, design.stale_s, design.recheck_s) == ("hdfs", 3, 30, 300)
    assert (design.dead_ns, design.replication, design.block_mb) == (630 * S, 3, 128)


@pytest.mark.parametrize("heartbeats", ["single", "aggregated"])
def test_a_data_node_is_stale_after_30_s_and_dead_after_630_s_of_silence(heartbeats):
    """It crashes at 100 s; it was last heard of within the three seconds before, and the name node's clock counts from then."""
    config = {"think_ms": None, "clients": 0, "network": {"delay": {"law": "constant", "delay_ms": 1}}, "design": {"name": "hdfs", "heartbeats": heartbeats}}
    rows = told(config, 800, [(100, "crash", "data_node-5", {})])
    states = {row["value"].get("data_node-5"): row["at_ns"] for row in rows if row["node"] == "name_node-0" and row["field"] == "liveness"}
    assert 97 * S <= states["stale"] - 30 * S <= 100 * S + 1_000_000
    assert states["dead"] - states["stale"] == 600 * S


def test_the_heartbeats_of_a_data_node_are_3_s_apart():
    config = json.loads('{"think_ms": null, "clients": 0, "racks": 1, "nodes_per_rack": 1, "network": {"delay": {"law": "constant", "delay_ms": 1}}}')
    document = parse({"format": "distviz-scenario/1", "system": "sharded_files", "config": config, "duration_s": 60, "seed": 1})
    sent = [at for segment in prepare(document).segments() for at in segment.tables["messages"]["sent_ns"]]
    assert {round(later - sooner) for sooner, later in zip(sent, sent[1:])} == {3 * S}


def test_the_placement_rule():
    """The writer's node, a node on another rack, another node on that same rack: 3,000 blocks, and the first replicas evenly spread."""
    config = Config(racks=10, nodes_per_rack=10, files=3000, size={"law": "constant", "mb": 1})
    places = Preload(config, 7).places
    racks = [[rack_of(nth, config) for nth in one] for one in places]
    assert all(first != second == third for first, second, third in racks)
    assert all(len(set(one)) == 3 for one in places)
    counts = [sum(one[0] == nth for one in places) for nth in range(100)]
    assert 10 < min(counts) and max(counts) < 55, "30 on average"
