"""Hunts over REST and on their pages, and what can be taken out of a run of a protocol."""

import csv
import io
import json
import re

import pytest
from django.test import Client

from simulator.runs import execute, pursue, service, tasks
from simulator.runs.models import Hunt, Run, Scenario
from simulator.scenarios.document import parse
from tests.runs.conftest import BUG, PROTOCOL
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db
SEEDS = 25


@pytest.fixture(autouse=True)
def steps(monkeypatch):
    """Steps of Hunts that wait; nothing is announced."""
    queued = []
    monkeypatch.setattr(tasks, "queue_hunt", lambda hunt_id, generation, chains=1: queued.append((hunt_id, generation)))
    for module in ("hunting", "pursue", "execute", "making"):
        monkeypatch.setattr(f"simulator.runs.{module}.announce", lambda *what: None)
    return queued


@pytest.fixture
def protocol(db):
    """A public scenario of a system that promises something."""
    return Scenario.objects.create(key="duel", document=parse(PROTOCOL).document(), visibility="public")


def finish(hunt: Hunt) -> Hunt:
    """What the workers would do."""
    for _step in range(200):
        pursue.pursue(hunt.pk, hunt.generation)
        hunt.refresh_from_db()
        if not hunt.unfinished:
            return hunt
    raise AssertionError("the hunt does not end")


def post(client: Client, url: str, body: dict):
    """Post JSON."""
    return client.post(url, json.dumps(body), content_type="application/json")


@pytest.fixture
def found(visitor):
    """The visitor's finished Hunt, with something found."""
    return finish(service.create_hunt(PROTOCOL, who_of(visitor), SEEDS, config=BUG))


@pytest.fixture
def done(visitor):
    """The visitor's finished Run of a protocol."""
    run = service.create_run(parse(PROTOCOL).document(), who_of(visitor))
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    assert run.state == "done"
    return run


# REST


def test_a_hunt_is_started_looked_at_and_cancelled(visitor, protocol):
    made = post(visitor, "/api/hunts/", {"scenario": "duel", "seeds": SEEDS, "config": BUG})
    assert made.status_code == 201
    said = made.json()
    assert (said["state"], said["phase"], said["done"], said["rate"], said["interval"]) == ("queued", "searching", 0, None, [0, 1])
    assert said["scenario"] == "duel" and said["faulty"] == BUG["faulty"] and said["mine"] and said["run"] is None
    url = f"/api/hunts/{said['id']}/"
    assert visitor.get(url).json() == said
    assert [row["id"] for row in visitor.get("/api/hunts/").json()["results"]] == [said["id"]]
    assert post(visitor, f"{url}cancel/", {}).json()["state"] == "cancelled"
    assert visitor.delete(url).status_code == 204 and visitor.get(url).status_code == 404


def test_what_was_found_leads_to_runs_at_the_moment(visitor, found):
    said = visitor.get(f"/api/hunts/{found.pk}/").json()
    assert said["state"] == "done" and said["violations"] > 0 and said["worst"]["seed"] in range(1, SEEDS + 1)
    for link, moment in ((said["run"], said["shrunk"]), (said["worst_run"], said["worst"])):
        path, t = link.split("?t=")
        assert round(float(t) * 1e9) == moment["at_ns"] and visitor.get(path).status_code == 200
    assert len(said["shrunk"]["actions"]) <= len(said["worst"]["actions"]) and said["shrunk"]["tried"] > 0
    assert all(action["said"] for action in said["worst"]["actions"])


@pytest.mark.parametrize(("body", "field"), [
    ({}, ""), ({"scenario": "duel", "document": PROTOCOL}, ""), ({"scenario": "duel", "seeds": 0}, "seeds"),
    ({"scenario": "duel", "seeds": 10**7}, "seeds"), ({"scenario": "duel", "config": {"faulty": "x"}}, "config.faulty"),
    ({"scenario": "duel", "config": {"nemesis": {"rate_per_s": -1}}}, "config.nemesis.rate_per_s"),
    ({"scenario": "duel", "config": {"nemesis": 5}}, "config.nemesis"),
    ({"scenario": "duel", "config": []}, "config"), ({"document": DOCUMENT}, "system"), ({"document": {"format": "x"}}, "format"),
])
def test_a_slip_is_one_sentence_with_its_field(visitor, protocol, body, field):
    answer = post(visitor, "/api/hunts/", body)
    assert answer.status_code == 400 and answer.json()["field"] == field, answer.json()
    assert answer.json()["error"].strip()


def test_who_may_see_a_hunt_is_as_with_runs(visitor, found, client_of, person):
    stranger = client_of(person())
    assert stranger.get(f"/api/hunts/{found.pk}/").status_code == 404 and stranger.get(f"/hunts/{found.pk}/").status_code == 404
    answer = visitor.patch(f"/api/hunts/{found.pk}/", json.dumps({"visibility": "unlisted"}), content_type="application/json")
    assert answer.json()["visibility"] == "unlisted"
    shown = stranger.get(f"/api/hunts/{found.pk}/").json()
    assert not shown["mine"] and stranger.get(shown["run"].split("?")[0]).status_code == 200
    assert post(stranger, f"/api/hunts/{found.pk}/cancel/", {}).status_code == 403
    assert stranger.delete(f"/api/hunts/{found.pk}/").status_code == 403


# Pages


def test_every_page_of_a_hunt_answers_without_a_script(visitor, protocol, found):
    for url in ("/hunts/", "/hunts/new/", "/hunts/new/?scenario=duel", f"/hunts/new/?hunt={found.pk}", f"/hunts/{found.pk}/"):
        answer = visitor.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son[a-z]+=[\"']", text), url


def test_a_consistency_model_can_be_hunted_for_and_stands_in_place_of_the_promises(visitor, protocol):
    text = visitor.get("/hunts/new/?scenario=duel").content.decode()
    assert '<option value="linearizable">Every history passes: Linearizable.</option>' in text
    made = post(visitor, "/api/hunts/", {"scenario": "duel", "seeds": 5, "model": "linearizable"}).json()
    assert made["model"] == "linearizable"
    finish(Hunt.objects.get(pk=made["id"]))
    page = visitor.get(f"/hunts/{made['id']}/").content.decode()
    promises = page[page.index('id="promises"'):page.index('id="coverage"')]
    assert promises.count("<tr>") == 2 and "Every history passes: Linearizable." in promises
    assert post(visitor, "/api/hunts/", {"scenario": "duel", "model": "fast"}).json()["field"] == "model"


def test_the_form_starts_a_hunt_and_keeps_what_was_typed(visitor, protocol):
    form = {"seeds": "40", "first_seed": "5", "faulty": BUG["faulty"], "rate_per_s": "12.5", "mean_duration_ms": "50",
            "until_share": "0.8", "spare": "nobody", "faults": ["crash", "cut"]}
    answer = visitor.post("/hunts/new/?scenario=duel", form)
    hunt = Hunt.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/hunts/{hunt.pk}/"
    nemesis = hunt.document["config"]["nemesis"]
    assert (hunt.seeds, hunt.first_seed, hunt.scenario.key) == (40, 5, "duel")
    assert (nemesis["rate_per_s"], nemesis["spare"], nemesis["faults"]) == (12.5, "nobody", ["crash", "cut"])
    wrong = visitor.post("/hunts/new/?scenario=duel", {**form, "rate_per_s": "often"})
    text = wrong.content.decode()
    assert wrong.status_code == 400 and "config.nemesis.rate_per_s must be a number from 0 to 1,000" in text
    assert 'value="often"' in text and 'value="40"' in text and Hunt.objects.count() == 1


def test_hunting_on_takes_the_seeds_that_follow(visitor, found):
    text = visitor.get(f"/hunts/new/?hunt={found.pk}").content.decode()
    assert f'name="first_seed" inputmode="numeric" autocomplete="off" required value="{SEEDS + 1}"' in text
    assert re.search(rf'value="{BUG["faulty"]}" checked', text)


def test_a_bug_can_be_named_in_the_link(visitor, protocol):
    text = visitor.get("/hunts/new/?scenario=duel&faulty=adopts_any_value").content.decode()
    assert re.search(r'value="adopts_any_value" checked', text)
    assert visitor.get("/hunts/new/?scenario=duel&faulty=nonsense").status_code == 400


def test_the_page_says_the_rate_the_interval_and_the_schedule(visitor, found):
    text = visitor.get(f"/hunts/{found.pk}/").content.decode()
    said = visitor.get(f"/api/hunts/{found.pk}/").json()
    assert f"{said['violations']} of {SEEDS} seeds broke a promise." in text and said["worst"]["sentence"] in text
    assert said["run"] in text and said["worst_run"] in text and "95 % interval" in text
    assert all(action["said"] in text for action in said["shrunk"]["actions"])


def test_a_page_of_a_hunt_that_goes_on_reloads_without_a_script(visitor, protocol):
    hunt = service.create_hunt(PROTOCOL, who_of(visitor), SEEDS)
    text = visitor.get(f"/hunts/{hunt.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in text and f'action="/hunts/{hunt.pk}/cancel/"' in text
    assert visitor.post(f"/hunts/{hunt.pk}/cancel/").status_code == 302
    text = visitor.get(f"/hunts/{hunt.pk}/").content.decode()
    assert "http-equiv" not in text and "cancelled" in text


def test_nothing_found_is_said_with_what_it_means(visitor):
    hunt = finish(service.create_hunt(PROTOCOL, who_of(visitor), SEEDS))
    text = visitor.get(f"/hunts/{hunt.pk}/").content.decode()
    assert f"No promise was broken in {SEEDS} seeds. With 95 % confidence fewer than 13.3 % of all seeds break one." in text


def test_a_seed_can_be_run_at_its_moment(visitor, found):
    first = found.tally["earliest"][0]
    answer = visitor.post(f"/hunts/{found.pk}/run/", {"moment": f"{first['seed']}/{first['at_ns']}"})
    run = Run.objects.order_by("-created").first()
    assert answer["Location"] == f"/runs/{run.pk}/?t={first['at_ns'] / 1e9:.9f}" and run.seed == first["seed"]
    for wrong in ("", "x/1", "1", "1/-1", "9" * 30 + "/1"):
        assert visitor.post(f"/hunts/{found.pk}/run/", {"moment": wrong})["Location"] == f"/hunts/{found.pk}/"


def test_cards_lead_to_hunts_where_something_is_promised(visitor, protocol, scenario_of):
    scenario_of(who_of(visitor))
    text = visitor.get("/").content.decode()
    assert "/hunts/new/?scenario=duel" in text and len(re.findall(r'href="/hunts/new/', text)) == 1


# Runs of protocols


def test_a_run_tells_its_nodes(visitor, done):
    said = visitor.get(f"/api/runs/{done.pk}/").json()
    assert said["nodes"][0] == {"id": "proposer-0", "role": "proposer"} and len(said["nodes"]) >= 5


def test_every_message_is_exported_once(visitor, done):
    rows = json.loads(b"".join(visitor.get(f"/api/runs/{done.pk}/messages.json")))
    sent = done.summary["messages"]["sent"]
    assert len(rows) == sent == len({row["id"] for row in rows})
    assert {row["fate"] for row in rows} <= {"delivered", "lost", "cut", "down", "in flight", "waiting", "dropped"}
    delivered = [row for row in rows if row["fate"] == "delivered"]
    assert len(delivered) == done.summary["messages"]["delivered"] and all(row["sent_ns"] <= row["arrive_ns"] for row in delivered)
    table = list(csv.DictReader(io.StringIO(b"".join(visitor.get(f"/api/runs/{done.pk}/messages.csv")).decode())))
    assert [int(row["id"]) for row in table] == [row["id"] for row in rows] and json.loads(table[0]["values"]) == rows[0]["values"]


def test_other_tools_open_the_run(visitor, done):
    log = b"".join(visitor.get(f"/api/runs/{done.pk}/shiviz.log")).decode()
    assert re.match(r"(?P<event>.*)\n(?P<host>\S*) (?P<clock>\{.*\})", log)
    trace = json.loads(b"".join(visitor.get(f"/api/runs/{done.pk}/chrome-trace.json")))
    assert trace["traceEvents"]
    edn = b"".join(visitor.get(f"/api/runs/{done.pk}/history.edn")).decode()
    history = json.loads(b"".join(visitor.get(f"/api/runs/{done.pk}/history.json")))
    assert len(edn.splitlines()) == len(history) > 0 and history[0]["type"] == "invoke"


def test_what_a_run_does_not_have_is_said(visitor, done, run_of):
    requests = visitor.get(f"/api/runs/{done.pk}/requests.csv")
    assert requests.status_code == 409 and "messages" in requests.json()["error"]
    traffic = run_of(who_of(visitor), 1, "done")
    for name in ("messages.csv", "shiviz.log", "chrome-trace.json", "history.edn", "history.json"):
        assert visitor.get(f"/api/runs/{traffic.pk}/{name}").status_code == 409
    assert visitor.get(f"/api/runs/{traffic.pk}/why/?event=1").status_code == 409


def test_series_and_document_are_exported_of_protocols_too(visitor, done):
    series = json.loads(b"".join(visitor.get(f"/api/runs/{done.pk}/series.json")))
    assert series[-1]["at_ns"] == done.duration_ns and "in_flight" in series[0]
    document = visitor.get(f"/api/runs/{done.pk}/document.json").json()
    again = post(visitor, "/api/runs/import/", document)
    assert again.status_code == 201
    execute.execute(again.json()["id"], "task")
    assert Run.objects.get(pk=again.json()["id"]).digest == done.digest


def test_why_explains_an_event_in_at_most_twenty_sentences(visitor, done):
    rows = json.loads(b"".join(visitor.get(f"/api/runs/{done.pk}/messages.json")))
    event = [row["id"] for row in rows if row["fate"] == "delivered"][-1]
    said = visitor.get(f"/api/runs/{done.pk}/why/?event={event}").json()
    assert said["event"] == event and said["slice"][-1]["event"] == event and 1 <= len(said["slice"]) <= 20
    assert said["lamport"] >= len(said["slice"]) and said["vector"][said["node"]] >= 1
    assert [row["at_ns"] for row in said["slice"]] == sorted(row["at_ns"] for row in said["slice"])
    assert all(row["sentence"] for row in said["slice"])


@pytest.mark.parametrize(("event", "status"), [("", 400), ("x", 400), ("-1", 400), ("1e3", 400), ("9" * 20, 400), ("999999", 404)])
def test_an_event_that_is_none(visitor, done, event, status):
    answer = visitor.get(f"/api/runs/{done.pk}/why/", {"event": event})
    assert answer.status_code == status and answer.json()["field"] == "event" and "event" in answer.json()["error"]


def test_a_breach_is_explained_as_such(visitor, found):
    run = found.shrunk_run
    execute.execute(run.pk, "task")
    run.refresh_from_db()
    breach = run.summary["breaches"][0]
    said = visitor.get(f"/api/runs/{run.pk}/why/?event={breach['event']}").json()
    assert said["slice"][-1]["what"] == "breach" and breach["template"].format(**breach["values"]) in said["slice"][-1]["sentence"]


def test_systems_say_what_protocols_promise(visitor):
    system = visitor.get("/api/systems/paxos/").json()
    assert system["kernel"] == "actors" and {"key", "always", "sentence", "when"} == set(system["properties"][0])
    assert {"kind", "title", "fields", "about"} == set(system["messages"][0]) and system["twins"] and system["nodes"] is None
    assert visitor.get("/api/systems/load_balancer/").json()["kernel"] == "traffic"
