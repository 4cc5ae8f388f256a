"""A thousand seeds with a nemesis: nothing is ever broken, everything that can come about does, and every bad twin is seen."""

import pytest

from simulator.engine.clock import S
from simulator.engine.system import registered
from tests.systems.raft.bench import built
from tests.systems.raft.hunting import RIGHT, TWINS

SEEDS = 250
SPAN_NS = 3 * S
TWIN_SPAN_NS = 10 * S


def run(config: dict, seed: int, span_ns: int):
    """What a run told."""
    protocol = built(config, seed, span_ns)
    protocol.advance(span_ns)
    return protocol.cluster.telling


@pytest.mark.parametrize("place", range(len(RIGHT)))
def test_nothing_is_broken_in_a_thousand_runs(place):
    reached = set()
    for seed in range(1, SEEDS + 1):
        telling = run(RIGHT[place], seed, SPAN_NS)
        assert not telling.breaches, (seed, telling.breaches)
        reached |= set(telling.reached)
    everything = {one.key for one in registered()["raft"].properties if not one.always}
    if "change_every_s" not in RIGHT[place]:
        everything -= {"membership_changed", "snapshot_installed"}
    assert reached >= everything


@pytest.mark.parametrize("twin", registered()["raft"].twins)
def test_every_bad_twin_is_caught_within_200_seeds(twin):
    for seed in range(1, 201):
        if run(TWINS[twin] | {"faulty": twin}, seed, TWIN_SPAN_NS).breaches:
            return
    raise AssertionError(f"nobody saw that {twin}")


@pytest.mark.parametrize("twin", ["votes_for_shorter_logs", "takes_entries_without_checking", "counts_itself_twice"])
def test_a_bad_twin_goes_on_after_its_breach(twin):
    for seed in range(1, 9):
        run(TWINS[twin] | {"faulty": twin}, seed, TWIN_SPAN_NS)


@pytest.mark.parametrize("config", RIGHT)
def test_once_the_nemesis_is_over_the_cluster_answers_again(config):
    """It is over after half of the time: in the last second every client is answered."""
    calm = {"nemesis": config["nemesis"] | {"until_share": 0.5}, "network": {}, "change_every_s": None}
    for seed in range(1, 11):
        protocol = built(config | calm, seed, 6 * S)
        protocol.advance(6 * S)
        late = [one for one in protocol.cluster.telling.operations if one.completed_ns and one.completed_ns > 5 * S]
        assert {one.client for one in late if one.outcome == "ok"} == set(protocol.cluster.roster["client"]), seed
