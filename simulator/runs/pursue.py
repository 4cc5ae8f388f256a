"""Searches for a Hunt in a worker, step by step: chunks of seeds first, then the worst seed's schedule made smaller.

Each step takes about half a second, stores what it found and queues the next, so that Runs of other people
come in between. All that protects a Hunt from a worker that dies is in the database: a chunk is added to the
tally in the very transaction that stores it, and once only, whoever computes it how often.
"""

import logging
import time
import uuid

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from simulator.engine.words import N_
from simulator.runs import Mistake, Phrase, tasks
from simulator.runs.access import Who
from simulator.runs.announce import announce
from simulator.runs.making import create_again
from simulator.runs.models import UNFINISHED, Hunt, HuntChunk, State
from simulator.runs.told import kept
from simulator.scenarios import hunt as hunting
from simulator.scenarios import shrink
from simulator.scenarios.document import ScenarioDocument, parse

ATTEMPTS_AT_MOST = 5
"""Starts of one step without an end, after which it is believed to kill its workers."""

STEP_S = 0.5
GROWTH = 4
"""A chunk holds at most so many times the seeds that all chunks before it hold: nobody knows yet what a seed costs."""

BEAT_S = 2.0
"""How often a step that takes long says that it lives, and looks whether it is still wanted."""

log = logging.getLogger(__name__)


class Unwanted(Exception):
    """The Hunt was cancelled, deleted or handed to others while a step was computed."""


class Limit(Exception):
    """The Hunt cannot go on; the text says why."""

    def __init__(self, state: State, sentence: Phrase):
        super().__init__(sentence)
        self.state, self.sentence = state, sentence


def pursue(hunt_id: uuid.UUID, generation: int) -> None:
    """One step of a Hunt, and the next one queued where there is more to do."""
    hunt = _wanted(hunt_id, generation).first()
    if hunt is None:
        return
    try:
        if _step(hunt):
            tasks.queue_hunt(hunt.pk, generation, chains=1)
    except Unwanted:
        log.info("hunt %s: stopped, it is no longer wanted", hunt_id)
    except Limit as limit:
        _finish(hunt, limit.state, limit.sentence)
    except Mistake as mistake:
        _finish(hunt, State.FAILED, mistake.sentence)
    except SoftTimeLimitExceeded:
        sentence = N_("Budget reached: one seed takes more than {most} s of computing; shorten duration_s.")
        _finish(hunt, State.BUDGET, Phrase(sentence, most=settings.DISTVIZ_TASK_S))
    except DatabaseTrouble:
        raise  # the Hunt stays unfinished; the reconciler queues it again
    except Exception:  # our mistake: the log has the trace, the person a sentence, the worker lives on
        log.exception("hunt %s failed", hunt_id)
        _finish(hunt, State.FAILED, Phrase(N_("Something broke on our side while this was computed; it has been noted.")))


def _step(hunt: Hunt) -> bool:
    """Do something for `hunt`; whether this task is to be followed by another."""
    document = parse(hunt.document)
    chunk = claim(hunt)
    if chunk is not None:
        began = time.monotonic()
        tally = hunting.search(document, chunk.seeds, Beat(hunt, chunk), hunt.budget_events, hunt.model)
        return add(hunt, chunk, tally, time.monotonic() - began)
    if hunt.tally["done"] < hunt.seeds:
        return False  # others are at work on the last chunks
    if not hunt.tally["earliest"]:
        _finish(hunt, State.DONE)
        return False
    return _shrink(hunt, document)


# Chunks


def claim(hunt: Hunt) -> HuntChunk | None:
    """Some seeds for this task: those of a chunk whose task is gone, else new ones; None where all are taken."""
    while True:
        hunt.refresh_from_db()
        left = hunt.chunks.filter(tally__isnull=True, lease_until__lt=timezone.now()).order_by("number").first()
        if left is not None:
            taken = HuntChunk.objects.filter(pk=left.pk, tally__isnull=True, lease_until=left.lease_until)
            chunk = left if taken.update(lease_until=tasks.lease(), attempts=left.attempts + 1) else None
            left.attempts += 1
        elif hunt.claimed >= hunt.seeds:
            return None
        else:
            chunk = _new_chunk(hunt)
        if chunk is None:
            continue  # somebody was quicker
        if chunk.attempts > ATTEMPTS_AT_MOST:
            sentence = N_("The worker died {count} times at the seeds {first} to {last}; the hunt was given up.")
            raise Limit(State.FAILED, Phrase(sentence, count=ATTEMPTS_AT_MOST, first=chunk.seeds[0], last=chunk.seeds[-1]))
        chunk.hunt = hunt
        return chunk


def _new_chunk(hunt: Hunt) -> HuntChunk | None:
    """The next seeds, as many as make about half a second; None where somebody else has just taken them."""
    wanted = max(1, int(STEP_S / max(hunt.seed_s, 1e-6))) if hunt.seed_s else 1
    count = min(wanted, GROWTH * max(1, hunt.claimed), hunt.seeds - hunt.claimed)
    with transaction.atomic():
        if not Hunt.objects.filter(pk=hunt.pk, claimed=hunt.claimed).update(claimed=hunt.claimed + count):
            return None
        return HuntChunk.objects.create(hunt=hunt, number=hunt.claimed, count=count, lease_until=tasks.lease())


def add(hunt: Hunt, chunk: HuntChunk, tally: dict, seconds: float = 0.0) -> bool:
    """Store what a chunk found, in so many seconds, and add it to the Hunt's tally, unless somebody has; whether to go on.

    Of two tasks that searched the same chunk the slower one ends here.
    """
    with transaction.atomic():
        # The write comes first: it makes SQLite, too, let one task after the other through.
        if not HuntChunk.objects.filter(pk=chunk.pk, tally__isnull=True).update(tally=tally):
            return False
        found = Hunt.objects.select_for_update().filter(pk=hunt.pk, state__in=UNFINISHED).first()
        if found is None:
            return False
        whole = hunting.merged(found.tally, tally)
        Hunt.objects.filter(pk=hunt.pk).update(
            tally=whole, state=State.RUNNING, started=found.started or timezone.now(), lease_until=tasks.lease(),
            seed_s=seconds / tally["done"])
    announce(hunt.pk, whole["done"], State.RUNNING)
    if whole["events"] > hunt.budget_events and whole["done"] < hunt.seeds:
        raise Limit(State.BUDGET, Phrase(N_("Budget reached: {most:,} events."), most=hunt.budget_events))
    return True


class Beat:
    """Called often while a step is computed; now and then it extends the lease. Unwanted where the Hunt is over."""

    def __init__(self, hunt: Hunt, chunk: HuntChunk | None = None):
        self._hunt, self._chunk, self._next = hunt, chunk, time.monotonic() + BEAT_S

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BEAT_S
        until = tasks.lease()
        turn = {} if self._chunk else {"turn_until": until}
        if not _wanted(self._hunt.pk, self._hunt.generation).update(lease_until=until, **turn):
            raise Unwanted
        if self._chunk:
            HuntChunk.objects.filter(pk=self._chunk.pk).update(lease_until=until)


# The worst seed


def _shrink(hunt: Hunt, document: ScenarioDocument) -> bool:
    """Try for about half a second to make the schedule smaller; whether there is more to try."""
    if not _take_turn(hunt):
        return False  # somebody else is at it
    until = time.monotonic() + STEP_S
    worst = hunt.tally["earliest"][0]
    shrinking = hunt.shrinking or shrink.begin(document, worst["seed"], worst["property"])
    while shrinking["state"] not in shrink.OVER:
        shrinking = shrink.step(document, shrinking, Beat(hunt))
        if time.monotonic() >= until:
            break
    if shrinking["state"] in shrink.OVER:
        _keep_runs(hunt, document, shrinking)
        return False
    stored = _wanted(hunt.pk, hunt.generation).update(
        shrinking=shrinking, lease_until=tasks.lease(), turn_until=timezone.now(), attempts=0)
    announce(hunt.pk, hunt.tally["done"], State.RUNNING)
    return bool(stored)


def _take_turn(hunt: Hunt) -> bool:
    """Make this step this task's, unless it is another's; Limit where it has killed its workers before."""
    now = timezone.now()
    turn = _wanted(hunt.pk, hunt.generation).filter(turn_until__lte=now)
    if not turn.update(turn_until=tasks.lease(), lease_until=tasks.lease(), attempts=F("attempts") + 1):
        return False
    hunt.refresh_from_db()
    if hunt.attempts > ATTEMPTS_AT_MOST:
        sentence = N_("The search is complete, but the worker died {count} times while the schedule of faults was made smaller.")
        raise Limit(State.DONE, Phrase(sentence, count=ATTEMPTS_AT_MOST))
    return True


def _keep_runs(hunt: Hunt, document: ScenarioDocument, shrinking: dict) -> None:
    """The Hunt is done: with a Run of the worst seed as it was, and one of the minimal schedule."""
    who = Who(hunt.owner, hunt.session_key, bool(hunt.session_key))
    with transaction.atomic():
        if not _wanted(hunt.pk, hunt.generation).update(shrinking=shrinking, state=State.DONE, finished=timezone.now()):
            return
        facts = {"visibility": hunt.visibility, "scenario": hunt.scenario}
        worst = create_again(document, who, shrinking["seed"], id=_name(hunt, "worst"), **facts)
        runs = {"worst_run": worst}
        if shrinking["breach"]:
            small = shrink.scheduled(document, shrinking)
            runs["shrunk_run"] = create_again(small, who, shrinking["seed"], id=_name(hunt, "shrunk"), **facts)
        Hunt.objects.filter(pk=hunt.pk).update(**runs)
    announce(hunt.pk, hunt.tally["done"], State.DONE)


def _name(hunt: Hunt, what: str) -> uuid.UUID:
    return uuid.uuid5(hunt.pk, what)


def _wanted(hunt_id: uuid.UUID, generation: int):
    return Hunt.objects.filter(pk=hunt_id, generation=generation, state__in=UNFINISHED)


def _finish(hunt: Hunt, state: State, sentence: str = "") -> None:
    ours = Hunt.objects.filter(pk=hunt.pk, state__in=UNFINISHED)
    if ours.update(state=state, finished=timezone.now(), error=kept(sentence)):
        hunt.refresh_from_db()
        announce(hunt.pk, hunt.tally["done"], state)
