"""The built-in scenarios show what their texts say."""

from pathlib import Path

import pytest

from simulator.scenarios.document import parse, with_config
from simulator.scenarios.play import prepare, simulate

FOLDER = Path(__file__).parents[3] / "simulator" / "scenarios" / "raft"
DOCUMENTS = {file.stem.removeprefix("raft-"): parse(file.read_bytes()) for file in sorted(FOLDER.glob("*.json"))}
BREACHES = {
    "bug-to-find": {"election_safety"}, "stale-read": {"reads_are_never_stale"}, "lease-and-clock": {"reads_are_never_stale"},
    "figure-8-broken": {"leader_completeness", "no_acknowledged_write_lost", "state_machine_safety", "effects_once"}}


def lane(key: str, title: str) -> dict:
    """The summary of a lane of the Comparison that a scenario suggests."""
    document = DOCUMENTS[key]
    config = next(one["config"] for one in document.lanes("en") if one["title"] == title)
    return simulate(with_config(document, config))


def metrics(summary: dict) -> dict:
    """Its metrics by key."""
    return {metric["key"]: metric["value"] for metric in summary["metrics"]}


def notes(key: str) -> list[tuple]:
    """(seconds, node, template) of all that nodes said."""
    return [(row["at_ns"] / 1e9, row["node"], row["template"]) for segment in prepare(DOCUMENTS[key]).segments() for row in segment.tables["notes"]]


@pytest.mark.parametrize("key", DOCUMENTS)
def test_promises_are_broken_where_a_rule_or_a_clock_is_and_nowhere_else(key):
    summary = simulate(DOCUMENTS[key])
    assert BREACHES.get(key, set()) == {breach["property"] for breach in summary["breaches"]}
    assert summary["operations"]["ok"] > 2


def test_split_votes_are_rare_where_timeouts_are_spread():
    assert metrics(lane("split-vote", "150 to 156 ms"))["contested"] > 10 > metrics(lane("split-vote", "150 to 300 ms"))["contested"] + 8


def test_the_isolated_leader_stays_one_and_is_repaired():
    said = notes("isolated-leader")
    assert any(2.1 < at < 2.5 and template.startswith("is the leader") for at, _node, template in said)
    assert any(6 < at < 6.2 and node == "server-0" and template.startswith("removes") for at, node, template in said)
    assert simulate(DOCUMENTS["isolated-leader"])["operations"]["info"] >= 1


def test_figure_8_loses_nothing_with_the_rule():
    assert not lane("figure-8", "With the rule")["breaches"]
    assert lane("figure-8", "Without it")["breaches"]


def test_membership_changes_end_with_a_new_leader():
    said = [(node, template) for at, node, template in notes("membership") if at > 7]
    assert ("server-0", "is no longer in the configuration and steps down") in said
    assert said[-1][1] == "is the leader of term {term}" and said[-1][0] != "server-0"


def test_a_lagging_follower_gets_a_snapshot():
    assert any(6 < at < 6.5 and node == "server-4" and template.startswith("installs") for at, node, template in notes("lagging-follower"))


def test_pre_vote_spares_an_election():
    assert metrics(lane("one-way", "Without pre-vote"))["leaders"] == 2
    assert metrics(lane("one-way", "Pre-vote"))["leaders"] == 1


def test_no_leader_is_deposed_through_a_bridge():
    assert [round(at) for at, _node, template in notes("bridge") if template.startswith("is the leader")] == [0, 4]


@pytest.mark.parametrize("title", ["Read index", "Through the log"])
def test_other_ways_of_reading_do_not_count_on_clocks(title):
    assert not lane("lease-and-clock", title)["breaches"]
