"""Judges Histories: of a file that somebody brings, or of what the clients of a Run saw."""

from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from simulator.engine.system import registered
from simulator.engine.words import N_
from simulator.judges.consistency.anomalies import anomalies
from simulator.judges.consistency.history import History, of_rows
from simulator.judges.consistency.judging import STEPS, judge
from simulator.judges.consistency.malformed import Malformed
from simulator.judges.consistency.reading import Read, read
from simulator.judges.consistency.verdict import MODELS
from simulator.runs import Mistake, Phrase
from simulator.runs.execute import prepare
from simulator.runs.models import Run, State

HISTORIES_AT_MOST = 100
OPERATIONS_AT_MOST = 20_000
"""Of all histories of one file that is judged while somebody waits."""
KEPT = 16
"""Verdicts of Runs that a process keeps."""

TITLES = {
    "linearizable": N_("Linearizable"), "sequential": N_("Sequentially consistent"), "causal": N_("Causally consistent"),
    "read_your_writes": N_("Read your writes"), "monotonic_reads": N_("Monotonic reads"), "monotonic_writes": N_("Monotonic writes"),
    "writes_follow_reads": N_("Writes follow reads"), "convergence": N_("Converged"),
}


def judge_text(text: str, models: Sequence[str] = MODELS) -> list[dict]:
    """Each history of a file as JSON: `operations`, `faults`, and what `judged` says. Mistake where it is none, or too much."""
    found = histories_in(text)
    if len(found) > HISTORIES_AT_MOST:
        raise Mistake("history", Phrase(N_("{count:,} histories are too many to be judged at once: at most {most:,}."), count=len(found), most=HISTORIES_AT_MOST), status=413)
    count = sum(len(one.history.operations) for one in found)
    if count > OPERATIONS_AT_MOST:
        sentence = N_("{count:,} operations are too many to be judged here: at most {most:,}; manage.py judge takes more.")
        raise Mistake("history", Phrase(sentence, count=count, most=OPERATIONS_AT_MOST), status=413)
    return [shown(one) | judged(one.history, models, STEPS // len(found)) for one in found]


def histories_in(text: str) -> list[Read]:
    """The histories of a file; Mistake with one sentence and the line where it holds none."""
    try:
        return read(text)
    except Malformed as trouble:
        raise Mistake("history", Phrase(trouble.template, **trouble.values)) from None


def shown(one: Read) -> dict:
    """A history that was read, as JSON."""
    return {"name": one.name, "expected": one.expected, "operations": [operation.row() for operation in one.history.operations],
            "faults": list(one.history.faults), "timed": one.history.timed}


def judged(history: History, models: Sequence[str] = MODELS, steps: int = STEPS) -> dict:
    """{"verdicts": rows, strongest model first, with `title` and `sentence` as Phrases, "anomalies": {kind: ids}}."""
    rows = []
    for verdict in judge(history, models, steps):
        row = verdict.row()
        sentence = Phrase(row.pop("template"), **row.pop("values"))
        rows.append({"model": row["model"], "title": Phrase(TITLES[row["model"]]), "verdict": row["verdict"], "sentence": sentence} | row)
    return {"verdicts": rows, "anomalies": anomalies(history)}


def verdicts(run: Run) -> dict:
    """What every model says to what the clients of a Run saw, computed again; Mistake where it is not done, or has no clients' history."""
    facts = registered()[run.document["system"]]
    if facts.unjudged:
        raise Mistake("run", facts.unjudged, status=409)
    if facts.kernel != "actors":
        raise Mistake("run", N_("This run has no history of clients: it has requests, not operations."), status=409)
    if run.state != State.DONE:
        raise Mistake("run", N_("The history can be judged once the run is done."), status=409)
    return _kept(run.pk)


@lru_cache(maxsize=KEPT)
def _kept(run_id: UUID) -> dict:
    return judged(of_rows(prepare(Run.objects.get(pk=run_id)).operations()))
