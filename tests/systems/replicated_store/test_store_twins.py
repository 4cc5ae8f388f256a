"""Every bad twin is caught by a property or by a judge within 40 seeds, and the right version is silent on the same seeds."""

import pytest

from simulator.engine.clock import MS
from tests.systems.replicated_store.stores import DESIGNS, FACTS, NETWORK, ROUGH, breaches, ran, rough, verdicts

SEEDS = 40
SPAN_NS = 800 * MS


def only(*faults: str, rate_per_s: float = 6, mean_duration_ms: float = 400) -> dict:
    """A nemesis that knows nothing else."""
    return {"nemesis": ROUGH["nemesis"] | {"faults": list(faults), "rate_per_s": rate_per_s, "mean_duration_ms": mean_duration_ms}}


CUT = {"keys": 1, "think_ms": 5, "read_share": 0.8, **only("partition", "isolate")}
TALK = {"sessions": "sticky", "clients": 4}
DIRTY = {"keys": 1, "think_ms": 4, "read_share": 0.85, **TALK, "network": NETWORK | {"loss": 0.3}, **only("crash", rate_per_s=5),
         "replication": DESIGNS["chain"] | {"resend_ms": 400, "heartbeat_ms": 8}}
CALM = {"keys": 12, "read_share": 0.8, "think_ms": 20, "write_until_s": 0.5, "network": NETWORK | {"loss": 0},
        "nemesis": ROUGH["nemesis"] | {"until_share": 0.3}, "replication": DESIGNS["last_write_wins"] | {"anti_entropy_s": None}}
LOSSY = {"keys": 1, "think_ms": 10, "read_share": 0.7, "network": NETWORK | {"loss": 0.25}, "replication": DESIGNS["abd"] | {"resend_ms": 120}}

CAUGHT = [
    # twin, design, more of its Config, the promise that breaks, the model that its histories no longer are (None: the property sees it first)
    ("quorum_is_not_one", "abd", {}, "reads_are_fresh", "linearizable"),
    ("quorum_is_not_one", "consensus_log", {}, "acknowledged_writes_are_stored", None),
    ("quorum_is_not_one", "strict_quorums", {}, "reads_are_fresh", "linearizable"),
    ("acknowledges_before_storing", "abd", {"network": NETWORK}, "acknowledged_writes_are_stored", "linearizable"),
    ("acknowledges_before_storing", "consensus_log", {}, "acknowledged_writes_are_stored", "linearizable"),
    ("acknowledges_before_storing", "sequential", {}, "acknowledged_writes_are_stored", None),
    ("acknowledges_before_storing", "causal", {}, "acknowledged_writes_are_stored", None),
    ("acknowledges_before_storing", "last_write_wins", {}, "acknowledged_writes_are_stored", None),
    ("acknowledges_before_storing", "synchronous", {}, "acknowledged_writes_are_stored", "linearizable"),
    ("acknowledges_before_storing", "chain", {}, "acknowledged_writes_are_stored", "linearizable"),
    ("reads_without_checking", "consensus_log", CUT | TALK, "reads_are_fresh", "linearizable"),
    ("reads_without_checking", "chain", DIRTY, "reads_are_fresh", "linearizable"),
    ("missing_fence", "semi_synchronous", CUT, "no_split_brain", None),
    ("missing_fence", "synchronous", CUT | TALK | {"think_ms": 8}, "no_split_brain", "linearizable"),
    ("missing_fence", "chain", CUT, "no_split_brain", "linearizable"),
    ("reads_do_not_write_back", "abd", LOSSY, "reads_are_fresh", "linearizable"),
    ("does_not_wait_for_dependencies", "causal", {}, "dependencies_come_first", "causal"),
    ("forgets_sessions", "sequential", {"sessions": "roaming"}, "causes_are_seen", "sequential"),
    ("forgets_sessions", "causal", {"sessions": "roaming"}, "causes_are_seen", "causal"),
    ("read_repair_is_missing", "last_write_wins", CALM, "read_repair_mends", None),
    ("hints_go_before_they_arrive", "last_write_wins", {"replicas": 5}, "hints_are_kept", None),
]


def test_every_twin_is_tried():
    assert {twin for twin, *_ in CAUGHT} == set(FACTS.twins)


@pytest.mark.parametrize(("twin", "design", "more", "promise", "model"), CAUGHT, ids=[f"{one[0]}-{one[1]}" for one in CAUGHT])
def test_a_bad_twin_is_caught_within_40_seeds_where_the_right_version_is_silent(twin, design, more, promise, model):
    by_property, by_judge = False, model is None
    span_ns = 2 * SPAN_NS if more is CALM else SPAN_NS
    for seed in range(1, SEEDS + 1):
        bad = ran(rough(design, seed) | more | {"faulty": twin}, seed, span_ns)
        by_property |= promise in breaches(bad)
        by_judge |= model is not None and verdicts(bad, model)[model] == "no"
        right = ran(rough(design, seed) | more, seed, span_ns)
        assert not breaches(right), (seed, breaches(right))
        assert model is None or verdicts(right, model) == {model: "yes"}, seed
        if by_property and by_judge:
            return
    raise AssertionError(f"in {SEEDS} seeds: property {by_property}, judge {by_judge}")
