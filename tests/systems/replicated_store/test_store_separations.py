"""The models are different ones: for each pair a design, a seed and a history that is one and not the other, found by Hunt."""

import pytest

from simulator.scenarios import hunt, play, shrink
from simulator.scenarios.document import parse
from tests.systems.replicated_store.stores import DESIGNS, NETWORK, ROUGH, ran, verdicts

SEEDS = range(1, 21)
DURATION_S = 0.6
STICKY = {"sessions": "sticky", "think_ms": 10, "client_timeout_ms": 150, "network": {"delay": NETWORK["delay"]}, "replicas": 3}
CUTS = {"nemesis": ROUGH["nemesis"] | {"faults": ["partition", "cut"], "rate_per_s": 6, "mean_duration_ms": 600}}

SEPARATIONS = {
    ("sequential", "linearizable"): STICKY | CUTS | {"replication": DESIGNS["sequential"], "keys": 2, "clients": 3},
    ("causal", "sequential"): STICKY | CUTS | {
        "replication": DESIGNS["causal"], "replicas": 2, "keys": 4, "clients": 4, "think_ms": 5, "read_share": 0.7},
    ("convergence", "causal"): STICKY | CUTS | {
        "replication": DESIGNS["last_write_wins"] | {"r": 1, "w": 1, "read_repair": False}, "keys": 2, "clients": 3,
        "write_until_s": 0.3, "nemesis": CUTS["nemesis"] | {"until_share": 0.3}, "sessions": "roaming"},
}
"""(what the history is, what it is not) -> a Config."""


@pytest.mark.parametrize(("kept", "broken"), SEPARATIONS)
def test_a_hunt_finds_a_history_that_the_weaker_model_explains_and_the_stronger_rejects(kept, broken):
    config = SEPARATIONS[kept, broken]
    document = hunt.hunted(parse({"format": "distviz-scenario/1", "system": "replicated_store", "duration_s": DURATION_S, "config": config}))
    tally = hunt.search(document, SEEDS, model=broken)
    assert tally["properties"] == {broken: tally["violations"]} and 0 < tally["violations"]
    found = tally["earliest"][0]
    assert found["property"] == broken and found["node"].startswith("client-")
    playing = play.prepare(document, found["seed"], keep=False)
    playing.rush()
    assert not playing.breaches, "the design keeps all that it promises itself"
    protocol = ran(document.config, found["seed"], document.duration_ns)
    assert verdicts(protocol, broken, kept) == {broken: "no", kept: "yes"}


def test_the_schedule_of_a_rejected_history_is_made_smaller_until_every_action_is_needed():
    config = SEPARATIONS["sequential", "linearizable"] | {"network": {"delay": {"law": "constant", "delay_ms": 1}}}
    document = hunt.hunted(parse({"format": "distviz-scenario/1", "system": "replicated_store", "duration_s": DURATION_S, "config": config}))
    found = hunt.search(document, SEEDS, model="linearizable")["earliest"][0]
    shrinking = shrink.begin(document, found["seed"], "linearizable")
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, shrinking)
    assert shrinking["state"] == "done" and len(shrinking["actions"]) <= len(shrinking["schedule"])
    actions = shrinking["actions"]
    for left in range(len(actions)):
        assert shrink.attempt(document, found["seed"], actions[:left] + actions[left + 1:], "linearizable") is None


def test_hunting_for_a_model_that_the_design_promises_finds_nothing():
    config = SEPARATIONS["sequential", "linearizable"]
    document = hunt.hunted(parse({"format": "distviz-scenario/1", "system": "replicated_store", "duration_s": DURATION_S, "config": config}))
    assert hunt.search(document, SEEDS, model="sequential")["violations"] == 0
