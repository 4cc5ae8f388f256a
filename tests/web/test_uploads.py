"""Uploads: refused by size before they are read, and hostile files are one sentence."""

import gzip
import io
import json
import os
import random
import socket
import subprocess
import sys
import time
import zlib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.runs import access
from simulator.runs.models import Recording

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def upload(client, content: bytes, name: str = "log.csv", url: str = "/api/recordings/", **more):
    """The answer to an upload."""
    file = io.BytesIO(content)
    file.name = name
    return client.post(url, {"file": file, **more})


@pytest.fixture
def small_budget(monkeypatch):
    """Visitors may upload 100 kB."""
    monkeypatch.setitem(access.BUDGETS, "visitor", replace(access.BUDGETS["visitor"], upload_bytes=100_000))


@pytest.mark.parametrize("url", ["/api/recordings/", "/api/recordings/preview/"])
def test_more_than_the_budget_is_refused(visitor, small_budget, url):
    answer = upload(visitor, b"x" * 200_000, url=url)
    assert answer.status_code == 413 and answer.json()["field"] == "file"


def noise(size: int) -> bytes:
    """Bytes without sense, the same in every run."""
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("url", ["/api/recordings/", "/api/recordings/preview/"])
@pytest.mark.parametrize(("content", "name"), [
    (b"", "log.csv"), (noise(5000), "log.csv"), (noise(5000), "log.gz"), (b"\x1f\x8b" + noise(100), "log.csv.gz"),
    (b"\x00" * 5000, "log.csv"), (b"a,b\n", "log.csv"), (b"{}\n{}\n", "log.jsonl"), (gzip.compress(b"", mtime=0)[:-4], "x.gz"),
    (b"PK\x03\x04" + noise(100), "log.zip"), (b"\n" * 10_000, "log.csv"), (b'"' * 10_000, "log.csv"),
])
def test_files_that_hold_no_traffic(visitor, url, content, name):
    answer = upload(visitor, content, name, url)
    assert answer.status_code == 400, answer.content
    assert answer.json()["error"] and "\n" not in answer.json()["error"]
    assert not Recording.objects.exists()


def test_a_gzip_bomb_is_refused_quickly(visitor, small_budget):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packer.compress((b"0.1" + b" " * 997 + b"\n") * 1000) for _ in range(40)), packer.flush()])
    assert len(bomb) < 100_000
    begun = time.monotonic()
    answer = upload(visitor, bomb, "log.csv.gz")
    assert answer.status_code == 413 and time.monotonic() - begun < 10, answer.content


@pytest.mark.parametrize("mapping", ["{", "null", "[]", "3", '{"time": 3}', '{"nonsense": 1}', "[" * 9000, '{"a": NaN}', "x" * 20_000])
def test_mappings_that_make_no_sense(visitor, mapping):
    answer = upload(visitor, b"time,work\n0.0,1\n1.5,2\n", mapping=mapping)
    assert answer.status_code in (400, 201), answer.content
    if answer.status_code == 400:
        assert answer.json()["error"]
    else:
        assert mapping == "null"  # as good as none


@pytest.mark.parametrize("body", [{}, {"file": "not a file"}, {"name": "x"}])
def test_forms_without_a_file(visitor, body):
    answer = visitor.post("/api/recordings/", body)
    assert answer.status_code == 400 and answer.json()["field"] == "file"


def test_broken_multipart(visitor):
    for media in ("multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "x" * 500):
        answer = visitor.post("/api/recordings/", b"--x\r\nnonsense", content_type=media)
        assert answer.status_code in (400, 415) and answer.json()["error"], (media, answer.content)


def test_a_field_beside_the_file_may_not_be_large(visitor):
    answer = upload(visitor, b"a,b\n", mapping="x" * 3_000_000)
    assert answer.status_code == 413 and answer.json()["error"]


def test_a_visitor_in_deployed_mode_uploads_nothing(client, settings):
    settings.DISTVIZ_OPEN = False
    assert upload(client, b"a,b\n").status_code == 403
    assert upload(client, b"a,b\n", url="/api/recordings/preview/").status_code == 403


# Under Daphne, which spools a body before it calls the application

ECHO = '''
async def application(scope, receive, send):
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
'''


@contextmanager
def daphne(folder: Path):
    """A guarded Daphne with a limit of 1 MB and an application that only counts: its port and its process."""
    (folder / "echo.py").write_text(ECHO)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DISTVIZ_BODY_BYTES": "1000000", "PYTHONPATH": f"{ROOT}:{folder}", "TMPDIR": str(folder)}
    command = [sys.executable, "-m", "simulator.web.daphne_guard", "-b", "127.0.0.1", "-p", str(port), "echo:application"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.wait(10)


def talk(port: int, head: bytes, chunks=()) -> bytes:
    """What comes back for a request that is sent as far as the server lets it."""
    with socket.create_connection(("127.0.0.1", port), 10) as wire:
        wire.settimeout(10)
        try:
            wire.sendall(b"POST /api/recordings/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + head + b"\r\n\r\n")
            for chunk in chunks:
                wire.sendall(chunk)
        except OSError:
            pass  # it has stopped listening; what it said may still be there
        try:
            return wire.recv(65536)
        except OSError:
            return b""


def resident_mb(pid: int) -> float:
    """The memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def test_daphne_refuses_two_gigabytes_at_once_and_stays_well(tmp_path):
    with daphne(tmp_path) as (port, process):
        assert talk(port, b"Content-Length: 3", [b"abc"]).startswith(b"HTTP/1.1 200")
        before = resident_mb(process.pid)
        begun = time.monotonic()
        answer = talk(port, b"Content-Length: 2147483648")
        assert answer.startswith(b"HTTP/1.1 413") and time.monotonic() - begun < 2
        assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
        answer = talk(port, b"Content-Length: 2147483648", [b"x" * 1_000_000] * 200)
        assert answer.startswith(b"HTTP/1.1 413") or answer == b""
        chunk = b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n"
        answer = talk(port, b"Transfer-Encoding: chunked", [chunk] * 50)
        assert answer.startswith(b"HTTP/1.1 413") or answer == b""
        assert resident_mb(process.pid) - before < 30
        assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) < 3_000_000
        assert talk(port, b"Content-Length: 3", [b"abc"]).startswith(b"HTTP/1.1 200")
