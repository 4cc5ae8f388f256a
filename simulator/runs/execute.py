"""Computes a Run in a worker: from the first Segment that is missing to the end, or to a limit.

A Run is deterministic, so doing part of it twice stores the same bytes: a conflict is success. All that
protects a Run from a worker that dies is in the database; all that is lost is time.
"""

import logging
import time
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone

from simulator.engine.action import Action
from simulator.engine.system import registered
from simulator.engine.words import N_
from simulator.judges.consistency.flags import OPERATIONS_AT_MOST, flags
from simulator.judges.consistency.history import of_rows
from simulator.judges.consistency.staleness import staleness
from simulator.runs import Mistake, Phrase, codec
from simulator.runs.announce import announce
from simulator.runs.models import Run, Segment, State
from simulator.runs.recordings import inputs_of
from simulator.runs.tasks import lease
from simulator.runs.told import kept
from simulator.scenarios import play
from simulator.scenarios.document import parse

ATTEMPTS_AT_MOST = 10
"""Starts without a new Segment, after which a Run is believed to kill its workers."""

BATCH_S = 0.05
BATCH_BYTES = 8 * 1024 * 1024

log = logging.getLogger(__name__)


class Lost(Exception):
    """The Run is no longer this task's: cancelled, deleted, or handed to another."""


class Limit(Exception):
    """A budget is used up; the text says which."""

    def __init__(self, sentence: Phrase):
        super().__init__(sentence)
        self.sentence = sentence


def execute(run_id: UUID, runner: str) -> None:
    """Compute what is missing of a Run and say how it ended. `runner` is the name of this task."""
    run = take(run_id, runner)
    if run is None:
        return
    try:
        _compute(run)
    except Lost:
        log.info("run %s: stopped, it is no longer this task's", run_id)
    except Mistake as mistake:
        _finish(run, State.FAILED, error=kept(mistake.sentence))
    except MemoryError:
        _finish(run, State.FAILED, error=kept(Phrase(N_("The run needs more memory than its worker has."))))
    except DatabaseTrouble:
        raise  # the Run stays unfinished; the reconciler queues it again
    except Exception:  # our mistake: the log has the trace, the person a sentence, the worker lives on
        log.exception("run %s failed", run_id)
        _finish(run, State.FAILED, error=kept(Phrase(N_("Something broke on our side while this was computed; it has been noted."))))


def take(run_id: UUID, runner: str) -> Run | None:
    """Make the Run this task's; None where it is finished, gone, or somebody is at work on it."""
    now = timezone.now()
    free = Q(state=State.QUEUED) | Q(state=State.RUNNING) & (Q(lease_until__lt=now) | Q(runner=runner))
    with transaction.atomic():
        run = Run.objects.select_for_update().filter(free, pk=run_id).first()
        if run is None:
            return None
        run.state, run.runner, run.lease_until, run.attempts = State.RUNNING, runner, lease(), run.attempts + 1
        run.started = run.started or now
        run.save(update_fields=["state", "runner", "lease_until", "attempts", "started"])
    if run.attempts > ATTEMPTS_AT_MOST:
        sentence = N_("The worker died {count} times without getting further; the run was given up.")
        _finish(run, State.FAILED, error=kept(Phrase(sentence, count=run.attempts - 1)))
        return None
    return run


def _compute(run: Run) -> None:
    store = Store(run)
    until = time.monotonic() + settings.DISTVIZ_TASK_S
    playing = prepare(run)
    store.keep_lease()
    try:
        for segment in playing.segments(store.count, store.keep_lease):
            store.add(segment)
            _check_limits(run, store, playing, until)
        store.flush()
    except Limit as limit:
        store.flush()
        return _finish(run, State.BUDGET, summary=playing.summary(), error=kept(limit.sentence))
    except SoftTimeLimitExceeded:  # one window took all the time there was
        return _finish(run, State.BUDGET, error=kept(_time_is_up()))
    _finish(run, State.DONE, digest=playing.digest(), summary=playing.summary() | flagged(run, playing))


def prepare(run: Run) -> play.Playing:
    """An execution of `run` from its beginning, set up."""
    document = parse(run.document)
    return play.prepare(document, run.seed, [Action(**action) for action in run.journal], inputs_of(document))


def flagged(run: Run, playing: play.Playing) -> dict:
    """What the judges say of a Run whose clients have a history: {"flags", "staleness" where theory has something to say of it}."""
    facts = registered()[run.document["system"]]
    if facts.kernel != "actors" or facts.unjudged:
        return {}
    history = of_rows(playing.told)
    known = playing.quorums and len(history.operations) <= OPERATIONS_AT_MOST
    return {"flags": flags(history)} | ({"staleness": staleness(history, playing.quorums)} if known else {})


def _check_limits(run: Run, store: "Store", playing, until: float) -> None:
    if playing.now_ns >= run.duration_ns:
        return  # at the end a limit stops nothing
    if playing.events > run.budget_events:
        raise Limit(Phrase(N_("Budget reached: {most:,} events."), most=run.budget_events))
    if store.bytes > run.budget_bytes:
        raise Limit(Phrase(N_("Budget reached: {most:,} bytes of trace."), most=run.budget_bytes))
    if time.monotonic() > until:
        raise Limit(_time_is_up())


def _time_is_up() -> Phrase:
    return Phrase(N_("Budget reached: {most} s of computing."), most=settings.DISTVIZ_TASK_S)


class Store:
    """Stores Segments in order: the first ones at once, later ones in batches, each batch whole or not at all."""

    def __init__(self, run: Run):
        self.run = run
        self.count = run.segment_count
        self.bytes = run.trace_bytes
        self._batch: list[Segment] = []
        self._batch_bytes = 0
        self._flushed = float("-inf")
        self._leased = time.monotonic()

    def add(self, segment) -> None:
        """Take a Segment of the engine; store it now or with the next."""
        payload = codec.pack(segment)
        self._batch.append(Segment(run=self.run, number=segment.number, from_ns=segment.from_ns,
                                   until_ns=segment.until_ns, payload=payload))
        self._batch_bytes += len(payload)
        if time.monotonic() - self._flushed > BATCH_S or self._batch_bytes > BATCH_BYTES:
            self.flush()

    def keep_lease(self) -> None:
        """Nothing is stored yet, but somebody is at work. Lost where the Run is no longer ours."""
        if time.monotonic() - self._leased > settings.DISTVIZ_LEASE_S / 4:
            ours = Run.objects.filter(pk=self.run.pk, state=State.RUNNING, runner=self.run.runner)
            if not ours.update(lease_until=lease()):
                raise Lost
            self._leased = time.monotonic()

    def flush(self) -> None:
        """Store what is waiting, extend the lease and announce. Lost where the Run is no longer ours."""
        if not self._batch:
            return
        last = self._batch[-1]
        with transaction.atomic():
            ours = Run.objects.filter(pk=self.run.pk, state=State.RUNNING, runner=self.run.runner)
            # Greatest: a task that was delivered twice may be behind its twin.
            if not ours.update(segment_count=Greatest("segment_count", last.number + 1),
                               progress_ns=Greatest("progress_ns", last.until_ns), lease_until=lease(), attempts=0,
                               trace_bytes=Greatest("trace_bytes", self.bytes + self._batch_bytes)):
                raise Lost
            Segment.objects.bulk_create(self._batch, ignore_conflicts=True)
        self.count, self.bytes = last.number + 1, self.bytes + self._batch_bytes
        self._batch, self._batch_bytes, self._flushed = [], 0, time.monotonic()
        announce(self.run.pk, self.count, State.RUNNING)


def _finish(run: Run, state: State, **facts) -> None:
    ours = Run.objects.filter(pk=run.pk, state=State.RUNNING, runner=run.runner)
    if ours.update(state=state, finished=timezone.now(), **facts):
        count = Run.objects.values_list("segment_count", flat=True).get(pk=run.pk)
        announce(run.pk, count, state)
