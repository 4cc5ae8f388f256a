"""Reads announcements: one connection to Redis per server process, fanned out in memory.

    async with subscribe({run_id}) as queue:
        ... look into the database ...              # after subscribing, so that nothing falls between
        while True:
            changed = await queue.get()             # {run_id: Pointer or None}

A Pointer says how many Segments the Run has and its state; None says: look into the database
(Redis was away, and announcements may be lost). A subscriber that does not read holds one entry
for each Run it watches, the latest, never more.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

from simulator.runs.announce import STREAM

BLOCK_MS = 5_000
DEAD_S = 15.0
"""An answer that takes longer than this, where BLOCK_MS was asked for, will not come."""

BACK_OFF_S = (0.05, 0.1, 0.2, 0.3)
BATCH = 1_000

log = logging.getLogger(__name__)


class Pointer(NamedTuple):
    """How far a Run was when it was announced."""

    segments: int
    state: str


class Queue:
    """What one subscriber has not seen yet: the latest Pointer of each Run it watches."""

    def __init__(self, reader: "Reader"):
        self._reader = reader
        self._changed: dict[UUID, Pointer | None] = {}
        self._something = asyncio.Event()
        self.watched: set[UUID] = set()

    def watch(self, run_id: UUID) -> None:
        """Hear of `run_id` too, from now on."""
        self.watched.add(run_id)
        self._reader.queues[run_id].add(self)

    def unwatch(self, run_id: UUID) -> None:
        """Hear of `run_id` no longer."""
        self.watched.discard(run_id)
        self._changed.pop(run_id, None)
        self._reader.forget(run_id, self)

    async def get(self) -> dict[UUID, Pointer | None]:
        """What changed since the last call; waits until something has."""
        while not self._changed:
            self._something.clear()
            await self._something.wait()
        changed, self._changed = self._changed, {}
        return changed

    def put(self, run_id: UUID, pointer: Pointer | None) -> None:
        """Note the latest of `run_id`, in place of what was there."""
        self._changed[run_id] = pointer
        self._something.set()


class Reader:
    """The one reader of an event loop. It runs while somebody subscribes."""

    def __init__(self):
        self.queues: dict[UUID, set[Queue]] = defaultdict(set)
        self._subscribers = 0
        self._task: asyncio.Task | None = None
        self._ready = asyncio.Event()

    @contextlib.asynccontextmanager
    async def subscribe(self, run_ids: Iterable[UUID]) -> AsyncIterator[Queue]:
        """A Queue that hears of `run_ids` until the block is left."""
        queue = Queue(self)
        for run_id in run_ids:
            queue.watch(run_id)
        self._subscribers += 1
        if self._task is None:
            self._task = asyncio.create_task(self._read_for_ever(), name="announcements")
        try:
            yield queue
        finally:
            for run_id in list(queue.watched):
                queue.unwatch(run_id)
            self._subscribers -= 1
            if not self._subscribers and self._task:
                self._task.cancel()
                self._task = None

    def forget(self, run_id: UUID, queue: Queue) -> None:
        """Drop `queue` from those that hear of `run_id`."""
        self.queues[run_id].discard(queue)
        if not self.queues[run_id]:
            del self.queues[run_id]

    async def _read_for_ever(self) -> None:
        failures = 0
        while True:
            connection = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2)
            try:
                position = await _end_of_stream(connection)
                failures = 0
                self._look_again()
                while True:
                    position = await self._read(connection, position)
            except (redis.RedisError, OSError, TimeoutError) as trouble:
                if not failures:
                    log.warning("announcements are not heard: %s; trying again", trouble)
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])
                failures += 1
            finally:
                await connection.aclose()

    async def _read(self, connection, position: bytes) -> bytes:
        """Fan out what comes next after `position`; the new position. Waits at most BLOCK_MS."""
        asked = connection.xread({STREAM: position}, count=BATCH, block=BLOCK_MS)
        for _stream, entries in await asyncio.wait_for(asked, DEAD_S) or ():
            for position, fields in entries:
                self._fan_out(fields)
        return position

    def _fan_out(self, fields: dict[bytes, bytes]) -> None:
        run_id = UUID(fields[b"run"].decode())
        pointer = Pointer(int(fields[b"segments"]), fields[b"state"].decode())
        for queue in self.queues.get(run_id, ()):
            queue.put(run_id, pointer)

    def _look_again(self) -> None:
        """Everybody looks into the database: what was announced while nobody listened is unknown."""
        for run_id, queues in self.queues.items():
            for queue in queues:
                queue.put(run_id, None)


async def _end_of_stream(connection) -> bytes:
    latest = await connection.xrevrange(STREAM, count=1)
    return latest[0][0] if latest else b"0-0"


_readers: WeakKeyDictionary[asyncio.AbstractEventLoop, Reader] = WeakKeyDictionary()


def subscribe(run_ids: Iterable[UUID] = ()) -> contextlib.AbstractAsyncContextManager[Queue]:
    """A Queue of this process' one reader; see the module's text."""
    return _readers.setdefault(asyncio.get_running_loop(), Reader()).subscribe(run_ids)
