"""Lamport and vector time, happened-before, and the slice that explains an event: on small runs made by hand."""

import pytest

from simulator.engine.causality import MOST, Causality
from simulator.engine.news import entries, told as spoken, told_news
from tests.engine.test_actors import ROUGH, SHORT
from tests.tools.toys import act, after, do, start, told


def answers(run) -> Causality:
    return Causality(told(run))


def find(answers, node, kind="Word", nth=-1):
    """The number of the nth such event of a node."""
    return [event.id for event in answers.story.events() if event.node == node and event.kind == kind][nth]


def reachable(answers, event):
    """All that happened before `event`, by walking: what the quick answers are held against."""
    seen, waiting = set(), answers.parents(event)
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += answers.parents(number)
    return seen


@pytest.fixture
def relay():
    """peer-0 tells peer-1, which then tells peer-2; peer-3 tells peer-2 something by itself."""
    run = after(start(peers=4), 1)
    act_tell(run, "peer-0", "peer-1", "a")
    after(run, 1)
    act_tell(run, "peer-1", "peer-2", "b")
    act_tell(run, "peer-3", "peer-2", "c")
    return answers(after(run, 5))


def act_tell(run, src, dst, text):
    do(run, src, "tell", to=dst, text=text)


def test_lamport_time_grows_along_every_cause(relay):
    for number in relay.story.order:
        assert all(relay.lamport(parent) < relay.lamport(number) for parent in relay.parents(number))


def test_the_deliveries_have_the_vector_times_of_the_paper():
    run = start(peers=3, chats=30)
    relay = answers(after(run, 100))
    for number in relay.story.order[::7]:
        past = reachable(relay, number) | {number}
        expected = {}
        for one in past:
            node = relay.story.where(one)
            expected[node] = expected.get(node, 0) + 1
        assert relay.vector(number) == expected


def test_before_is_reachability_and_nothing_else():
    run = start(3, SHORT, **ROUGH)
    run.advance(SHORT.duration_ns // 4)
    rough = answers(run)
    some = rough.story.order[::len(rough.story.order) // 40]
    for second in some:
        past = reachable(rough, second)
        assert [rough.before(first, second) for first in some] == [first in past for first in some]


def test_what_nobody_told_each_other_is_concurrent(relay):
    first, second = find(relay, "peer-1"), relay.story.order[0]
    assert relay.story.where(second) == "peer-0"
    assert relay.before(second, first)
    assert not relay.before(first, second)
    other = [event.id for event in relay.story.events() if event.node == "peer-3"][0]
    assert not relay.before(other, first)
    assert not relay.before(first, other)


# Why


def test_a_delivery_is_explained_by_who_sent_it_and_by_nothing_unrelated():
    run = start(peers=4, chats=20)
    found = answers(after(run, 300))
    for number in found.story.order[-60:]:
        reasons = found.why(number)
        past = reachable(found, number)
        assert len(reasons) <= MOST
        assert reasons[-1].event == number
        assert all(reason.event in past for reason in reasons[:-1])
        order = [found.story.order.index(reason.event) for reason in reasons]
        assert order == sorted(order)
        cause = found.story.cause(number)
        assert cause == -1 or cause in [reason.event for reason in reasons]


def test_the_slice_holds_those_that_a_quorum_was_counted_from():
    """Four tell peer-0 something; a fifth has nothing to do with it."""
    run = after(start(peers=6), 1)
    for n in (1, 2, 3, 4):
        act_tell(run, f"peer-{n}", "peer-0", f"yes {n}")
        after(run, 2)
    act_tell(run, "peer-5", "peer-4", "noise")
    found = answers(after(run, 5))
    reasons = found.why(find(found, "peer-0"))
    assert [reason.src for reason in reasons if reason.what == "deliver"] == ["peer-1", "peer-2", "peer-3", "peer-4"]


def test_the_slice_of_a_breach_holds_the_last_writers_of_the_fields_it_looks_at():
    run = after(start(peers=3), 1)
    act_tell(run, "peer-0", "peer-2", "fine")
    after(run, 2)
    act_tell(run, "peer-0", "peer-1", "damn")
    found = answers(after(run, 2))
    breach = found.story.breaches[0]
    reasons = found.why_broken(breach, ("heard",))
    assert [(reason.node, reason.what) for reason in reasons if reason.src] == [("peer-2", "deliver"), ("peer-1", "breach")]
    template, values = reasons[-1].said[-1]
    assert template.format(**values) == "peer-1 heard it from peer-0."


def test_crashes_and_restarts_in_between_are_told():
    run = after(start(peers=2), 1)
    do(run, "peer-1", "keep", value="x")
    act(after(run, 2), "crash", "peer-1")
    act(after(run, 2), "restart_wiped", "peer-1")
    do(after(run, 2), "peer-1", "keep", value="y")
    found = answers(after(run, 5))
    kinds = [found.story.event(reason.event).kind or reason.what for reason in found.why(find(found, "peer-1", "keep"))]
    assert kinds == ["keep", "crash", "restart_wiped", "keep"]


def test_a_crash_at_a_point_is_told_by_the_event_in_which_it_happened():
    run = after(start(peers=2), 1)
    do(run, "peer-0", "keep", value="x")
    act(run, "crash_at", "peer-0", point="told_one")
    act_tell(run, "peer-0", "peer-1", "last words")
    act(after(run, 2), "restart", "peer-0")
    do(after(run, 2), "peer-0", "keep", value="y")
    found = answers(after(run, 5))
    sentences = [template.format(**values) for reason in found.why(find(found, "peer-0", "keep")) for template, values in reason.said]
    assert "peer-0 crashed at the point told_one." in sentences


def test_every_sentence_can_be_said():
    run = start(3, SHORT, **ROUGH)
    run.advance(SHORT.duration_ns)
    found = answers(run)
    for number in found.story.order[::50]:
        for reason in found.why(number, ("heard", "kept")):
            for template, values in reason.said:
                assert "{" not in template.format(**values)


def test_an_explanation_is_never_longer_than_it_may_be():
    run = start(3, SHORT, **ROUGH)
    run.advance(SHORT.duration_ns)
    found = answers(run)
    assert max(len(found.why(number, ("passed", "kept"))) for number in found.story.order[-50:]) <= MOST
    assert len(found.why(found.story.order[-1], most=3)) == 3


@pytest.mark.parametrize(("value", "text"), [
    (None, "none"), (True, "yes"), (0, "0"), (0.5, "0.5"), ("x", "x"), ([1, "a"], "1, a"), ([], "empty"),
    ({"number": 1, "node": "proposer-0"}, "number 1, node proposer-0"), ({}, "empty")])
def test_values_as_a_person_reads_them(value, text):
    assert spoken(value) == text


@pytest.mark.parametrize(("before", "after", "new"), [
    ({"1": "a"}, {"1": "a", "2": "b"}, {"2": "b"}), ({"1": "a"}, {"1": "c"}, {"1": "c"}), ([1], [1, 2], {"1": 2}), ([1], [3, 2], {"": [3, 2]}),
    (None, {"1": "a"}, {"": {"1": "a"}}), (1, 2, {"": 2})])
def test_what_is_new_about_a_value(before, after, new):
    assert entries(before, after) == new


def test_of_a_long_log_only_the_new_entry_is_told():
    log = [f"entry {n}" for n in range(1000)]
    assert told_news(log[:-1], log) == "…, entry 999"
    assert told_news({"1": "a"}, {"1": "a", "2": "b"}) == "1 a, 2 b", "a short one is told whole"
    many = {str(n): {"state": "open", "since": n} for n in range(20)}
    assert told_news(many, many | {"3": {"state": "shut", "since": 3}}) == "…, 3 state shut, since 3"
    assert len(told_news(None, log)) == 120
