"""Heartbeats that are reckoned instead of sent change nothing that is seen: the same seed and faults, both ways."""

import json

import pytest

from simulator.engine.clock import S
from simulator.engine.simulation import plan
from tests.systems.sharded_files.short_runs import EVERYTHING, FACTS, Action, metrics, options, run

SPAN_S = 2000
QUIET = {"racks": 4, "nodes_per_rack": 3, "files": 30, "clients": 2, "think_ms": 60_000, "network": {"delay": {"law": "constant", "delay_ms": 2}}}
FAULTS = (
    (100.2, "crash", "data_node-3", {}), (150.7, "pause", "data_node-1", {}), (190.1, "resume", "data_node-1", {}), (300.3, "isolate", "data_node-5", {}),
    (420.4, "heal", "", {}), (500.5, "lose_rack", "", {"rack": 2}), (900.6, "restart", "data_node-3", {}), (1000.9, "cut", "data_node-0->name_node-0", {}),
    (1200.1, "slow", "data_node-2", {"handling_ms": 5}), (1250.3, "slow", "data_node-2", {"handling_ms": 0}), (1300.7, "restore_rack", "", {"rack": 2}),
    (1350.2, "crash", "name_node-0", {}), (1400.6, "restart", "name_node-0", {}), (1500.5, "decommission", "data_node-4", {}),
    (1600.1, "drift", "data_node-10", {"ppm": 20_000}), (1650.4, "corrupt", "data_node-9", {}), (1700.3, "remove", "data_node-11", {}), (1720.0, "balance", "", {}))


def story(heartbeats: str, seed: int, faults=FAULTS, **more) -> tuple:
    """(all changes of visible fields, the final state, the metrics, events, heartbeats sent)."""
    config = FACTS.config.model_validate_json(json.dumps({**QUIET, **more, "design": {"name": "hdfs", "heartbeats": heartbeats, **more.get("design", {})}}))
    cut = plan(SPAN_S * S)
    run = FACTS.build(config, seed, cut, {}, {})
    for at_s, kind, target, params in faults:
        run.advance(round(at_s * S))
        run.apply(Action(run.now_ns, kind, target, params))
    run.advance(cut.duration_ns)
    changes = [(row["at_ns"], row["node"], row["field"], row["value"]) for row in run.tables()["changes"]]
    state = [(node["id"], node["fields"]) for node in run.keyframe()["nodes"]]
    return changes, state, metrics(run), run.events, run.cluster.sent_kinds()["Heartbeat"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_seen_is_the_same(seed):
    single, reckoned = story("single", seed), story("aggregated", seed)
    assert single[0] == reckoned[0]
    assert single[1:3] == reckoned[1:3]
    assert reckoned[4] < single[4]
    dead = [value for _at, node, field, value in single[0] if field == "liveness" and "dead" in value.values()]
    assert dead, "and something happens"


def test_it_is_refused_where_nobody_knows_when_they_would_arrive():
    with pytest.raises(ValueError, match="constant delay"):
        FACTS.config.model_validate({"design": {"name": "hdfs", "heartbeats": "aggregated"}})


def test_a_quiet_cluster_sends_next_to_nothing():
    _changes, _state, _metrics, events, heartbeats = story("aggregated", 4, faults=(), think_ms=None)
    assert heartbeats <= 3 * 12 and events < 300


@pytest.mark.parametrize("seed", [5, 6])
def test_it_is_the_same_with_a_standby(seed):
    """The standby hears heartbeats, too."""
    faults = ((100.2, "crash", "name_node-0", {}), (200.5, "crash", "data_node-3", {}), (900.1, "restart", "name_node-0", {}), (950.5, "restart", "data_node-3", {}))
    single, reckoned = (story(way, seed, faults, design={"standby": True}) for way in ("single", "aggregated"))
    assert single[0] == reckoned[0] and single[1:3] == reckoned[1:3]


NOW_AND_THEN = {"rate_per_s": 6, "mean_duration_ms": 80, "spare": "nobody", "faults": EVERYTHING}


def short_story(heartbeats: str, seed: int, standby: bool) -> tuple:
    """(all changes of visible fields, the final state, the metrics, heartbeats sent) of a run in which anything may break."""
    config = options({"heartbeats": heartbeats, "standby": standby}, network={"delay": {"law": "constant", "delay_ms": 1}}, nemesis=NOW_AND_THEN, think_ms=60)
    made = run(config, seed, 700, keep=True)
    changes = [(row["at_ns"], row["node"], row["field"], row["value"]) for row in made.tables()["changes"]]
    state = [(node["id"], node["fields"]) for node in made.keyframe()["nodes"]]
    return changes, state, metrics(made), made.cluster.sent_kinds()["Heartbeat"]


@pytest.mark.parametrize("standby", [False, True])
def test_it_is_the_same_whatever_breaks(standby):
    """Lost, doubled and delayed messages, cuts, pauses, slow nodes and clocks that go wrong, five seeds."""
    for seed in range(11, 16):
        single, reckoned = (short_story(way, seed, standby) for way in ("single", "aggregated"))
        assert single[:3] == reckoned[:3], seed
        assert reckoned[3] < single[3]
