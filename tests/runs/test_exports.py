"""A Run goes out as one document and comes in again; recordings travel with it."""

import io
import json

import pytest

from simulator.runs import Mistake, execute, service
from simulator.runs.access import BUDGETS, Who
from simulator.runs.models import Recording, Run, Scenario
from tests.runs.conftest import CRASH, DOCUMENT
from tests.runs.playing import Playing

S = 1_000_000_000
MAPPING = {"format": "csv", "time": "time", "demand": "work", "demand_factor": 0.02}
LOG = b"time,work\n0.0,1\n1.5,2\n2.0,3\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The system that computes nothing."""
    monkeypatch.setattr(execute.play, "prepare", lambda document, seed, journal, inputs: Playing(document, seed, journal))


@pytest.fixture
def finished(run, who):
    """A Run that is done, with a click in its journal."""
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    branch = service.branch(run, 3 * S, CRASH, who)
    execute.execute(branch.pk, "task")
    branch.refresh_from_db()
    return branch


@pytest.fixture
def recording(db, who):
    """Three requests with their demands."""
    return service.store_recording(io.BytesIO(LOG), "log.csv", MAPPING, "A log", who)


def replaying(recording) -> dict:
    """A Scenario that plays the Recording."""
    return {**DOCUMENT, "config": {"arrivals": {"law": "recorded", "recording": recording.key}, "service": {"law": "recorded"}}}


def test_one_document_holds_all_and_comes_back_with_the_same_digest(finished, other):
    document = json.loads(json.dumps(service.export_document(finished), allow_nan=False))
    assert document["digest"] == finished.digest and document["journal"] == finished.journal
    again = service.import_document(document, other)
    execute.execute(again.pk, "task")
    again.refresh_from_db()
    assert again.digest == finished.digest and other.made(again) and again.parent is None


def test_the_series_has_every_sample_once_and_null_for_what_is_not_a_number(finished):
    rows = list(service.export_series(finished))
    assert len(rows) == 400
    assert list(rows[0]) == ["at_ns", "sent", "mean_ms"]
    assert [row["mean_ms"] for row in rows[:4]] == [1.0, None, 2.5, 3.0]
    assert all(type(row["at_ns"]) is int for row in rows)
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize(("change", "field", "status"), [
    ({"format": "distviz-run/9"}, "format", 400), ({"engine_version": "0"}, "engine_version", 409),
    ({"surprise": 1}, "surprise", 400), ({"scenario": []}, "scenario", 400), ({"journal": {}}, "journal", 400),
    ({"journal": [7]}, "journal.0", 400), ({"seed": "x"}, "seed", 400), ({"recordings": []}, "recordings", 400),
    ({"scenario": {**DOCUMENT, "system": "abacus"}}, "system", 400),
    ({"recordings": {"a": 5}}, "recordings.a", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": [1, 2]}}}, "recordings.a.arrival_ns", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": [0, 1.5]}}}, "recordings.a.arrival_ns", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": [0, 9, 5]}}}, "recordings.a.arrival_ns", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": []}}}, "recordings.a.arrival_ns", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": [0, True]}}}, "recordings.a.arrival_ns", 400),
    ({"recordings": {"a": {"name": "x", "arrival_ns": [0, 1], "demand_ns": [1]}}}, "recordings.a.demand_ns", 400),
])
def test_what_is_wrong_with_a_document_is_named(finished, who, change, field, status):
    document = service.export_document(finished) | change
    with pytest.raises(Mistake) as wrong:
        service.import_document(document, who)
    assert (wrong.value.field, wrong.value.status) == (field, status)


def test_a_recording_is_kept_once_with_a_scenario_that_replays_it(recording, who, other):
    assert (recording.rows, recording.span_ns, recording.demand, recording.name) == (3, 2 * S, True, "A log")
    assert recording.figures["key"] == recording.key
    again = service.store_recording(io.BytesIO(LOG), "copy.csv", MAPPING, "", who)
    assert again.pk == recording.pk
    scenario = Scenario.objects.get()
    assert service.parsed(scenario).recordings() == [recording.key] and who.made(scenario)
    theirs = service.store_recording(io.BytesIO(LOG), "log.csv", MAPPING, "", other)
    assert theirs.pk != recording.pk and theirs.key == recording.key


def test_a_recording_travels_with_the_run(recording, who, other):
    run = service.create_run(replaying(recording), who)
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    document = json.loads(json.dumps(service.export_document(run)))
    with pytest.raises(Mistake) as wrong:
        service.create_run(replaying(recording), other)
    assert wrong.value.field == "config.arrivals.recording"
    again = service.import_document(document, other)
    execute.execute(again.pk, "task")
    again.refresh_from_db()
    assert again.digest == run.digest
    assert other.made(Recording.objects.latest("pk"))


def test_a_recording_without_demands_does_not_suit_a_recorded_service(db, who):
    bare = service.store_recording(io.BytesIO(LOG), "log.csv", {**MAPPING, "demand": None}, "", who)
    with pytest.raises(Mistake) as wrong:
        service.create_run(replaying(bare), who)
    assert wrong.value.field == "config.service.law"


def test_a_preview_keeps_nothing(db, who):
    shown = service.preview_recording(io.BytesIO(LOG), "log.csv", {"format": "csv", "time": "time"}, who)
    assert shown["rows"] == 3 and shown["demand"] is None
    assert not Recording.objects.exists()


def test_an_upload_has_a_size(db, who, monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(BUDGETS, "visitor", replace(BUDGETS["visitor"], upload_bytes=10))
    with pytest.raises(Mistake) as wrong:
        service.store_recording(io.BytesIO(LOG), "log.csv", None, "", who)
    assert (wrong.value.field, wrong.value.status) == ("file", 413)


def test_a_run_of_a_deleted_recording_says_so(recording, who):
    run = service.create_run(replaying(recording), who)
    Run.objects.update(document={**run.document, "config": {**run.document["config"], "arrivals": {
        "law": "recorded", "recording": "0" * 16, "speed_up": 1}}})
    with pytest.raises(Mistake):
        service.branch(Run.objects.get(), S, CRASH, who)
    assert not Who(None, "", True).may_create
