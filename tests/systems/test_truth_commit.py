"""Atomic commit against its theory, through `simulate`: messages, forced writes and delays are exact, not means.

Mohan, Lindsay, Obermarck 1986, table of section 3; Gray and Lamport 2006, section 3.
"""

import pytest

from tests.systems.two_phase_commit.single import Told, alone, document, numbers

D_MS = 10.0


def two_phase(presume: str) -> dict:
    """The Config of one presumption."""
    return {"name": "two_phase", "presume": presume}


def vetoes(n: int, yes: int) -> list:
    """Actions by which all but the first `yes` of n participants vote no."""
    return [(0, "veto", f"participant-{number}", {}) for number in range(yes, n)]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(("presume", "messages", "forced"), [
    ("nothing", lambda n: 4 * n, lambda n: 2 * n + 1),
    ("abort", lambda n: 4 * n, lambda n: 2 * n + 1),
    ("commit", lambda n: 3 * n, lambda n: n + 2),
])
def test_a_commit_costs(presume, messages, forced, n):
    """Messages and forced writes of a transaction that commits, by presumption."""
    told = numbers(alone(n, two_phase(presume)))
    assert told["operations"]["ok"] == 1
    assert (told["messages"], told["forced"]) == (messages(n), forced(n))


@pytest.mark.parametrize(("n", "yes"), [(1, 0), (2, 1), (3, 0), (3, 2), (5, 3), (8, 7)])
@pytest.mark.parametrize(("presume", "messages"), [
    ("nothing", lambda n, y: 2 * n + 2 * y), ("abort", lambda n, y: 2 * n + y), ("commit", lambda n, y: 2 * n + 2 * y)])
def test_an_abort_costs(presume, messages, n, yes):
    """Messages of a transaction for which `yes` of n participants have voted yes."""
    told = numbers(alone(n, two_phase(presume)), actions=vetoes(n, yes))
    assert told["operations"]["fail"] == 1
    assert told["messages"] == messages(n, yes)


@pytest.mark.parametrize(("presume", "n", "readers", "messages"), [("abort", 3, 3, 6), ("commit", 3, 3, 6), ("abort", 1, 1, 2)])
def test_readers_need_not_hear_the_decision(presume, n, readers, messages):
    """A read vote is the last that is heard of a participant: no second phase, and no forced write but the collecting record."""
    told = numbers(alone(n, two_phase(presume), read_share=1.0))
    assert told["operations"]["ok"] == 1
    assert (told["messages"], told["forced"]) == (messages, 1 if presume == "commit" else 0)


@pytest.mark.parametrize("presume", ["nothing", "abort", "commit"])
@pytest.mark.parametrize("delay_ms", [1.0, 10.0, 250.0])
def test_two_phase_commit_decides_after_2d_and_all_know_after_3d(presume, delay_ms):
    """Counted from the sending of Prepare, with a disk that takes no time."""
    config = alone(3, two_phase(presume), delay_ms, vote_timeout_ms=10_000, doubt_timeout_ms=10_000)
    told = Told(document(config, 10 * delay_ms / 1000 + 1))
    asked = told.sent("Prepare")[0][3]
    assert {one[3] - asked for one in told.sent("Commit")} == {2 * delay_ms * 1e6}
    assert {one[4] - asked for one in told.sent("Commit")} == {3 * delay_ms * 1e6}
    metrics = {metric["key"]: metric["value"] for metric in told.summary["metrics"]}
    assert metrics["decide_ms"] == pytest.approx(2 * delay_ms)
    assert metrics["doubt_ms"] == pytest.approx(2 * delay_ms)


def test_the_disk_adds_a_forced_write_to_each_step():
    """The vote waits for one, the decision for another: 2d + 2 fsync, and 3d + 2 fsync until all know."""
    told = Told(document(alone(3, disk={"fsync_ms": 7})))
    asked = told.sent("Prepare")[0][3]
    assert {one[3] - asked for one in told.sent("Commit")} == {(2 * D_MS + 14) * 1e6}
    assert {one[4] - asked for one in told.sent("Commit")} == {(3 * D_MS + 14) * 1e6}


@pytest.mark.parametrize("n", [1, 3, 5])
def test_three_phase_commit_takes_2d_and_2n_messages_more(n):
    """Prepare, vote, pre-commit, its acknowledgement, commit, its acknowledgement."""
    told = Told(document(alone(n, {"name": "three_phase"})))
    metrics = {metric["key"]: metric["value"] for metric in told.summary["metrics"]}
    asked = told.sent("Prepare")[0][3]
    assert metrics["messages"] == 6 * n
    assert {one[3] - asked for one in told.sent("Commit")} == {4 * D_MS * 1e6}
    assert {one[4] - asked for one in told.sent("Commit")} == {5 * D_MS * 1e6}


@pytest.mark.parametrize("faults", [0, 1, 2])
@pytest.mark.parametrize("n", [1, 3, 5])
def test_paxos_commit_takes_one_delay_more_than_two_phase_commit(faults, n):
    """Prepare, votes to 2F + 1 acceptors, their reports, the decision: known after 4d. Then acknowledgements, and Forget."""
    acceptors = 2 * faults + 1
    told = Told(document(alone(n, {"name": "paxos_commit", "faults": faults})))
    metrics = {metric["key"]: metric["value"] for metric in told.summary["metrics"]}
    asked = told.sent("Prepare")[0][3]
    assert {one[3] - asked for one in told.sent("Commit")} == {3 * D_MS * 1e6}
    assert {one[4] - asked for one in told.sent("Commit")} == {4 * D_MS * 1e6}
    assert metrics["messages"] == n + n * acceptors + acceptors + n + n + acceptors
    assert metrics["forced"] == 2 * n + acceptors
