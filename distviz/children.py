"""The supervisor's children: started, started again with back-off when they die, stopped together."""

import os
import signal
import subprocess
import time

from distviz.parent import die_with_parent

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
STEADY_S = 10.0
"""A child that lived so long starts again after the first pause."""

PATIENCE_S = (3.0, 1.0)
"""How long children may take to stop before they are killed: those that talk to the first one, then that one."""


class Child:
    """One process that should always be there, in a process group of its own."""

    def __init__(self, name: str, command: list[str], environment: dict, stop: int, stdin: str = "", about: dict | None = None):
        self.name, self.command, self.environment = name, command, environment
        self.stop_signal, self.stdin, self.about = stop, stdin, about or {}
        self.process: subprocess.Popen | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE_S / 2
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """Its process id while it is believed to run."""
        return self.process.pid if self.process else None

    def look(self) -> bool:
        """Note its death, or start it where it is time; whether either happened."""
        now = time.monotonic()
        if self.process is None:
            if now < self._not_before:
                return False
            self.start()
            return True
        code = self.process.poll()
        if code is None:
            return False
        self.kill_group()  # its own children must not outlive it
        self._pause = FIRST_PAUSE_S if now - self._started > STEADY_S else min(self._pause * 2, LONGEST_PAUSE_S)
        self._not_before = now + self._pause
        self.process = None
        print(f"distviz: {self.name} stopped ({_why(code)}); it starts again in {self._pause:g} s", flush=True)
        return True

    def start(self) -> None:
        """Start it now."""
        parent = os.getpid()
        # Valkey wants to close its files; for the others a stop without farewell is part of the plan.
        last = signal.SIGTERM if self.stdin else signal.SIGKILL
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.stdin else None,
            start_new_session=True, preexec_fn=lambda: die_with_parent(last, parent))
        if self.stdin:
            self.process.stdin.write(self.stdin.encode())
            self.process.stdin.close()

    def ask_to_stop(self) -> None:
        """Send the signal that stops it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def kill_group(self) -> None:
        """Kill what is left of it and of its children."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # nothing is left
        self.process.wait()


def stop_all(children: list[Child]) -> None:
    """Stop all; the first one last, for the others talk to it. None is left afterwards."""
    for group, patience_s in zip((children[1:], children[:1]), PATIENCE_S, strict=True):
        for child in group:
            child.ask_to_stop()
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline and any(child.process and child.process.poll() is None for child in group):
            time.sleep(0.02)
        for child in group:
            child.kill_group()


def _why(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
