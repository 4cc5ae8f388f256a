"""People, things they made, and clients that act for them. No worker and no Redis: Runs stay where they are put."""

import io
import itertools

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from simulator.engine import simulation as engine
from simulator.runs import codec, service, tasks
from simulator.runs.access import Who
from simulator.runs.models import Recording, Run, Segment, State

DOCUMENT = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "Ten servers", "duration_s": 10,
            "config": {"servers": [{"count": 4}]}, "seed": 7}
SUMMARY = {"sent": 10, "ok": 9, "failed": 1}
names = itertools.count()


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    """Nothing is queued, nobody has asked too often yet, and no request before has left its language behind."""
    monkeypatch.setattr(tasks, "queue", lambda run_id: None)
    monkeypatch.setattr(tasks, "queue_hunt", lambda hunt_id, generation, chains=1: None)
    cache.clear()
    translation.activate("en")


@pytest.fixture
def person(db):
    """person(name="...", is_staff=False) -> a user whose password is "secret"."""

    def make(name: str = "", **more):
        return get_user_model().objects.create_user(name or f"person{next(names)}", password="secret", **more)

    return make


@pytest.fixture
def client_of():
    """client_of(user or None, csrf=False) -> a test client signed in as that user, with a session of its own."""

    def make(user=None, csrf: bool = False) -> Client:
        client = Client(enforce_csrf_checks=csrf)
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def visitor(client_of, db):
    """A visitor's client that has a session, as after a look at any page in open mode."""
    client = client_of()
    client.get("/recordings/")
    return client


def who_of(client: Client, user=None, open_mode: bool = True) -> Who:
    """The Who behind a client."""
    return Who(user, client.session.session_key or "", open_mode)


@pytest.fixture
def scenario_of(db):
    """scenario_of(who, **changes) -> a kept Scenario."""

    def make(who: Who, visibility: str = "private", **changes):
        return service.save_scenario({**DOCUMENT, **changes}, who, visibility=visibility)

    return make


@pytest.fixture
def run_of(db):
    """run_of(who, segments=0, state="queued", ...) -> a Run with that many stored Segments."""

    def make(who: Who, segments: int = 0, state: str = State.QUEUED, visibility: str = "private", **changes) -> Run:
        run = service.create_run({**DOCUMENT, **changes}, who, visibility=visibility)
        store(run, segments, state)
        return run

    return make


def store(run: Run, segments: int, state: str = State.RUNNING) -> None:
    """Give `run` Segments up to this number, as a worker would, and a state."""
    for number in range(run.segment_count, segments):
        Segment.objects.create(run=run, number=number, from_ns=number * run.window_ns,
                               until_ns=(number + 1) * run.window_ns, payload=payload(number, run.window_ns))
    run.segment_count, run.state = max(run.segment_count, segments), state
    run.progress_ns = run.segment_count * run.window_ns
    if state == State.DONE:
        run.summary, run.digest = SUMMARY, "ab" * 32
    run.save()


def payload(number: int, window_ns: int) -> bytes:
    """A Segment with two samples and nothing else."""
    samples = {"t_ns": np.array([number * window_ns, number * window_ns + 1], "f8"), "sent": np.array([1, 2], "u4"),
               "mean_ms": np.array([1.5, np.nan], "f4")}
    window = (number * window_ns, (number + 1) * window_ns)
    return codec.pack(engine.Segment(number, *window, {"servers": []}, {"samples": samples}))


@pytest.fixture
def recording_of(db):
    """recording_of(who, ...) -> a kept Recording of three requests."""

    def make(who: Who, visibility: str = "private") -> Recording:
        file = io.BytesIO(b"time,work\n0.0,1\n1.5,2\n2.0,3\n")
        return service.store_recording(file, "log.csv", None, "A log", who, visibility)

    return make
