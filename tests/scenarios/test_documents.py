"""Every wrong field of a document gets one sentence that names it and says what would be right."""

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenarios.document import MAX_ACTIONS, merged, parse, with_config
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.size import MAX_REQUESTS, expected_work

BASE = {"format": "distviz-scenario/1", "system": "load_balancer"}
CRASH = {"at_ns": 20_000_000_000, "kind": "crash", "target": "server-3", "params": {}}


def mistake(**changes) -> Mistake:
    """What `parse` says about the smallest document with `changes`."""
    with pytest.raises(Mistake) as failure:
        parse(BASE | changes)
    assert failure.value.sentence and "\n" not in failure.value.sentence
    return failure.value


def test_the_smallest_document_is_the_defaults():
    document = parse(BASE)
    assert document.seed == 1 and document.duration_s == 60 and document.actions == []
    assert document.config["strategy"]["name"] == "power_of_two"


@pytest.mark.parametrize(("config", "field", "right"), [
    ({"arrivals": 5}, "config.arrivals", "law is one of"),
    ({"arrivals": {"law": "poison"}}, "config.arrivals.law", "bursty, closed, curve, deterministic, poisson, recorded"),
    ({"arrivals": {"rate_per_s": 5}}, "config.arrivals.law", "is missing"),
    ({"arrivals": {"law": "poisson", "rate_per_s": "5"}}, "config.arrivals.rate_per_s", "a number from"),
    ({"arrivals": {"law": "poisson", "rate_per_s": -5}}, "config.arrivals.rate_per_s", "a number from"),
    ({"arrivals": {"law": "poisson", "rate_per_s": None}}, "config.arrivals.rate_per_s", "a number from"),
    ({"arrivals": {"law": "poisson", "rate_per_s": True}}, "config.arrivals.rate_per_s", "a number from"),
    ({"arrivals": {"law": "poisson", "rate": 5}}, "config.arrivals.rate", "rate_per_s"),
    ({"arrivals": {"law": "bursty", "high_rate_per_s": 1}}, "config.arrivals.high_rate_per_s", "below"),
    ({"arrivals": {"law": "recorded"}}, "config.arrivals.recording", "is missing"),
    ({"arrivals": {"law": "recorded", "recording": "../../etc"}}, "config.arrivals.recording", "of the form"),
    ({"arrivals": {"law": ["poisson"]}}, "config.arrivals.law", "one of"),
    ({"service": {"law": "exponential", "mean_ms": 0}}, "config.service.mean_ms", "(ms)"),
    ({"service": {"law": "erlang", "stages": 1.5}}, "config.service.stages", "a whole number"),
    ({"service": {"law": "recorded"}}, "config.service", "recorded arrivals"),
    ({"service": {"law": "bounded_pareto", "minimum_ms": 9, "maximum_ms": 3}}, "config.service.maximum_ms", "above"),
    ({"servers": []}, "config.servers", "1 to 100 items"),
    ({"servers": {"count": 3}}, "config.servers", "a list"),
    ({"servers": [{"count": 3}, {"count": 0}]}, "config.servers.1.count", "from 1 to 1,000"),
    ({"servers": [{"count": 3, "speed": float("inf")}]}, "config.servers.0.speed", "finite"),
    ({"servers": [{"queue_limit": "none"}]}, "config.servers.0.queue_limit", "or null"),
    ({"servers": [{"count": 600}, {"count": 600}]}, "config.servers", "1,000"),
    ({"servers": ["server"]}, "config.servers.0", "an object"),
    ({"strategy": {"name": "best"}}, "config.strategy.name", "least_connections"),
    ({"strategy": "random"}, "config.strategy", "an object"),
    ({"strategy": {"name": "power_of_two", "replacement": 1}}, "config.strategy.replacement", "true or false"),
    ({"strategy": {"name": "least_connections", "tie": "any"}}, "config.strategy.tie", "lowest, random, rotating"),
    ({"client_delay": {"law": "constant", "delay_ms": -1}}, "config.client_delay.delay_ms", "a number from 0"),
    ({"timeout_ms": float("nan")}, "config.timeout_ms", "finite"),
    ({"timeout_ms": 10**400}, "config.timeout_ms", "a number from"),
    ({"timeout_ms": []}, "config.timeout_ms", "or null"),
    ({"retries": 3}, "config.retries", "timeout_ms"),
])
def test_a_wrong_field_of_the_config_is_named(config, field, right):
    wrong = mistake(config=config)
    assert wrong.field == field
    assert right in wrong.sentence
    assert field.removeprefix("config.").split(".")[0] in wrong.sentence


@pytest.mark.parametrize(("changes", "field", "right"), [
    ({"format": "distviz-scenario/2"}, "format", "distviz-scenario/1"), ({"system": "paxox"}, "system", "load_balancer"),
    ({"system": None}, "system", "a text"), ({"title": ""}, "title", "1 to 200"), ({"title": "x" * 201}, "title", "1 to 200"),
    ({"title": {"en": "x"}}, "title.zh-hans", "is missing"), ({"title": {"en": "x", "fr": "y", "zh-hans": "z"}}, "title.fr", "known"),
    ({"text": 5}, "text", "a text"), ({"watch_for": {"en": ["a"], "zh-hans": [5]}}, "watch_for.zh-hans.0", "a text"),
    ({"seed": -1}, "seed", "from 0"), ({"seed": 1.5}, "seed", "a whole number"), ({"seed": "1"}, "seed", "a whole number"),
    ({"seed": True}, "seed", "a whole number"), ({"seed": 2**53}, "seed", "9,007,199,254,740,991"),
    ({"duration_s": 0}, "duration_s", "0.001"), ({"duration_s": 90 * 86400 + 1}, "duration_s", "7,776,000"),
    ({"duration_s": float("nan")}, "duration_s", "finite"), ({"warm_up_s": 60}, "warm_up_s", "shorter"),
    ({"config": []}, "config", "an object"), ({"config": None}, "config", "an object"),
    ({"colour": "red"}, "colour", "not known"), ({"compare": [{"title": "a", "config": {}}]}, "compare", "2 to 4"),
    ({"compare": [{"title": "a", "config": {}}, {"title": "b"}]}, "compare.1.config", "missing"),
    ({"compare": [{"title": "a", "config": {}}, {"title": "b", "config": {"strategy": {"name": "x"}}}]},
     "compare.1.config.strategy.name", "round_robin"),
])
def test_a_wrong_field_of_the_document_is_named(changes, field, right):
    wrong = mistake(**changes)
    assert wrong.field == field
    assert right in wrong.sentence


@pytest.mark.parametrize(("changes", "field", "right"), [
    ({"kind": "explode"}, "kind", "crash, restart"), ({"kind": 5}, "kind", "a text"),
    ({"at_ns": -1}, "at_ns", "from 0"), ({"at_ns": 60_000_000_000}, "at_ns", "within the run"),
    ({"at_ns": 1.5}, "at_ns", "a whole number"), ({"target": "server-10"}, "target", "balancer-0, server-0 - server-9"),
    ({"target": "server-03"}, "target", "balancer-0, server-0 - server-9"), ({"target": ""}, "target", "server-9"),
    ({"target": "balancer"}, "target", "server-9"), ({"params": {"factor": 2}}, "params.factor", "takes no factor"),
    ({"kind": "slow", "params": {"factor": "2"}}, "params.factor", "a number from"),
    ({"kind": "slow", "params": {"factor": -2}}, "params.factor", "a number from"),
    ({"kind": "rate", "params": {"factor": 2}}, "target", "empty"), ({"params": []}, "params", "an object"),
    ({"kind": "add_server", "target": "", "params": {"slots": 1.5}}, "params.slots", "a whole number"),
    ({"delay": 3}, "delay", "not known"),
])
def test_a_wrong_field_of_an_action_is_named(changes, field, right):
    wrong = mistake(actions=[CRASH, CRASH | changes])
    assert wrong.field == f"actions.1.{field}"
    assert right in wrong.sentence


def test_a_server_that_will_have_been_added_can_be_a_target():
    added = {"at_ns": 10, "kind": "add_server", "target": "", "params": {}}
    assert len(parse(BASE | {"actions": [CRASH | {"target": "server-10"}, added]}).actions) == 2
    early = mistake(actions=[added, CRASH | {"target": "server-10", "at_ns": 9}])
    assert early.field == "actions.1.target"


def test_too_much_of_everything_is_refused():
    assert mistake(actions=[CRASH] * (MAX_ACTIONS + 1)).field == "actions"
    many = mistake(config={"arrivals": {"law": "poisson", "rate_per_s": 1e7}}, duration_s=100_000)
    assert many.status == 413 and f"{MAX_REQUESTS:,}" in many.sentence and "1,000,000,000,000" in many.sentence
    assert mistake(text="x" * 600_000).status == 413


@pytest.mark.parametrize("raw", [
    b"", b"\xff\xfe", "{", "[]", "null", "5", '"x"', "[" * 100_000, '{"a":' * 50_000, '{"seed":' + "9" * 5000 + "}",
    "{" + " " * 600_000 + "}", '{"title":"\\ud800"}', '{"title":"\\u0000"}', '{"seed":NaN}', '{"seed":1,"seed":2}',
    '{"duration_s":1e999}', "{'format': 1}",
])
def test_what_is_no_document_is_refused_in_one_sentence(raw):
    with pytest.raises(Mistake) as failure:
        parse(raw)
    assert failure.value.sentence.endswith(".") and len(failure.value.sentence) < 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["law", "name", "count", "rate_per_s", "mean_ms", "at_ns", "kind", "target", "params", "en", "x"]), inner, max_size=3),
    max_leaves=8)


@given(st.dictionaries(st.sampled_from(
    ["title", "text", "config", "seed", "duration_s", "warm_up_s", "actions", "compare", "watch_for", "x"]), JSON, max_size=3),
    st.dictionaries(st.sampled_from(["arrivals", "service", "servers", "strategy", "client_delay", "timeout_ms", "y"]), JSON, max_size=2))
@settings(max_examples=300, deadline=None)
def test_any_json_is_a_scenario_or_a_mistake(changes, config):
    try:
        document = parse(BASE | {"config": config} | changes)
    except Mistake as wrong:
        assert wrong.sentence and isinstance(wrong.field, str)
    else:
        assert parse(document.document()) == document


def test_a_document_is_read_back_equal():
    document = parse(BASE | {
        "title": {"en": "a", "zh-hans": "甲"}, "watch_for": {"en": ["x"], "zh-hans": "乙"}, "actions": [CRASH],
        "compare": [{"title": "a", "config": {}}, {"title": {"en": "b", "zh-hans": "c"}, "config": {"timeout_ms": 5}}]})
    again = parse(json.dumps(document.document()))
    assert again == document and again.document() == document.document()
    assert again.told("zh-hans") == {"title": "甲", "text": "", "watch_for": ["乙"]}
    assert [lane["title"] for lane in again.lanes("en")] == ["a", "b"]


def test_spelling_out_a_default_changes_nothing():
    plain = parse(BASE)
    spelled = parse(BASE | {"config": {"detection_ms": 500.0, "servers": [{"count": 10.0, "speed": 1}], "timeout_ms": None}})
    assert spelled.config == plain.config


def test_lanes_lay_their_changes_over_the_config():
    config = {"strategy": {"name": "power_of_two", "choices": 3}, "timeout_ms": 5}
    assert merged(config, {"strategy": {"name": "random"}}) == {"strategy": {"name": "random"}, "timeout_ms": 5}
    assert merged(config, {"strategy": {"choices": 4}})["strategy"] == {"name": "power_of_two", "choices": 4}
    document = with_config(parse(BASE | {"config": config}), {"strategy": {"name": "random"}})
    assert document.config["strategy"] == {"name": "random"}
    with pytest.raises(Mistake) as failure:
        with_config(document, {"timeout_ms": -1}, "lanes.2.config")
    assert failure.value.field == "lanes.2.config.timeout_ms" and failure.value.field in failure.value.sentence


def test_a_sentence_can_be_said_in_another_language():
    chinese = {"{field} must be {wanted}.": "{field} 必须是{wanted}。", "{number} from {least} to {most}": "{least} 到 {most} 之间的{number}",
               "a whole number": "整数"}
    wrong = mistake(seed=-1)
    assert wrong.say(lambda text: chinese.get(text, text)) == "seed 必须是0 到 9,007,199,254,740,991 之间的整数。"
    assert str(wrong) == "seed must be a whole number from 0 to 9,007,199,254,740,991."
    copy = pickle.loads(pickle.dumps(wrong))
    assert (copy.field, copy.sentence, copy.sentence.values) == (wrong.field, wrong.sentence, wrong.sentence.values)
    assert isinstance(copy.sentence, Phrase)


def test_a_load_that_is_changed_counts():
    rates = [{"at_ns": at_s * 10**9, "kind": "rate", "params": {"factor": factor}} for at_s, factor in ((15, 3), (30, 0))]
    document = parse(BASE | {"config": {"arrivals": {"law": "deterministic", "rate_per_s": 100}}, "actions": rates})
    assert expected_work(document, document.deeds(), {}) == pytest.approx(15 * 100 + 15 * 300)
    assert mistake(config={"arrivals": {"law": "poisson", "rate_per_s": 1e5}},
                   actions=[{"at_ns": 0, "kind": "rate", "params": {"factor": 1000}}]).status == 413
