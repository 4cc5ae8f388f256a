"""Which lanes a new Comparison is offered with."""

from simulator.runs import service
from simulator.web.sheet import resolved
from simulator.web.shown import language

LANES_AT_MOST = 4
TITLE_AT_MOST = 100


def proposed(document: dict, system: dict) -> list[dict]:
    """[{"title", "config": overrides}, ...]: those that the scenario suggests, else its first choice by name, varied.

    A system without such a choice varies its first option that is one of some words: the protocol's variant,
    say, or the bug. The scenario's own choice comes first, the others in the schema's order.
    """
    suggested = service.parsed(document).lanes(language())
    if suggested:
        return suggested
    schema = system["schema"]
    for name, raw in schema.get("properties", {}).items():
        node = resolved(raw, schema)
        if node.get("discriminator", {}).get("propertyName") == "name":
            return _varied(name, document["config"].get(name, {}), node, schema)
    for name, raw in schema.get("properties", {}).items():
        node = resolved(raw, schema)
        if len(node.get("enum", ())) > 1:
            return _worded(name, document["config"].get(name), node)
    return []


def _worded(name: str, own: str, node: dict) -> list[dict]:
    values = sorted(node["enum"], key=lambda value: value != own)  # stable: the others in the schema's order
    labels = node.get("labels", {})
    titles = {value: str(labels.get(value) or str(value).replace("_", " "))[:TITLE_AT_MOST] for value in values}
    return [{"title": titles[value], "config": {name: value}} for value in values][:LANES_AT_MOST]


def _varied(name: str, own: dict, node: dict, schema: dict) -> list[dict]:
    lanes = []
    for choice in node["oneOf"]:
        variant = resolved(choice, schema)
        value = variant["properties"]["name"]["const"]
        chosen = value == own.get("name")
        lanes.append((not chosen, {"title": variant.get("title", value), "config": {name: own if chosen else {"name": value}}}))
    lanes.sort(key=lambda lane: lane[0])
    return [lane for _order, lane in lanes][:LANES_AT_MOST]
