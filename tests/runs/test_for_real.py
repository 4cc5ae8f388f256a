"""The same promises with the load balancer itself: what is shared, resumed, exported and imported is what was computed."""

import io
import itertools
import json
from collections import Counter

import pytest

from simulator.runs import codec, execute, service
from simulator.runs.models import Segment
from tests.runs.conftest import CRASH, DOCUMENT

S = 1_000_000_000
SCHEDULED = {**DOCUMENT, "actions": [{"at_ns": 6 * S, "kind": "crash", "target": "server-2", "params": {}},
                                     {"at_ns": 8 * S, "kind": "restart", "target": "server-2", "params": {}}]}


def done(run):
    """`run`, computed."""
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run


def payloads(run) -> list[bytes]:
    """Every Segment's payload, shared ones included."""
    return [service.segment_payload(run, number) for number in range(run.segment_count)]


@pytest.fixture
def first(db, who):
    """A Run of a Scenario that crashes and restarts server-2 by itself."""
    return done(service.create_run(SCHEDULED, who))


@pytest.mark.parametrize("clicks", [
    [(4_210_000_000, CRASH)], [(4 * S, CRASH), (7 * S, {"kind": "restart", "target": "server-1"})],
    [(7 * S, CRASH), (3 * S, {"kind": "rate", "params": {"factor": 2}})],
    [(5 * S, {"kind": "crash", "target": "server-2"})],  # which the scenario will find down at 6 s
    [(1, {"kind": "add_server"}), (2 * S, {"kind": "slow", "target": "server-4", "params": {"factor": 5}})],
])
def test_a_branch_is_what_its_whole_journal_computes_from_the_start(first, who, clicks):
    branch = first
    for at_ns, action in clicks:
        branch = done(service.branch(branch, at_ns, action, who))
    whole = done(service.create_run(SCHEDULED, who, journal=branch.journal))
    assert branch.digest == whole.digest != first.digest
    assert payloads(branch) == payloads(whole)
    assert Segment.objects.filter(run=branch).count() == 100 - branch.first_segment < 100 or clicks[0][0] == 1


def test_a_click_that_changes_nothing_is_told(first, who):
    branch = service.branch(first, 7 * S, {"kind": "crash", "target": "server-2"}, who)
    execute.execute(branch.pk, "task")
    branch.refresh_from_db()
    assert branch.state == "failed"
    assert service.run_json(branch, who)["error"].startswith("journal.0.target: server-2 is down")


def test_a_resumed_run_is_the_same(first, who, monkeypatch):
    class Killed(BaseException):
        pass

    again, flushes, flush = service.create_run(SCHEDULED, who), itertools.count(), execute.Store.flush
    monkeypatch.setattr(execute, "BATCH_S", -1.0)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        def stop(self):
            flush(self)
            if next(flushes) == 37:
                raise Killed
        patch.setattr(execute.Store, "flush", stop)
        execute.execute(again.pk, "task")
    done(again)
    assert again.digest == first.digest and payloads(again) == payloads(first)


def test_every_request_is_exported_once(first):
    rows = list(service.export_requests(first))
    json.dumps(rows[:100], allow_nan=False)
    assert sorted(row["k"] for row in rows) == list(range(first.summary["sent"]))
    ended = Counter(row["outcome"] for row in rows)
    outcomes = {"ok": first.summary["ok"], "in_system": first.summary["in_system"], **first.summary["outcomes"]}
    assert ended == Counter({name: count for name, count in outcomes.items() if count})
    latencies = [row["done_ns"] - row["sent_ns"] for row in rows if row["outcome"] == "ok"]
    assert sum(latencies) / len(latencies) / 1e6 == pytest.approx(first.summary["latency_ms"]["mean"], rel=1e-9)
    assert all(row["done_ns"] is None for row in rows if row["outcome"] == "in_system")
    assert all(value is None or value <= 10 * S for row in rows for name, value in row.items() if name.endswith("_ns"))


def test_the_series_adds_up(first):
    rows = list(service.export_series(first))
    assert [row["at_ns"] for row in rows] == sorted({row["at_ns"] for row in rows}) and len(rows) == 2000
    assert sum(row["sent"] for row in rows) == first.summary["sent"]
    assert sum(row["ok"] for row in rows) == first.summary["ok"]


def test_it_comes_back_with_the_same_digest(first, who, other):
    branch = done(service.branch(first, 3 * S, CRASH, who))
    document = json.loads(json.dumps(service.export_document(branch), allow_nan=False))
    assert done(service.import_document(document, other)).digest == branch.digest


def test_a_recording_is_replayed_exactly(db, who):
    log = b"t,d\n" + b"".join(b"%d,%d\n" % (number * 137 + number % 11, number % 50 + 1) for number in range(500))
    mapping = {"format": "csv", "time": "t", "time_unit": "ms", "demand": "d", "demand_factor": 0.001}
    recording = service.store_recording(io.BytesIO(log), "log.csv", mapping, "", who)
    config = {**DOCUMENT["config"], "arrivals": {"law": "recorded", "recording": recording.key}, "service": {"law": "recorded"}}
    run = done(service.create_run({**DOCUMENT, "duration_s": 100, "config": config}, who))
    rows = sorted(service.export_requests(run), key=lambda row: row["k"])
    assert [row["sent_ns"] for row in rows] == [(number * 137 + number % 11) * 1_000_000 for number in range(500)]
    assert [row["depart_ns"] - row["start_ns"] for row in rows] == [(number % 50 + 1) * 1_000_000 for number in range(500)]


def test_a_budget_of_events_holds_for_the_load_balancer(db, who):
    run = service.create_run(DOCUMENT, who)
    run.budget_events = 1_500
    run.save()
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    assert run.state == "budget" and 0 < run.segment_count < 100 and run.summary["sent"] > 0
    assert codec.unpack(service.segment_payload(run, run.segment_count - 1))["number"] == run.segment_count - 1
