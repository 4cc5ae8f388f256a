"""What the supervisor needs of the machine: a folder for itself, free ports, and a note of who runs."""

import contextlib
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

VALKEY_S = 10.0


class Refused(Exception):
    """It cannot start; the text is one sentence for the person at the terminal."""


@contextlib.contextmanager
def alone(var: Path) -> Iterator[None]:
    """Hold the folder `var` for this process; Refused where another holds it."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = open(var / "lock", "a+")
    except OSError as trouble:
        raise Refused(f"{var} must be a folder that can be written to: {trouble}.") from trouble
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"distviz is already running with the data in {var}; stop it first, or set DISTVIZ_VAR.") from None
        yield


def needs_free(port: int) -> None:
    """Refused where something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Refused(f"port {port} needs special rights; choose one above 1023: make run PORT=8001.") from None
        except OSError:
            raise Refused(f"port {port} is taken by another program; choose another: make run PORT={port + 1}.") from None


def free_port() -> int:
    """A port of the loopback interface that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int) -> None:
    """Wait until somebody listens; Refused after ten seconds."""
    deadline = time.monotonic() + VALKEY_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise Refused("Valkey did not start; see var/valkey/valkey.log, or name a server with REDIS_URL.")


def write_pids(var: Path, pids: dict[str, int | None]) -> None:
    """Note the process ids in var/pids.json, whole or not at all."""
    draft = var / "pids.json.new"
    draft.write_text(json.dumps(pids))
    os.replace(draft, var / "pids.json")
