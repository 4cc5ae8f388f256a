"""What the texts of the built-in Scenarios of atomic commit say really happens."""

from functools import cache

import pytest

from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin
from simulator.scenarios.play import prepare, simulate
from tests.systems.two_phase_commit.single import Told


@cache
def told(key: str, lane: int | None = None, seed: int | None = None) -> dict:
    """The summary of a built-in Scenario, or of one of its lanes; metrics by key, breaches by promise in seconds."""
    document = builtin()[key]
    if lane is not None:
        document = with_config(document, document.lanes("en")[lane]["config"])
    summary = simulate(document, seed)
    return summary | {metric["key"]: metric["value"] for metric in summary["metrics"]} | {
        "broken": {breach["property"]: breach["at_ns"] / 1e9 for breach in summary["breaches"]}}


def test_one_transaction():
    nothing, abort, commit = (told("commit-one-transaction", lane) for lane in range(3))
    assert (nothing["messages"], nothing["forced"]) == (abort["messages"], abort["forced"]) == (12, 7)
    assert (commit["messages"], commit["forced"]) == (9, 5)
    assert abort["doubt_ms"] == pytest.approx(220)


@pytest.mark.parametrize(("point", "committed", "doubt_s"), [
    ("before-prepare", 57, 0.1), ("all-voted-yes", 37, 4.0), ("decision-logged", 39, 3.8), ("some-told", 57, 0.6)])
def test_the_four_points(point, committed, doubt_s):
    found = told(f"commit-crash-{point}")
    assert found["broken"] == {}
    assert found["operations"]["ok"] == committed
    assert found["longest_doubt_ms"] / 1000 == pytest.approx(doubt_s, abs=0.1)


@pytest.mark.parametrize(("point", "notes"), [
    ("before-prepare", ["was never asked to prepare"]), ("all-voted-yes", ["nothing is known of"]),
    ("decision-logged", ["is taken up again from the log"]), ("some-told", ["knows how"])])
def test_how_each_crash_ends(point, notes):
    rows = Told(builtin()[f"commit-crash-{point}"]).rows
    assert [row["point"] for row in rows["health"] if row.get("point")] == [point.replace("-", "_")]
    for note in notes:
        assert any(note in row["template"] and row["values"].get("txn") == "a7" for row in rows["notes"])


def test_who_is_in_doubt_since_when_and_which_transactions_wait():
    """Fields of the participants, for the page to show."""
    changes = Told(builtin()["commit-crash-all-voted-yes"]).rows["changes"]

    def at_4s(node, field):
        return [row["value"] for row in changes if row["node"] == node and row["field"] == field and row["at_ns"] <= 4e9][-1]

    for number in range(3):
        doubt = at_4s(f"participant-{number}", "in_doubt")
        assert list(doubt) == ["a7"] and 2.1e9 < doubt["a7"] < 2.3e9
    waiting = [one for number in range(3) for one in at_4s(f"participant-{number}", "waiting").items()]
    assert {txn[0] for txn, _one in waiting} == {"b"}
    assert all(one["key"].startswith("k") and 2.2e9 < one["since_ns"] < 4e9 for _txn, one in waiting)


def test_asking_each_other_helps_when_one_knows():
    asking, lonely = told("commit-crash-some-told", 0), told("commit-crash-some-told", 1)
    assert (asking["operations"]["ok"], lonely["operations"]["ok"]) == (57, 39)
    assert lonely["longest_doubt_ms"] > 3700


def test_the_other_protocols_do_not_wait_for_the_coordinator():
    three, paxos = told("commit-crash-all-voted-yes", 1), told("commit-crash-all-voted-yes", 2)
    assert three["longest_doubt_ms"] == pytest.approx(1800, abs=100)
    assert paxos["longest_doubt_ms"] == pytest.approx(700, abs=50)


def test_throughput_collapses():
    samples = [segment.tables["samples"] for segment in prepare(builtin()["commit-throughput-collapses"]).segments()]
    rows = [(at / 1e9, ok, waits) for one in samples for at, ok, waits in zip(one["t_ns"], one["ok"], one["waiting"], strict=True)]
    assert sum(ok for at, ok, _waits in rows if at <= 5) / 5 == pytest.approx(64, abs=1)
    assert sum(ok for at, ok, _waits in rows if 8.3 < at <= 11) == 0
    assert all(waits == 12 for at, _ok, waits in rows if 8.5 < at < 11)
    assert sum(ok for at, ok, _waits in rows if 12 < at <= 14) > 70


def test_three_protocols():
    two, three, paxos = (told("commit-three-protocols", lane) for lane in range(3))
    assert [(round(one["messages"]), round(one["forced"])) for one in (two, three, paxos)] == [(12, 7), (18, 8), (24, 9)]
    assert [one["latency_ms"]["p50"] for one in (two, three, paxos)] == pytest.approx([46, 60, 51], abs=1)
    assert [one["longest_doubt_ms"] for one in (two, three, paxos)] == pytest.approx([7000, 2500, 1040], abs=50)


def test_three_phase_commit_cut_in_two():
    assert told("commit-three-phase-cut-in-two")["broken"]["atomicity"] == 4.45
    two = told("commit-three-phase-cut-in-two", 0)
    assert two["broken"] == {} and two["longest_doubt_ms"] == pytest.approx(4600)


def test_heuristic_damage():
    found = told("commit-heuristic-damage")
    assert set(found["broken"]) == {"atomicity"} and 6 < found["broken"]["atomicity"] < 6.1
    breach = found["breaches"][0]
    assert "heuristic" in breach["template"] and breach["values"]["by_hand"] == "participant-1"


def test_deadlocks():
    ordered, timeout = told("commit-deadlocks", 0), told("commit-deadlocks", 1)
    assert (timeout["operations"]["fail"], timeout["operations"]["ok"]) == (46, 167)
    assert (ordered["operations"]["fail"], ordered["operations"]["ok"]) == (0, 431)


def test_presumptions():
    found = [told("commit-presumptions", lane) for lane in range(3)]
    assert [one["messages"] for one in found] == pytest.approx([10.1, 10.1, 8.1], abs=0.05)
    assert [one["forced"] for one in found] == pytest.approx([5.1, 5.0, 4.1], abs=0.06)
    assert found[2]["decide_ms"] - found[1]["decide_ms"] == pytest.approx(2.5, abs=0.4)


def test_the_bug():
    assert told("commit-bug-to-find")["broken"].keys() == {"atomicity", "clients_hear_the_truth"}
    assert told("commit-bug-to-find", seed=1)["broken"] == {}
