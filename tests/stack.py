"""The whole product in a folder of its own, on a free port, for tests that need it alive."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, Request, build_opener

from distviz.house import free_port

ROOT = Path(__file__).resolve().parent.parent
START_S = 90
STOP_S = 10


def wait_until(true: Callable, seconds: float = 30, what: str = "", every_s: float = 0.02):
    """The first truthy answer of `true()`, asked every so often; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"{what or true} did not come true within {seconds} s")


def alive(pid: int) -> bool:
    """Whether the process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def family(pid: int) -> set[int]:
    """`pid` and all that descend from it, now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents[int(entry.name)] = int(fields[1])
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


class Stack:
    """`make run` without make: the supervisor and all its children."""

    def __init__(self, var: Path, **environment: str):
        self.var = var
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if name not in (
            "SECRET_KEY", "REDIS_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MAKELEVEL")} | {
            "DISTVIZ_VAR": str(var), "DISTVIZ_OPEN": "1", "PORT": str(self.port), "DISTVIZ_LEASE_S": "2"} | environment
        self.lines: list[str] = []  # what it said since its last start
        self.past: list[str] = []  # and before
        self.started_s = 0.0

    @property
    def url(self) -> str:
        """http://127.0.0.1:port, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Stack":
        """Start it and wait until it says its address."""
        began = time.monotonic()
        self.past += self.lines
        self.lines.clear()
        self.process = subprocess.Popen([sys.executable, "-m", "distviz.supervisor"], cwd=ROOT, env=self.environment,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            wait_until(lambda: self.said("open http") or self.process.poll() is not None, START_S, "the first page")
            assert self.process.poll() is None, "the supervisor ended:\n" + "\n".join(self.lines)
        except AssertionError:
            self.process.kill()
            raise
        self.started_s = time.monotonic() - began
        return self

    def stop(self) -> float:
        """Ctrl-C; how many seconds it took until the supervisor was gone."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(STOP_S)
        return time.monotonic() - began

    def said(self, words: str) -> bool:
        """Whether a line of its output holds `words`."""
        return any(words in line for line in self.lines)

    def pids(self) -> dict[str, int]:
        """Process ids by name, as the supervisor noted them."""
        return json.loads((self.var / "pids.json").read_text())

    def pool(self) -> list[int]:
        """The worker's pool children."""
        worker = self.pids()["worker"]
        return sorted(family(worker) - {worker}) if worker else []

    def _read(self) -> None:
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line.rstrip("\n"))


class Visitor:
    """A person with a browser's cookies, without a browser."""

    def __init__(self, stack: Stack):
        self.stack = stack
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))
        self.get("/")

    def get(self, path: str) -> bytes:
        """The body at `path`; HTTPError for an error status."""
        with self._opener.open(self.stack.url + path, timeout=30) as answer:
            return answer.read()

    def json(self, path: str):
        """The JSON at `path`."""
        return json.loads(self.get(path))

    def post(self, path: str, body: dict):
        """Post JSON; the JSON that comes back."""
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers = {"Content-Type": "application/json", "X-CSRFToken": token}
        request = Request(self.stack.url + path, json.dumps(body).encode(), headers)
        with self._opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())
