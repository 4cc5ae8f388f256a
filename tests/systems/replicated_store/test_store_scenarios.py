"""The built-in scenarios show what their texts say, and the judges say what their titles say."""

from functools import lru_cache

import pytest

from simulator.engine.clock import S
from simulator.judges.consistency.anomalies import anomalies
from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.judging import judge
from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin
from simulator.scenarios.play import prepare

KEYS = [key for key, document in builtin().items() if document.system == "replicated_store"]
CUT_S, HEALED_S, PERIOD_S = 10, 70, 2


class Lived:
    """A scenario, or a lane of the Comparison that it suggests, run once."""

    def __init__(self, key: str, lane: str = ""):
        document = builtin()[key]
        if lane:
            document = with_config(document, next(one["config"] for one in document.lanes("en") if one["title"] == lane))
        playing = prepare(document)
        operations, self.samples = {}, []
        for segment in playing.segments():
            operations |= {row["id"]: row for row in segment.tables["operations"]}
            self.samples.append(segment.tables["samples"])
        self.rows = [operations[number] for number in sorted(operations)]
        self.summary = playing.summary()
        self.metrics = {one["key"]: one["value"] for one in self.summary["metrics"]}
        self.history = of_rows(self.rows)

    def verdicts(self) -> dict:
        """The verdict of every model."""
        return {one.model: one.verdict for one in judge(self.history)}

    def during_the_cut(self, *clients: str) -> list[dict]:
        """What these clients asked while the network was cut, from a second after its beginning to a second before its end."""
        return [row for row in self.rows if row["client"] in clients and (CUT_S + 1) * S < row["invoked_ns"] < (HEALED_S - 1) * S]


lived = lru_cache(maxsize=4)(Lived)


@pytest.mark.parametrize("key", KEYS)
def test_promises_are_broken_where_a_bug_is_and_nowhere_else(key):
    summary = lived(key).summary
    assert {breach["property"] for breach in summary["breaches"]} == ({"no_split_brain"} if key == "store-split-brain" else set())
    assert summary["operations"]["ok"] > 100


def test_cut_off_the_consistent_store_refuses_everything_and_shows_no_stale_read():
    found = lived("store-cut-consistent")
    minority, majority = found.during_the_cut("client-3", "client-4"), found.during_the_cut("client-0", "client-1", "client-2")
    assert len(minority) > 50 and all(row["outcome"] == "fail" for row in minority), "none is unknown: a write asks first"
    assert len(majority) > 150 and all(row["outcome"] == "ok" for row in majority)
    assert not any(anomalies(found.history).values()) and found.verdicts()["linearizable"] == "yes"


def test_cut_off_the_available_store_answers_everything_is_stale_and_becomes_equal_within_a_period():
    found = lived("store-cut-available")
    assert len(found.during_the_cut("client-3", "client-4")) > 100
    assert all(row["outcome"] == "ok" for row in found.rows if row["outcome"] is not None)
    stale = anomalies(found.history)["stale"]
    assert len(stale) > 50 and found.metrics["stale"] == len(stale), "the judge, who sees only the clients, counts what the store's own book says"
    assert found.verdicts()["convergence"] == "yes" and found.verdicts()["linearizable"] == "no"
    late = [row for row in found.rows if row["id"] in stale and row["invoked_ns"] > (HEALED_S + PERIOD_S) * S]
    assert late == [] and found.metrics["divergent"] == 0


@pytest.mark.parametrize(("key", "holds", "broken"), [
    ("store-sequential", "sequential", "linearizable"), ("store-causal", "causal", "sequential"), ("store-eventual", "convergence", "causal")])
def test_each_model_is_told_from_the_next_by_a_scenario(key, holds, broken):
    found = lived(key).verdicts()
    assert (found[holds], found[broken]) == ("yes", "no")


def test_the_smallest_part_that_is_not_sequential_has_two_clients_a_side():
    found = next(one for one in judge(lived("store-causal").history) if one.model == "sequential")
    sides = {lived("store-causal").history.by_id[number].client in ("client-0", "client-1") for number in found.conflict}
    assert found.smallest and len(found.conflict) == 4 and sides == {True, False}


def test_consistency_costs_round_trips_when_nothing_is_wrong():
    mean = {lane: lived("store-pacelc", lane).summary["latency_ms"]["mean"] for lane in ("ABD quorums", "A log", "Dynamo, R = W = 2", "Dynamo, R = W = 1")}
    assert mean["Dynamo, R = W = 1"] < 50 < mean["ABD quorums"] and mean["Dynamo, R = W = 1"] < mean["Dynamo, R = W = 2"] < mean["ABD quorums"] < mean["A log"]


def test_a_failover_without_waiting_loses_what_was_acknowledged_and_waiting_costs_time():
    lanes = {lane: lived("store-failover", lane) for lane in ("Asynchronous", "One backup has it, too", "Every backup has it")}
    assert [found.metrics["lost"] > 0 for found in lanes.values()] == [True, False, False]
    assert lived("store-failover").verdicts()["linearizable"] == "no"
    mean = [found.summary["latency_ms"]["mean"] for found in lanes.values()]
    assert mean == sorted(mean)


def test_without_a_fence_both_sides_read_what_the_other_has_overwritten():
    found = lived("store-split-brain")
    stale = [row for row in found.rows if row["id"] in anomalies(found.history)["stale"]]
    assert len(stale) > 10 and {row["client"] for row in stale} == {"client-0", "client-1", "client-2"}


def test_slower_writes_are_stale_longer_and_quorums_that_meet_never():
    ssd, disk, both = (anomalies(lived("store-pbs", lane).history)["stale"] for lane in ("R = W = 1, LNKD-SSD", "R = W = 1, LNKD-DISK", "R = W = 2, LNKD-DISK"))
    assert 0 < len(ssd) < len(disk) / 10 and both == []


def test_nines_are_measured_beside_the_computed_ones_and_repair_buys_as_many_as_copies():
    metrics = {lane: lived("store-nines", lane).metrics for lane in ("Three replicas", "Five replicas", "Repaired in 20 s", "One replica")}
    computed = [metrics[lane]["majority_computed"] for lane in ("One replica", "Three replicas", "Five replicas", "Repaired in 20 s")]
    assert computed == sorted(computed) and round(metrics["Three replicas"]["majority_computed"], 3) == 0.992
    assert all(abs(found["majority_up"] - found["majority_computed"]) < 0.04 for found in metrics.values())
