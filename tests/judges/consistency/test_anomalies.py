"""Stale reads, lost writes, duplicated writes: each is counted, and none is taken for another."""

import pytest

from simulator.judges.consistency.anomalies import anomalies, witnesses
from simulator.judges.consistency.flags import FLAGS_AT_MOST, flags
from simulator.judges.consistency.history import History
from tests.judges.consistency.stores import Loses, Repeats, Stale, history, op, replicated, told

SEEDS = 200
FINALS = 16


def counted(store, **more):
    """The sums over all seeds; every client reads at last."""
    found = [anomalies(history(seed, count=60, store=store, lost=0, cas=0, finals=FINALS, **more)) for seed in range(SEEDS)]
    return {kind: sum(len(one[kind]) for one in found) for kind in ("stale", "lost", "duplicated")}


def test_a_right_register_has_none():
    for seed in range(SEEDS):
        assert not any(anomalies(history(seed, repeat=seed % 3 == 0, keys=("x", "y"))).values()), seed


def test_a_store_with_stale_reads_loses_nothing_and_repeats_nothing():
    found = counted(Stale)
    assert found["stale"] > 2 * SEEDS
    assert found["lost"] + found["duplicated"] <= SEEDS / 100, "the last reads of all four clients are stale at once: 0.3 ** 4"


def test_a_store_that_forgets_writes_repeats_nothing():
    found = counted(Loses)
    assert found["lost"] > SEEDS / 8 and found["duplicated"] == 0


def test_a_store_that_repeats_writes_is_caught():
    found = counted(Repeats)
    assert found["duplicated"] > SEEDS / 10 and found["lost"] < found["duplicated"] / 3


@pytest.mark.parametrize("last_wins", [True, False])
def test_copies_that_lag_behind_have_stale_reads_and_hardly_anything_else(last_wins):
    found = [anomalies(replicated(seed, last_wins=last_wins)) for seed in range(60)]
    assert sum(len(one["stale"]) for one in found) > 600
    assert sum(len(one["lost"]) + len(one["duplicated"]) for one in found) < 6, "of writes at once, one wins: the other one is lost indeed"


@pytest.mark.parametrize(("lines", "stale", "lost", "duplicated"), [
    (["a w x 1", "a w x 2", "b r x 1"], [2], [], []),
    (["a w x 1", "a w x 2", "b r x 1", "b r x 2"], [2], [], []),
    (["a w x 1", "a w x 2", "b r x 2", "c r x 1"], [3], [], []),
    (["a w x 1", "b r x 1", "a w x 2", "b r x 2", "b r x 1"], [4], [], []),
    (["a w x 1", "b r x 1", "a w x 2", "b r x 2", "c r x 1", "b r x 2", "c r x 2"], [4], [], []),
    (["a w x 1", "b r x nil"], [1], [], []),
])
def test_a_plain_stale_read_is_one_stale_read_and_nothing_else(lines, stale, lost, duplicated):
    assert anomalies(told(*lines)) == {"stale": stale, "lost": lost, "duplicated": duplicated}


@pytest.mark.parametrize(("lines", "stale", "lost", "duplicated"), [
    (["a w x 1", "a w x 2", "a r x 1", "b r x 1"], [], [1], []),
    (["a w x 1", "b r x nil", "a r x nil"], [], [0], []),
    (["a w x 1", "a w x 2", "b r x 1", "c r x 1"], [2, 3], [], []),  # neither of them is known to have been where it was
    (["a w x 1", "a w x 2", "a r x 1", "b r x 1", "c r x 2"], [2, 3], [], []),
    (["a w x 1", "a w x 2", "a w x 3", "a r x 1", "b r x 3", "a r x 3"], [3], [], []),
    (["a w x 1", "b r x 1", "a r x nil", "b r x nil"], [], [0], []),  # seen, and undone: nobody wrote what is back
])
def test_a_write_is_lost_where_all_who_read_at_last_read_what_is_older(lines, stale, lost, duplicated):
    assert anomalies(told(*lines)) == {"stale": stale, "lost": lost, "duplicated": duplicated}


@pytest.mark.parametrize(("lines", "stale", "lost", "duplicated"), [
    (["a w x 1", "a w x 2", "b r x 2", "a r x 1", "b r x 1"], [], [], [0]),
    (["a w x 1", "a w x 2", "c r x 1", "b r x 2", "a r x 1", "b r x 1", "c r x 1"], [2], [], [0]),
    (["a w x 1", "a w x 2", "b r x 2", "a r x 1", "b r x 1", "c r x 2"], [3, 4], [], []),
    (["a w x 1", "c w x 1", "a w x 2", "b r x 2", "a r x 1", "b r x 1"], [4, 5], [], []),  # whose 1 it is, nobody knows
])
def test_a_write_is_duplicated_where_its_value_is_back_for_good(lines, stale, lost, duplicated):
    assert anomalies(told(*lines)) == {"stale": stale, "lost": lost, "duplicated": duplicated}


def test_what_a_write_of_unknown_end_wrote_may_be_read_at_any_time():
    pending = op(0, "p", "write", 1, 0, None)
    rest = [op(1, "a", "write", 2, 1, 2), op(2, "a", "read", None, 3, 4, 2), op(3, "a", "read", None, 5, 6, 1), op(4, "b", "read", None, 7, 8, 1)]
    assert not any(anomalies(History((pending, *rest))).values())


def lists(*lines):
    """A history of one list: "a + 1" appends, "a 1 2" reads [1, 2]."""
    made = []
    for number, line in enumerate(lines):
        client, *rest = line.split()
        appends = rest[:1] == ["+"]
        values = [int(one) for one in rest[appends:]]
        made.append(op(number, client, "append" if appends else "read", values[0] if appends else None, 2 * number, 2 * number + 1, None if appends else values))
    return History(tuple(made))


@pytest.mark.parametrize(("lines", "stale", "lost", "duplicated"), [
    (["a + 1", "b + 2", "a 1 2"], [], [], []),
    (["a + 1", "b + 2", "a 1", "b 1 2"], [2], [], []),
    (["a + 1", "b + 2", "a 1"], [2], [], []),
    (["a + 1", "b + 2", "a 1", "b 1"], [], [1], []),
    (["a + 1", "b + 2", "b 1 2", "a 1", "b 1"], [], [1], []),
    (["a + 1", "b + 2", "b 1 2 1", "a 1 2"], [], [], [0]),
    (["a + 1", "b + 1", "b 1 1", "a 1 1"], [], [], []),
    (["a + 1", "b + 1", "b 1 1 1"], [], [], [0]),
])
def test_elements_of_lists_are_missed_lost_and_doubled(lines, stale, lost, duplicated):
    assert anomalies(lists(*lines)) == {"stale": stale, "lost": lost, "duplicated": duplicated}


def test_each_is_shown_by_what_was_read_what_was_missed_and_the_read():
    assert witnesses(told("a w x 1", "a w x 2", "b r x 1"))["stale"] == {2: [0, 1, 2]}
    assert witnesses(told("a w x 1", "b r x nil"))["stale"] == {1: [0, 1]}
    assert witnesses(told("a w x 1", "a w x 2", "a r x 1", "b r x 1"))["lost"] == {1: [1, 2, 3]}
    assert witnesses(told("a w x 1", "a w x 2", "b r x 2", "a r x 1", "b r x 1"))["duplicated"] == {0: [0, 1, 3, 4]}
    assert witnesses(lists("a + 1", "b + 2", "a 1", "b 1 2"))["stale"] == {2: [1, 2]}


def test_flags_stand_where_the_answer_was_told_and_are_thinned_evenly():
    assert flags(told("a w x 1", "a w x 2", "b r x 1")) == [{"kind": "stale", "operation": 2, "at_ns": 5, "witness": [0, 1, 2]}]
    assert flags(told("a w x 1", "b r x 1")) == []
    many = flags(told("a w x 1", "a w x 2", *["b r x 1"] * 400, "b r x 2"))
    assert len(many) == FLAGS_AT_MOST and many[0]["operation"] == 2 and many[-1]["operation"] > 390
    assert [row["at_ns"] for row in many] == sorted(row["at_ns"] for row in many)
