"""Announces on a Redis stream that a Run has moved on: a pointer, never the payload.

Nobody depends on an announcement being heard: who watches a Run also looks into the database when
the connection to Redis comes back. So a Redis that is away costs the worker no time.
"""

import logging
import time
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

STREAM = "distviz:announcements"
KEPT = 10_000
"""Entries kept on the stream, about; readers are milliseconds behind, not thousands of entries."""

SILENT_S = 1.0
"""How long nothing is tried after a failure."""

log = logging.getLogger(__name__)
_silent_until = 0.0


def announce(run_id: UUID, segments: int, state: str) -> None:
    """Tell every server process that `run_id` has `segments` Segments and is in `state`."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    fields = {"run": str(run_id), "segments": segments, "state": str(state)}
    try:
        _redis().xadd(STREAM, fields, maxlen=KEPT, approximate=True)
    except redis.RedisError as trouble:
        _silent_until = time.monotonic() + SILENT_S
        log.warning("not announced: run %s: %s", run_id, trouble)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
