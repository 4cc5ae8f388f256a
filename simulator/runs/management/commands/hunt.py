"""Searches many seeds of a Scenario for one that breaks a promise, here and now, without any service or database."""

import json
import sys
import time

from django.core.management.base import BaseCommand, CommandError

from simulator.judges.consistency.verdict import MODELS
from simulator.runs import Mistake
from simulator.runs.management.commands.simulate import document_in
from simulator.runs.overrides import overridden
from simulator.runs.told import told
from simulator.scenarios import hunt as hunting
from simulator.scenarios import shrink
from simulator.scenarios.document import ScenarioDocument, parse

CHUNK = 50


class Command(BaseCommand):
    """The path of every Hunt: search, worst seed, minimal schedule."""

    help = "Run a scenario under many seeds with its nemesis on; say how often a promise is broken, and the smallest schedule that breaks it."
    requires_system_checks = []

    def add_arguments(self, parser):
        """See --help."""
        parser.add_argument("scenario", metavar="SCENARIO", help="a scenario's JSON file, an exported run, - for standard input, or the key of a built-in scenario")
        parser.add_argument("--seeds", type=int, default=1000, help="how many (1000)")
        parser.add_argument("--first-seed", type=int, default=1, help="the first of them (1)")
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="pairs", help=(
            "change an option, e.g. faulty=promise_is_not_persisted, nemesis.rate_per_s=5, duration_s=10"))
        parser.add_argument("--model", choices=MODELS, default="", help="look for histories that this consistency model rejects, not for broken promises")
        parser.add_argument("--json", action="store_true", help="print everything as JSON")

    def handle(self, *args, scenario=None, seeds=1000, first_seed=1, pairs=(), model="", json=False, **options):
        """Print what was found; CommandError with one sentence where something is wrong."""
        try:
            hunting.check_seeds(first_seed, seeds, hunting.MAX_SEED)
            document = hunting.hunted(overridden(parse(document_in(scenario)["scenario"]), pairs))
            tally = self._search(document, range(first_seed, first_seed + seeds), model)
            found = tally | {"model": model, "rate": tally["violations"] / seeds, "interval": hunting.interval(tally["violations"], seeds),
                             "shrunk": _shrunk(document, tally)}
        except Mistake as mistake:
            raise CommandError(str(mistake.sentence)) from None
        except OSError as trouble:
            raise CommandError(f"{trouble.filename}: {trouble.strerror}.") from None
        self.stdout.write(_json(found) if json else "\n".join(_lines(found, document)))

    def _search(self, document: ScenarioDocument, seeds: range, model: str) -> dict:
        tally, told = hunting.nothing(), time.monotonic()
        for start in range(0, len(seeds), CHUNK):
            tally = hunting.merged(tally, hunting.search(document, seeds[start:start + CHUNK], model=model))
            if sys.stderr.isatty() and time.monotonic() - told > 1:
                told = time.monotonic()
                self.stderr.write(f"{tally['done']:,} of {len(seeds):,} seeds, {tally['violations']:,} violations", ending="\r")
        return tally


def _shrunk(document: ScenarioDocument, tally: dict) -> dict | None:
    if not tally["earliest"]:
        return None
    shrinking = shrink.begin(document, tally["earliest"][0]["seed"], tally["earliest"][0]["property"])
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, shrinking)
    return shrinking


def _json(found: dict) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)


def _lines(found: dict, document: ScenarioDocument):
    """What was found, for a person."""
    low, high = found["interval"]
    yield f"violations: {found['violations']:,} of {found['done']:,} seeds ({found['rate']:.3%}; 95 %: {low:.3%} to {high:.3%})"
    yield f"events: {found['events']:,}"
    if found["model"]:
        yield f"histories that are not {found['model']}: {found['violations']:,}"
    for one in document.facts.properties:
        if one.always and found["model"]:
            continue  # it was not looked at
        count = found["properties" if one.always else "reached"].get(one.key, 0)
        yield f"{'broken' if one.always else 'reached'}: {one.key}: {count:,}"
    small = found["shrunk"]
    if small is None:
        return
    worst = found["earliest"][0]
    yield f"worst seed: {worst['seed']}: {told(worst)} (at {worst['at_ns'] / 1e9:.9f} s)"
    if small["state"] == "lost":
        yield "minimal schedule: without the nemesis itself the promise holds"
        return
    yield f"minimal schedule: {len(small['actions'])} of {len(small['schedule'])} actions, after {small['tried']} tries"
    for action in small["actions"]:
        params = " ".join(f"{name}={value}" for name, value in action["params"].items())
        yield f"  {action['at_ns'] / 1e9:.9f} s  {' '.join(filter(None, (action['kind'], action['target'], params)))}"
