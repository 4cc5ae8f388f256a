"""The supervisor: everything comes up, comes back when it dies, and goes away together."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.stack import ROOT, Stack, alive, family, wait_until

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A stack that this module may break."""
    stack = Stack(tmp_path_factory.mktemp("own")).start()
    yield stack
    stack.stop()


def page(stack) -> int:
    """The status of the first page; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(stack.url + "/", timeout=5) as answer:
            return answer.status
    except OSError:
        return 0


def test_the_first_page_answers_when_the_address_is_told(own):
    assert page(own) == 200


def test_the_administrators_password_is_told_once(own):
    assert sum("with the password" in line for line in own.lines) == 1
    assert not any("with the password" in path.read_text(errors="replace")
                   for path in own.var.rglob("*") if path.is_file() and path.suffix in (".log", ".json", ""))


def test_secrets_are_readable_by_their_owner_alone(own):
    assert (own.var / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["web", "worker", "valkey", "reconciler"])
def test_a_child_that_dies_is_started_again_with_a_line_in_the_log(own, name):
    wait_until(lambda: own.pids().get(name), what=f"{name} to run")
    before = own.pids()[name]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: own.pids()[name] not in (None, before), what=f"{name} to come back")
    assert any(f"{name} stopped (signal 9)" in line for line in own.lines)
    wait_until(lambda: page(own) == 200, what="the first page")


def test_pool_children_die_with_their_worker(own):
    wait_until(lambda: len(own.pool()) == 2, what="two pool children")
    orphans = own.pool()
    os.kill(own.pids()["worker"], signal.SIGKILL)
    wait_until(lambda: not any(map(alive, orphans)), 5, "the pool children to end")


def test_a_second_one_in_the_same_folder_is_refused(own):
    answer = subprocess.run([sys.executable, "-m", "distviz.supervisor"], cwd=ROOT, env=own.environment,
                            capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1
    assert "already running" in answer.stderr and answer.stderr.count("\n") == 1


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environment = {**os.environ, "PORT": port, "DISTVIZ_VAR": str(tmp_path)}
        answer = subprocess.run([sys.executable, "-m", "distviz.supervisor"], cwd=ROOT, env=environment,
                                capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1
    assert f"port {port} is taken" in answer.stderr and answer.stderr.count("\n") == 1


def test_ctrl_c_stops_everything_within_five_seconds(own):
    wait_until(lambda: own.pids()["worker"] and len(own.pool()) == 2, what="the worker")
    everybody = family(own.process.pid)
    assert len(everybody) >= 7
    assert own.stop() < 5
    assert own.process.returncode == 0
    wait_until(lambda: not any(map(alive, everybody)), 1, "everybody to be gone")


def test_a_second_start_is_quick_and_sigkill_leaves_nothing(own):
    again = Stack(own.var).start()
    print(f"second start to first page: {again.started_s:.1f} s")
    assert not again.said("with the password")
    everybody = family(again.process.pid)
    os.kill(again.process.pid, signal.SIGKILL)
    again.process.wait()
    wait_until(lambda: not any(map(alive, everybody)), 5, "everybody to be gone")
