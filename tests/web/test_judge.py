"""Histories judged over REST."""

import io
import json

import pytest

from simulator.judges.telling import jepsen
from simulator.runs import access, judging, service
from simulator.runs.models import Run, State
from simulator.web.bodies import JSON_BYTES, JUDGED_BYTES
from tests.judges.consistency.stores import Stale, history
from tests.runs.conftest import PROTOCOL
from tests.web.conftest import who_of
from tests.web.test_bodies import talk

pytestmark = pytest.mark.django_db
STALE = '{:type :invoke :f :write :value 1 :process 0}\n{:type :ok :f :write :process 0}\n{:type :invoke :f :read :process 1}\n{:type :ok :f :read :value nil :process 1}'


def post(client, body):
    return client.post("/api/judge/", body, content_type="application/json")


def test_a_file_is_judged_by_every_model(visitor):
    file = io.BytesIO(STALE.encode())
    file.name = "history.edn"
    answer = visitor.post("/api/judge/", {"file": file})
    found, = answer.json()["histories"]
    assert answer.status_code == 200 and [one["model"] for one in found["verdicts"]] == list(judging.TITLES)
    first = found["verdicts"][0]
    assert (first["verdict"], first["conflict"], first["title"]) == ("no", [0, 1], "Linearizable")
    assert found["verdicts"][1]["witness"] == [1, 0] and found["anomalies"] == {"stale": [1], "lost": [], "duplicated": []}
    assert [one["client"] for one in found["operations"]] == ["0", "1"]


def test_a_history_may_stand_in_the_body_as_text_or_as_entries_and_models_be_chosen(visitor):
    rows = [one.row() | {"outcome": None if one.completed_ns is None else one.outcome} for one in history(4, store=Stale).operations]
    for body in ({"history": "".join(jepsen.edn_lines(rows))}, {"history": jepsen.entries(rows), "models": ["linearizable"]}, {"history": rows}):
        found, = post(visitor, body).json()["histories"]
        assert found["verdicts"][0]["verdict"] == "no"
        assert len(found["verdicts"]) == len(body.get("models", judging.TITLES))


@pytest.mark.parametrize(("body", "status", "said"), [
    ({"history": "nonsense"}, 400, "Line 1: this is neither JSON nor EDN (column 1)."),
    ({"history": STALE.replace(":ok", ":maybe")}, 400, 'Line 2: type must be invoke, ok, fail or info, not "maybe".'),
    ({"history": 3}, 400, "history must be a text, or a list of entries."),
    ({"history": STALE, "models": ["perfect"]}, 400, None),
    ({}, 400, None),
    ([], 400, None),
])
def test_what_is_no_history_gets_one_sentence(visitor, body, status, said):
    answer = post(visitor, json.dumps(body))
    assert answer.status_code == status
    assert said is None or answer.json() == {"error": said, "field": "history"}


def test_sentences_are_in_the_language_of_the_asker(visitor):
    answer = visitor.post("/api/judge/", {"history": STALE}, content_type="application/json", headers={"Accept-Language": "zh-hans"})
    assert answer.json()["histories"][0]["verdicts"][0]["title"] == "线性一致"


def test_what_is_too_much_is_refused(visitor, monkeypatch):
    assert talk("/api/judge/", [], [b"x" * 1024 * 1024] * 20)[0][0]["status"] == 413
    assert talk("/api/judge/", [], [b"x" * (JSON_BYTES + 1)])[1] > JSON_BYTES and JUDGED_BYTES > JSON_BYTES
    monkeypatch.setattr(judging, "OPERATIONS_AT_MOST", 1)
    answer = post(visitor, {"history": STALE})
    assert answer.status_code == 413 and "manage.py judge" in answer.json()["error"]


def test_who_may_not_create_may_not_judge_either(client_of, settings, monkeypatch):
    def refused(who):
        raise access.Forbidden("no")

    monkeypatch.setattr(access, "needs_create", refused)
    assert post(client_of(), {"history": STALE}).status_code == 403


def test_a_run_is_judged_from_its_own_history_once_it_is_done(visitor, monkeypatch):
    run = service.create_run(PROTOCOL, who_of(visitor))
    assert visitor.get(f"/api/runs/{run.pk}/verdicts/").status_code == 409
    Run.objects.filter(pk=run.pk).update(state=State.DONE)
    answer = visitor.get(f"/api/runs/{run.pk}/verdicts/").json()
    assert [one["model"] for one in answer["verdicts"]] == list(judging.TITLES) and answer["anomalies"]
    monkeypatch.setattr(judging, "prepare", None)
    assert visitor.get(f"/api/runs/{run.pk}/verdicts/").json() == answer, "it is not computed twice"


def test_a_run_of_requests_has_no_history_of_clients(visitor, run_of):
    run = run_of(who_of(visitor), 1, State.DONE)
    answer = visitor.get(f"/api/runs/{run.pk}/verdicts/")
    assert answer.status_code == 409 and answer.json()["field"] == "run"
