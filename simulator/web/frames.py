"""Binary frames of Segments, read once per process however many sockets send them."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from uuid import UUID

VERSION = 1
BYTES_AT_MOST = 64 * 1024 * 1024


def frame(run: UUID, number: int, payload: bytes) -> bytes:
    """Version (1 byte), the Run's uuid (16), the Segment's number (uint32 little endian), the payload."""
    return bytes([VERSION]) + run.bytes + number.to_bytes(4, "little") + payload


class Frames:
    """A cache of frames, least recently used out first, bounded in bytes. Concurrent askers share one read."""

    def __init__(self, read: Callable[[UUID, int], Awaitable[bytes | None]], bytes_at_most: int = BYTES_AT_MOST):
        self.read = read
        self.bytes_at_most = bytes_at_most
        self.bytes = 0
        self.kept = OrderedDict()
        self.coming = {}

    async def get(self, run: UUID, number: int) -> bytes | None:
        """The frame of a Segment; None where it is not stored."""
        key = (run, number)
        if key in self.kept:
            self.kept.move_to_end(key)
            return self.kept[key]
        if key not in self.coming:
            self.coming[key] = asyncio.ensure_future(self._fetch(key))
        # Shielded: one socket that goes away must not take the read from the others.
        return await asyncio.shield(self.coming[key])

    async def _fetch(self, key) -> bytes | None:
        try:
            payload = await self.read(*key)
            if payload is None:
                return None
            made = frame(*key, payload)
            self._keep(key, made)
            return made
        finally:
            del self.coming[key]

    def _keep(self, key, made: bytes) -> None:
        if len(made) > self.bytes_at_most:
            return
        self.kept[key] = made
        self.bytes += len(made)
        while self.bytes > self.bytes_at_most:
            _, oldest = self.kept.popitem(last=False)
            self.bytes -= len(oldest)

    def forget(self, run: UUID) -> None:
        """Drop a deleted Run's frames."""
        for key in [key for key in self.kept if key[0] == run]:
            self.bytes -= len(self.kept.pop(key))
