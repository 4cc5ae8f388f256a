"""The axes of a grid: paths into a Config, the values laid over it, the Cells between them, and how both are called.

An axis is {"path": "servers.0.count", "values": [4, 8]}; a Cell is a tuple of indices, one into each axis' values.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from simulator.engine.words import N_
from simulator.scenarios.document import ScenarioDocument, merged, parse
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.wants import chosen, followed, schema_of

CELLS_AT_MOST = 1000
LABEL_AT_MOST = 60


def cells(axes: Sequence[dict]) -> Iterator[tuple[int, ...]]:
    """Every Cell, the first axis' value changing last; one empty Cell where there is no axis."""
    return product(*(range(len(axis["values"])) for axis in axes))


def check_axes(document: ScenarioDocument, axes: Sequence[dict]) -> list[ScenarioDocument]:
    """Mistake where an axis is no option of the Config, or a value of it is wrong: it names "axes.1.values.3".

    Each value is tried on the first values of the axes before it: these Scenarios are returned.
    """
    tried = []
    paths = [axis["path"] for axis in axes]
    count = prod(len(axis["values"]) for axis in axes)
    if count > CELLS_AT_MOST:
        sentence = N_("axes must make at most {most:,} cells together, not {count:,}.")
        raise Mistake("axes", Phrase(sentence, most=CELLS_AT_MOST, count=count), status=413)
    for number, axis in enumerate(axes):
        field = f"axes.{number}"
        if axis["path"] in paths[:number]:
            raise Mistake(f"{field}.path", Phrase(N_("{field} must be another option than those of the axes before."), field=f"{field}.path"))
        if axis["path"].split(".")[0] not in document.config:
            raise _no_option(f"{field}.path", axis["path"].split("."))
        spelled = [json.dumps(value, sort_keys=True) for value in axis["values"]]
        twin = next((place for place, text in enumerate(spelled) if text in spelled[:place]), None)
        if twin is not None:
            raise Mistake(f"{field}.values.{twin}", Phrase(N_("{field} is the same as a value before it."), field=f"{field}.values.{twin}"))
        for place in range(len(axis["values"])):
            tried.append(with_cell(document, axes[: number + 1], (*[0] * number, place), f"{field}.values.{place}"))
    return tried


def with_cell(document: ScenarioDocument, axes: Sequence[dict], cell: Sequence[int], field: str = "axes",
              actions: Sequence[dict] = ()) -> ScenarioDocument:
    """`document` with the values of a Cell laid over its Config, and `actions` beside its own; Mistake at or below `field`."""
    config, path = document.config, ""
    for number, (axis, index) in enumerate(zip(axes, cell, strict=True)):
        path = axis["path"]
        config = _laid(config, path.split("."), axis["values"][index], f"axes.{number}.path")
    raw = document.document() | {"config": config}
    raw.pop("compare", None)
    raw["actions"] = [*raw["actions"], *actions]
    try:
        return parse(raw)
    except Mistake as slip:
        raise _elsewhere(slip, f"config.{path}", field) from None


def _laid(config, path: list[str], value, field: str):
    """A copy of `config` with `value` at `path`."""
    step, rest = path[0], path[1:]
    if isinstance(config, list):
        if not step.isdecimal() or int(step) >= len(config):
            raise _no_option(field, path)
        inner = _laid(config[int(step)], rest, value, field) if rest else value
        return [*config[: int(step)], inner, *config[int(step) + 1:]]
    if not isinstance(config, dict):
        raise _no_option(field, path)
    if rest:
        if step not in config:
            raise _no_option(field, path)
        return {**config, step: _laid(config[step], rest, value, field)}
    return merged(config, {step: value})


def _no_option(field: str, path: list[str]) -> Mistake:
    sentence = N_("{field} must be the path of an option of the config, such as servers.0.count; there is no {rest}.")
    return Mistake(field, Phrase(sentence, field=field, rest=".".join(path)[:LABEL_AT_MOST]))


def _elsewhere(slip: Mistake, head: str, field: str) -> Mistake:
    """The same Mistake, said of `field`; what is below `head` stays below it."""
    below = slip.field.removeprefix(head) if slip.field.startswith(f"{head}.") else ""
    named = f"{field}{below}"
    if "field" in slip.sentence.values:
        sentence = Phrase(slip.sentence.template, **slip.sentence.values | {"field": named})
    else:
        sentence = Phrase("{field}: {said}", field=named, said=slip.sentence)
    return Mistake(named, sentence, slip.status)


# What they are called


def title_of(document: ScenarioDocument, path: str) -> Phrase:
    """What the option at `path` is called; of a group of several, with its place."""
    schema, _root = _schema_at(document, path)
    title = Phrase(schema.get("title") or path)
    steps = path.split(".")
    place = next((number for number, step in enumerate(steps) if step.isdecimal()), None)
    if place is None or len(_at(document.config, steps[:place]) or ()) < 2:
        return title
    return Phrase(N_("{title}, group {number}"), title=title, number=int(steps[place]) + 1)


def unit_of(document: ScenarioDocument, path: str) -> str:
    """The unit of the option at `path`, "" where it has none."""
    return _schema_at(document, path)[0].get("unit", "")


def label_of(document: ScenarioDocument, path: str, value) -> Phrase:
    """How a value of the option at `path` is called: an alternative by its title, with what differs from its defaults."""
    if isinstance(value, bool) or value is None:
        return Phrase({True: N_("yes"), False: N_("no"), None: N_("none")}[value])
    if not isinstance(value, dict):
        text = f"{value:,.12g}" if isinstance(value, (int, float)) else str(value)
        return Phrase("{text}", text=text[:LABEL_AT_MOST])
    schema = chosen(*_schema_at(document, path), value)
    differing = {name: inner for name, inner in value.items()
                 if name not in ("name", "law") and inner != schema.get("properties", {}).get(name, {}).get("default")}
    title = Phrase(schema.get("title") or path)
    if not differing:
        return title
    options = ", ".join(f"{name} {json.dumps(inner)}" for name, inner in differing.items())
    return Phrase("{title} ({options})", title=title, options=options[:LABEL_AT_MOST])


def _schema_at(document: ScenarioDocument, path: str) -> tuple[dict, dict]:
    """(the JSON Schema of the option at `path`, {} where there is none in this Config; the whole schema)."""
    root = schema_of(document.facts.config)
    schema, here = root, document.config
    for step in path.split("."):
        schema = chosen(schema, root, here)
        schema = schema.get("items", {}) if isinstance(here, list) else schema.get("properties", {}).get(step, {})
        here = _at(here, [step])
    return followed(schema, root), root


def _at(config, path: Sequence):
    for step in path:
        if isinstance(config, list):
            config = config[int(step)] if step.isdecimal() and int(step) < len(config) else None
        else:
            config = config.get(step) if isinstance(config, dict) else None
    return config


# What can be an axis


def options(document: ScenarioDocument) -> list[dict]:
    """Every option of the Config that can be an axis or a size: {"path", "title" (Phrase), "unit", "value", "input", "choices",
    "minimum", "maximum", "load", "nullable"}; what is listed is what is there now: another strategy has other options."""
    root = schema_of(document.facts.config)
    return [_option(document, path, schema, value, root) for path, schema, value in _leaves(root, document.config, (), root)]


def _leaves(schema: dict, value, path: tuple, root: dict) -> Iterator[tuple[tuple, dict, object]]:
    """(path, schema, value) of every option below `value`, alternatives as wholes before their own options."""
    whole, schema = followed(schema, root), chosen(schema, root, value)
    if "discriminator" in whole:
        yield path, whole, value
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value and "const" not in inner:
                yield from _leaves(inner, value[name], (*path, name), root)
    elif isinstance(value, list) and followed(schema.get("items", {}), root).get("properties"):
        for place, inner in enumerate(value):
            yield from _leaves(schema["items"], inner, (*path, str(place)), root)
    elif _input(schema):
        yield path, schema, value


def _option(document: ScenarioDocument, path: tuple, schema: dict, value, root: dict) -> dict:
    dotted = ".".join(path)
    plain = _plain(schema)
    return {
        "path": dotted, "title": title_of(document, dotted), "unit": schema.get("unit", ""), "value": value, "input": _input(schema),
        "choices": _choices(document, dotted, schema, root), "minimum": plain.get("minimum"), "maximum": plain.get("maximum"),
        "load": dotted in document.facts.loads, "nullable": any(one.get("type") == "null" for one in schema.get("anyOf", ())),
    }


def _plain(schema: dict) -> dict:
    """`schema`, or of several the one that is not null."""
    return next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)


def _input(schema: dict) -> str:
    if "discriminator" in schema:
        return "options"
    if "enum" in _plain(schema):
        return "choice"
    return {"number": "number", "integer": "whole", "boolean": "switch"}.get(_plain(schema).get("type"), "")


def _choices(document: ScenarioDocument, path: str, schema: dict, root: dict) -> list[dict] | None:
    """[{"value", "label" (Phrase)}] of alternatives, as far as their defaults suit the rest of the Config, and of enumerations."""
    if "discriminator" in schema:
        name = schema["discriminator"]["propertyName"]
        kinds = [(tag, followed({"$ref": ref}, root)) for tag, ref in schema["discriminator"]["mapping"].items()]
        return [{"value": {name: tag}, "label": Phrase(kind["title"])} for tag, kind in kinds if _possible(document, path, {name: tag})]
    plain = _plain(schema)
    labels = schema.get("labels", {})
    if "enum" in plain:
        return [{"value": value, "label": Phrase(labels.get(value, str(value)))} for value in plain["enum"]]
    return None


def _possible(document: ScenarioDocument, path: str, value) -> bool:
    try:
        with_cell(document, [{"path": path, "values": [value]}], (0,))
    except Mistake:
        return False
    return True
