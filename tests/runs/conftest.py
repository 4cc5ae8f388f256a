"""People, Scenarios and Runs for the tests of this floor. No worker: what is queued stays in a list."""

import os

import pytest
from django.contrib.auth import get_user_model

from distviz.house import wait_for_port
from distviz.supervisor import valkey as valkey_in
from simulator.runs import announce, service, tasks
from simulator.runs.access import Who

DOCUMENT = {
    "format": "distviz-scenario/1", "system": "load_balancer", "title": "Four servers", "duration_s": 10, "seed": 7,
    "config": {"arrivals": {"law": "poisson", "rate_per_s": 200}, "service": {"law": "exponential", "mean_ms": 10},
               "servers": [{"count": 4}]},
}
CRASH = {"kind": "crash", "target": "server-1"}
PROTOCOL = {
    "format": "distviz-scenario/1", "system": "paxos", "title": "Two proposers", "duration_s": 1, "seed": 7,
    "config": {"nemesis": {"rate_per_s": 20, "mean_duration_ms": 50, "faults": ["crash", "cut", "partition"]}},
}
BUG = {"faulty": "accepts_below_promise"}


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """The ids of the Runs that were queued."""
    ids = []
    monkeypatch.setattr(tasks, "queue", ids.append)
    return ids


@pytest.fixture(autouse=True)
def steps(monkeypatch):
    """The steps of Hunts that were queued: [(hunt id, generation), ...]."""
    queued = []
    monkeypatch.setattr(tasks, "queue_hunt", lambda hunt_id, generation, chains=tasks.CHAINS: queued.extend([(hunt_id, generation)] * chains))
    return queued


@pytest.fixture(autouse=True)
def experiment_steps(monkeypatch):
    """The steps of Experiments that were queued: [(experiment id, generation), ...]."""
    queued = []
    monkeypatch.setattr(tasks, "queue_experiment", lambda key, generation, chains=tasks.CHAINS: queued.extend([(key, generation)] * chains))
    return queued


@pytest.fixture(autouse=True)
def announced(monkeypatch, request):
    """What was announced, (run id, segments, state), except to tests with a Valkey of their own."""
    said = []
    if "valkey" not in request.fixturenames:
        for module in ("execute", "making", "hunting", "pursue", "experimenting", "conduct"):
            monkeypatch.setattr(f"simulator.runs.{module}.announce", lambda *what: said.append(what))
    return said


@pytest.fixture
def who():
    """A visitor in open mode."""
    return Who(None, "visitor-1", True)


@pytest.fixture
def other():
    """Another visitor in open mode."""
    return Who(None, "visitor-2", True)


@pytest.fixture
def member(db):
    """Somebody who is signed in, in deployed mode."""
    return Who(get_user_model().objects.create_user("member"), "session-of-member", False)


@pytest.fixture
def staff(db):
    """Somebody of the staff, in deployed mode."""
    return Who(get_user_model().objects.create_user("staff", is_staff=True), "session-of-staff", False)


@pytest.fixture
def run(db, who):
    """A queued Run of ten simulated seconds: 50 windows of 0.2 s."""
    return service.create_run(DOCUMENT, who)


@pytest.fixture
def valkey(tmp_path, settings):
    """A Valkey of one's own, running, and the settings point at it; a distviz.children.Child."""
    environment = dict(os.environ)
    child = valkey_in(tmp_path, environment)
    settings.REDIS_URL = environment["REDIS_URL"]
    announce._redis.cache_clear()
    child.start()
    wait_for_port(child.about["port"])
    yield child
    announce._redis().close()
    announce._redis.cache_clear()
    child.kill_group()
