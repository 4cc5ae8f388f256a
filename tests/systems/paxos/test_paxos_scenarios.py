"""What the texts of the built-in Paxos Scenarios say really happens."""

from functools import cache

import pytest

from simulator.engine.action import Action
from simulator.engine.clock import S
from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin
from simulator.scenarios.play import simulate
from tests.systems.paxos.trying import searched


@cache
def told(key: str, lane: int | None = None, seed: int | None = None) -> dict:
    """The summary of a built-in Scenario, or of one of its lanes; metrics by key, times in seconds."""
    document = builtin()[key]
    if lane is not None:
        document = with_config(document, document.lanes("en")[lane]["config"])
    summary = simulate(document, seed)
    return summary | {
        "metrics": {metric["key"]: metric["value"] for metric in summary["metrics"]},
        "reached": {name: at_ns / S for name, at_ns in summary["reached"].items() if at_ns is not None},
        "broken": {breach["property"]: breach["at_ns"] / S for breach in summary["breaches"]}}


def test_one_proposer():
    found = told("paxos-one-proposer")
    assert found["reached"]["a_value_is_chosen"] == 0.3 and found["reached"]["all_have_learned"] == 0.4
    assert found["latency_ms"]["max"] == 400


def test_the_duel_and_its_end():
    equal, chance = told("paxos-duel"), told("paxos-back-off")
    assert equal["metrics"]["values"] == 0 and equal["operations"]["open"] == 2 and not equal["broken"]
    assert chance["metrics"]["numbers"] == 4 and chance["reached"]["a_value_is_chosen"] == pytest.approx(0.73, abs=0.01)
    assert chance["reached"]["all_have_learned"] > 0.73 and chance["operations"]["ok"] == 2
    assert told("paxos-back-off", lane=0)["metrics"]["values"] == 0 and told("paxos-duel", lane=1)["metrics"]["values"] == 1
    assert all(told("paxos-back-off", seed=seed)["operations"]["ok"] == 2 for seed in range(1, 11))


def test_a_crash_ends_the_duel():
    document = builtin()["paxos-duel"]
    assert simulate(document, journal=[Action(3 * S, "crash", "proposer-1")])["operations"] == {"ok": 1, "fail": 0, "info": 1, "open": 0}


def test_the_disk_lost_and_kept():
    lost, kept = told("paxos-lost-disk"), told("paxos-kept-disk")
    assert lost["broken"] == {"agreement": 2.3} and lost["metrics"]["values"] == 2
    assert not kept["broken"] and kept["reached"]["a_value_is_adopted"] == 2.2 and kept["metrics"]["learned"] == 4


def test_the_majority_lost():
    found = told("paxos-majority-lost")
    assert found["reached"]["a_value_is_chosen"] == pytest.approx(6.8, abs=0.02) and not found["broken"]


def test_a_minority():
    found = told("paxos-minority")
    assert found["reached"]["a_value_is_chosen"] == 0.3 and 5 < found["reached"]["a_value_is_adopted"] < 7
    assert found["metrics"]["values"] == 1 and found["metrics"]["learned"] == 4


def test_the_learner():
    assert told("paxos-learner")["reached"]["a_learner_catches_up"] == 3.2
    with_one_more = simulate(builtin()["paxos-learner"], journal=[Action(2_800_000_000, "crash", "acceptor-1")])
    assert with_one_more["reached"]["a_learner_catches_up"] == 4.2 * S


def test_flexible_quorums():
    assert told("paxos-flexible")["reached"]["a_value_is_chosen"] == 0.3
    assert told("paxos-flexible", lane=1)["metrics"]["values"] == 0


def test_the_bug():
    assert set(told("paxos-bug", seed=10)["broken"]) == {"agreement", "promise_kept"}
    assert 10 <= len(searched(builtin()["paxos-bug"], range(1, 81))[0]) <= 22, "about every fifth"
