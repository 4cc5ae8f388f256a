"""Simulates a Scenario here and now, without any service, database or network."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from simulator.runs import Mistake
from simulator.runs.exports import FORMAT, check_document, recordings_in
from simulator.runs.making import checked_journal
from simulator.runs.overrides import overridden
from simulator.scenarios import play, recordings
from simulator.scenarios.checked import loaded
from simulator.scenarios.document import parse
from simulator.scenarios.library import builtin


class Command(BaseCommand):
    """The path of every Run, from a document to its summary and digest."""

    help = "Simulate a scenario and print its summary and digest. Needs no service."
    requires_system_checks = []

    def add_arguments(self, parser):
        """See --help."""
        parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help=(
            "a scenario's JSON file, an exported run, - for standard input, or the key of a built-in scenario; "
            "may be left out where --recording is given"))
        parser.add_argument("--seed", type=int, help="instead of the scenario's")
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="pairs", help=(
            "change an option, e.g. arrivals.rate_per_s=200, strategy.name=random, servers.0.count=5, duration_s=10"))
        parser.add_argument("--recording", metavar="FILE", help="a log of requests to replay (CSV, JSON lines, access log; .gz)")
        parser.add_argument("--mapping", metavar="JSON", help='how to read it, e.g. {"demand": "ms", ...}; guessed if absent')
        parser.add_argument("--json", action="store_true", help="print the whole summary as JSON")

    def handle(self, *args, scenario=None, seed=None, pairs=(), recording=None, mapping=None, json=False, **options):
        """Print the summary; CommandError with one sentence where something is wrong."""
        try:
            summary = self._summary(scenario, seed, pairs, recording, mapping)
        except Mistake as mistake:
            raise CommandError(str(mistake.sentence)) from None
        except OSError as trouble:
            raise CommandError(f"{trouble.filename}: {trouble.strerror}.") from None
        self.stdout.write(_json(summary) if json else "\n".join(_lines(summary)))

    def _summary(self, name, seed, pairs, recording, mapping) -> dict:
        inputs = {}
        if recording:
            with open(recording, "rb") as file:
                read = recordings.read(file, Path(recording).name, mapping and loaded(mapping))
            inputs[read.key] = read
        if name is None and not inputs:
            raise CommandError("Name a scenario, or a log with --recording.")
        whole = document_in(name) if name is not None else {"scenario": recordings.scenario(read)}
        inputs |= recordings_in(whole)
        document = overridden(parse(whole["scenario"]), pairs)
        journal = checked_journal(document, whole.get("journal", ()))
        return play.simulate(document, whole.get("seed") if seed is None else seed, journal, inputs)


def document_in(name: str) -> dict:
    """The run's document in the file `name`, or one around the Scenario in it."""
    if name in builtin():
        return {"scenario": builtin()[name].document()}
    text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    if f'"{FORMAT}"'.encode() not in text:
        return {"scenario": loaded(text)}
    try:
        return check_document(json.loads(text))  # with recordings it is larger than a Scenario may be
    except (json.JSONDecodeError, UnicodeDecodeError) as trouble:
        raise CommandError(f"{name} is not JSON: {trouble}.") from None


def _json(summary: dict) -> str:
    return json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False)


def _lines(value, path: str = ""):
    """The single figures of a summary, a line each; tables are left to --json."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _lines(inner, f"{path}.{name}" if path else name)
    elif not isinstance(value, list):
        yield f"{path}: {value:.6g}" if isinstance(value, float) else f"{path}: {value}"
