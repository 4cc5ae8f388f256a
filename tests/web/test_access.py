"""The same rules for pages, REST and sockets: who may see, change and make what, in open and in deployed mode."""

import asyncio
import json

import pytest

from simulator.runs import service
from simulator.runs.access import Who
from simulator.runs.models import State
from tests.web.browser import Browser, opened
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db(transaction=True)
VISIBILITIES = ("private", "unlisted", "public")
SEES = {  # who asks -> visibilities of another person's things they may see
    "owner": set(VISIBILITIES), "staff": set(VISIBILITIES), "other": {"unlisted", "public"}, "visitor": {"unlisted", "public"},
}


@pytest.fixture(params=["open", "deployed"])
def mode(request, settings):
    """Open or deployed mode."""
    settings.DISTVIZ_OPEN = request.param == "open"
    return request.param


@pytest.fixture
def people(person, client_of):
    """{role: (client, user)}: the owner, another member, staff, and a visitor."""
    users = {"owner": person("owner"), "other": person("other"), "staff": person("boss", is_staff=True), "visitor": None}
    return {role: (client_of(user), user) for role, user in users.items()}


@pytest.fixture
def things(people):
    """{visibility: {"run", "scenario", "comparison"}}, all of the owner."""
    who = Who(people["owner"][1])
    made = {}
    for visibility in VISIBILITIES:
        lanes = [{"title": "a", "config": {}}, {"title": "b", "config": {}}]
        made[visibility] = {
            "run": service.create_run(DOCUMENT, who, visibility=visibility),
            "scenario": service.save_scenario(DOCUMENT, who, visibility=visibility),
            "comparison": service.create_comparison(DOCUMENT, lanes, who, visibility=visibility),
        }
    return made


def addresses(kind: str, thing) -> list[str]:
    """Everything that shows `thing` and nothing else."""
    key = getattr(thing, "key", thing.pk)
    rest = {"run": "runs", "scenario": "scenarios", "comparison": "comparisons"}[kind]
    page = {"run": f"/runs/{key}/", "scenario": f"/scenarios/{key}/", "comparison": f"/compare/{key}/"}[kind]
    more = {"run": [f"/api/runs/{key}/segments/", f"/api/runs/{key}/document.json", f"/api/runs/{key}/series.csv"]}
    return [page, f"/api/{rest}/{key}/", *more.get(kind, [])]


@pytest.mark.parametrize("role", list(SEES))
def test_who_sees_what_on_pages_and_rest(mode, people, things, role):
    client, _user = people[role]
    for visibility, kinds in things.items():
        for kind, thing in kinds.items():
            for url in addresses(kind, thing):
                wanted = 200 if visibility in SEES[role] else 404
                assert client.get(url).status_code == wanted, (url, visibility)


@pytest.mark.parametrize("role", list(SEES))
def test_who_sees_what_over_the_socket(mode, people, things, role):
    client, _user = people[role]

    async def whole():
        browser = Browser(opened(client))
        assert (await browser.wire.connect(5))[0]
        for visibility, kinds in things.items():
            await browser.say(do="watch", run=kinds["run"].pk, have=-1)
            heard = await browser.hear()
            assert heard["is"] == ("run" if visibility in SEES[role] else "error"), visibility
            if heard["is"] == "run":
                assert heard["run"]["mine"] == (role in ("owner", "staff"))
                assert heard["run"]["can_act"] == (role != "visitor")
        await browser.wire.disconnect()

    asyncio.run(whole())


def test_lists_hold_own_and_public_things_alone(mode, people, things):
    for role, (client, _user) in people.items():
        keys = {row["key"] for row in client.get("/api/scenarios/").json()["results"]}
        wanted = VISIBILITIES if role in ("owner", "staff") else ("public",)
        assert keys == {things[visibility]["scenario"].key for visibility in wanted}, role
        assert client.get("/api/runs/").json()["count"] == (9 if role == "owner" else 0), role


CHANGES = [
    ("run", "patch", "", {"visibility": "public"}), ("run", "post", "cancel/", {}), ("run", "delete", "", None),
    ("scenario", "patch", "", {"visibility": "public"}), ("scenario", "delete", "", None),
    ("comparison", "patch", "", {"visibility": "public"}), ("comparison", "delete", "", None),
]


@pytest.mark.parametrize("role", ["other", "visitor"])
@pytest.mark.parametrize(("kind", "method", "tail", "body"), CHANGES)
def test_other_people_change_nothing(mode, people, things, role, kind, method, tail, body):
    client, _user = people[role]
    for visibility in VISIBILITIES:
        thing = things[visibility][kind]
        url = f"/api/{kind}s/{getattr(thing, 'key', thing.pk)}/{tail}"
        answer = client.generic(method.upper(), url, json.dumps(body), "application/json")
        assert answer.status_code == (404 if visibility == "private" else 403), (url, answer.content)


MAKING = [
    ("/api/runs/", {"document": DOCUMENT}), ("/api/scenarios/", {"document": DOCUMENT}),
    ("/api/comparisons/", {"document": DOCUMENT, "lanes": [{"title": "a"}, {"title": "b"}]}),
    ("/api/runs/{run}/branch/", {"at_ns": 0, "action": {"kind": "crash", "target": "server-0"}}),
    ("/api/comparisons/{comparison}/branch/", {"at_ns": 0, "action": {"kind": "crash", "target": "server-0"}}),
]


@pytest.mark.parametrize("role", ["other", "visitor"])
@pytest.mark.parametrize(("url", "body"), MAKING)
def test_who_may_make_something(mode, people, things, role, url, body):
    client, _user = people[role]
    public = things["public"]
    url = url.format(run=public["run"].pk, comparison=public["comparison"].pk)
    answer = client.post(url, json.dumps(body), content_type="application/json")
    allowed = role != "visitor" or mode == "open"
    assert answer.status_code == (201 if allowed else 403), answer.content
    if allowed:
        assert client.get(answer.json()["url"]).status_code == 200


def test_who_may_branch_over_the_socket(mode, people, things):
    for role in ("other", "visitor"):
        client, _user = people[role]
        if mode == "open":
            client.get("/")  # gives a visitor a session
        heard = asyncio.run(_act(client, things["public"]["run"]))
        allowed = role != "visitor" or mode == "open"
        assert heard["is"] == ("branch" if allowed else "error"), heard
        heard = asyncio.run(_act(client, things["private"]["run"]))
        assert heard["is"] == "error"


async def _act(client, run) -> dict:
    browser = Browser(opened(client))
    assert (await browser.wire.connect(5))[0]
    await browser.say(do="act", runs=[run.pk], at_ns=0, action={"kind": "crash", "target": "server-0"}, tag="x")
    heard = await browser.hear()
    await browser.wire.disconnect()
    return heard


def test_cancelling_over_the_socket_is_for_the_owner(mode, people, things):
    run = things["public"]["run"]

    async def cancel(client):
        browser = Browser(opened(client))
        assert (await browser.wire.connect(5))[0]
        await browser.say(do="cancel", run=run.pk)
        await browser.say(do="ping")
        heard = await browser.hear()
        await browser.wire.disconnect()
        return heard["is"]

    assert asyncio.run(cancel(people["other"][0])) == "error"
    assert asyncio.run(cancel(people["owner"][0])) == "pong"
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_a_branch_of_somebody_elses_public_run_is_private(mode, people, things):
    url = f"/api/runs/{things['public']['run'].pk}/branch/"
    body = {"at_ns": 0, "action": {"kind": "crash", "target": "server-0"}}
    made = people["other"][0].post(url, json.dumps(body), content_type="application/json").json()
    assert made["visibility"] == "private" and made["mine"]
    assert people["owner"][0].get(f"/api/runs/{made['id']}/").status_code == 404


def test_what_a_visitor_made_belongs_to_the_browser_session(visitor, client_of, run_of):
    run = run_of(who_of(visitor), 1, State.DONE)
    assert visitor.get(f"/api/runs/{run.pk}/").json()["mine"]
    assert client_of().get(f"/api/runs/{run.pk}/").status_code == 404


def test_signing_in_keeps_what_the_visitor_made(visitor, person, run_of):
    run = run_of(who_of(visitor), 1, State.DONE)
    user = person("late")
    answer = visitor.post("/accounts/login/", {"username": "late", "password": "secret"})
    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.owner == user and visitor.get(f"/runs/{run.pk}/").status_code == 200


def test_a_scenario_cannot_be_started_by_a_visitor_in_deployed_mode(settings, people, things):
    settings.DISTVIZ_OPEN = False
    url = f"/scenarios/{things['public']['scenario'].key}/"
    answer = people["visitor"][0].post(url)
    assert answer.status_code == 302 and answer["Location"] == f"/accounts/login/?next={url}"
    assert people["other"][0].post(url)["Location"].startswith("/runs/")


def test_a_locked_account_is_a_visitor(settings, person, client_of):
    settings.DISTVIZ_OPEN = False
    user = person("gone")
    client = client_of(user)
    user.is_active = False
    user.save()
    answer = client.post("/api/runs/", json.dumps({"document": DOCUMENT}), content_type="application/json")
    assert answer.status_code == 403
