"""The admin: scenarios are edited with checks that name the field, everything else is looked at."""

import io
import json

import pytest

from simulator.runs import service
from simulator.runs.access import Who
from simulator.runs.models import Run, Scenario, State
from tests.runs.conftest import PROTOCOL
from tests.web.conftest import DOCUMENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(person, client_of):
    """A superuser's client; .user is the user."""
    user = person("boss", is_staff=True, is_superuser=True)
    client = client_of(user)
    client.user = user
    return client


@pytest.fixture
def scenario(boss):
    """One of the superuser's own."""
    return service.save_scenario(DOCUMENT, Who(boss.user))


def test_every_list_and_every_thing_can_be_looked_at(boss, scenario, run_of, recording_of):
    who = Who(boss.user)
    run, recording = run_of(who, 1, State.DONE), recording_of(who)
    comparison = service.create_comparison(DOCUMENT, [{"title": "a", "config": {}}, {"title": "b", "config": {}}], who)
    hunt = service.create_hunt(PROTOCOL, who, 10)
    things = (("scenario", scenario), ("run", run), ("recording", recording), ("comparison", comparison), ("hunt", hunt))
    for noun, thing in things:
        listed = boss.get(f"/admin/runs/{noun}/")
        assert listed.status_code == 200 and str(getattr(thing, "key", thing.pk)) in listed.content.decode()
        assert boss.get(f"/admin/runs/{noun}/{thing.pk}/change/").status_code == 200, noun
    assert f"/runs/{run.pk}/" in boss.get("/admin/runs/run/").content.decode()
    assert boss.get("/admin/runs/run/add/").status_code == 403
    assert boss.post(f"/admin/runs/run/{run.pk}/change/", {"seed": 99}).status_code == 403


def test_a_wrong_document_names_the_field(boss, scenario):
    url = f"/admin/runs/scenario/{scenario.pk}/change/"
    for document, said in (({**DOCUMENT, "config": {"servers": [{"count": 0}]}}, "count"), ({**DOCUMENT, "more": 1}, "more")):
        answer = boss.post(url, {"key": scenario.key, "document": json.dumps(document), "visibility": "private"})
        assert answer.status_code == 200 and said in str(answer.context["adminform"].form.errors["document"])
    for text in ("{", "null", "[]", "", "[" * 100_000, '{"a": NaN}'):
        answer = boss.post(url, {"key": scenario.key, "document": text, "visibility": "private"})
        assert answer.status_code == 200 and answer.context["adminform"].form.errors["document"], text
    scenario.refresh_from_db()
    assert scenario.document["config"]["servers"][0]["count"] == 4


def test_a_right_document_is_kept_with_its_defaults(boss, scenario):
    url = f"/admin/runs/scenario/{scenario.pk}/change/"
    body = {"key": scenario.key, "document": json.dumps({**DOCUMENT, "seed": 99}), "visibility": "public"}
    assert boss.post(url, body).status_code == 302
    scenario.refresh_from_db()
    assert scenario.document["seed"] == 99 and scenario.document["config"]["strategy"] and scenario.visibility == "public"
    made = boss.post("/admin/runs/scenario/add/", {**body, "key": "second"})
    assert made.status_code == 302 and Scenario.objects.get(key="second").owner == boss.user


def act(client, name: str, *scenarios):
    """The answer to an action of the list."""
    return client.post("/admin/runs/scenario/", {"action": name, "_selected_action": [row.pk for row in scenarios]}, follow=True)


def test_run_now(boss, scenario):
    answer = act(boss, "run_now", scenario)
    run = Run.objects.get()
    assert run.scenario == scenario and f"/runs/{run.pk}/" in answer.content.decode()


def test_run_now_says_what_is_wrong(boss, scenario):
    Scenario.objects.update(document={**DOCUMENT, "config": {"arrivals": {"law": "recorded", "recording": "0" * 16}}})
    assert "recording" in str(list(act(boss, "run_now", scenario).context["messages"])[0])
    assert not Run.objects.exists()


def test_duplicate_export_and_import(boss, scenario):
    act(boss, "duplicate", scenario)
    assert Scenario.objects.count() == 2
    answer = boss.post("/admin/runs/scenario/", {"action": "export", "_selected_action": [scenario.pk]})
    assert json.loads(answer.content) == [{"key": scenario.key, "document": scenario.document}]
    imported = upload(boss, answer.content)
    assert imported.status_code == 302 and Scenario.objects.count() == 3


def upload(client, content: bytes):
    """The answer to an import."""
    file = io.BytesIO(content)
    file.name = "scenarios.json"
    return client.post("/admin/runs/scenario/import/", {"file": file})


@pytest.mark.parametrize("content", [
    b"{", b"null", b"3", b"[3]", b"\xff\xfe", b'{"document": null}', b'[{"document": {"title": 3}}]', b"[" * 100_000,
    json.dumps([{"document": DOCUMENT}, {"document": {**DOCUMENT, "seed": -1}}]).encode(),
])
def test_a_wrong_file_is_one_sentence_and_nothing_is_kept(boss, content):
    answer = upload(boss, content)
    assert answer.status_code == 200 and len(answer.context["form"].errors["file"]) == 1
    assert not Scenario.objects.exists()


def test_one_document_alone_can_be_imported(boss):
    assert upload(boss, json.dumps(DOCUMENT).encode()).status_code == 302
    assert upload(boss, json.dumps({"key": "mine", "document": DOCUMENT}).encode()).status_code == 302
    assert Scenario.objects.filter(key="mine").exists()


def test_built_in_scenarios_are_only_looked_at(boss, scenario):
    Scenario.objects.update(builtin=True)
    url = f"/admin/runs/scenario/{scenario.pk}/"
    assert boss.get(f"{url}change/").status_code == 200
    assert boss.post(f"{url}change/", {"key": "x", "document": json.dumps(DOCUMENT), "visibility": "public"}).status_code == 403
    assert boss.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    act(boss, "delete_selected", scenario)
    boss.post("/admin/runs/scenario/", {"action": "delete_selected", "_selected_action": [scenario.pk], "post": "yes"})
    assert Scenario.objects.exists()


def test_the_admin_is_for_staff_and_has_one_door(client_of, person):
    member = client_of(person("member"))
    assert member.get("/admin/").status_code == 302
    assert member.get("/admin/runs/scenario/import/").status_code == 302
    stranger = client_of()
    assert stranger.get("/admin/login/?next=/admin/")["Location"] == "/accounts/login/?next=/admin/"


def test_staff_without_the_right_to_add_cannot_import(person, client_of):
    assert client_of(person("watcher", is_staff=True)).get("/admin/runs/scenario/import/").status_code == 403


def test_passwords_cannot_be_guessed_quickly(client_of, person):
    person("ada")
    client = client_of()
    answers = [client.post("/accounts/login/", {"username": "ada", "password": "wrong"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1]["Retry-After"]
    assert client.post("/accounts/login/", {"username": "ada", "password": "secret"}).status_code == 429
