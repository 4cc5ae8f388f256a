"""Conducts an Experiment in a worker, step by step: some slots (replications and pilots), what they measured stored, the next step queued.

Each step takes about half a second, so that Runs of other people come in between. What a step measured is added to its
Cells in the very transaction that marks its chunk as done, and only by the task that claimed the chunk last: a worker
that dies costs time, a message that is delivered twice adds nothing twice. Records are kept by seed and latencies
add up exactly, so the answer is the same bytes whoever computes what in which order.
"""

import logging
import time
import uuid

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.utils import timezone

from simulator.engine.words import N_
from simulator.judges.tail import NOTHING, Tail, unpacked
from simulator.runs import Mistake, Phrase, stages, tasks
from simulator.runs.announce import announce
from simulator.runs.models import UNFINISHED, Experiment, ExperimentCell, ExperimentChunk, State
from simulator.runs.pursue import ATTEMPTS_AT_MOST, BEAT_S, GROWTH, STEP_S, Limit, Unwanted
from simulator.runs.recordings import inputs_of
from simulator.runs.told import kept
from simulator.scenarios import cell as cells
from simulator.scenarios import replication
from simulator.scenarios.document import ScenarioDocument, parse
from simulator.scenarios.experiment import cell_document
from simulator.scenarios.sizing import PILOT

OVERRUN = 2
"""A step that takes so many times as long as it should leaves the rest of its chunk to others."""

log = logging.getLogger(__name__)


def conduct(experiment_id: uuid.UUID, generation: int) -> None:
    """One step of an Experiment, and the next one queued where there is more to do."""
    experiment = _wanted(experiment_id, generation).first()
    if experiment is None:
        return
    try:
        chains = _step(experiment)
        if chains:
            tasks.queue_experiment(experiment.pk, generation, chains)
    except Unwanted:
        log.info("experiment %s: stopped, it is no longer wanted", experiment_id)
    except Limit as limit:
        _finish(experiment, limit.state, limit.sentence)
    except Mistake as mistake:
        _finish(experiment, State.FAILED, mistake.sentence)
    except SoftTimeLimitExceeded:
        sentence = N_("Budget reached: one replication takes more than {most} s of computing; shorten duration_s.")
        _finish(experiment, State.BUDGET, Phrase(sentence, most=settings.DISTVIZ_TASK_S))
    except DatabaseTrouble:
        raise  # the Experiment stays unfinished; the reconciler queues it again
    except Exception:  # our mistake: the log has the trace, the person a sentence, the worker lives on
        log.exception("experiment %s failed", experiment_id)
        _finish(experiment, State.FAILED, Phrase(N_("Something broke on our side while this was computed; it has been noted.")))


def _step(experiment: Experiment) -> int:
    """Do something for `experiment`; how many tasks are to follow this one."""
    chunk = claim(experiment)
    if chunk is None:
        return 0  # others are at work on the last chunks of this stage; whoever ends it queues new chains
    began = time.monotonic()
    played = play(experiment, chunk, Beat(experiment, chunk))
    return add(experiment, chunk, played, time.monotonic() - began)


# Chunks


def claim(experiment: Experiment) -> ExperimentChunk | None:
    """Some slots for this task: those of a chunk whose task is gone, else new ones; None where all are taken."""
    while True:
        experiment.refresh_from_db()
        if not experiment.unfinished:
            return None
        open_chunks = experiment.chunks.filter(stage=experiment.stage, done=False)
        left = open_chunks.filter(lease_until__lt=timezone.now()).order_by("number").first()
        if left is not None:
            taken = ExperimentChunk.objects.filter(pk=left.pk, done=False, attempts=left.attempts, lease_until=left.lease_until)
            chunk = left if taken.update(lease_until=tasks.lease(), attempts=left.attempts + 1) else None
            left.attempts += 1
        elif experiment.claimed >= experiment.stage_slots:
            return None
        else:
            chunk = _new_chunk(experiment)
        if chunk is None:
            continue  # somebody was quicker
        if chunk.attempts > ATTEMPTS_AT_MOST:
            sentence = N_("The worker died {count} times at cell {cell}; the experiment was given up.")
            raise Limit(State.FAILED, Phrase(sentence, count=ATTEMPTS_AT_MOST, cell=stages.slot(experiment, chunk.number)[0]))
        return chunk


def _new_chunk(experiment: Experiment) -> ExperimentChunk | None:
    """The next slots, as many as make about half a second; None where somebody else has just taken them."""
    wanted = max(1, int(STEP_S / max(experiment.slot_s, 1e-6))) if experiment.slot_s else 1
    left = experiment.stage_slots - experiment.claimed
    fair = -(-left // tasks.CHAINS)  # the last ones are shared, so that nobody waits for one task
    count = min(wanted, GROWTH * max(1, experiment.done), max(1, fair), left)
    with transaction.atomic():
        ours = Experiment.objects.filter(pk=experiment.pk, stage=experiment.stage, claimed=experiment.claimed, state__in=UNFINISHED)
        if not ours.update(claimed=experiment.claimed + count):
            return None
        return ExperimentChunk.objects.create(
            experiment=experiment, stage=experiment.stage, number=experiment.claimed, count=count, lease_until=tasks.lease())


class Played:
    """What the slots of a chunk measured, by Cell; `count` of them, from the first on."""

    def __init__(self):
        self.count = 0
        self.pilots: dict[int, int] = {}
        self.records: dict[int, list[dict]] = {}
        self.tails: dict[int, Tail] = {}

    def take(self, number: int, record: dict, tail: Tail) -> None:
        """One replication of Cell `number`."""
        self.records.setdefault(number, []).append(record)
        self.tails[number] = self.tails.get(number, Tail(NOTHING)).plus(tail)


def play(experiment: Experiment, chunk: ExperimentChunk, beat) -> Played:
    """Play the slots of `chunk`, or as many of them as fit into OVERRUN steps."""
    document, until = parse(experiment.document), time.monotonic() + OVERRUN * STEP_S
    slots = [stages.slot(experiment, chunk.number + place) for place in range(chunk.count)]
    rows = {row.number: row for row in experiment.cells.filter(number__in={number for number, _seed in slots}).defer("records", "tail", "facts")}
    played, made = Played(), {}
    for number, seed in slots:
        if number not in made:
            made = {number: cell_document(document, experiment.plan, tuple(rows[number].at), rows[number].servers)}
        _play_slot(experiment, made[number], rows[number], seed, played, beat)
        played.count += 1
        if time.monotonic() > until:
            break
    return played


def _play_slot(experiment: Experiment, document: ScenarioDocument, row: ExperimentCell, seed: int, played: Played, beat) -> None:
    plan, inputs = experiment.plan, inputs_of(document) if document.recordings() else {}
    if seed == PILOT:
        played.pilots[row.number] = replication.pilot(document, plan["first_seed"] + plan["seeds"], inputs, beat)
        return
    limit_ms = plan["sizing"]["below_ms"] if plan["sizing"] else None
    played.take(row.number, *replication.record(document, plan["first_seed"] + seed, row.warm_ns, inputs, limit_ms, beat))


def add(experiment: Experiment, chunk: ExperimentChunk, played: Played, seconds: float = 0.0) -> int:
    """Store what a chunk measured, in so many seconds, unless it is somebody else's by now; how many tasks are to follow this one."""
    with transaction.atomic():
        # The write comes first: it makes SQLite, too, let one task after the other through.
        ours = ExperimentChunk.objects.filter(pk=chunk.pk, done=False, attempts=chunk.attempts)
        if not ours.update(done=True, count=played.count):
            return 0
        row = Experiment.objects.select_for_update().filter(pk=experiment.pk, state__in=UNFINISHED).first()
        if row is None:
            return 0
        _leave_rest(chunk, played.count)
        row.stamp, row.done, row.stage_done = row.stamp + 1, row.done + played.count, row.stage_done + played.count
        for record in (record for records in played.records.values() for record in records):
            row.events, row.requests = row.events + record["events"], row.requests + record["sent"]
        _add_to_cells(row, played)
        row.state, row.started, row.lease_until = State.RUNNING, row.started or timezone.now(), tasks.lease()
        row.slot_s = seconds / played.count
        opened = row.stage_done == row.stage_slots and stages.advance(row)
        row.save()
    announce(row.pk, row.done, row.state)
    if row.events > row.budget_events and row.unfinished:
        raise Limit(State.BUDGET, Phrase(N_("Budget reached: {most:,} events."), most=row.budget_events))
    return tasks.CHAINS if opened else int(row.unfinished)


def _leave_rest(chunk: ExperimentChunk, count: int) -> None:
    """The slots of `chunk` after its first `count` are a chunk of their own, free to be taken."""
    if count < chunk.count:
        ExperimentChunk.objects.create(experiment_id=chunk.experiment_id, stage=chunk.stage, number=chunk.number + count,
                                       count=chunk.count - count, attempts=0, lease_until=timezone.now())


def _add_to_cells(experiment: Experiment, played: Played) -> None:
    rows = list(experiment.cells.filter(number__in={*played.pilots, *played.records}))
    for row in rows:
        row.stamp = experiment.stamp
        row.pilot_ns = played.pilots.get(row.number, row.pilot_ns)
        if row.number in played.records:
            tail = unpacked(bytes(row.tail)).plus(played.tails[row.number])
            row.records, row.tail = cells.added(row.records, played.records[row.number]), tail.pack()
            row.facts = cells.facts(row.records, tail)
    ExperimentCell.objects.bulk_update(rows, ["stamp", "pilot_ns", "records", "tail", "facts"], batch_size=50)


class Beat:
    """Called often while a step is computed; now and then it extends the lease. Unwanted where the Experiment is over."""

    def __init__(self, experiment: Experiment, chunk: ExperimentChunk):
        self._experiment, self._chunk, self._next = experiment, chunk, time.monotonic() + BEAT_S

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BEAT_S
        until = tasks.lease()
        if not _wanted(self._experiment.pk, self._experiment.generation).update(lease_until=until):
            raise Unwanted
        ours = ExperimentChunk.objects.filter(pk=self._chunk.pk, done=False, attempts=self._chunk.attempts)
        if not ours.update(lease_until=until):
            raise Unwanted


def _wanted(experiment_id: uuid.UUID, generation: int):
    return Experiment.objects.filter(pk=experiment_id, generation=generation, state__in=UNFINISHED)


def _finish(experiment: Experiment, state: State, sentence: str = "") -> None:
    ours = Experiment.objects.filter(pk=experiment.pk, state__in=UNFINISHED)
    if ours.update(state=state, finished=timezone.now(), error=kept(sentence)):
        experiment.refresh_from_db()
        announce(experiment.pk, experiment.done, state)
