"""The pages of experiments: lists, the form and the first paint of a result, from the server alone."""

import json
import re

import pytest

from simulator.runs import conduct, service, tasks
from simulator.runs.models import Experiment
from tests.web.conftest import DOCUMENT, who_of

pytestmark = pytest.mark.django_db
GRID = {"axes": [{"path": "strategy", "values": [{"name": "random"}, {"name": "round_robin"}]}, {"path": "arrivals.rate_per_s", "values": [40, 80]}],
        "seeds": 2, "duration_s": 5}
SIZING = {"kind": "sizing", "axes": [{"path": "strategy", "values": [{"name": "random"}]}], "seeds": 5, "duration_s": 5, "config": {"arrivals": {"rate_per_s": 80}},
          "sizing": {"servers": "servers.0.count", "low": 1, "high": 4, "percentile": 0.99, "below_ms": 100, "lost": 0}}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """No worker: the tests play it."""
    monkeypatch.setattr(tasks, "queue_experiment", lambda *what: None)


def finish(experiment: Experiment) -> Experiment:
    """What the workers would do."""
    for _step in range(400):
        conduct.conduct(experiment.pk, experiment.generation)
        experiment.refresh_from_db()
        if not experiment.unfinished:
            return experiment
    raise AssertionError("the experiment does not end")


def data_in(text: str) -> dict:
    """What the server put beside the page for its script."""
    return json.loads(re.search(r'<script id="page-data" type="application/json">(.*?)</script>', text, re.DOTALL)[1])


@pytest.fixture
def done(visitor):
    """The visitor's finished grid."""
    return finish(service.create_experiment(DOCUMENT, who_of(visitor), GRID))


def test_every_page_of_an_experiment_answers_without_a_script(visitor, done, scenario_of, recording_of):
    key, recording = scenario_of(who_of(visitor)).key, recording_of(who_of(visitor)).key
    for url in ("/experiments/", "/experiments/new/", f"/experiments/new/?scenario={key}", f"/experiments/new/?recording={recording}&kind=sizing",
                f"/experiments/new/?experiment={done.pk}", f"/experiments/{done.pk}/", "/runs/"):
        answer = visitor.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son[a-z]+=[\"']", text), url


def test_the_first_paint_holds_the_sentence_and_every_cell(visitor, done):
    said = visitor.get(f"/api/experiments/{done.pk}/").json()
    text = visitor.get(f"/experiments/{done.pk}/").content.decode()
    assert said["answer"]["sentence"] in text and "http-equiv" not in text
    assert text.count('<th scope="row">') == 4 and "Random · 40 1/s" in text and "2 × 2 cells, 2 seeds each" in text
    assert data_in(text)["experiment"] == said


def test_a_page_of_an_experiment_that_goes_on_reloads_without_a_script(visitor):
    experiment = service.create_experiment(DOCUMENT, who_of(visitor), GRID)
    text = visitor.get(f"/experiments/{experiment.pk}/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in text and "as soon as every cell has been run with two seeds" in text


def test_a_sizing_says_its_answers_without_a_script(visitor):
    experiment = finish(service.create_experiment(DOCUMENT, who_of(visitor), SIZING))
    text = visitor.get(f"/experiments/{experiment.pk}/").content.decode()
    sizes = visitor.get(f"/api/experiments/{experiment.pk}/").json()["answer"]["sizes"]
    assert all(size["said"] in text for size in sizes) and "Sizing: at most 5 seeds" in text


def test_the_form_gets_a_proposal_and_what_was_asked_before(visitor, done, scenario_of, recording_of):
    key = scenario_of(who_of(visitor)).key
    given = data_in(visitor.get(f"/experiments/new/?scenario={key}").content.decode())
    assert given["scenario"]["key"] == key and given["document"]["system"] == "load_balancer" and given["urls"]["experiments"] == "/api/experiments/"
    assert given["proposal"]["axes"] and set(given["proposal"]["budget"]) == {"cells", "replications", "requests"} and given["before"] is None
    again = data_in(visitor.get(f"/experiments/new/?experiment={done.pk}").content.decode())
    assert [axis["path"] for axis in again["before"]["axes"]] == ["strategy", "arrivals.rate_per_s"] and again["before"]["seeds"] == 2
    recording = recording_of(who_of(visitor)).key
    text = visitor.get(f"/experiments/new/?recording={recording}").content.decode()
    assert data_in(text)["document"]["config"]["arrivals"]["recording"] == recording and "<h1>Experiment: Recorded: A log</h1>" in text


def test_my_runs_and_the_list_hold_ones_own_experiments_only(visitor, done, client_of, person):
    for url in ("/runs/", "/experiments/"):
        assert f"/experiments/{done.pk}/" in visitor.get(url).content.decode()
        assert f"/experiments/{done.pk}/" not in client_of(person()).get(url).content.decode()
    assert client_of(person()).get(f"/experiments/{done.pk}/").status_code == 404


def test_what_has_numbers_to_compare_leads_to_an_experiment(visitor, scenario_of, recording_of):
    key, recording = scenario_of(who_of(visitor)).key, recording_of(who_of(visitor)).key
    assert f"/experiments/new/?scenario={key}" in visitor.get("/").content.decode()
    text = visitor.get(f"/recordings/{recording}/").content.decode()
    assert f"/experiments/new/?recording={recording}&amp;kind=sizing" in text
    assert visitor.get("/experiments/new/?scenario=nowhere").status_code == 404
