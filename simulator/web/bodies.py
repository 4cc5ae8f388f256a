"""The first thing a request meets: a body that is too large is refused before it is read.

Plain ASGI, so that it guards under any server. What a server itself spools before it calls the
application is bounded where the server is started (see `daphne_guard.py`).
"""

import json

JSON_BYTES = 4 * 1024 * 1024
"""The largest body that is not an upload."""

DIGITS = 18
"""A length with more digits is not worth reading."""

IMPORT_BYTES = 32 * 1024 * 1024
"""The largest run as one document: it is read into memory whole, its recordings included."""

JUDGED_BYTES = 16 * 1024 * 1024
"""The largest history that is judged."""

UPLOAD_PATHS = ("/api/recordings/", "/admin/")
IMPORT_PATH = "/api/runs/import/"
JUDGE_PATH = "/api/judge/"
SENTENCE = "What was sent is larger than this address accepts ({limit:,} bytes)."


class BodyLimit:
    """ASGI middleware: 413 for a body larger than the address accepts, by Content-Length or as it arrives."""

    def __init__(self, application, upload_bytes: int):
        self.application = application
        self.upload_bytes = upload_bytes

    def limit(self, path: str) -> int:
        """The largest body that `path` accepts, in bytes."""
        if path.startswith(UPLOAD_PATHS):
            return self.upload_bytes
        return {IMPORT_PATH: IMPORT_BYTES, JUDGE_PATH: JUDGED_BYTES}.get(path, JSON_BYTES)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        limit = self.limit(scope["path"])
        if declared(scope["headers"]) > limit:
            return await refuse(send, limit)
        return await self.counted(scope, receive, send, limit)

    async def counted(self, scope, receive, send, limit: int) -> None:
        """Run the application upon a body that is counted as it arrives."""
        seen, started = 0, False

        async def counting():
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge()
            return message

        async def watching(message):
            nonlocal started
            started = True
            await send(message)

        try:
            await self.application(scope, counting, watching)
        except TooLarge:
            if started:
                raise  # too late for an answer: the server closes the connection
            await refuse(send, limit)


class TooLarge(Exception):
    """The body went over the limit while it was read."""


def declared(headers) -> int:
    """The Content-Length among ASGI `headers`; 0 where there is none, or none that is a number."""
    for name, value in headers:
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(value) if len(value) < DIGITS else 10**DIGITS
    return 0


async def refuse(send, limit: int) -> None:
    """Answer 413 and close: the rest of the body is not wanted."""
    body = json.dumps({"error": SENTENCE.format(limit=limit), "field": ""}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()),
               (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
