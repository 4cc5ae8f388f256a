"""REST: every address does what the OpenAPI document says."""

import csv
import io
import json

import pytest

from simulator.runs.models import Recording, Run, Scenario, State
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db


def sent(client, url, body=None, method="post"):
    """The answer to a JSON request."""
    return getattr(client, method)(url, json.dumps(body), content_type="application/json")


def test_the_index_names_all_nouns(visitor):
    for noun, url in visitor.get("/api/").json().items():
        assert url.endswith(f"/api/{noun}/")
        assert visitor.get(url).status_code == 200


def test_systems_come_with_schema_and_actions(visitor):
    system = next(one for one in visitor.get("/api/systems/").json() if one["key"] == "load_balancer")
    assert system["key"] == "load_balancer" and system["left_out"] and system["modelled"]
    assert {"crash", "restart", "rate"} <= {spec["kind"] for spec in system["actions"]}
    assert visitor.get("/api/systems/load_balancer/").json() == system
    assert visitor.get("/api/systems/load_balancer/schema/").json() == system["schema"]
    assert visitor.get("/api/systems/nowhere/").status_code == 404


def test_a_scenario_is_made_read_changed_and_forgotten(visitor):
    made = sent(visitor, "/api/scenarios/", {"document": DOCUMENT, "visibility": "unlisted"})
    assert made.status_code == 201, made.content
    key = made.json()["key"]
    read = visitor.get(f"/api/scenarios/{key}/").json()
    assert read == made.json() and read["mine"] and read["document"]["config"]["servers"][0]["speed"] == 1
    changed = sent(visitor, f"/api/scenarios/{key}/", {"document": {**DOCUMENT, "seed": 9}, "visibility": "public"}, "patch")
    assert changed.json()["seed"] == 9 and changed.json()["visibility"] == "public"
    assert [row["key"] for row in visitor.get("/api/scenarios/").json()["results"]] == [key]
    assert visitor.get("/api/scenarios/?system=paxos").json()["count"] == 0
    assert visitor.delete(f"/api/scenarios/{key}/").status_code == 204
    assert not Scenario.objects.exists()


def test_a_taken_key_is_a_conflict(visitor):
    assert sent(visitor, "/api/scenarios/", {"document": DOCUMENT, "key": "mine"}).status_code == 201
    again = sent(visitor, "/api/scenarios/", {"document": DOCUMENT, "key": "mine"})
    assert again.status_code == 409 and again.json()["field"] == "key"


def test_a_document_is_checked_without_keeping_it(visitor):
    answer = sent(visitor, "/api/scenarios/check/", {"document": DOCUMENT}).json()
    assert answer["needs"] is None and answer["document"]["config"]["strategy"]
    wrong = sent(visitor, "/api/scenarios/check/", {"document": {**DOCUMENT, "config": {"servers": [{"count": -1}]}}})
    assert wrong.status_code == 400 and wrong.json()["field"] == "config.servers.0.count"
    assert not Scenario.objects.exists()


def test_a_run_is_made_of_a_document_and_of_a_scenario(visitor, scenario_of):
    made = sent(visitor, "/api/runs/", {"document": DOCUMENT, "seed": 5})
    assert made.status_code == 201, made.content
    run = made.json()
    assert run["state"] == "queued" and run["seed"] == 5 and run["mine"] and run["url"] == f"/runs/{run['id']}/"
    scenario = scenario_of(who_of(visitor))
    second = sent(visitor, "/api/runs/", {"scenario": scenario.key}).json()
    assert second["scenario"] == scenario.key and second["seed"] == 7
    assert visitor.get(f"/api/runs/{run['id']}/").json() == run
    listed = visitor.get("/api/runs/?limit=1").json()
    assert listed["count"] == 2 and len(listed["results"]) == 1 and listed["next"]
    assert visitor.get("/api/runs/?state=done").json()["count"] == 0


def test_a_run_can_be_cancelled_shared_and_deleted(visitor, client_of, run_of):
    run = run_of(who_of(visitor), 2, State.RUNNING)
    url = f"/api/runs/{run.pk}/"
    assert visitor.delete(url).status_code == 409
    assert sent(visitor, f"{url}cancel/", {}).json()["state"] == "cancelled"
    assert client_of().get(url).status_code == 404
    assert sent(visitor, url, {"visibility": "unlisted"}, "patch").json()["visibility"] == "unlisted"
    assert client_of().get(url).json()["mine"] is False
    assert visitor.delete(url).status_code == 204
    assert not Run.objects.exists()


def test_a_branch_shares_the_past(visitor, run_of):
    run = run_of(who_of(visitor), 100, State.DONE)
    action = {"kind": "crash", "target": "server-1"}
    made = sent(visitor, f"/api/runs/{run.pk}/branch/", {"at_ns": 5_000_000_000, "action": action})
    assert made.status_code == 201, made.content
    branch = made.json()
    assert branch["parent"] == str(run.pk) and branch["segments"] == 50
    assert visitor.get(f"/api/runs/{branch['id']}/segments/3/").content == visitor.get(f"/api/runs/{run.pk}/segments/3/").content
    assert visitor.delete(f"/api/runs/{run.pk}/").status_code == 409


def test_segments_are_listed_and_read(visitor, run_of):
    run = run_of(who_of(visitor), 3, State.RUNNING)
    rows = visitor.get(f"/api/runs/{run.pk}/segments/").json()
    assert [row["number"] for row in rows] == [0, 1, 2] and rows[1]["from_ns"] == rows[0]["until_ns"]
    answer = visitor.get(rows[2]["url"])
    assert answer["Content-Type"] == "application/octet-stream" and answer.content[:1] == b"\x78"
    for number in (3, 10**9, 10**30):
        assert visitor.get(f"/api/runs/{run.pk}/segments/{number}/").status_code == 404


def test_a_summary_is_there_once_the_run_has_one(visitor, run_of):
    run, done = run_of(who_of(visitor)), run_of(who_of(visitor), 1, State.DONE)
    assert visitor.get(f"/api/runs/{run.pk}/summary/").status_code == 404
    assert visitor.get(f"/api/runs/{done.pk}/summary/").json()["ok"] == 9


def test_a_comparison_is_made_read_branched_and_deleted(visitor, scenario_of):
    scenario = scenario_of(who_of(visitor))
    lanes = [{"title": name, "config": {"strategy": {"name": name}}} for name in ("random", "round_robin", "least_connections")]
    made = sent(visitor, "/api/comparisons/", {"scenario": scenario.key, "lanes": lanes, "seed": 3})
    assert made.status_code == 201, made.content
    comparison = made.json()
    assert [run["lane_title"] for run in comparison["runs"]] == ["random", "round_robin", "least_connections"]
    assert {run["seed"] for run in comparison["runs"]} == {3}
    url = f"/api/comparisons/{comparison['id']}/"
    assert visitor.get(url).json() == comparison
    branch = sent(visitor, f"{url}branch/", {"at_ns": 0, "action": {"kind": "crash", "target": "server-0"}})
    assert branch.status_code == 201 and branch.json()["parent"] == comparison["id"]
    assert visitor.get("/api/comparisons/").json()["count"] == 2
    assert sent(visitor, url, {"visibility": "public"}, "patch").json()["runs"][0]["visibility"] == "public"
    Run.objects.update(state=State.DONE)
    assert visitor.delete(url).status_code == 409
    assert visitor.delete(f"/api/comparisons/{branch.json()['id']}/").status_code == 204
    assert visitor.delete(url).status_code == 204


def log_file(text: bytes = b"time,work\n0.0,1\n1.5,2\n2.0,3\n", name: str = "log.csv"):
    """A file to upload."""
    file = io.BytesIO(text)
    file.name = name
    return file


def test_a_recording_is_previewed_kept_read_and_forgotten(visitor):
    preview = visitor.post("/api/recordings/preview/", {"file": log_file()})
    assert preview.status_code == 200, preview.content
    mapping = preview.json()["mapping"]
    assert preview.json()["rows"] == 3 and preview.json()["span_ns"] == 2_000_000_000
    assert not Recording.objects.exists()
    kept = visitor.post("/api/recordings/", {"file": log_file(), "mapping": json.dumps(mapping), "name": "Monday"})
    assert kept.status_code == 201, kept.content
    key = kept.json()["key"]
    assert kept.json()["name"] == "Monday" and kept.json()["mine"]
    assert visitor.get("/api/recordings/").json()["results"][0]["key"] == key
    whole = visitor.get(f"/api/recordings/{key}/").json()
    assert whole["preview"]["rate"]["counts"] and whole["document"]["config"]["arrivals"]["recording"] == key
    run = sent(visitor, "/api/runs/", {"document": whole["document"]})
    assert run.status_code == 201, run.content
    assert sent(visitor, f"/api/recordings/{key}/", {"visibility": "public"}, "patch").json()["visibility"] == "public"
    assert visitor.delete(f"/api/recordings/{key}/").status_code == 204


def test_a_run_of_a_recording_that_is_not_there_names_the_field(visitor):
    document = {**DOCUMENT, "config": {"arrivals": {"law": "recorded", "recording": "0" * 16}}}
    answer = sent(visitor, "/api/runs/", {"document": document})
    assert answer.status_code == 400 and answer.json()["field"] == "config.arrivals.recording"
    assert sent(visitor, "/api/scenarios/check/", {"document": document}).json()["needs"] == "0" * 16


def test_series_as_csv_and_json_say_the_same(visitor, run_of):
    run = run_of(who_of(visitor), 3, State.DONE)
    answer = visitor.get(f"/api/runs/{run.pk}/series.csv")
    assert answer.streaming and "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    objects = json.loads(b"".join(visitor.get(f"/api/runs/{run.pk}/series.json").streaming_content))
    assert len(rows) == len(objects) == 6
    assert [int(row["at_ns"]) for row in rows] == [row["at_ns"] for row in objects]
    assert rows[1]["mean_ms"] == "" and objects[1]["mean_ms"] is None


def test_a_run_without_segments_exports_nothing(visitor, run_of):
    run = run_of(who_of(visitor))
    assert b"".join(visitor.get(f"/api/runs/{run.pk}/series.csv").streaming_content) == b""
    assert json.loads(b"".join(visitor.get(f"/api/runs/{run.pk}/series.json").streaming_content)) == []


def test_the_whole_document_can_be_posted_back(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.DONE)
    document = json.loads(visitor.get(f"/api/runs/{run.pk}/document.json").content)
    made = sent(visitor, "/api/runs/import/", document)
    assert made.status_code == 201, made.content
    assert made.json()["config"] == document["scenario"]["config"] and made.json()["seed"] == run.seed


def test_the_openapi_document_and_its_page(visitor):
    document = visitor.get("/api/schema/").json()
    assert document["openapi"].startswith("3.")
    page = visitor.get("/api/docs/").content.decode()
    for path, operations in document["paths"].items():
        for method in operations:
            assert f'>{method.upper()}</code> <code class="api-path" translate="no">{path}<' in page, path
    for name in document["components"]["schemas"]:
        assert f"shape-{name}" in page
    assert "<script>" not in page and "style=" not in page
