"""Every page: what its template and its script are given, and nothing inline."""

import json
import re

import pytest

from simulator.runs import service
from simulator.runs.models import Run, State
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db


def data_of(answer) -> dict:
    """The JSON that a page gives to its script."""
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', answer.content.decode(), re.DOTALL)
    return json.loads(found[1])


@pytest.fixture
def made(visitor, scenario_of, run_of, recording_of):
    """One of each, and the address of every page that shows them."""
    who = who_of(visitor)
    scenario, run, recording = scenario_of(who), run_of(who, 3, State.DONE), recording_of(who)
    lanes = [{"title": "a", "config": {}}, {"title": "b", "config": {"strategy": {"name": "random"}}}]
    comparison = service.create_comparison(DOCUMENT, lanes, who)
    return {
        "gallery": "/", "scenario": f"/scenarios/{scenario.key}/", "runs": "/runs/", "stage": f"/runs/{run.pk}/?t=4.21",
        "compare": f"/compare/{comparison.pk}/", "compare_new": f"/compare/new/?scenario={scenario.key}",
        "choose": "/compare/new/", "replay": f"/compare/new/?recording={recording.key}", "recordings": "/recordings/",
        "recording": f"/recordings/{recording.key}/", "system": "/systems/load_balancer/",
    }


def test_every_page_answers_with_its_script_s_data(visitor, made):
    for name, url in made.items():
        answer = visitor.get(url)
        assert answer.status_code == 200, name
        data = data_of(answer)
        assert data["socket"] == "/ws/" and data["who"]["may_create"] and data["urls"]["runs"] == "/api/runs/"
        assert visitor.head(url).status_code == 200


def test_no_page_needs_anything_inline(visitor, made):
    for url in [*made.values(), "/accounts/login/", "/nothing/", "/api/docs/", "/admin/login/"]:
        answer = visitor.get(url)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), url
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']", text), url


def test_the_stage_is_given_its_lanes_and_its_moment(visitor, made):
    data = data_of(visitor.get(made["stage"]))
    assert data["t_ns"] == 4_210_000_000 and data["comparison"] is None
    assert len(data["runs"]) == 1 and data["system"]["key"] == data["runs"][0]["system"]
    lanes = data_of(visitor.get(made["compare"]))
    assert [run["lane"] for run in lanes["runs"]] == [0, 1] and lanes["comparison"]["mine"]


@pytest.mark.parametrize(("t", "at_ns"), [("", None), ("x", None), ("nan", None), ("inf", None), ("-1", 0), ("1e30", 10_000_000_000), ("0.5", 500_000_000)])
def test_the_moment_in_a_link(visitor, run_of, t, at_ns):
    run = run_of(who_of(visitor))
    assert data_of(visitor.get(f"/runs/{run.pk}/", {"t": t}))["t_ns"] == at_ns


def test_a_link_without_the_last_slash_finds_its_run(visitor, run_of):
    run = run_of(who_of(visitor))
    answer = visitor.get(f"/runs/{run.pk}?t=4.21")
    assert answer.status_code == 301 and answer["Location"] == f"/runs/{run.pk}/?t=4.21"


def test_the_set_up_is_given_document_and_schema(visitor, made):
    data = data_of(visitor.get(made["scenario"]))
    assert data["scenario"]["document"]["config"]["servers"][0]["count"] == 4
    assert data["system"]["schema"]["properties"]["strategy"]


def test_a_new_comparison_proposes_the_scenario_s_own_choice_first(visitor, made):
    data = data_of(visitor.get(made["compare_new"]))
    own = data["scenario"]["document"]["config"]["strategy"]
    assert data["lanes"][0]["config"]["strategy"] == own
    names = [lane["config"]["strategy"]["name"] for lane in data["lanes"]]
    assert len(names) == len(set(names)) and 2 <= len(names) <= data["lanes_at_most"]
    assert data_of(visitor.get(made["replay"]))["document"]["config"]["arrivals"]["law"] == "recorded"


def test_my_runs_come_newest_first_and_unfinished_ones_are_watched(visitor, made, run_of):
    newest = run_of(who_of(visitor), 1, State.RUNNING)
    answer = visitor.get("/runs/")
    rows = answer.context["page"].object_list
    assert rows[0]["id"] == str(newest.pk) and [row["is"] for row in rows] == ["run", "comparison", "run"]
    assert str(newest.pk) in [run["id"] for run in data_of(answer)["runs"]]


@pytest.mark.parametrize("number", ["x", "-1", "0", "999999", "9" * 5000])
def test_pages_of_my_runs_that_are_not_there(visitor, run_of, number):
    run_of(who_of(visitor))
    assert visitor.get("/runs/", {"page": number}).status_code == 200


def test_starting_a_scenario_without_a_script(visitor, made):
    answer = visitor.post(made["scenario"], {"seed": "12"})
    run = Run.objects.order_by("created").last()
    assert answer["Location"] == f"/runs/{run.pk}/" and run.seed == 12
    for seed in ("x", "-1", "1.5", "9" * 5000, "²"):
        answer = visitor.post(made["scenario"], {"seed": seed}, follow=True)
        assert answer.status_code == 200 and "seed" in str(list(answer.context["messages"])[0])


def test_the_fidelity_sheet_has_every_parameter(visitor):
    parameters = visitor.get("/systems/load_balancer/").context["parameters"]
    paths = {parameter["path"] for parameter in parameters}
    assert {"arrivals", "arrivals.rate_per_s", "servers", "servers[].speed", "strategy", "strategy.choices", "timeout_ms"} <= paths
    numbers = [parameter for parameter in parameters if parameter["path"].endswith(("_ms", "_s"))]
    assert numbers and all(parameter["unit"] for parameter in numbers if parameter["path"].count(".") == 1)


def test_languages_switch_on_every_page(visitor, made):
    for url in made.values():
        answer = visitor.post("/i18n/setlang/", {"language": "zh-hans", "next": url})
        assert answer.status_code == 302 and answer["Location"] == url
        assert '<html lang="zh-hans"' in visitor.get(url).content.decode().lower()
        visitor.post("/i18n/setlang/", {"language": "en", "next": url})
        assert '<html lang="en"' in visitor.get(url).content.decode()


def test_a_scenario_speaks_the_language_of_the_page(visitor, scenario_of):
    scenario = scenario_of(who_of(visitor), title={"en": "Calm", "zh-hans": "平静"})
    visitor.post("/i18n/setlang/", {"language": "zh-hans"})
    assert data_of(visitor.get(f"/scenarios/{scenario.key}/"))["scenario"]["title"] == "平静"


def test_signing_in_and_out(client, person):
    person("ada")
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/accounts/login/", {"username": "ada", "password": "wrong"}).status_code == 200
    answer = client.post("/accounts/login/?next=/runs/", {"username": "ada", "password": "secret", "next": "/runs/"})
    assert answer["Location"] == "/runs/"
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").status_code == 302
    assert client.post("/accounts/login/", {"username": "ada", "password": "secret", "next": "https://evil.example/"})["Location"] == "/"


def test_error_pages_are_one_sentence(visitor, made, monkeypatch, rf):
    for url, status in (("/nothing/", 404), ("/runs/00000000-0000-0000-0000-000000000000/", 404), ("/systems/none/", 404)):
        answer = visitor.get(url)
        assert answer.status_code == status and answer.context["sentence"]
    answer = visitor.post("/runs/")
    assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD" and b"<html" in answer.content
    monkeypatch.setattr(service, "systems", lambda: 1 / 0)
    visitor.raise_request_exception = False
    answer = visitor.get("/")
    assert answer.status_code == 500 and b"on our side" in answer.content


def test_a_host_that_is_not_ours_is_a_bad_request(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400 and b"<html" in answer.content


def test_a_page_without_a_session_reads_no_session_from_the_database(client, django_assert_max_num_queries, settings):
    settings.DISTVIZ_OPEN = False
    with django_assert_max_num_queries(3):
        assert client.get("/").status_code == 200


def test_texts_of_the_script_come_as_a_script(client):
    answer = client.get("/jsi18n/")
    assert answer["Content-Type"].startswith("text/javascript") and b"gettext" in answer.content


def test_a_cookie_of_another_site_on_this_host_is_no_bar(client):
    client.cookies["sessionid"] = "z" * 32
    answer = client.get("/")
    assert data_of(answer)["who"]["may_create"] and answer.context["site"]["may_create"]
    assert client.cookies["sessionid"].value != "z" * 32
