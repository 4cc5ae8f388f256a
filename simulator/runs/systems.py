"""The systems as JSON: what REST, pages and forms know of them. Texts are as the code has them, untranslated."""

import json
from dataclasses import asdict
from functools import cache, lru_cache

from simulator.engine.actor import snake
from simulator.engine.system import System, registered
from simulator.engine.words import N_

NO_BUG = N_("None: the system as it should be")


@cache
def systems() -> tuple[dict, ...]:
    """Every system: what it is, the JSON Schema of its Config, its Actions, what is modelled and left out."""
    return tuple({
        "key": system.key, "title": system.title, "summary": system.summary,
        "schema": _schema(system), "actions": [asdict(spec) for spec in system.actions],
        "roles": dict(system.roles), "sources": list(system.sources),
        "modelled": list(system.modelled), "left_out": list(system.left_out),
        "presets": [_preset(preset) for preset in system.presets],
        **_protocol(system),
    } for system in registered().values())


def _preset(preset) -> dict:
    """A preset with what it names, each value with its source."""
    return {"key": preset.key, "title": preset.title, "about": preset.about, "config": preset.config,
            "values": [{"path": path, "value": value, "source": source} for path, value, source in preset.values]}


def _protocol(system: System) -> dict:
    """What only a system of actors has; empty for others."""
    return {
        "kernel": system.kernel, "timers": list(system.timers), "hue": list(system.hue), "times": list(system.times), "joins": list(system.joins),
        "messages": [{"kind": snake(kind.__name__), "title": kind.__name__, "fields": list(kind._fields),
                      "about": " ".join((kind.__doc__ or "").split())} for kind in system.messages],
        "properties": [{"key": one.key, "always": one.always, "sentence": one.sentence, "when": one.when} for one in system.properties],
        "twins": [{"key": key, "sentence": sentence} for key, sentence in system.twins.items()],
        "points": [{"key": key, "title": title} for key, title in system.points.items()],
        "gauges": [{"name": name, "title": title, "unit": unit} for name, (title, unit, _measure) in system.gauges.items()],
        "unjudged": system.unjudged, "refuses": dict(system.refuses), "nodes": None,
    }


def _schema(system: System) -> dict:
    """The JSON Schema of the Config; choices that have a sentence of their own are given it as `labels`."""
    schema = system.config.model_json_schema()
    if system.kernel != "actors":
        return schema
    if "faulty" in schema["properties"]:
        schema["properties"]["faulty"]["labels"] = {"none": NO_BUG, **system.twins}
    nemesis = schema.get("$defs", {}).get("NemesisOptions")
    if nemesis:
        titles = {spec.kind: spec.title for spec in system.actions}
        faults = nemesis["properties"]["faults"]["items"]
        faults["labels"] = {kind: titles[kind] for kind in faults["enum"] if kind in titles}
    return schema


def chosen_of(document: dict) -> dict[str, str]:
    """The title of what is chosen for each option of a Config that is a choice: {"strategy": "Round robin"}, untranslated."""
    choices, config = _choices(document["system"]), document["config"]
    return {name: titles[config[name][tag]] for name, (tag, titles) in choices.items() if name in config}


@cache
def _choices(system: str) -> dict[str, tuple[str, dict[str, str]]]:
    """{option: (the field that tells its choices apart, {value of it: title of the choice})}."""
    schema = registered()[system].config.model_json_schema()
    found = {}
    for name, field in schema["properties"].items():
        if "discriminator" in field:
            mapping = field["discriminator"]["mapping"]
            titles = {value: schema["$defs"][ref.rpartition("/")[2]]["title"] for value, ref in mapping.items()}
            found[name] = (field["discriminator"]["propertyName"], titles)
    return found


def nodes_of(document: dict) -> list[dict] | None:
    """The nodes that a Run of a checked document begins with, [{"id", "role"}]; None where the Config does not say."""
    facts = registered()[document["system"]]
    if facts.kernel != "actors":
        return None
    return _cast(document["system"], json.dumps(document["config"], sort_keys=True))


@lru_cache(maxsize=256)
def _cast(system: str, config: str) -> list[dict]:
    facts = registered()[system]
    cast = facts.cast(facts.config.model_validate_json(config, strict=True))
    return [{"id": id, "role": kind.role} for id, kind in cast.items()]
