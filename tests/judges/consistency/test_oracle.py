"""Every judge says what the definition says, on small histories where all orders can be tried."""

from dataclasses import replace

import pytest

from simulator.judges.consistency.history import History
from simulator.judges.consistency.judging import judge
from simulator.judges.consistency.sessions import GUARANTEES
from tests.judges.consistency import oracle
from tests.judges.consistency.stores import small

SEEDS = range(500)
YES = {True: "yes", False: "no"}


def verdicts(history):
    return {verdict.model: verdict for verdict in judge(history)}


@pytest.mark.parametrize("repeat", [False, True])
def test_linearizable_and_sequential_are_what_the_definitions_say(repeat):
    answers = []
    for seed in SEEDS:
        history = small(seed, repeat)
        found = verdicts(history)
        assert found["linearizable"].verdict == YES[oracle.linearizable(history)], seed
        assert found["sequential"].verdict == YES[oracle.sequential(history)], seed
        answers.append((found["linearizable"].verdict, found["sequential"].verdict))
    assert all(answers.count(kind) > 20 for kind in (("yes", "yes"), ("no", "yes"), ("no", "no"))), "the histories are of all sorts"


def test_causal_and_its_variants_are_what_the_definitions_say():
    answers = []
    for seed in SEEDS:
        history = small(seed, kinds=("read", "read", "write", "cas"))
        found = verdicts(history)["causal"]
        convergent, memory = oracle.convergent(history), oracle.memory(history)
        assert found.verdict == YES[convergent or memory], seed
        if "variants" in found.more:
            assert (found.more["variants"]["ccv"], found.more["variants"]["cm"]) == (YES[convergent], YES[memory]), seed
        answers.append(found.verdict)
    assert answers.count("no") > 50 and answers.count("yes") > 50


@pytest.mark.parametrize("guarantee", GUARANTEES)
def test_session_guarantees_are_what_the_definitions_say(guarantee):
    answers = []
    for seed in SEEDS:
        history = small(seed, kinds=("read", "read", "write", "cas"))
        answers.append(verdicts(history)[guarantee].verdict)
        assert answers[-1] == YES[oracle.session(history, guarantee)], seed
    assert answers.count("no") > 20 and answers.count("yes") > 50


def test_what_is_stronger_implies_what_is_weaker():
    order = {"yes": 2, "unknown": 1, "no": 0}
    for seed in SEEDS:
        found = {model: order[one.verdict] for model, one in verdicts(small(seed, repeat=seed % 2 == 0)).items()}
        assert found["linearizable"] <= found["sequential"] <= found["causal"], seed
        assert all(found["causal"] <= found[guarantee] for guarantee in GUARANTEES), seed


def test_a_witness_is_an_order_that_explains_and_keeps_what_it_must():
    for seed in SEEDS:
        history = small(seed, repeat=seed % 2 == 0)
        found = verdicts(history)
        for model, before in (("linearizable", lambda a, b: a.ends is not None and a.ends < b.begins), ("sequential", oracle._same_client)):
            if found[model].verdict == "yes":
                explains(history, found[model].witness, before)


def explains(history, witness, before):
    order = [history.by_id[number] for number in witness]
    assert {one.id for one in history.operations if one.outcome == "ok" and one.f != "nop"} <= set(witness)
    state = {}
    for at, one in enumerate(order):
        assert not any(before(later, one) for later in order[at + 1:])
        state[one.key] = oracle._after(state.get(one.key, history.initial), one)[0]


def test_a_conflict_is_one_and_nothing_can_be_taken_away():
    """Linearizable: what is not in the conflict may have happened in its own time; of the conflict, all did."""
    seen = 0
    for seed in SEEDS:
        history = small(seed, repeat=seed % 2 == 0)
        verdict = verdicts(history)["linearizable"]
        if verdict.verdict != "no":
            continue
        seen += 1
        conflict = [history.by_id[number] for number in verdict.conflict]
        assert not oracle.linearizable(history, conflict), "by itself, too"
        key = [one for one in history.operations if one.key == verdict.key and one.outcome != "fail"]
        sure = [one for one in conflict if one.id not in verdict.more["sources"]]
        assert not oracle.linearizable(history, sure, may=[one for one in key if one not in sure])
        end = history.by_id[verdict.more["stuck"]].ends
        for left_out in sure:
            rest = [one for one in sure if one is not left_out]
            # as the judge has it: what ends later than the answer that no order gets past may be under way for ever
            assert oracle.linearizable(history, rest, may=[_open(one, end) for one in key if one not in rest]), (seed, left_out.id)
    assert seen > 150


def _open(one, end):
    return replace(one, ends=None) if one.ends is not None and one.ends > end else one


@pytest.mark.parametrize("model", ["sequential", "causal", *GUARANTEES])
def test_a_conflict_of_the_weaker_models_is_one_by_itself(model):
    for seed in SEEDS:
        history = small(seed, kinds=("read", "read", "write", "cas"))
        verdict = verdicts(history)[model]
        if verdict.verdict == "no":
            part = History(tuple(history.by_id[number] for number in verdict.conflict))
            assert verdicts(part)[model].verdict == "no", seed
