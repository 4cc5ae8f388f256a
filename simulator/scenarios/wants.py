"""Says in words what a JSON Schema wants: "a number from 0.1 to 1000 (ms) or null".

Every sentence about a wrong field is made from the schema that also draws the form, so that
the two cannot disagree.
"""

from functools import cache

from pydantic import BaseModel

from simulator.engine.words import N_
from simulator.scenarios.mistake import Phrase


@cache
def schema_of(model: type[BaseModel]) -> dict:
    """The JSON Schema of a Config, for reading alone: to write it down takes pydantic a tenth of a second."""
    return model.model_json_schema()


def at(schema: dict, root: dict, path: tuple, value) -> dict:
    """The schema of what `path` leads to inside `value`, whose schema is `schema`; {} where there is none.

    Where the schema offers alternatives, `value` decides which one is meant.
    """
    schema = chosen(schema, root, value)
    if not path:
        return schema
    step = path[0]
    if isinstance(step, int):
        inner = schema.get("items", {})
        below = value[step] if isinstance(value, list) and step < len(value) else None
    else:
        inner = schema.get("properties", {}).get(step, {})
        below = value.get(step) if isinstance(value, dict) else None
    return at(inner, root, path[1:], below)


def chosen(schema: dict, root: dict, value) -> dict:
    """`schema` with its reference followed, and of its alternatives the one that `value` means."""
    schema = followed(schema, root)
    if "discriminator" in schema and isinstance(value, dict):
        tag = value.get(schema["discriminator"]["propertyName"])
        reference = schema["discriminator"]["mapping"].get(tag) if isinstance(tag, str) else None
        return followed({"$ref": reference}, root) if reference else schema
    for alternative in schema.get("anyOf", ()):
        alternative = chosen(alternative, root, value)
        if alternative.get("type") == _kind(value) and _kind(value) in ("object", "array"):
            return alternative
    return schema


def followed(schema: dict, root: dict) -> dict:
    """`schema`, or what its "$ref" points at in `root` together with what stands beside it."""
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]] | beside
    return schema


def wants(schema: dict, root: dict) -> Phrase:
    """What a value of `schema` must be, to be put after "must be"."""
    schema = followed(schema, root)
    if "discriminator" in schema:
        return Phrase(N_("an object whose {name} is one of: {choices}"), **tags(schema))
    if "anyOf" in schema:
        unit = {"unit": schema["unit"]} if "unit" in schema else {}
        return _either([wants(alternative | unit, root) for alternative in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return one_of(schema.get("enum", [schema.get("const")]))
    return _WORDS.get(schema.get("type"), _anything)(schema)


def tags(schema: dict) -> dict:
    """The discriminator's `name` and its `choices`, as texts."""
    discriminator = schema["discriminator"]
    return {"name": discriminator["propertyName"], "choices": ", ".join(sorted(discriminator["mapping"]))}


def one_of(choices) -> Phrase:
    """'one of: a, b', or the only choice in quotes."""
    texts = [str(choice) for choice in choices]
    return Phrase(f'"{texts[0]}"') if len(texts) == 1 else Phrase(N_("one of: {choices}"), choices=", ".join(texts))


def _either(phrases: list[Phrase]) -> Phrase:
    whole = phrases[0]
    for phrase in phrases[1:]:
        whole = Phrase(N_("{this} or {that}"), this=whole, that=phrase)
    return whole


def _number(schema: dict) -> Phrase:
    noun = Phrase(N_("a whole number")) if schema["type"] == "integer" else Phrase(N_("a number"))
    ranged = _ranged(noun, schema)
    return Phrase(N_("{what} ({unit})"), what=ranged, unit=schema["unit"]) if schema.get("unit") else ranged


def _ranged(noun: Phrase, schema: dict) -> Phrase:
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if least is not None and most is not None:
        return Phrase(N_("{number} from {least} to {most}"), number=noun, least=_figure(least), most=_figure(most))
    if above is not None and most is not None:
        return Phrase(N_("{number} above {above} and at most {most}"), number=noun, above=_figure(above), most=_figure(most))
    if least is not None and below is not None:
        return Phrase(N_("{number} from {least} to below {below}"), number=noun, least=_figure(least), below=_figure(below))
    if above is not None and below is not None:
        return Phrase(N_("{number} above {above} and below {below}"), number=noun, above=_figure(above), below=_figure(below))
    if least is not None:
        return Phrase(N_("{number} not below {least}"), number=noun, least=_figure(least))
    if above is not None:
        return Phrase(N_("{number} above {above}"), number=noun, above=_figure(above))
    return noun


def _text(schema: dict) -> Phrase:
    if "pattern" in schema:
        return Phrase(N_("a text of the form {pattern}"), pattern=schema["pattern"])
    if "maxLength" in schema:
        least, most = schema.get("minLength", 0), schema["maxLength"]
        return Phrase(N_("a text of {least} to {most} characters"), least=least, most=most)
    return Phrase(N_("a text"))


def _list(schema: dict) -> Phrase:
    if "maxItems" in schema:
        return Phrase(N_("a list of {least} to {most} items"), least=schema.get("minItems", 0), most=schema["maxItems"])
    return Phrase(N_("a list"))


def _object(schema: dict) -> Phrase:
    if "properties" not in schema:
        return Phrase(N_("an object"))
    return Phrase(N_("an object with: {names}"), names=", ".join(schema["properties"]))


def _anything(_schema: dict) -> Phrase:
    return Phrase(N_("something else"))


def _figure(number) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:g}"


def _kind(value) -> str:
    return {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}.get(type(value), "number")


_WORDS = {
    "number": _number, "integer": _number, "string": _text, "array": _list, "object": _object,
    "boolean": lambda _schema: Phrase(N_("true or false")), "null": lambda _schema: Phrase(N_("null")),
}
