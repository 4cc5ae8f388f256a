"""Bodies that are too large are refused before they are read, whatever they say about themselves."""

import asyncio
import json

from simulator.web.bodies import JSON_BYTES, BodyLimit, declared

UPLOAD = 10 * 1024 * 1024


def talk(path: str, headers: list, chunks: list[bytes]) -> tuple[list[dict], int]:
    """(what was answered, how many bytes the application read)."""
    read, answered = 0, []

    async def application(scope, receive, send):
        nonlocal read
        while True:
            message = await receive()
            read += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    messages = iter([{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
                    + [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        return next(messages)

    async def send(message):
        answered.append(message)

    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(BodyLimit(application, UPLOAD)(scope, receive, send))
    return answered, read


def test_a_declared_two_gigabytes_is_refused_without_reading_any():
    answered, read = talk("/api/recordings/", [(b"content-length", b"2147483648")], [b"x"] * 9)
    assert answered[0]["status"] == 413 and read == 0
    assert json.loads(answered[1]["body"])["error"].endswith("bytes).")


def test_a_chunked_body_is_refused_when_it_goes_over():
    answered, read = talk("/api/recordings/", [], [b"x" * 1024 * 1024] * 50)
    assert answered[0]["status"] == 413 and read <= UPLOAD


def test_a_length_that_lies_does_not_help():
    answered, read = talk("/api/recordings/", [(b"content-length", b"5")], [b"x" * 1024 * 1024] * 50)
    assert answered[0]["status"] == 413 and read <= UPLOAD


def test_json_may_not_be_as_large_as_an_upload():
    size = str(JSON_BYTES + 1).encode()
    assert talk("/api/runs/", [(b"content-length", size)], [])[0][0]["status"] == 413
    assert talk("/api/recordings/", [(b"content-length", size)], [])[0][0]["status"] == 200


def test_what_fits_passes():
    answered, read = talk("/api/runs/", [(b"content-length", b"3")], [b"abc"])
    assert answered[0]["status"] == 200 and read == 3


def test_a_length_of_thousands_of_digits_is_just_large():
    assert declared([(b"Content-Length", b"9" * 9000)]) > 10**17
    assert declared([(b"content-length", b"abc")]) == 0
