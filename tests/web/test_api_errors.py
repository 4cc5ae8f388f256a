"""REST refuses with one sentence, the field that is wrong, and the right status."""

import json
from uuid import uuid4

import pytest
from django.conf import settings

from simulator.runs import service
from simulator.runs.models import Run, State
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db
POSTS = ["/api/scenarios/", "/api/scenarios/check/", "/api/runs/", "/api/runs/import/", "/api/comparisons/"]


def refused(answer, status: int, field: str | None = None) -> str:
    """The sentence of an error; its shape, status and field are what they should be."""
    assert answer.status_code == status, answer.content
    said = answer.json()
    assert set(said) == {"error", "field"} and said["error"] and "\n" not in said["error"]
    if field is not None:
        assert said["field"] == field, said
    return said["error"]


def post(client, url, body, media="application/json"):
    """The answer to a POST; `body` is sent as it is where it is bytes."""
    return client.post(url, body if isinstance(body, bytes) else json.dumps(body), content_type=media)


@pytest.mark.parametrize("url", POSTS)
@pytest.mark.parametrize("body", [
    b"", b"null", b"[]", b"3", b'"x"', b"true", b"{", b"nonsense", b'{"document": NaN}', b'{"document": 1e999}', b"\xff\xfe",
    b'{"document": null}', b'{"document": []}', b'{"document": "x"}', b'{"document": {"title": "\\u0000"}}',
    b'{"document": {"title": "\\ud800"}}', b"[" * 100_000, b"{}",
])
def test_malformed_bodies(visitor, url, body):
    refused(post(visitor, url, body), 400)


@pytest.mark.parametrize("url", [*POSTS, "/api/recordings/", "/api/recordings/preview/"])
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x", "image/png"])
def test_content_types_that_are_not_read(visitor, url, media):
    refused(post(visitor, url, b"a=1", media), 415)


@pytest.mark.parametrize(("url", "methods"), [
    ("/api/", "post put patch delete"), ("/api/systems/", "post put delete"), ("/api/systems/load_balancer/", "post"),
    ("/api/scenarios/", "put patch delete"), ("/api/scenarios/check/", "get put"), ("/api/runs/", "put patch delete"),
    ("/api/runs/import/", "get delete"), ("/api/recordings/", "put delete"), ("/api/recordings/preview/", "get"),
    ("/api/comparisons/", "put"), ("/api/schema/", "post"), ("/api/docs/", "post"),
])
def test_methods_that_are_not_answered(visitor, url, methods):
    for method in methods.split():
        answer = visitor.generic(method.upper(), url, "{}", "application/json")
        refused(answer, 405)
        assert answer["Allow"]


def test_addresses_that_are_not_there(visitor):
    for url in ("/api/nothing/", "/api/runs/x/", f"/api/runs/{uuid4()}/", f"/api/comparisons/{uuid4()}/",
                "/api/scenarios/none/", "/api/recordings/none/", "/api/systems/none/", "/api/systems/none/schema/",
                f"/api/runs/{uuid4()}/segments/0/", f"/api/runs/{uuid4()}/requests.csv", f"/api/runs/{uuid4()}/document.json"):
        refused(visitor.get(url), 404)
    for url in ("/api/nothing/", f"/api/runs/{uuid4()}/cancel/", f"/api/runs/{uuid4()}/branch/"):
        refused(post(visitor, url, {"at_ns": 0, "action": {"kind": "crash"}}), 404)


@pytest.mark.parametrize(("change", "field"), [
    ({"system": "nowhere"}, "system"), ({"duration_s": -1}, "duration_s"), ({"duration_s": "x"}, "duration_s"), ({"seed": 1.5}, "seed"),
    ({"config": {"servers": [{"count": 0}]}}, "config.servers.0.count"), ({"config": {"servers": []}}, "config.servers"),
    ({"config": {"nonsense": 1}}, "config.nonsense"), ({"config": {"arrivals": {"law": "poisson", "rate_per_s": -1}}}, "config.arrivals.rate_per_s"),
    ({"more": 1}, "more"), ({"config": None}, "config"), ({"format": "other"}, "format"), ({"actions": [{"at_ns": 0, "kind": "explode"}]}, "actions.0.kind"),
    ({"actions": [{"at_ns": -1, "kind": "crash", "target": "server-0"}]}, "actions.0.at_ns"),
])
def test_wrong_documents_name_the_field(visitor, change, field):
    document = {**DOCUMENT, **change}
    for url, body in (("/api/scenarios/", {"document": document}), ("/api/runs/", {"document": document}),
                      ("/api/scenarios/check/", {"document": document}),
                      ("/api/comparisons/", {"document": document, "lanes": [{"title": "a"}, {"title": "b"}]})):
        refused(post(visitor, url, body), 400, field)
    assert not Run.objects.exists()


@pytest.mark.parametrize(("body", "field"), [
    ({}, ""), ({"scenario": "x", "document": {}}, ""), ({"scenario": 3.5}, "scenario"), ({"scenario": "a/b"}, "scenario"),
    ({"document": DOCUMENT, "seed": -1}, "seed"), ({"document": DOCUMENT, "seed": "x"}, "seed"), ({"document": DOCUMENT, "seed": 2**60}, "seed"),
    ({"document": DOCUMENT, "journal": {}}, "journal"), ({"document": DOCUMENT, "journal": [3]}, "journal.0"),
    ({"document": DOCUMENT, "journal": [{"kind": "crash", "target": "server-0"}]}, "journal.0.at_ns"),
    ({"document": DOCUMENT, "journal": [{"kind": "x", "at_ns": 0}]}, "journal.0.kind"),
])
def test_wrong_runs_name_the_field(visitor, body, field):
    refused(post(visitor, "/api/runs/", body), 400, field)


@pytest.mark.parametrize(("body", "field"), [
    ({}, "at_ns"), ({"at_ns": 0}, "action"), ({"at_ns": 0, "action": None}, "action"), ({"at_ns": 0, "action": []}, "action"),
    ({"at_ns": -1, "action": {"kind": "crash"}}, "at_ns"), ({"at_ns": 10**20, "action": {"kind": "crash"}}, "at_ns"),
    ({"at_ns": 11 * 10**9, "action": {"kind": "crash", "target": "server-0"}}, "action.at_ns"),
    ({"at_ns": 0, "action": {"kind": "explode"}}, "action.kind"), ({"at_ns": 0, "action": {"kind": "crash", "target": "server-9"}}, "action.target"),
    ({"at_ns": 0, "action": {"kind": "slow", "target": "server-0", "params": {"factor": "x"}}}, "action.params.factor"),
    ({"at_ns": 0, "action": {"kind": "slow", "target": "server-0", "params": {"factor": -5}}}, "action.params.factor"),
    ({"at_ns": 0, "action": {"kind": "slow", "target": "server-0", "params": {"more": 5}}}, "action.params.more"),
])
def test_wrong_branches_name_the_field(visitor, run_of, body, field):
    run = run_of(who_of(visitor), 1, State.DONE)
    refused(post(visitor, f"/api/runs/{run.pk}/branch/", body), 400, field)


@pytest.mark.parametrize(("lanes", "field"), [
    (None, "lanes"), ([], "lanes"), ([{"title": "a"}], "lanes"), ([{"title": "a"}] * 5, "lanes"), ([{}, {}], "lanes.0.title"),
    ([{"title": "a"}, {"title": "b", "config": {"strategy": {"name": "magic"}}}], "lanes.1.config.strategy"),
    ([{"title": "a"}, {"title": "b", "config": 3}], "lanes.1.config"),
])
def test_wrong_lanes_name_the_field(visitor, lanes, field):
    sentence_field = refused_field(post(visitor, "/api/comparisons/", {"document": DOCUMENT, "lanes": lanes}))
    assert sentence_field.startswith(field)


def refused_field(answer) -> str:
    """The field of a 400."""
    refused(answer, 400)
    return answer.json()["field"]


def test_a_config_asking_for_a_million_million_requests(visitor):
    config = {"arrivals": {"law": "poisson", "rate_per_s": 10_000_000}}
    answer = post(visitor, "/api/runs/", {"document": {**DOCUMENT, "duration_s": 100_000, "config": config}})
    assert answer.status_code in (400, 413)
    assert answer.json()["error"]


def test_more_runs_at_a_time_than_the_budget(visitor, run_of):
    who = who_of(visitor)
    for _ in range(who.budget.concurrent_runs):
        run_of(who)
    refused(post(visitor, "/api/runs/", {"document": DOCUMENT}), 429)


def test_asking_too_often(visitor, settings):
    settings.DISTVIZ_THROTTLES = {"read-visitor": (3, 60), "write-visitor": (1, 60)}
    from django.core.cache import cache

    cache.clear()
    for _ in range(3):
        assert visitor.get("/api/systems/").status_code == 200
    answer = visitor.get("/api/systems/")
    refused(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 60
    assert post(visitor, "/api/scenarios/check/", {"document": DOCUMENT}).status_code == 200
    refused(post(visitor, "/api/scenarios/check/", {"document": DOCUMENT}), 429)
    cache.clear()


def test_a_database_that_does_not_answer(visitor, monkeypatch):
    from django.db import OperationalError

    def away(*arguments, **named):
        raise OperationalError("database is locked")

    monkeypatch.setattr(service, "create_run", away)
    refused(post(visitor, "/api/runs/", {"document": DOCUMENT}), 503)


def test_pages_without_a_database_say_so(visitor, monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError("database is locked")

    monkeypatch.setattr(service, "systems", away)
    answer = visitor.get("/")
    assert answer.status_code == 503 and b"<html" in answer.content


@pytest.mark.parametrize("accept", ["text/html", "text/csv", "nonsense", "application/xml;q=0.1", ""])
def test_each_address_has_one_format_whatever_is_accepted(visitor, accept):
    assert visitor.get("/api/systems/?format=xml", headers={"Accept": accept})["Content-Type"] == "application/json"


def test_our_own_mistake_is_a_sentence_too(visitor, monkeypatch):
    monkeypatch.setattr(service, "systems", lambda: 1 / 0)
    visitor.raise_request_exception = False
    refused(visitor.get("/api/systems/"), 500)


def test_errors_come_in_the_language_of_the_page(visitor):
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    sentence = refused(post(visitor, "/api/runs/", {"scenario": "x y"}), 400, "scenario")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "limit=99999999999999999999", "offset=99999999999999999999", "offset=-1", "limit=" + "9" * 5000])
def test_wrong_pages_of_a_list_are_the_first_or_an_empty_one(visitor, query):
    assert visitor.get(f"/api/runs/?{query}").status_code == 200
