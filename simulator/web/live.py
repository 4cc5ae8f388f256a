"""What all sockets of one server process share: a bounded way to the database, and two caches before it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from channels.db import database_sync_to_async
from django.utils import translation

from simulator.runs import access, service
from simulator.runs.models import Run
from simulator.runs.reader import Pointer
from simulator.web import shown
from simulator.web.frames import Frames

READS_AT_MOST, DEEDS_AT_MOST = 4, 2
"""Database calls under way at a time for all sockets of a process: looking, and acting, which may take longer."""

SNAPSHOTS_AT_MOST = 1000


@dataclass(slots=True)
class Snapshot:
    """A Run as the database had it, and its JSON for each kind of viewer."""

    run: Run
    taken: float
    texts: dict = field(default_factory=dict)

    def text(self, who: access.Who, language: str) -> str:
        """The socket message {"is": "run", ...} for this viewer; made once for all viewers alike."""
        kind = (who.made(self.run), access.can_change(who, self.run), who.may_create, language)
        if kind not in self.texts:
            with translation.override(language):
                self.texts[kind] = orjson.dumps({"is": "run", "run": shown.run(self.run, who)}).decode()
        return self.texts[kind]

    def knows(self, pointer: Pointer | None, seconds: float) -> bool:
        """Whether this is as new as `pointer`, or without one not older than `seconds`."""
        if pointer is None:
            return time.monotonic() - self.taken <= seconds
        return self.run.segment_count >= pointer.segments and (
            self.run.state == pointer.state or not self.run.unfinished)


class Live:
    """The shared things of one event loop."""

    def __init__(self):
        self.reads = asyncio.Semaphore(READS_AT_MOST)
        self.deeds = asyncio.Semaphore(DEEDS_AT_MOST)
        self.frames = Frames(self._payload)
        self.snapshots = {}
        self.coming = {}

    async def read(self, function: Callable, *arguments):
        """`function`, which only looks, in a thread that may use the database."""
        async with self.reads:
            return await database_sync_to_async(function, thread_sensitive=False)(*arguments)

    async def do(self, function: Callable, *arguments):
        """`function`, which changes something, in a thread that may use the database."""
        async with self.deeds:
            return await database_sync_to_async(function, thread_sensitive=False)(*arguments)

    async def snapshot(self, run_id: UUID, pointer: Pointer | None = None, seconds: float = 0.0) -> Snapshot | None:
        """The Run, at least as new as `pointer`, or not older than `seconds`; None where it is gone."""
        kept = self.snapshots.get(run_id)
        if kept is not None and kept.knows(pointer, seconds):
            return kept
        if run_id not in self.coming:
            self.coming[run_id] = asyncio.ensure_future(self._take(run_id))
        return await asyncio.shield(self.coming[run_id])

    async def _take(self, run_id: UUID) -> Snapshot | None:
        try:
            run = await self.read(_run, run_id)
            self.snapshots.pop(run_id, None)
            if run is None:
                self.frames.forget(run_id)
                return None
            self.snapshots[run_id] = Snapshot(run, time.monotonic())
            if len(self.snapshots) > SNAPSHOTS_AT_MOST:
                del self.snapshots[next(iter(self.snapshots))]
            return self.snapshots[run_id]
        finally:
            del self.coming[run_id]

    async def _payload(self, run_id: UUID, number: int) -> bytes | None:
        return await self.read(_segment, run_id, number)


def _run(run_id: UUID) -> Run | None:
    return Run.objects.select_related("scenario", "comparison").filter(pk=run_id).first()


def _segment(run_id: UUID, number: int) -> bytes | None:
    run = _run(run_id)
    return service.segment_payload(run, number) if run else None


_lives: WeakKeyDictionary[asyncio.AbstractEventLoop, Live] = WeakKeyDictionary()


def live() -> Live:
    """The Live of the running event loop."""
    return _lives.setdefault(asyncio.get_running_loop(), Live())
