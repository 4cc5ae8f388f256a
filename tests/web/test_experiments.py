"""Experiments over REST, and what can be taken out of them."""

import csv
import io
import json
import re
import runpy
from html.parser import HTMLParser
from urllib.parse import urlsplit
from urllib.request import Request

import pytest
from django.test import Client

from simulator.runs import conduct, tasks
from simulator.runs.models import Experiment, Scenario
from simulator.runs.parquet import parquet
from simulator.scenarios.document import parse
from tests.web.conftest import DOCUMENT
from tests.web.parquet import columns_of

pytestmark = pytest.mark.django_db
AXES = [{"path": "strategy", "values": [{"name": "random"}, {"name": "least_connections"}]},
        {"path": "arrivals.rate_per_s", "values": [100, 200, 900]}]
WANTED = {"axes": AXES, "seeds": 3, "duration_s": 4}
SIZING = {"kind": "sizing", "axes": AXES[:1], "seeds": 5, "duration_s": 4, "config": {"arrivals": {"rate_per_s": 300}},
          "sizing": {"low": 2, "high": 9, "below_ms": 250}}


@pytest.fixture(autouse=True)
def steps(monkeypatch):
    """Steps that wait; nothing is announced."""
    queued = []
    monkeypatch.setattr(tasks, "queue_experiment", lambda key, generation, chains=1: queued.append((key, generation)))
    monkeypatch.setattr(conduct, "STEP_S", 0.2)
    for module in ("experimenting", "conduct"):
        monkeypatch.setattr(f"simulator.runs.{module}.announce", lambda *what: None)
    return queued


@pytest.fixture
def scenario(db):
    """A public scenario of four servers."""
    return Scenario.objects.create(key="four", document=parse(DOCUMENT).document(), visibility="public")


def post(client: Client, url: str, body: dict):
    """Post JSON."""
    return client.post(url, json.dumps(body), content_type="application/json")


def finish(key: str) -> None:
    """What the workers would do."""
    experiment = Experiment.objects.get(pk=key)
    for _step in range(500):
        conduct.conduct(experiment.pk, experiment.generation)
        experiment.refresh_from_db()
        if not experiment.unfinished:
            return
    raise AssertionError("the experiment does not end")


@pytest.fixture
def done(visitor, scenario):
    """The address of the visitor's finished Experiment."""
    made = post(visitor, "/api/experiments/", {"scenario": "four", **WANTED})
    assert made.status_code == 201, made.json()
    finish(made.json()["id"])
    return f"/api/experiments/{made.json()['id']}/"


@pytest.fixture
def sized(visitor, scenario):
    """The address of the visitor's finished sizing."""
    made = post(visitor, "/api/experiments/", {"scenario": "four", **SIZING})
    assert made.status_code == 201, made.json()
    finish(made.json()["id"])
    return f"/api/experiments/{made.json()['id']}/"


# Asking


def test_an_experiment_is_started_looked_at_and_cancelled(visitor, scenario):
    made = post(visitor, "/api/experiments/", {"scenario": "four", **WANTED})
    said = made.json()
    assert (made.status_code, said["state"], said["phase"], said["done"], said["total"]) == (201, "queued", "warm_up", 0, 24)
    assert said["scenario"] == "four" and said["mine"] and said["answer"] is None and said["duration_ns"] == 4 * 10**9
    assert [cell["stable"] for cell in said["cells"]] == [None] * 6 and len(said["assumptions"]) >= 8
    assert [axis["load"] for axis in said["axes"]] == [False, True]
    assert [value["label"] for value in said["axes"][0]["values"]] == ["Random", "Least connections"]
    url = f"/api/experiments/{said['id']}/"
    assert visitor.get(url).json() == said
    listed = visitor.get("/api/experiments/").json()["results"]
    assert [row["id"] for row in listed] == [said["id"]] and "cells" not in listed[0] and listed[0]["cells_total"] == 6
    assert visitor.get("/api/experiments/?state=done").json()["count"] == 0
    assert post(visitor, f"{url}cancel/", {}).json()["state"] == "cancelled"
    assert visitor.delete(url).status_code == 204 and visitor.get(url).status_code == 404


def test_what_came_out(visitor, done):
    said = visitor.get(done).json()
    assert (said["state"], said["phase"], said["done"], said["total"], len(said["cells"])) == ("done", None, 24, 24, 6)
    assert [cell["stable"] for cell in said["cells"]] == [True, True, False] * 2 or said["cells"][2]["stable"] is False
    first = said["cells"][0]
    assert first["done"] == 3 and first["latency_ms"]["p99"]["mean"] > first["latency_ms"]["p50"]["mean"] > 0
    assert first["throughput_per_s"]["mean"] == pytest.approx(100, rel=0.2) and first["worst"]["seed"] in (1, 2, 3)
    answer = said["answer"]
    assert answer["compared"] == 0 and len(answer["points"]) == 3 and answer["sentence"]
    assert {load["largest_stable"] for load in answer["loads"]} == {200}
    assert visitor.get(f"{done}?since={said['stamp']}").json()["cells"] == []


def test_what_came_out_of_a_sizing(visitor, sized):
    said = visitor.get(sized).json()
    sizes = said["answer"]["sizes"]
    assert said["kind"] == "sizing" and all(size["over"] for size in sizes)
    assert sizes[1]["servers"] <= sizes[0]["servers"] <= 9 and sizes[0]["said"].startswith("Enough")
    assert {probe["cell"] for size in sizes for probe in size["probes"]} == {cell["number"] for cell in said["cells"]}


def test_in_chinese(visitor, done):
    said = visitor.get(done, HTTP_ACCEPT_LANGUAGE="zh-hans").json()
    texts = [said["answer"]["sentence"], *said["assumptions"], said["axes"][0]["values"][1]["label"], said["axes"][0]["title"]]
    assert all(re.search("[\u4e00-\u9fff]", text) for text in texts), texts


@pytest.mark.parametrize(("body", "field", "status"), [
    ({}, "", 400), ({"scenario": "four"}, "axes", 400), ({"scenario": "four", "axes": None}, "axes", 400),
    ({"scenario": "four", "axes": [{"path": "strategy"}]}, "axes.0.values", 400),
    ({"scenario": "four", "axes": [{"path": "strategy", "values": [{"name": "x"}]}]}, "axes.0.values.0.name", 400),
    ({"scenario": "four", "axes": AXES, "seeds": 1}, "seeds", 400),
    ({"scenario": "four", "axes": AXES, "kind": "x"}, "kind", 400),
    ({"scenario": "four", "axes": AXES, "duration_s": 10**7}, "duration_s", 400),
    ({"scenario": "four", "axes": AXES, "duration_s": 10**6}, "duration_s", 413),
    ({"scenario": "four", "axes": AXES, "seeds": 1000, "duration_s": 2000}, "seeds", 413),
    ({"scenario": "four", "kind": "sizing", "sizing": {"low": 3}}, "sizing.below_ms", 400),
    ({"scenario": "none", "axes": AXES}, "", 404),
])
def test_a_slip_is_one_sentence_that_names_the_field(visitor, scenario, body, field, status):
    answer = post(visitor, "/api/experiments/", body)
    assert (answer.status_code, answer.json()["field"]) == (status, field), answer.json()
    assert set(answer.json()) == {"error", "field"} and answer.json()["error"].endswith(".")


def test_a_stamp_that_is_none(visitor, done):
    assert visitor.get(f"{done}?since=x").json()["field"] == "since"


def test_others_see_what_they_may(visitor, done):
    stranger = Client()
    assert stranger.get(done).status_code == 404 and stranger.get(f"{done}results.csv").status_code == 404
    shown = visitor.patch(done, json.dumps({"visibility": "unlisted"}), content_type="application/json")
    assert shown.json()["visibility"] == "unlisted" and stranger.get(done).json()["mine"] is False
    assert post(stranger, f"{done}cancel/", {}).status_code == 403


def test_a_form_learns_where_to_begin(visitor, scenario):
    said = visitor.get("/api/experiments/proposal/?scenario=four").json()
    paths = {path["path"]: path for path in said["paths"]}
    assert paths["strategy"]["input"] == "options" and paths["arrivals.rate_per_s"]["load"] and paths["servers.0.count"]["input"] == "whole"
    assert post(visitor, "/api/experiments/", {"scenario": "four", **{name: said[name] for name in ("axes", "seeds", "duration_s", "warm_up_s")}}).status_code == 201
    assert visitor.get("/api/experiments/proposal/?scenario=none").status_code == 404


# One cell


def test_a_cell_is_looked_at_and_run(visitor, done):
    cell = visitor.get(f"{done}cells/1/").json()
    assert cell["config"]["arrivals"]["rate_per_s"] == 200 and len(cell["replications"]) == 3
    assert cell["tail"]["share"][-1] > 0 and cell["tail"]["ms"] == sorted(cell["tail"]["ms"])
    ran = post(visitor, f"{done}cells/1/run/", {})
    assert ran.status_code == 201 and ran.json()["run"]["seed"] == cell["worst"]["seed"]
    assert ran.json()["url"] == f"/runs/{ran.json()['run']['id']}/?t={cell['worst']['at_ns'] / 1e9:.9f}"
    other = post(visitor, f"{done}cells/1/run/", {"seed": 2}).json()
    assert other["run"]["seed"] == 2 and f"t={cell['replications'][1]['worst_ns'] / 1e9:.9f}" in other["url"]
    assert visitor.get(f"{done}cells/6/").status_code == 404 and post(visitor, f"{done}cells/99999999999/run/", {}).status_code == 404


# Exports


def rows_of(answer) -> list[dict]:
    """The rows of a CSV."""
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_the_tables_hold_every_number(visitor, done):
    said = visitor.get(done).json()
    rows = rows_of(visitor.get(f"{done}results.csv"))
    assert len(rows) == 6 and [row["arrivals.rate_per_s"] for row in rows[:3]] == ["100", "200", "900"]
    assert json.loads(rows[3]["strategy"]) == {"name": "least_connections"} and rows[3]["strategy_label"] == "Least connections"
    for row, cell in zip(rows, said["cells"], strict=True):
        assert float(row["throughput_per_s"]) == cell["throughput_per_s"]["mean"]
        assert row["stable"] == str(cell["stable"])
        if cell["latency_ms"]:
            assert float(row["p99_ms"]) == cell["latency_ms"]["p99"]["mean"] and float(row["p99_ms_half"]) == cell["latency_ms"]["p99"]["half"]
        else:
            assert row["p99_ms"] == row["mean_ms_half"] == ""
    replications = rows_of(visitor.get(f"{done}replications.csv"))
    assert [(row["cell"], row["seed"]) for row in replications] == [(str(cell), str(seed)) for cell in range(6) for seed in (1, 2, 3)]


def test_the_tables_before_the_first_seed(visitor, scenario):
    made = post(visitor, "/api/experiments/", {"scenario": "four", **WANTED}).json()
    url = f"/api/experiments/{made['id']}/"
    assert [row["mean_ms"] for row in rows_of(visitor.get(f"{url}results.csv"))] == [""] * 6
    assert visitor.get(f"{url}replications.csv").content == b"" and visitor.get(f"{url}report.html").status_code == 200
    assert columns_of(visitor.get(f"{url}replications.parquet").content) == {}
    assert len(columns_of(visitor.get(f"{url}results.parquet").content)["cell"]) == 6


def test_everything_as_json_makes_the_same_again(visitor, done):
    said = json.loads(visitor.get(f"{done}results.json").content)
    assert said["format"] == "distviz-experiment/1" and said["cells"] == visitor.get(done).json()["cells"]
    again = post(visitor, "/api/experiments/", {"document": said["document"], **{name: value for name, value in said["plan"].items() if value is not None}})
    assert again.status_code == 201, again.json()
    finish(again.json()["id"])
    fresh = visitor.get(f"/api/experiments/{again.json()['id']}/").json()
    strip = [{name: value for name, value in cell.items() if name != "stamp"} for cell in fresh["cells"]]
    assert strip == [{name: value for name, value in cell.items() if name != "stamp"} for cell in said["cells"]]


def test_parquet_holds_what_csv_holds(visitor, done):
    for table in ("results", "replications"):
        rows, columns = rows_of(visitor.get(f"{done}{table}.csv")), columns_of(visitor.get(f"{done}{table}.parquet").content)
        assert list(columns) == list(rows[0])
        for name, values in columns.items():
            assert ["" if value is None else str(value) for value in values] == [row[name] for row in rows], name


def test_parquet_of_every_kind():
    rows = [{"yes": True, "count": 1, "size": 0.5, "name": "één", "empty": None, "mixed": 1},
            {"yes": None, "count": None, "size": None, "name": None, "empty": None, "mixed": 2.5}] + [
            {"yes": False, "count": -(2**62), "size": 1e300, "name": "", "empty": None, "mixed": None}] * 20
    columns = columns_of(parquet(rows))
    assert columns == {name: [row[name] for row in rows] for name in rows[0]}
    assert columns_of(parquet([])) == {}


def test_parquet_as_arrow_reads_it():
    """Where pyarrow is installed; it is not a requirement."""
    reader = pytest.importorskip("pyarrow.parquet")
    rows = [{"yes": None if place % 3 else True, "count": place, "name": f"row {place}", "share": place / 7} for place in range(1000)]
    assert reader.read_table(io.BytesIO(parquet(rows))).to_pylist() == rows


def test_the_report_is_one_file_that_needs_nothing(visitor, done, sized):
    for url in (done, sized):
        page = visitor.get(f"{url}report.html").content.decode()
        tags = Tags()
        tags.feed(page)
        assert tags.open == [] and not tags.loads, "every tag is closed, nothing is loaded"
        assert "script" not in tags.seen and {"h1", "table"} <= tags.seen
        said = visitor.get(url).json()
        assert said["answer"]["sentence"] in page and all(sentence.replace("'", "&#x27;") in page for sentence in said["assumptions"])
    page = visitor.get(f"{done}report.html").content.decode()
    assert page.count("<figure>") == 4 and "unstable" in page and "Least connections" in page


def test_the_script_loads_the_tables(visitor, done, tmp_path, monkeypatch, capsys):
    text = visitor.get(f"{done}notebook.py").content.decode()
    path = tmp_path / "notebook.py"
    path.write_text(text)

    def fetched(request: Request):
        return io.BytesIO(visitor.get(urlsplit(request.full_url).path).content)

    monkeypatch.setattr("urllib.request.urlopen", fetched)
    found = runpy.run_path(str(path), run_name="__main__")
    assert len(found["cells"]) == 6 and len(found["replications"]) == 18 and found["experiment"]["state"] == "done"
    assert found["experiment"]["answer"]["sentence"] in capsys.readouterr().out


class Tags(HTMLParser):
    """Which tags there are, which stay open, and what they load."""

    VOID = {"meta", "br", "path", "link", "img"}

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.loads = [], set(), []

    def handle_starttag(self, tag, attributes):
        """A tag opens."""
        self.seen.add(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """The last one that opened closes."""
        assert tag in self.VOID or self.open.pop() == tag
