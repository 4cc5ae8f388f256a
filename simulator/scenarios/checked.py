"""Reads JSON from strangers and checks it against a pydantic model; what is wrong becomes a Mistake."""

import json
from math import isfinite

from pydantic import BaseModel, ValidationError

from simulator.engine.words import N_
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.wants import at, chosen, one_of, schema_of, tags, wants

MAX_BYTES = 512 * 1024
MAX_DEPTH = 32


def loaded(raw: dict | str | bytes, prefix: str = "") -> dict:
    """The JSON object in `raw` as plain data, whole floats as ints; Mistake where it is none or too large.

    prefix: put before the field's path in a Mistake.
    """
    if isinstance(raw, (str, bytes, bytearray)):
        raw = _decoded(raw)
    if not isinstance(raw, dict):
        raise Mistake(prefix, N_("The document must be a JSON object."))
    tree = _tidied(raw, (prefix,) if prefix else (), 0)
    if len(json.dumps(tree)) > MAX_BYTES:
        raise _too_large()
    return tree


def checked(model: type[BaseModel], tree: dict, prefix: str = "") -> BaseModel:
    """`tree` as an instance of `model`; Mistake names the first field that is wrong, below `prefix`."""
    try:
        return model.model_validate_json(json.dumps(tree), strict=True)
    except ValidationError as failure:
        raise _mistake(failure.errors(include_url=False), model, tree, prefix) from None


def dotted(path, prefix: str = "") -> str:
    """A path as people read it: ("servers", 0, "count") below "config" -> "config.servers.0.count"."""
    return ".".join(str(step) for step in ((prefix,) if prefix else ()) + tuple(path))


def _decoded(raw):
    if len(raw) > MAX_BYTES:
        raise _too_large()
    try:
        return json.loads(raw, object_pairs_hook=_without_twins)
    except Mistake:
        raise
    except json.JSONDecodeError as failure:
        where = Phrase(N_("line {line}, column {column}"), line=failure.lineno, column=failure.colno)
        raise Mistake("", Phrase(N_("The document is not JSON: see {where}."), where=where)) from None
    except RecursionError:
        raise _too_deep(()) from None
    except ValueError:  # bytes that are no text, an int of thousands of digits
        raise Mistake("", N_("The document must be JSON in UTF-8, with numbers of a sensible length.")) from None


def _without_twins(pairs: list[tuple]) -> dict:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _value in pairs]
        twin = next(name for name in result if names.count(name) > 1)
        raise Mistake(twin, Phrase(N_("{field} is given twice in the same object."), field=twin))
    return result


def _too_large() -> Mistake:
    return Mistake("", Phrase(N_("The document must be at most {size} kB."), size=MAX_BYTES // 1024), status=413)


def _too_deep(path) -> Mistake:
    field = dotted(path[:3])
    return Mistake(field, Phrase(N_("The document must be nested at most {depth} levels deep."), depth=MAX_DEPTH))


def _tidied(value, path: tuple, depth: int):
    """A copy in which 10.0 is 10, so that both spellings fit whole and broken numbers."""
    if depth > MAX_DEPTH:
        raise _too_deep(path)
    if isinstance(value, dict):
        return {_text(name, path): _tidied(inner, (*path, name), depth + 1) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_tidied(inner, (*path, index), depth + 1) for index, inner in enumerate(value)]
    if isinstance(value, str):
        return _text(value, path)
    return _plain(value, path)


def _text(value, path: tuple) -> str:
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Mistake(dotted(path), Phrase(N_("{field} holds a text that is not valid Unicode."), field=dotted(path)))
    return value


def _plain(value, path: tuple):
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and isfinite(value):
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    what = N_("{field} must be a finite number.") if isinstance(value, float) else N_("{field} must be plain JSON.")
    raise Mistake(dotted(path), Phrase(what, field=dotted(path)))


def _mistake(problems: list[dict], model: type[BaseModel], tree: dict, prefix: str) -> Mistake:
    """The first problem, or the deepest one inside it: of a union's alternatives the one that fits best."""
    root = schema_of(model)
    located = [(_path(problem["loc"], tree, root), problem) for problem in problems]
    first = located[0][0]
    path, problem = max((item for item in located if item[0][:len(first)] == first), key=lambda item: len(item[0]))
    say = _SENTENCES.get(problem["type"], _wrong)
    return say(problem, path, (root, tree), prefix)


def _path(loc: tuple, tree, root: dict) -> tuple:
    """`loc` without the tags of unions that pydantic puts into it."""
    path, value, schema = [], tree, root
    for step in loc:
        schema = chosen(schema, root, value)
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            below, inner = value[step], schema.get("items", {})
        elif isinstance(value, dict) and (step in value or step in schema.get("properties", {})):
            below, inner = value.get(step), schema.get("properties", {}).get(step, {})
        else:
            continue
        path.append(step)
        value, schema = below, inner
    return tuple(path)


def _wrong(problem: dict, path: tuple, found: tuple, prefix: str) -> Mistake:
    root, tree = found
    field = dotted(path, prefix)
    schema = at(root, root, path, tree)
    return Mistake(field, Phrase(N_("{field} must be {wanted}."), field=field or "document", wanted=wants(schema, root)))


def _missing(problem: dict, path: tuple, found: tuple, prefix: str) -> Mistake:
    root, tree = found
    field = dotted(path, prefix)
    wanted = wants(at(root, root, path, tree), root)
    return Mistake(field, Phrase(N_("{field} is missing: it must be {wanted}."), field=field, wanted=wanted))


def _unknown(problem: dict, path: tuple, found: tuple, prefix: str) -> Mistake:
    root, tree = found
    owner = path[:-1] if path and path[-1] == problem["loc"][-1] else path
    field = dotted((*owner, problem["loc"][-1]), prefix)
    names = ", ".join(at(root, root, owner, tree).get("properties", {})) or "-"
    return Mistake(field, Phrase(N_("{field} is not known; known here: {names}."), field=field, names=names))


def _tag(problem: dict, path: tuple, found: tuple, prefix: str) -> Mistake:
    root, tree = found
    schema = at(root, root, path, tree)
    name = tags(schema)["name"]
    field = dotted((*path, name), prefix)
    template = N_("{field} is missing: it must be {wanted}.") if "not_found" in problem["type"] else N_("{field} must be {wanted}.")
    return Mistake(field, Phrase(template, field=field, wanted=one_of(sorted(schema["discriminator"]["mapping"]))))


def _own_words(problem: dict, path: tuple, found: tuple, prefix: str) -> Mistake:
    """What a validator of the model said."""
    field = dotted(path, prefix)
    said = Phrase(str(problem["ctx"]["error"]))
    return Mistake(field, Phrase("{field}: {said}", field=field or "document", said=said))


_SENTENCES = {
    "missing": _missing, "extra_forbidden": _unknown, "value_error": _own_words, "assertion_error": _own_words,
    "union_tag_invalid": _tag, "union_tag_not_found": _tag,
}
