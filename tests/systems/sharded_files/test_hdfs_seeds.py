"""HDFS with everything breaking: 1,000 seeds keep every promise, and no missing rule stays unnoticed."""

import pytest

from tests.systems.sharded_files.short_runs import hunt, options




@pytest.mark.parametrize("first", [1, 251, 501])
def test_one_name_node_keeps_every_promise_whatever_breaks(first):
    """750 seeds."""
    broken, reached = hunt(options(), range(first, first + 250))
    assert broken == {}
    assert {"a_node_dies", "a_copy", "a_pipeline_goes_on", "a_read_turns", "safe_mode", "a_trim"} <= set(reached)
    assert reached["ok operations"] > 1500


def test_two_name_nodes_and_a_shared_log_keep_every_promise_whatever_breaks():
    """250 seeds."""
    broken, reached = hunt(options({"standby": True}), range(1001, 1251))
    assert broken == {}
    assert {"a_failover", "a_node_dies", "a_copy", "a_pipeline_goes_on"} <= set(reached)


CUTS = {"rate_per_s": 40, "mean_duration_ms": 60, "spare": "nobody", "faults": ["partition", "isolate", "cut"]}
DAMAGE = [(30 + 10 * n, "corrupt", f"data_node-{n % 4}", {}) for n in range(6)]


@pytest.mark.parametrize(("twin", "promise", "design", "more", "actions"), [
    ("acknowledges_before_storing", "acknowledged_is_stored", {}, {}, ()),
    ("rack_rule_forgotten", "rack_rule", {}, {"nodes_per_rack": 3}, ()),
    ("generation_stamp_not_bumped", "reads_are_whole", {}, {}, ()),
    ("missing_fence", "one_log", {"standby": True}, {"nemesis": CUTS}, [(100, "failover", "name_node-1", {})]),
    ("copies_corrupt_replicas", "damage_does_not_spread", {}, {"mix": {"read": 1}}, DAMAGE),
])
def test_every_bad_twin_is_caught_within_150_seeds_and_the_right_version_is_not(twin, promise, design, more, actions):
    caught = next(seed for seed in range(1, 151) if promise in hunt(options(design, faulty=twin, **more), [seed], 500, actions)[0].get(seed, ()))
    assert hunt(options(design, **more), [caught], 500, actions)[0] == {}


LOSSY = {"delay": {"law": "exponential", "minimum_ms": 0.5, "mean_ms": 3}, "loss": 0.03, "duplicate": 0.03, "reorder": 0.1}
GENTLE = {"rate_per_s": 15, "mean_duration_ms": 50, "spare": "majority", "faults": ["pause", "cut", "lose", "delay_link", "crash"]}
REMOVED = [(60, "remove", "data_node-0", {}), (60, "remove", "data_node-3", {}), (90, "corrupt", "data_node-1", {})]
MOVED = [(50, "decommission", "data_node-1", {}), (60, "balance", "", {}), (150, "recommission", "data_node-1", {}), (200, "add_data_node", "", {}),
         (210, "balance", "", {})]


@pytest.mark.parametrize(("design", "more", "actions"), [
    ({}, {"nodes_per_rack": 3, "files": 4}, REMOVED),
    ({}, {"disk": {"fsync_ms": 3}}, ()),
    ({"standby": True}, {"disk": {"fsync_ms": 3}}, ()),
    ({"replication": 2}, {"racks": 3, "clients": 3}, ()),
    ({"standby": True}, {"network": LOSSY}, ()),
    ({"balancer_share": 0.01}, {"nodes_per_rack": 3, "files": 6, "capacity_gb": 0.2, "nemesis": GENTLE}, MOVED),
], ids=["two nodes are removed at once", "slow disks", "slow disks and a standby", "two replicas", "a lossy network", "nodes leave and join, replicas move"])
def test_every_shape_keeps_every_promise(design, more, actions):
    broken, reached = hunt(options(design, **more), range(1, 16), 400, actions)
    assert broken == {} and reached["a_copy"] and reached["ok operations"] > 80
