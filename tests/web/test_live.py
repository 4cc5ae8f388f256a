"""The web floor on the real stack: a run over REST and over the socket, and an upload of two gigabytes."""

import asyncio
import csv
import io
import json
import socket
import time
from urllib.error import HTTPError

import pytest

from tests.bench.sockets import Client
from tests.stack import Visitor, wait_until
from tests.web.test_uploads import resident_mb

pytestmark = pytest.mark.stack
DOCUMENT = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "Over the wire", "duration_s": 20, "seed": 3,
            "config": {"arrivals": {"law": "poisson", "rate_per_s": 200}, "servers": [{"count": 4}]},
            "actions": [{"at_ns": 5_000_000_000, "kind": "crash", "target": "server-1", "params": {}}]}


@pytest.fixture(scope="module")
def visitor(stack):
    """A visitor of the running product."""
    return Visitor(stack)


def finished(visitor, run: dict) -> dict:
    """The run once it is done."""
    def over():
        found = visitor.json(f"/api/runs/{run['id']}/")
        return found if found["state"] not in ("queued", "running") else None
    done = wait_until(over, 60, "the run to end", every_s=0.1)
    assert done["state"] == "done", done["error"]
    return done


@pytest.fixture(scope="module")
def run(visitor):
    """A finished run."""
    return finished(visitor, visitor.post("/api/runs/", {"document": DOCUMENT}))


def test_exported_requests_are_all_there_and_agree_with_the_summary(visitor, run):
    rows = list(csv.DictReader(io.StringIO(visitor.get(f"/api/runs/{run['id']}/requests.csv").decode())))
    objects = visitor.json(f"/api/runs/{run['id']}/requests.json")
    assert len(rows) == len(objects) == run["summary"]["sent"]
    outcomes = [row["outcome"] for row in rows]
    assert outcomes.count("ok") == run["summary"]["ok"]
    assert outcomes.count("crashed") == run["summary"]["outcomes"]["crashed"]
    with pytest.raises(HTTPError) as caught:
        visitor.get("/api/runs/00000000-0000-0000-0000-000000000000/requests.csv")
    caught.value.close()
    assert caught.value.code == 404


def test_exported_series_cover_the_whole_run(visitor, run):
    rows = visitor.json(f"/api/runs/{run['id']}/series.json")
    assert rows[-1]["at_ns"] == run["duration_ns"] and sum(row["sent"] for row in rows) == run["summary"]["sent"]


def test_the_document_posted_back_gives_the_same_digest(visitor, run):
    document = visitor.json(f"/api/runs/{run['id']}/document.json")
    again = finished(visitor, visitor.post("/api/runs/import/", document))
    assert again["digest"] == run["digest"] and again["id"] != run["id"]


def test_a_branch_over_rest_differs_from_its_parent(visitor, run):
    action = {"kind": "restart", "target": "server-1", "params": {}}
    branch = finished(visitor, visitor.post(f"/api/runs/{run['id']}/branch/", {"at_ns": 8_000_000_000, "action": action}))
    assert branch["digest"] != run["digest"] and branch["parent"] == run["id"]
    mine, theirs = (visitor.get(f"/api/runs/{one['id']}/segments/3/") for one in (branch, run))
    assert mine == theirs


def test_a_socket_gets_every_segment_of_a_run_as_it_is_computed(stack, visitor):
    run = visitor.post("/api/runs/", {"document": {**DOCUMENT, "seed": 4}})
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)

    async def watch():
        client = Client(stack.port, run["id"], cookies)
        await client.watch()
        await asyncio.wait_for(client.follow(run["duration_ns"] // run["window_ns"]), 30)
        await client.close()
        return [number for number, _at in client.received]

    numbers = asyncio.run(watch())
    assert numbers == list(range(len(numbers)))


def test_a_stranger_s_socket_is_turned_away(stack, run):
    async def refused():
        client = Client(stack.port, run["id"], origin="http://evil.example")
        with pytest.raises(AssertionError, match="403"):
            await client.watch()
        await client.close()

    asyncio.run(refused())


def test_an_upload_of_two_gigabytes_is_refused_at_once_and_costs_nothing(stack, visitor):
    web = stack.pids()["web"]
    before = resident_mb(web)
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", stack.port), 10) as wire:
        wire.sendall(b"POST /api/recordings/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                     b"Content-Length: 2147483648\r\n\r\n")
        wire.settimeout(10)
        answer = wire.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413") and time.monotonic() - begun < 5
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
    assert resident_mb(web) - before < 30
    assert visitor.json("/api/systems/")
