"""HDFS with everything breaking: 1,000 seeds keep every promise, and no missing rule stays unnoticed."""

import pytest

from tests.systems.sharded_files.short_runs import hunt, options





@pytest.mark.parametrize("first", [1, 301])
def test_one_name_node_keeps_every_promise_whatever_breaks(first):
    """600 seeds."""
    broken, reached = hunt(options(), range(first, first + 300))
    assert broken == {}
    assert {"a_node_dies", "a_copy", "a_pipeline_goes_on", "a_read_turns", "safe_mode", "a_trim"} <= set(reached)
    assert reached["ok operations"] > 2000


@pytest.mark.parametrize("first", [1001, 1201])
def test_two_name_nodes_and_a_shared_log_keep_every_promise_whatever_breaks(first):
    """400 seeds."""
    broken, reached = hunt(options({"standby": True}), range(first, first + 200))
    assert broken == {}
    assert {"a_failover", "a_node_dies", "a_copy", "a_pipeline_goes_on"} <= set(reached)


CUTS = {"rate_per_s": 40, "mean_duration_ms": 60, "spare": "nobody", "faults": ["partition", "isolate", "cut"]}
DAMAGE = [(30 + 10 * n, "corrupt", f"data_node-{n % 4}", {}) for n in range(6)]


@pytest.mark.parametrize(("twin", "promise", "design", "more", "actions"), [
    ("acknowledges_before_storing", "acknowledged_is_stored", {}, {}, ()),
    ("rack_rule_forgotten", "rack_rule", {}, {"nodes_per_rack": 3}, ()),
    ("generation_stamp_not_bumped", "reads_are_whole", {}, {}, ()),
    ("missing_fence", "one_log", {"standby": True}, {"nemesis": CUTS}, ()),
    ("copies_corrupt_replicas", "damage_does_not_spread", {}, {"mix": {"read": 1}}, DAMAGE),
])
def test_every_bad_twin_is_caught_within_150_seeds_and_the_right_version_is_not(twin, promise, design, more, actions):
    caught = next(seed for seed in range(1, 151) if promise in hunt(options(design, faulty=twin, **more), [seed], 500, actions)[0].get(seed, ()))
    assert hunt(options(design, **more), [caught], 500, actions)[0] == {}
