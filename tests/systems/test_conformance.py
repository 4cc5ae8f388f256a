"""What every system keeps by being registered: a new one needs no line here."""

import json
import re
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from simulator.engine.actor import snake
from simulator.engine.clock import MS, S
from simulator.engine.plain import plain
from simulator.engine.simulation import plan
from tests.systems.systems import ACTORS, ROUGH, SPAN, SYSTEMS, configs, documents, roles, source, start
from tests.tools.strict import handlers, strictly

every_system = pytest.mark.parametrize("key", SYSTEMS)
every_protocol = pytest.mark.parametrize("key", ACTORS)


def digest(key, seed, stops=(), **config):
    """The digest of a run of a second that was stopped now and then."""
    run = start(SYSTEMS[key], seed, **config)
    for stop in (*stops, SPAN.duration_ns):
        run.advance(stop)
        run.tables()
    return run.trace.digest()


# Determinism


@every_system
def test_the_same_seed_gives_the_same_run_and_another_does_not(key):
    first = digest(key, 1)
    assert digest(key, 1) == first
    assert digest(key, 2) != first


@every_protocol
def test_it_does_not_matter_how_a_run_is_sliced_whatever_breaks(key):
    stops = [n * S // 21 + 12_345 for n in range(20)]
    assert digest(key, 3, stops, nemesis=ROUGH) == digest(key, 3, nemesis=ROUGH)


# Messages, timers, handlers


@every_protocol
def test_every_message_has_a_handler_and_a_sentence(key):
    handled = {name for role in roles(ACTORS[key]) for name in handlers(role)}
    for message in ACTORS[key].messages:
        assert f"on_{snake(message.__name__)}" in handled, f"nobody handles {message.__name__}"
        assert message.__doc__ and "Create new instance" not in message.__doc__, f"{message.__name__} does not say what it is"


@every_protocol
def test_every_handler_has_something_to_handle(key):
    facts = ACTORS[key]
    known = {f"on_{snake(message.__name__)}" for message in facts.messages} | {f"on_{name}_timeout" for name in facts.timers}
    # What a write is to be followed by is named in `then=`, by a whole text or by the end of one.
    thens = re.findall(r"""then=f?["'](?:\{[^}]*\})?(\w+)["']""", source(facts))
    for role in roles(facts):
        for name in handlers(role):
            asked = name in known or name in ("begin", "on_start", "on_restart") or name.startswith("do_")
            assert asked or any(name.endswith(then) for then in thens), f"{role.__name__}.{name} is never called"


@every_protocol
def test_every_timer_has_a_handler(key):
    handled = {name for role in roles(ACTORS[key]) for name in handlers(role)}
    for timer in ACTORS[key].timers:
        assert f"on_{timer}_timeout" in handled, f"nobody handles the timer {timer}"


@every_protocol
def test_nothing_is_changed_in_place_and_all_of_it_is_json(key):
    """In the rough, over every Config that a built-in scenario uses."""
    for config in configs(key):
        with strictly(ACTORS[key], roles(ACTORS[key])):
            run = start(ACTORS[key], 5, plan(1 * S), **config | {"nemesis": ROUGH})
            bodies = []
            for part in range(1, 11):
                run.advance(part * 100 * MS)
                bodies += [m for m in run.cluster.bodies if isinstance(m, tuple)]
                json.dumps([run.keyframe(), plain(tuple(run.cluster.telling.breaches.values()))], allow_nan=False)
                run.tables()
        assert all(isinstance(hash(m), int) for m in bodies), "messages cannot be changed"


@every_protocol
def test_durable_fields_are_fields(key):
    for config in configs(key):
        run = start(ACTORS[key], **config)
        for node in run.cluster.ordered:
            missing = [name for name in node.durable if name not in node.__dict__]
            assert not missing, f"begin() of {node.id} gives {missing} no first value"


# What is said about it


def models(annotation, seen):
    """Every pydantic model in a type, with those inside."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.append(annotation)
            for field in annotation.model_fields.values():
                models(field.annotation, seen)
    for part in get_args(annotation):
        models(part, seen)
    return seen


@every_system
def test_every_option_has_title_unit_bounds_default_and_source(key):
    for model in models(SYSTEMS[key].config, []):
        for name, field in model.model_fields.items():
            where = f"{model.__name__}.{name}"
            if get_args(field.annotation) and name in ("law", "name"):
                continue  # which kind of a union it is; the kinds have titles
            assert field.title, f"{where} has no title"
            extra = field.json_schema_extra or {}
            if extra.get("input") == "recording":
                continue  # which file it is can only be said by who imported it
            assert not field.is_required(), f"{where} has no default"
            if not models(field.annotation, []):
                assert "unit" in extra and extra.get("source"), f"{where} has no unit or no source"
            if _is_number(field.annotation):
                limits = {type(limit).__name__ for limit in field.metadata}
                assert limits & {"Ge", "Gt"} and limits & {"Le", "Lt"}, f"{where} has no bounds"


def _is_number(annotation) -> bool:
    parts = get_args(annotation) or (annotation,)
    return any(part in (int, float) for part in parts)


@every_system
def test_options_that_do_not_exist_are_refused(key):
    for model in models(SYSTEMS[key].config, []):
        assert model.model_config.get("extra") == "forbid", model.__name__
    with pytest.raises(ValidationError):
        SYSTEMS[key].config.model_validate({"nonsense": 1})


@every_system
def test_a_system_says_what_it_is_and_what_it_leaves_out(key):
    facts = SYSTEMS[key]
    assert facts.title and facts.summary.endswith(".")
    assert facts.sources and facts.modelled and facts.left_out
    for node in (start(facts).cluster.ordered if facts.kernel == "actors" else ()):
        assert node.role in facts.roles, f"the role {node.role} has no title"


@every_protocol
def test_every_property_has_a_sentence_and_watches_something_that_exists(key):
    facts = ACTORS[key]
    assert [one for one in facts.properties if one.always] and [one for one in facts.properties if not one.always]
    assert len({one.key for one in facts.properties}) == len(facts.properties)
    fields = {"operations", "health"}
    for config in configs(key):
        run = start(facts, **config)
        fields |= {name for node in run.cluster.ordered for name in node.__dict__}
    for one in facts.properties:
        assert one.sentence.endswith("."), one.key
        assert one.watch and fields.issuperset(one.watch), f"{one.key} watches {set(one.watch) - fields}, which no node has"


@every_protocol
def test_every_bad_twin_can_be_chosen_and_says_what_is_missing(key):
    facts = ACTORS[key]
    assert len(facts.twins) >= 3
    assert set(get_args(facts.config.model_fields["faulty"].annotation)) == {"none", *facts.twins}
    assert all(sentence.endswith(".") for sentence in facts.twins.values())
    assert facts.config().faulty == "none"


@every_protocol
def test_every_point_can_be_reached_by_name_and_every_action_has_a_title(key):
    facts = ACTORS[key]
    text = source(facts)
    for point, title in facts.points.items():
        assert title and f'("{point}"' in text, f"nothing reaches {point}"
    for spec in facts.actions:
        assert spec.title and spec.done, spec.kind
        assert not spec.states or spec.otherwise, f"{spec.kind} is greyed without a reason"


@every_protocol
def test_gauges_and_metrics_can_be_read_at_any_time(key):
    facts = ACTORS[key]
    run = start(facts, nemesis=ROUGH)
    for part in range(4):
        run.advance(part * S // 4)
        for title, _unit, measure in facts.gauges.values():
            assert title and isinstance(float(measure(run.cluster)), float)
        json.dumps(run.summary(), allow_nan=False)


@every_protocol
def test_a_system_has_six_scenarios_and_a_hue(key):
    assert len(documents(key)) >= 6
    fields = {name for message in ACTORS[key].messages for name in message._fields}
    assert not ACTORS[key].hue or fields & set(ACTORS[key].hue)
