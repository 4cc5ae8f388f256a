"""KEY=VALUE as it is typed on a command line, laid over a Scenario."""

import json
from collections.abc import Iterable

from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase
from simulator.scenarios.document import ScenarioDocument, merged, parse

WHOLE = ("duration_s", "warm_up_s", "seed", "title")
"""Names that stand for the Scenario itself; every other one is an option of the Config."""


def overridden(document: ScenarioDocument, pairs: Iterable[str]) -> ScenarioDocument:
    """`document` with every KEY=VALUE of `pairs` laid over it, checked again.

    KEY is a dotted path (servers.0.count); VALUE is JSON, or a text where it is none.
    """
    raw = document.document()
    raw.pop("compare", None)
    changes: dict = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals or not key or key == "config":
            raise Mistake("set", Phrase(N_("--set takes KEY=VALUE, e.g. arrivals.rate_per_s=200, not {pair}."), pair=pair))
        path = key.split(".")
        if path[0] in WHOLE:
            raw[path[0]] = _value(text)
        else:
            now = merged(raw["config"], changes)
            changes = merged(changes, _nested(path[path[0] == "config":], _value(text), now))
    return parse(raw | {"config": merged(raw["config"], changes)})


def _value(text: str):
    try:
        return json.loads(text)
    except ValueError:
        return text


def _nested(path: list[str], value, old):
    """{a: {b: value}} for a.b; where the old value is a list, a copy of it with one item changed."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if not isinstance(old, list):
        return {step: _nested(rest, value, old.get(step) if isinstance(old, dict) else None)}
    if not step.isdigit() or int(step) >= len(old):
        raise Mistake("set", Phrase(N_("--set: {step} must be a number from 0 to {most}."), step=step, most=len(old) - 1))
    item = old[int(step)]
    inner = _nested(rest, value, item)
    new = merged(item, inner) if isinstance(item, dict) and isinstance(inner, dict) else inner
    return [*old[: int(step)], new, *old[int(step) + 1:]]
