"""Judges a history of clients: of which consistency models it is, and why not of the others. Needs no service or database."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from simulator.judges.consistency.verdict import MODELS
from simulator.runs import Mistake, judging

CODES = {"yes": 0, "no": 1, "unknown": 2}


class Command(BaseCommand):
    """The path of every history, from a file to its verdicts."""

    help = (
        "Judge a history of clients' operations (Jepsen's EDN or JSON, rows of a run, lines of events) by every consistency model. "
        "The exit code is that of the strongest model that is asked for: 0 it holds, 1 it does not, 2 nobody can say, "
        "or the file cannot be read. Of several histories, the worst one counts: 1 before 2 before 0.")
    requires_system_checks = []

    def add_arguments(self, parser):
        """See --help."""
        parser.add_argument("file", metavar="FILE", help="the history, - for standard input")
        parser.add_argument("--model", action="append", choices=MODELS, dest="models", help="only this one; may be repeated")
        parser.add_argument("--json", action="store_true", help="print everything as JSON, the witness orders included")

    def handle(self, *args, file, models=None, json=False, **options):
        """Print the verdicts and leave with their code; CommandError with one sentence where the file is none."""
        models = models or MODELS
        try:
            text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            found = judging.histories_in(text.decode())
        except Mistake as mistake:
            raise CommandError(str(mistake.sentence), returncode=2) from None
        except OSError as trouble:
            raise CommandError(f"{trouble.filename}: {trouble.strerror}.", returncode=2) from None
        except UnicodeDecodeError:
            raise CommandError(f"{file} is not UTF-8.", returncode=2) from None
        answers = [judging.shown(one) | judging.judged(one.history, models) for one in found]
        self.stdout.write(_json(answers) if json else "\n".join(line for answer in answers for line in _lines(answer)))
        code = _code(answers)
        if code:
            sys.exit(code)


def _code(answers: list[dict]) -> int:
    codes = [CODES[answer["verdicts"][0]["verdict"]] for answer in answers]
    return 1 if 1 in codes else max(codes)


def _json(answers: list[dict]) -> str:
    return json.dumps([{name: value for name, value in answer.items() if name != "operations"} | {"operations": len(answer["operations"])}
                       for answer in answers], indent=1, ensure_ascii=False)


def _lines(answer: dict):
    """What was found, for a person."""
    by_id = {row["id"]: row for row in answer["operations"]}
    name = answer["name"] and f"{answer['name']}: "
    yield f"{name}{len(by_id):,} operations of {len({row['client'] for row in by_id.values()}):,} clients"
    for row in answer["verdicts"]:
        yield f"{row['model']}: {row['verdict']}. {row['sentence']}"
        if row["conflict"] is not None:
            yield from (f"    {_told(by_id[number])}" for number in row["conflict"])
            if not row["smallest"]:
                yield "    (it may be possible to leave some of these out)"
    for kind, ids in answer["anomalies"].items():
        if ids:
            yield f"{kind}: {len(ids):,} (operations {', '.join(map(str, ids[:10]))}{', ...' if len(ids) > 10 else ''})"


def _told(row: dict) -> str:
    """One operation in a line."""
    values = [f"key {row['key']}"] if row["key"] is not None else []
    values += [f"value {json.dumps(row['value'])}"] if row["value"] is not None else []
    values += [f"got {json.dumps(row['result'])}"] if row["f"] in ("read", "propose") and row["outcome"] == "ok" else []
    ended = f"{row['outcome']} at {row['completed_ns']}" if row["completed_ns"] is not None and row["outcome"] != "info" else "its end is unknown"
    return f"{row['id']}: {row['client']} {row['f']} {', '.join(values)} ({row['invoked_ns']}, {ended})"
