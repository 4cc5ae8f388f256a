"""Right stores are never condemned, broken ones are caught, and each model is told from the next."""

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from simulator.judges.consistency.history import History
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.reading import read
from simulator.judges.consistency.sessions import GUARANTEES
from simulator.judges.consistency.verdict import MODELS
from tests.judges.consistency.stores import Careless, Loses, Repeats, Stale, history, op, replicated, sequential, told

REAL = Path(__file__).resolve().parents[4] / "shared" / "histories" / "jepsen_etcd.jsonl"
SEEDS = 1000
FEW = 60


def verdict(model, of, **more):
    return judge(of, [model], **more)[0]


def all_of(of):
    return {one.model: one.verdict for one in judge(of)}


def test_a_right_register_is_never_condemned():
    for seed in range(SEEDS):
        made = history(seed, repeat=seed % 3 == 0, keys=("x", "y")[:1 + seed % 2])
        assert verdict("linearizable", made).verdict == "yes", seed


@pytest.mark.parametrize("broken", [Stale, Loses, Careless, Repeats])
def test_a_broken_register_is_caught(broken):
    found = [verdict("linearizable", history(seed, store=broken, lost=0)) for seed in range(FEW)]
    refused = [one for one in found if one.verdict == "no"]
    assert len(refused) > FEW / 3
    assert all(one.smallest and len(one.conflict) <= 12 for one in refused)
    assert sum(len(one.conflict) for one in refused) / len(refused) < 6


def test_a_sequential_store_is_told_from_a_linearizable_one():
    found = [all_of(sequential(seed)) for seed in range(FEW)]
    assert all(one["sequential"] == "yes" for one in found)
    assert sum(one["linearizable"] == "no" for one in found) > FEW / 2


@pytest.mark.parametrize("last_wins", [True, False])
def test_a_causal_store_is_told_from_a_sequential_one(last_wins):
    found = [judge(replicated(seed, last_wins=last_wins)) for seed in range(FEW)]
    assert all(one.verdict == "yes" for verdicts in found for one in verdicts if one.model in ("causal", *GUARANTEES))
    assert sum(verdicts[1].verdict == "no" for verdicts in found) > 5
    assert not any(verdicts[1].verdict == "unknown" for verdicts in found)
    variant = "ccv" if last_wins else "cm"
    assert all(one.more["variants"][variant] == "yes" for verdicts in found for one in verdicts if "variants" in one.more)


def test_an_eventual_store_is_told_from_a_causal_one():
    found = [all_of(replicated(seed, count=80, causal=False, sticky=False)) for seed in range(FEW)]
    assert sum(one["causal"] == "no" for one in found) > FEW / 2
    for guarantee in GUARANTEES:
        assert sum(one[guarantee] == "no" for one in found) > 2, guarantee
    sticky = [all_of(replicated(seed, count=80, causal=False)) for seed in range(FEW)]
    assert sum(one["causal"] == "no" for one in sticky) > 5, "a copy of one's own does not help against what others knew"


@pytest.mark.parametrize(("model", "lines"), [
    ("linearizable", ["a w x 1", "b r x nil"]),
    ("sequential", ["a w x 1", "b w x 2", "c r x 1", "c r x 2", "d r x 2", "d r x 1"]),
    ("causal", ["a w x 1", "b r x 1", "b w y 2", "c r y 2", "c r x nil"]),
    ("read_your_writes", ["a w x 1", "a r x nil"]),
    ("monotonic_reads", ["a w x 1", "b r x 1", "b r x nil"]),
    ("monotonic_writes", ["a w x 1", "a w y 2", "b r y 2", "b r x nil"]),
    ("writes_follow_reads", ["a w x 1", "b r x 1", "b w y 2", "c r y 2", "c r x nil"]),
    ("convergence", ["a w x 1", "b w x 2", "a r x 1", "b r x 2"]),
])
def test_the_classic_example_of_each_model_is_told(model, lines):
    found = {one.model: one for one in judge(told(*lines))}
    assert found[model].verdict == "no"
    if model in GUARANTEES:
        assert [guarantee for guarantee in GUARANTEES if found[guarantee].verdict == "no"] == [model]
        assert set(found[model].conflict) == set(range(len(lines)))
    if model in ("linearizable", "sequential"):
        assert found[MODELS[MODELS.index(model) + 1]].verdict == "yes"


def test_what_nobody_knows_the_end_of_may_have_happened_at_any_later_time_or_never():
    lost = op(0, "a", "write", 1, 0, None)
    for answers in ((None, None, 1), (1, 1, 1), (None, None, None)):
        reads = [op(n + 1, "b", "read", None, 2 * n + 2, 2 * n + 3, answer) for n, answer in enumerate(answers)]
        assert all_of(History((lost, *reads)))["linearizable"] == "yes"
    back = [op(n + 1, "b", "read", None, 2 * n + 2, 2 * n + 3, answer) for n, answer in enumerate((1, None))]
    assert all_of(History((lost, *back)))["linearizable"] == "no"
    assert all_of(History((replace(lost, outcome="fail"), op(1, "b", "read", None, 2, 3, 1))))["monotonic_reads"] == "no", "what failed was read"


def test_reads_that_differ_in_the_end_prove_nothing_while_a_write_may_still_come():
    apart = told("a w x 1", "b r x 1", "c r x nil")
    assert all_of(apart)["convergence"] == "no"
    assert all_of(replace(apart, operations=(*apart.operations, op(3, "d", "write", 2, 6, None)), by_id={}))["convergence"] == "unknown"
    for seed in range(FEW):
        assert all_of(history(seed, lost=0.2))["convergence"] != "no", "a linearizable history has converged, or nobody can say"


def test_lists_and_registers_that_keep_their_first_value_are_judged_too():
    appends = [op(0, "a", "append", 1, 0, 3), op(1, "b", "append", 2, 1, 4)]
    assert all_of(History((*appends, op(2, "c", "read", None, 5, 6, [2, 1]))))["linearizable"] == "yes"
    assert all_of(History((*appends, op(2, "c", "read", None, 5, 6, [2]))))["linearizable"] == "no"
    proposals = [op(0, "a", "propose", "A", 0, 3, "B", None), op(1, "b", "propose", "B", 1, 4, "B", None)]
    assert all_of(History(tuple(proposals)))["linearizable"] == "yes"
    assert all_of(History((*proposals, op(2, "c", "propose", "C", 5, 6, "A", None))))["linearizable"] == "no"


def test_other_kinds_of_operations_are_not_judged_at_all():
    found = judge(History((op(0, "a", "transaction", "rw", 0, 1),)))
    assert [one.verdict for one in found] == ["unknown"] * len(MODELS)
    assert "transaction" in found[0].template.format(**found[0].values)


def test_values_that_repeat_leave_the_weaker_models_undecided_where_the_stronger_do_not_hold():
    twice = told("a w x 1", "b w x 1", "a w y 1", "b r y 1", "b r x 1", "b w y 2", "a w x 2", "c r x 1", "c r x 2", "d r x 2", "d r x 1")
    found = all_of(twice)
    assert found["sequential"] in ("no", "yes") and found["causal"] in ("unknown", "yes")


def test_a_judge_stops_at_its_bound_and_says_so():
    hard = history(3, count=300, clients=60, repeat=True, lost=0.3)
    found = judge(hard, steps=50)
    assert found[0].verdict == "unknown" and found[0].steps <= 51
    assert "50" in found[0].template.format(**found[0].values)


@pytest.mark.skipif(not REAL.exists(), reason="the real histories of ../shared are not here")
def test_every_real_history_is_judged_right():
    start = process_time()
    found = read(REAL.read_text())
    assert [one.name for one in found if verdict("linearizable", one.history).verdict != one.expected] == []
    assert len(found) == 51
    assert process_time() - start < 5


def test_ten_thousand_operations_of_ten_clients_are_judged_in_seconds():
    made = history(1, count=10_000, clients=10, lost=0, cas=0.1)
    start = process_time()
    found = judge(made)
    assert [one.verdict for one in found[:7]] == ["yes"] * 7
    assert sorted(found[0].witness) == list(range(10_000))
    assert process_time() - start < 5


def test_one_stale_read_in_ten_thousand_operations_is_found_and_explained():
    made = list(history(1, count=10_000, clients=10, lost=0, cas=0).operations)
    place = next(n for n, one in enumerate(made) if one.f == "read" and n > 9000)
    old = next(one for one in made[8000:] if one.f == "write")
    made[place] = replace(made[place], result=old.value)
    start = process_time()
    found = judge(History(tuple(made)))
    assert found[0].verdict == "no" and found[0].smallest
    assert {made[place].id, old.id} < set(found[0].conflict) and len(found[0].conflict) <= 4
    assert process_time() - start < 8
