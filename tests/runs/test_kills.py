"""Workers and Redis are killed while Runs, Hunts and Experiments are computed: each ends whole, with the answer it always has."""

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from uuid import UUID

import pytest

from simulator.runs import codec
from simulator.scenarios import hunt, play
from simulator.scenarios.document import parse
from tests.runs.conftest import BUG, PROTOCOL
from tests.scenarios.experiments import grid
from tests.stack import Stack, Visitor, wait_until

pytestmark = pytest.mark.stack
KILLS = 20
LAST_MOMENT_S = 0.6
DOCUMENT = {
    "format": "distviz-scenario/1", "system": "load_balancer", "title": "Busy", "duration_s": 60, "seed": 3,
    "config": {"arrivals": {"law": "poisson", "rate_per_s": 3000}, "service": {"law": "exponential", "mean_ms": 10},
               "servers": [{"count": 40}], "strategy": {"name": "power_of_two"}},
    "actions": [{"at_ns": 20_000_000_000, "kind": "crash", "target": "server-3", "params": {}}],
}
SEEDS = 2000
MEASURED = DOCUMENT | {"actions": []}
WANTED = {"axes": [{"path": "strategy", "values": [{"name": "power_of_two"}, {"name": "round_robin"}]},
                   {"path": "arrivals.rate_per_s", "values": [3000, 3600, 4100]}], "seeds": 12}
FINAL = ("done", "failed", "budget", "cancelled")


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A stack that this module may break, warm."""
    stack = Stack(tmp_path_factory.mktemp("kills")).start()
    wait_until(lambda: stack.pids()["worker"] and len(stack.pool()) == 2, 90, "the pool")
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def visitor(own):
    """Somebody who starts runs; the first one is over, so the worker is warm."""
    person = Visitor(own)
    finished(person, start(person, 1))
    return person


@pytest.fixture(scope="module")
def digests():
    """digests(seed) -> what a Run of DOCUMENT with that seed must end with."""
    known = {}

    def digest(seed: int) -> str:
        if seed not in known:
            known[seed] = play.simulate(parse(DOCUMENT), seed)["digest"]
        return known[seed]

    return digest


def start(visitor: Visitor, seed: int) -> str:
    """A new Run's id."""
    return visitor.post("/api/runs/", {"document": DOCUMENT, "seed": seed})["id"]


def finished(visitor: Visitor, run: str) -> dict:
    """The Run once it is over."""
    def over():
        found = visitor.json(f"/api/runs/{run}/")
        return found if found["state"] in FINAL else None
    return wait_until(over, 60, f"run {run} to end", every_s=0.1)


def assert_whole(visitor: Visitor, run: dict, digest: str) -> None:
    """Every Segment is there once, in order, and can be read; the digest is what it always is."""
    assert (run["state"], run["error"], run["digest"], run["segments"]) == ("done", None, digest, 60)
    with closing(sqlite3.connect(f"file:{visitor.stack.var}/db.sqlite3?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT number, payload FROM runs_segment WHERE run_id = ? ORDER BY number",
                                [UUID(run["id"]).hex]).fetchall()
    assert [number for number, _payload in rows] == list(range(60))
    reached = 0
    for number, payload in rows:
        whole = codec.unpack(payload)
        assert (whole["number"], whole["from_ns"]) == (number, reached)
        reached = whole["until_ns"]
    assert reached == run["duration_ns"]


def test_sigkill_of_a_pool_child_twenty_times(own, visitor, digests):
    chance = random.Random(20)
    began = time.monotonic()
    for number in range(KILLS):
        run = start(visitor, number % 4)
        time.sleep(chance.uniform(0, LAST_MOMENT_S))  # the moment itself is what is tried
        for child in own.pool():
            os.kill(child, signal.SIGKILL)
        assert_whole(visitor, finished(visitor, run), digests(number % 4))
    print(f"{KILLS} kills in {time.monotonic() - began:.0f} s")


def test_sigkill_of_the_whole_worker(own, visitor, digests):
    runs = [start(visitor, seed) for seed in range(4)]
    wait_until(lambda: visitor.json(f"/api/runs/{runs[0]}/")["segments"] > 3, what="the first segments")
    os.kill(own.pids()["worker"], signal.SIGKILL)
    for seed, run in enumerate(runs):
        assert_whole(visitor, finished(visitor, run), digests(seed))


def test_redis_is_restarted_in_the_middle(own, visitor, digests):
    runs = [start(visitor, seed) for seed in range(4)]
    wait_until(lambda: visitor.json(f"/api/runs/{runs[0]}/")["segments"] > 3, what="the first segments")
    os.kill(own.pids()["valkey"], signal.SIGKILL)
    for seed, run in enumerate(runs):
        assert_whole(visitor, finished(visitor, run), digests(seed))


def test_a_run_asked_for_while_redis_is_away_is_computed_later(own, visitor, digests):
    os.kill(own.pids()["valkey"], signal.SIGKILL)
    assert_whole(visitor, finished(visitor, start(visitor, 1)), digests(1))


def test_workers_are_killed_in_the_midst_of_a_hunt(own, visitor):
    chance = random.Random(21)
    started = visitor.post("/api/hunts/", {"document": PROTOCOL, "seeds": SEEDS, "config": BUG})
    kills = 0

    def over():
        nonlocal kills
        found = visitor.json(f"/api/hunts/{started['id']}/")
        if found["state"] in FINAL:
            return found
        time.sleep(chance.uniform(0, LAST_MOMENT_S))
        if kills < KILLS // 2:
            kills += 1
            victims = own.pool() if kills % 5 else [own.pids()["worker"]]
            for child in filter(None, victims):
                os.kill(child, signal.SIGKILL)
        return None

    found = wait_until(over, 240, "the hunt to end", every_s=0.1)
    expected = hunt.search(hunt.hunted(parse(PROTOCOL), BUG), range(1, SEEDS + 1))
    assert kills > 2 and found["state"] == "done" and found["done"] == SEEDS
    assert {name: found[name] for name in ("violations", "properties", "reached", "events")} == {
        name: expected[name] for name in ("violations", "properties", "reached", "events")}
    assert found["shrunk"]["minimal"] and visitor.get(found["run"].split("?")[0])


@pytest.fixture(scope="module")
def serial():
    """Every Cell of WANTED, played in one go."""
    return grid(parse(MEASURED), **WANTED)[1]


def assert_serial(visitor: Visitor, key: str, serial: list[dict]) -> None:
    """What the database holds of the Experiment is the serial answer, byte for byte."""
    with closing(sqlite3.connect(f"file:{visitor.stack.var}/db.sqlite3?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT facts, records, tail, warm_ns FROM runs_experimentcell WHERE experiment_id = ? ORDER BY number",
                                [UUID(key).hex]).fetchall()
    assert len(rows) == len(serial) == 6
    for (facts, records, tail, warm_ns), cell in zip(rows, serial, strict=True):
        assert (tail, warm_ns) == (cell["tail"], cell["warm_ns"])
        for found, expected in ((facts, cell["facts"]), (records, cell["records"])):
            assert json.dumps(json.loads(found), sort_keys=True) == json.dumps(expected, sort_keys=True)


def progress(visitor: Visitor, key: str) -> dict:
    """The Experiment as REST tells of it."""
    return visitor.json(f"/api/experiments/{key}/")


def measuring(visitor: Visitor, share: float) -> str:
    """A new Experiment of which that share is done; its id."""
    key = visitor.post("/api/experiments/", {"document": MEASURED, **WANTED})["id"]

    def enough():
        found = progress(visitor, key)
        assert found["state"] not in FINAL, "it was over before anybody was killed"
        return found["done"] >= share * found["total"] > 0
    wait_until(enough, 60, f"{share} of experiment {key}")
    return key


def test_workers_are_killed_in_the_midst_of_an_experiment(own, visitor, serial):
    """Pool children and the whole worker, the next kill each time as soon as something more is done."""
    key = measuring(visitor, 0.1)
    kills, done = 0, -1
    while (found := progress(visitor, key))["state"] not in FINAL:
        if found["done"] > done and kills < 3:
            victims = [own.pids()["worker"]] if kills == 1 else own.pool()[:1] if kills == 0 else own.pool()
            for child in filter(None, victims):
                os.kill(child, signal.SIGKILL)
            kills, done = kills + bool(victims), found["done"]
        time.sleep(0.1)
    assert kills == 3 and (found["state"], found["done"], found["error"]) == ("done", found["total"], None)
    assert_serial(visitor, key, serial)


def test_an_experiment_resumes_when_everything_is_restarted_in_its_middle(own, visitor, serial):
    key = measuring(visitor, 0.3)
    assert own.stop() < 5
    own.start()
    assert progress(visitor, key)["done"] >= 0.3 * progress(visitor, key)["total"], "what was done is kept"
    found = wait_until(lambda: (now := progress(visitor, key))["state"] in FINAL and now, 60, "the experiment to end", every_s=0.1)
    assert found["state"] == "done"
    assert_serial(visitor, key, serial)


def test_everything_is_restarted_in_the_middle(own, visitor, digests):
    run = start(visitor, 2)
    wait_until(lambda: visitor.json(f"/api/runs/{run}/")["segments"] > 3, what="the first segments")
    assert own.stop() < 5
    own.start()
    assert_whole(visitor, finished(visitor, run), digests(2))
