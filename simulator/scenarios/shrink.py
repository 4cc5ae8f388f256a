"""From a seed that breaks a promise to a minimal schedule of Actions that still does. Pure: no database, no clock.

What the nemesis did becomes scheduled Actions, the nemesis goes to sleep, and then Actions are left out as
long as the same promise is still broken: delta debugging (Zeller and Hildebrandt, IEEE TSE 28(2), 2002), halves
first, single ones at last. What is left at the end is minimal: with any one of its Actions left out, the
promise holds (unless the tries were used up before).

It goes in steps, and between two of them all that is known is a *shrinking*, a dict of JSON values:

{"seed", "property", "schedule": [ACTION], all that was done until the promise was broken, "actions": [ACTION] that
 still break it, "breach": {"at_ns", "template", "values", "node"} under these, "size", "place": what is left out next,
 "shorter": whether this pass left something out, "tried", "state": "began" | "going" | "done" | "exhausted" | "lost"}

"lost": not even the whole schedule breaks the promise without the nemesis itself, so there is nothing to shrink.
ACTION: {"at_ns", "kind", "target", "params"}.
"""

from collections.abc import Callable

from simulator.judges.consistency.verdict import MODELS
from simulator.scenarios import play
from simulator.scenarios.document import ScenarioDocument, ScheduledAction
from simulator.scenarios.hunt import quiet
from simulator.scenarios.rejection import rejection

TRIES_AT_MOST = 300
OVER = ("done", "exhausted", "lost")


def begin(document: ScenarioDocument, seed: int, property_key: str) -> dict:
    """The shrinking of what breaks `property_key`, or of a history that this model rejects, under `seed` of a hunted `document`."""
    playing = play.prepare(document, seed)
    done, at_ns = [], None
    for segment in playing.segments():
        done += [row for row in segment.tables["actions"] if not row.get("refused")]
        broken = [row["at_ns"] for row in segment.tables["breaches"] if row["property"] == property_key]
        if broken:
            at_ns = broken[0]
            break
    if property_key in MODELS:
        at_ns = rejection(playing.asked(), property_key)["at_ns"]
    assert at_ns is not None, f"seed {seed} does not break {property_key}: the Run is not deterministic"
    schedule = [{name: row[name] for name in ("at_ns", "kind", "target", "params")} for row in done if row["at_ns"] <= at_ns]
    return {"seed": seed, "property": property_key, "schedule": schedule, "actions": schedule, "breach": None,
            "size": 0, "place": 0, "shorter": False, "tried": 0, "state": "began"}


def step(document: ScenarioDocument, shrinking: dict, beat: Callable[[], None] = lambda: None) -> dict:
    """`shrinking` after one more try. `beat` is called on the way, often; it may raise to end the try."""
    if shrinking["state"] == "began":
        return _whole(document, shrinking, beat)
    if shrinking["tried"] >= TRIES_AT_MOST:
        return shrinking | {"state": "exhausted"}
    actions, size, place = shrinking["actions"], shrinking["size"], shrinking["place"]
    if place >= len(actions):
        return _next_pass(shrinking)
    left = actions[:place] + actions[place + size:]
    broken = attempt(document, shrinking["seed"], left, shrinking["property"], beat)
    tried = shrinking | {"tried": shrinking["tried"] + 1}
    if broken is None:
        return tried | {"place": place + size}
    # What was refused has changed nothing: it goes too, a restart with the crash before it, say.
    fewer = len([action for action in actions[:place] if action in broken["actions"]])
    return tried | {**broken, "place": fewer, "shorter": True}


def attempt(document: ScenarioDocument, seed: int, actions: list[dict], property_key: str,
            beat: Callable[[], None] = lambda: None) -> dict | None:
    """{"actions": those that were not refused, "breach"} where they break the promise, nemesis asleep; else None."""
    playing = play.prepare(rewritten(document, actions), seed, keep=False)
    playing.rush(lambda: property_key in playing.breaches or beat())
    breach = rejection(playing.asked(), property_key) if property_key in MODELS else playing.breaches.get(property_key)
    if breach is None:
        return None
    refused = [action.document() for action in playing.refused]
    performed = [action for action in actions if action not in refused and action["at_ns"] <= breach["at_ns"]]
    return {"actions": performed, "breach": {name: breach[name] for name in ("at_ns", "template", "values", "node")}}


def rewritten(document: ScenarioDocument, actions: list[dict]) -> ScenarioDocument:
    """`document` with the nemesis asleep and these Actions, already checked, in place of its own."""
    asleep = quiet(document)
    made = asleep.model_copy(update={"actions": [ScheduledAction(**action) for action in actions]})
    made._options = asleep.options
    return made


def scheduled(document: ScenarioDocument, shrinking: dict) -> ScenarioDocument:
    """The Scenario that shows the minimal schedule: the nemesis asleep, the Actions that are left, the seed."""
    made = rewritten(document, shrinking["actions"])
    return _with_options(made.model_copy(update={"seed": shrinking["seed"]}), made.options)


def _whole(document: ScenarioDocument, shrinking: dict, beat: Callable[[], None]) -> dict:
    broken = attempt(document, shrinking["seed"], shrinking["actions"], shrinking["property"], beat)
    if broken is None:
        return shrinking | {"state": "lost", "tried": 1}
    # All at once first: a promise that is broken without any Action needs no second try.
    return shrinking | broken | {"state": "going", "tried": 1, "size": len(broken["actions"]), "place": 0}


def _next_pass(shrinking: dict) -> dict:
    size, count = shrinking["size"], len(shrinking["actions"])
    if size <= 1 and not shrinking["shorter"] or count == 0:
        return shrinking | {"state": "done"}
    return shrinking | {"size": max(1, min(size // 2, count)), "place": 0, "shorter": False}


def _with_options(document: ScenarioDocument, options) -> ScenarioDocument:
    document._options = options
    return document
