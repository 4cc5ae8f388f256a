"""The parameters and the Actions of a System, flat, for its fidelity sheet: read out of the JSON Schema of its Config.

PARAMETER = {"path": "arrivals.rate_per_s", "title", "description", "unit", "default" (text, "" for none),
             "bounds" (text), "choices": [text, ...], "source", "when" ("" or "arrivals.law = poisson"), "depth": 0..}
ACTION = {"kind", "title", "shortcut", "done_to", "refused" (why it makes no sense here, or ""),
          "takes": [{"title", "bounds", "default"}, ...]}
"""

import json

from django.utils.formats import number_format
from django.utils.translation import gettext as _

DEPTH_AT_MOST = 8


def parameters(schema: dict) -> list[dict]:
    """Every parameter of the Config that `schema` describes, groups before what they hold, in the schema's order."""
    return list(_properties(schema, schema, "", "", 0))


def actions(system: dict) -> list[dict]:
    """Every ACTION of a SYSTEM, in its order."""
    done_to = {"": _("the whole system"), "node": _("any node"), "link": _("a link, one direction"), "message": _("a message in flight"),
               **system["roles"]}
    points = {point["key"]: point["title"] for point in system["points"]}
    return [{
        "kind": spec["kind"], "title": spec["title"], "shortcut": spec["shortcut"], "refused": system["refuses"].get(spec["kind"], ""),
        "done_to": " / ".join(done_to.get(role, role) for role in spec["role"].split("|")), "takes": [_taken(param, points) for param in spec["params"]],
    } for spec in system["actions"]]


def _taken(param: dict, points: dict) -> dict:
    """What an Action takes: a number with its bounds, one of some choices, or a text of some form."""
    if param["choices"]:
        return {"title": param["title"], "bounds": _(", ").join(points.get(one, one) for one in param["choices"]), "default": ""}
    if param["pattern"]:
        groups = param["name"] == "groups"
        bounds = _("groups of nodes, such as a-0,b-0|b-1") if groups else _("a text of the form {pattern}").format(pattern=param["pattern"])
        return {"title": param["title"], "bounds": bounds, "default": str(param["default"])}
    least, most, default = (_text(param[name]) for name in ("minimum", "maximum", "default"))
    return {"title": param["title"], "bounds": f"{least} – {most} {param['unit']}".strip(), "default": default}


def _properties(node: dict, root: dict, path: str, when: str, depth: int):
    for name, raw in node.get("properties", {}).items():
        if "const" not in raw:
            yield from _parameter(raw, root, f"{path}{name}", when, depth)


def _parameter(raw: dict, root: dict, path: str, when: str, depth: int):
    node = resolved(raw, root)
    choices = _variants(node, root)
    yield {
        "path": path, "depth": depth, "when": when,
        "title": node.get("title", path), "description": node.get("description", ""),
        "unit": node.get("unit", ""), "source": node.get("source", ""),
        "default": _default(node["default"], choices) if "default" in node else "",
        "bounds": bounds(_plain(node, root)),
        "choices": [_text(value) for value in _plain(node, root).get("enum", [])] or [name for _, name, _ in choices],
    }
    if depth < DEPTH_AT_MOST:
        yield from _inside(node, root, path, when, depth, choices)


def _inside(node: dict, root: dict, path: str, when: str, depth: int, choices):
    for tag, name, variant in choices:
        yield from _properties(variant, root, f"{path}.", f"{path}.{tag} = {name}", depth + 1)
    plain = _plain(node, root)
    yield from _properties(plain, root, f"{path}.", when, depth + 1)
    items = resolved(plain.get("items", {}), root)
    yield from _properties(items, root, f"{path}[].", when, depth + 1)


def _variants(node: dict, root: dict) -> list[tuple[str, str, dict]]:
    """(discriminator, its value, schema) of each choice in a discriminated union; empty for anything else."""
    tag = node.get("discriminator", {}).get("propertyName")
    if not tag:
        return []
    variants = [resolved(variant, root) for variant in node.get("oneOf", [])]
    return [(tag, _text(variant["properties"][tag].get("const", "")), variant) for variant in variants]


def _plain(node: dict, root: dict) -> dict:
    """What `node` is when it is not null: pydantic writes an optional field as anyOf [type, null]."""
    for variant in node.get("anyOf", []):
        if variant.get("type") != "null":
            return resolved(variant, root)
    return node


def resolved(node: dict, root: dict) -> dict:
    """`node` with its $ref followed; what stands beside the reference wins."""
    reference = node.get("$ref")
    if not reference:
        return node
    target = root.get("$defs", {}).get(reference.rsplit("/", 1)[-1], {})
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def bounds(node: dict) -> str:
    """The bounds of a number or of a list's length, in words; "" where there are none."""
    low, high = node.get("minimum", node.get("minItems")), node.get("maximum", node.get("maxItems"))
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    words = []
    if low is not None:
        words.append(_("at least {number}").format(number=_text(low)))
    if above is not None:
        words.append(_("more than {number}").format(number=_text(above)))
    if high is not None:
        words.append(_("at most {number}").format(number=_text(high)))
    if below is not None:
        words.append(_("less than {number}").format(number=_text(below)))
    return _(", ").join(words)


def _text(value) -> str:
    if value is None:
        return _("none")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (int, float)):
        return number_format(value, decimal_pos=None if value != int(value) else 0, use_l10n=True, force_grouping=True)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _default(value, choices) -> str:
    """What stands in the table: of a group the choice that it is, of a list nothing (its items have their own rows)."""
    if isinstance(value, dict):
        return next((str(value[tag]) for tag, _name, _variant in choices if tag in value), "")
    return "" if isinstance(value, list) else _text(value)
