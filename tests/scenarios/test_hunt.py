"""Searching seeds and making schedules smaller: pure, exact, and the same in any order."""

import itertools
import random

import pytest

from simulator.engine.system import registered
from simulator.judges.consistency.verdict import MODELS
from simulator.scenarios import hunt, play, shrink
from simulator.scenarios.document import parse
from simulator.scenarios.mistake import Mistake

SEEDS = range(1, 61)
DOCUMENT = {
    "format": "distviz-scenario/1", "system": "paxos", "title": "Hunted", "duration_s": 1,
    "config": {"proposers": 3, "faulty": "accepts_below_promise", "nemesis": {
        "rate_per_s": 100, "mean_duration_ms": 20, "spare": "nobody",
        "faults": ["crash", "restart_wiped", "partition", "cut", "pause"]}},
}


@pytest.fixture(scope="module")
def document():
    """A Scenario with a bug, hunted."""
    return hunt.hunted(parse(DOCUMENT))


@pytest.fixture(scope="module")
def tally(document):
    """What a search of SEEDS finds."""
    return hunt.search(document, SEEDS)


def test_a_search_finds_what_each_run_says(document, tally):
    broken = []
    for seed in SEEDS:
        summary = play.simulate(document, seed)
        broken += [seed] if summary["breaches"] else []
        assert hunt.tally_of(seed, summary) == hunt.search(document, [seed])
    assert tally["violations"] == len(broken) and 0 < len(broken) < len(SEEDS)


@pytest.mark.parametrize("seed", range(5))
def test_tallies_are_merged_in_any_order_and_any_grouping(document, tally, seed):
    chance = random.Random(seed)
    parts = [hunt.search(document, [one]) for one in SEEDS]
    chance.shuffle(parts)
    while len(parts) > 1:
        first, second = (parts.pop(chance.randrange(len(parts))) for _part in range(2))
        parts.append(hunt.merged(first, second))
    assert parts[0] == tally == hunt.merged(hunt.nothing(), tally)


def test_the_worst_seed_is_the_one_that_breaks_a_promise_soonest(document, tally):
    findings = [hunt.search(document, [seed])["earliest"] for seed in SEEDS]
    expected = min(itertools.chain(*findings), key=lambda found: (found["at_ns"], found["seed"]))
    assert tally["earliest"][0] == expected
    moments = [(found["at_ns"], found["seed"]) for found in tally["earliest"]]
    assert moments == sorted(moments) and len(moments) <= hunt.EARLIEST_KEPT
    for key, found in tally["first"].items():
        assert found["property"] == key and found["at_ns"] >= moments[0][0]


def test_a_search_can_be_ended_from_outside(document):
    class Ended(Exception):
        """Raised by the beat."""

    def beat():
        raise Ended

    with pytest.raises(Ended):
        hunt.search(document, SEEDS, beat)


def test_a_seed_that_needs_too_many_events_is_a_slip(document):
    with pytest.raises(Mistake) as slip:
        hunt.search(document, [1], events_at_most=10)
    assert (slip.value.field, slip.value.status) == ("duration_s", 413)


@pytest.mark.parametrize(("violations", "seeds", "low", "high"), [
    (0, 1000, 0.0, 0.003827), (1, 1000, 0.000177, 0.005642), (50, 100, 0.403832, 0.596168), (1000, 1000, 0.996173, 1.0),
    (0, 0, 0.0, 1.0), (3, 10, 0.107791, 0.603222)])
def test_wilsons_interval(violations, seeds, low, high):
    assert hunt.interval(violations, seeds) == pytest.approx((low, high), abs=1e-6)


@pytest.fixture(scope="module")
def latest(document):
    """(seed, property) of a breach that comes late, after many faults."""
    found = (hunt.search(document, [seed])["earliest"] for seed in SEEDS)
    worst = max(itertools.chain(*found), key=lambda found: found["at_ns"])
    return worst["seed"], worst["property"]


@pytest.fixture(scope="module")
def shrunk(document, latest):
    """Its schedule, made as small as it can be."""
    shrinking = shrink.begin(document, *latest)
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, shrinking)
    return shrinking


def test_the_nemesis_written_down_breaks_the_same_promise(document, latest):
    schedule = shrink.begin(document, *latest)["schedule"]
    broken = shrink.attempt(document, latest[0], schedule, latest[1])
    assert broken["actions"] == schedule and len(schedule) > 10


def test_a_shrunk_schedule_is_minimal(document, latest, shrunk):
    assert shrunk["state"] == "done" and 0 < len(shrunk["actions"]) < len(shrunk["schedule"]) / 2
    for place in range(len(shrunk["actions"])):
        fewer = shrunk["actions"][:place] + shrunk["actions"][place + 1:]
        assert shrink.attempt(document, latest[0], fewer, latest[1]) is None


def test_the_shrunk_scenario_breaks_the_promise_without_a_nemesis(document, latest, shrunk):
    scenario = shrink.scheduled(document, shrunk)
    assert scenario.config["nemesis"]["rate_per_s"] == 0 and scenario.seed == latest[0]
    read = parse(scenario.document())
    broken = {row["property"]: row["at_ns"] for row in play.simulate(read)["breaches"]}
    assert broken[latest[1]] == shrunk["breach"]["at_ns"]


def test_shrinking_can_stop_and_go_on_anywhere(document, latest, shrunk):
    import json

    shrinking = shrink.begin(document, *latest)
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, json.loads(json.dumps(shrinking)))
    assert shrinking == shrunk


def test_tries_are_bounded(document, latest, monkeypatch):
    monkeypatch.setattr(shrink, "TRIES_AT_MOST", 5)
    shrinking = shrink.begin(document, *latest)
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, shrinking)
    assert (shrinking["state"], shrinking["tried"]) == ("exhausted", 5) and shrinking["breach"]


def test_a_scenario_s_own_actions_are_part_of_the_schedule():
    quiet = {"rate_per_s": 0}
    crash = {"at_ns": 1_000_000, "kind": "pause", "target": "learner-0"}
    document = hunt.hunted(parse({**DOCUMENT, "actions": [crash]}), {"nemesis": quiet})
    found = hunt.search(document, range(1, 200))["earliest"]
    late = [one for one in found if one["at_ns"] > crash["at_ns"]]
    schedule = shrink.begin(document, late[0]["seed"], late[0]["property"])["schedule"]
    assert schedule == [{**crash, "params": {}}]


def test_no_promise_has_the_name_of_a_consistency_model():
    assert not {one.key for facts in registered().values() for one in facts.properties} & set(MODELS)


def test_a_system_without_promises_cannot_be_hunted():
    with pytest.raises(Mistake) as slip:
        hunt.hunted(parse({"format": "distviz-scenario/1", "system": "load_balancer"}))
    assert slip.value.field == "system"


def test_the_nemesis_is_woken_unless_it_was_put_to_sleep():
    asleep = parse({"format": "distviz-scenario/1", "system": "paxos", "duration_s": 10})
    assert hunt.hunted(asleep).config["nemesis"]["rate_per_s"] == 2.5
    assert hunt.hunted(asleep, {"nemesis": {"rate_per_s": 0}}).config["nemesis"]["rate_per_s"] == 0
    assert hunt.hunted(asleep, {"nemesis": {"rate_per_s": 7}}).config["nemesis"]["rate_per_s"] == 7
