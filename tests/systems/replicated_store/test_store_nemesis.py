"""Each design keeps its promise under a nemesis, as the judges of consistency see it; and all that can come about does."""

from collections import Counter

import pytest

from simulator.engine.clock import MS, S
from simulator.engine.totals import totals
from simulator.judges.consistency.verdict import MODELS
from simulator.systems.replicated_store.history import divergent
from tests.systems.replicated_store.stores import DESIGNS, FACTS, ONE_ANSWER, ROUGH, STRONG, breaches, built, ran, rough, verdicts

SEEDS = 250
"""Of each of four strong designs: a thousand in all."""
SPAN_NS = 600 * MS


def struck(protocol) -> set[str]:
    """The kinds of fault that the nemesis will have done; the set fills as the run goes on."""
    kinds, strike = set(), protocol.nemesis.strike

    def noted(cluster):
        action = strike(cluster)
        if action is not None:
            kinds.add(action.kind)
        return action

    protocol.nemesis.strike = noted
    return kinds


@pytest.mark.parametrize("design", STRONG)
def test_no_history_of_a_strong_design_is_rejected_in_a_thousand_seeds(design):
    """Messages are lost in nearly all of them (98 of 100); a crash and a cut network come together in more than six of ten."""
    seen = Counter()
    for seed in range(1, SEEDS + 1):
        protocol = built(rough(design, seed), seed, SPAN_NS)
        kinds = struck(protocol)
        protocol.advance(SPAN_NS)
        assert not breaches(protocol), (seed, breaches(protocol))
        assert verdicts(protocol, "linearizable") == {"linearizable": "yes"}, seed
        cut = bool(kinds & {"partition", "isolate", "cut"})
        seen.update(crash="crash" in kinds, cut=cut, both="crash" in kinds and cut, lost=lost(protocol) > 0)
        seen.update(protocol.cluster.telling.reached.keys())
    assert seen["lost"] > 0.98 * SEEDS and seen["crash"] > 0.7 * SEEDS and seen["cut"] > 0.7 * SEEDS and seen["both"] > 0.6 * SEEDS, dict(seen)
    assert seen["refused"] > SEEDS / 2 and (design == "abd" or seen["led_by_another"] > SEEDS / 5)


def lost(protocol) -> int:
    """Messages that the network lost."""
    protocol.cluster.settle()
    return totals(protocol.cluster)["lost"]


@pytest.mark.parametrize(("design", "promised"), [("sequential", "sequential"), ("causal", "causal")])
def test_weaker_designs_keep_what_they_promise_whatever_replica_a_session_asks(design, promised):
    for seed in range(1, 61):
        protocol = ran(rough(design, seed), seed, SPAN_NS)
        assert not breaches(protocol), (seed, breaches(protocol))
        assert verdicts(protocol, promised) == {promised: "yes"}, seed


@pytest.mark.parametrize("design", ["strict_quorums", "last_write_wins", "siblings", "counter", "asynchronous", "semi_synchronous"])
def test_properties_are_silent_on_designs_that_promise_little(design):
    for seed in range(1, 26):
        protocol = ran(rough(design, seed, replicas=5), seed, SPAN_NS)
        assert not breaches(protocol), (seed, breaches(protocol))


@pytest.mark.parametrize("design", ["abd", "consensus_log", "sequential", "causal", "last_write_wins", "strict_quorums"])
def test_designs_without_leases_bear_clocks_that_jump_and_drift(design):
    nemesis = ROUGH["nemesis"] | {"faults": ["skew", "drift", "crash", "partition", "pause"]}
    for seed in range(1, 16):
        protocol = ran(rough(design, seed, nemesis=nemesis, clocks={"skew_ms": 50, "drift_ppm": 10_000}), seed, SPAN_NS)
        assert not breaches(protocol), (seed, breaches(protocol))
        promised = "linearizable" if design in STRONG else design if design in MODELS else None
        assert promised is None or verdicts(protocol, promised) == {promised: "yes"}, seed


CALM = {"nemesis": ROUGH["nemesis"] | {"until_share": 0.3}, "network": ROUGH["network"] | {"loss": 0}}


@pytest.mark.parametrize("design", ["last_write_wins", "siblings", "counter", "strict_quorums", "causal"])
def test_once_the_faults_are_over_and_nobody_writes_all_replicas_become_equal(design):
    """Faults end after .6 s, writes after .8 s, and 1.2 s are three anti-entropy periods; the last reads agree."""
    differed = 0
    for seed in range(1, 17):
        protocol = built(rough(design, seed, replicas=4, write_until_s=0.8, keys=3, **CALM), seed, 2 * S)
        protocol.advance(800 * MS)
        differed += divergent(protocol.cluster) > 0
        protocol.advance(2 * S)
        assert divergent(protocol.cluster) == 0, seed
        assert not breaches(protocol)
        if design != "counter":  # adds are no operations that a judge of registers knows
            assert verdicts(protocol, "convergence") == {"convergence": "yes"}, seed
    assert differed >= 2


@pytest.mark.parametrize("design", DESIGNS)
def test_once_the_faults_are_over_every_client_is_answered_again(design):
    for seed in range(1, 7):
        protocol = ran(rough(design, seed, **CALM), seed, 2 * S)
        late = [one for one in protocol.cluster.operations if one.invoked_ns > 1300 * MS and one.completed_ns is not None]
        assert {one.client for one in late if one.outcome == "ok"} == set(protocol.cluster.roster["client"]), seed


def test_everything_that_should_come_about_does_in_some_design():
    reached = set()
    for design in ("sequential", "siblings", "last_write_wins", "chain"):
        for seed in range(1, 13):
            reached |= set(ran(rough(design, seed, replicas=5, clients=4), seed, SPAN_NS).cluster.telling.reached)
    for seed in range(1, 13):
        config = rough("last_write_wins", seed, think_ms=10) | {"replication": DESIGNS["last_write_wins"] | ONE_ANSWER}
        reached |= set(ran(config, seed, SPAN_NS).cluster.telling.reached)
    everything = {one.key for one in FACTS.properties if not one.always}
    assert reached >= everything - {"each_misses_the_other"}, "that one needs a story of its own"
