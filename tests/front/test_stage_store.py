"""The stage of a replicated store: what each replica holds of each key is seen, and where they disagree."""

import json

import pytest
from playwright.sync_api import expect

from tests.front.fake_cluster import FakeCluster

COPIES = """async (nodes) => {
  const { copiesOf, differing } = await import("/static/distviz/trace/copies.js");
  const { copiesText } = await import("/static/distviz/marks/value.js");
  const copies = copiesOf(nodes, copiesText);
  return { copies: Object.fromEntries(copies), differing: differing(copies) };
}"""


def replica(number, store, state="up", **fields):
    """A replica as a frame holds it, with its store on its disk, too."""
    return {"id": f"replica-{number}", "role": "replica", "state": state, "fields": {"store": store, **fields}, "durable": {"store": store}}


def version(value):
    """A Version on the wire."""
    return {"value": value, "tag": {"counter": 1, "by": "client-0", "operation": 1}}


@pytest.fixture
def told(page, site):
    """What the browser makes of nodes."""
    page.goto(f"{site}/tests/front/charts/blank.html")
    return lambda *nodes: page.evaluate(COPIES, json.loads(json.dumps(nodes)))


def groups(told, key):
    """{replica: which of the values of `key` it has}."""
    return {id: one["group"] for id, copies in told["copies"].items() for one in copies["keys"] if one["key"] == key}


def test_replicas_that_agree_bear_no_mark(told):
    found = told(replica(0, {"x": version(5)}), replica(1, {"x": version(5)}), replica(2, {}))
    assert found["differing"] == [] and groups(found, "x") == {"replica-0": -1, "replica-1": -1}


def test_each_value_that_replicas_disagree_on_has_a_mark_of_its_own(told):
    found = told(replica(0, {"x": version(5), "y": version(1)}), replica(1, {"x": version(6), "y": version(1)}), replica(2, {"x": version(5)}))
    assert found["differing"] == ["x"]
    assert groups(found, "x") == {"replica-0": 0, "replica-1": 1, "replica-2": 0}


def test_what_a_crashed_replica_has_on_its_disk_makes_no_disagreement_of_those_that_are_up(told):
    found = told(replica(0, {"x": version(5)}), replica(1, {"x": version(4)}, state="down"), replica(2, {"x": version(5)}))
    assert groups(found, "x")["replica-0"] == -1


def test_siblings_and_counters_are_told_by_their_values(told):
    siblings = {"values": [["client-0", 1, 10, "b"], ["client-1", 1, 11, "a"]], "seen": []}
    found = told(replica(0, {"x": siblings, "n": {"counts": [["client-0", 2], ["client-1", 3]]}}, hints={"replica-1/x": version(1)}))
    assert {one["key"]: one["text"] for one in found["copies"]["replica-0"]["keys"]} == {"x": "a | b", "n": "5"}
    assert found["copies"]["replica-0"]["hints"] == 1


def test_the_headline_names_the_keys_that_differ(page, site):
    document = {"format": "distviz-scenario/1", "system": "replicated_store", "title": "Cut in two", "duration_s": 2, "seed": 4,
                "config": {"replication": {"name": "dynamo", "w": 1, "r": 1, "sloppy": False, "read_repair": False, "anti_entropy_s": None}, "replicas": 3},
                "actions": [{"at_ns": 300_000_000, "kind": "partition", "target": "", "params": {
                    "groups": "replica-0,client-0|replica-1,replica-2,client-1,client-2,client-3"}}]}
    page.set_viewport_size({"width": 1440, "height": 900})
    FakeCluster(document).open(page, site, t_ns=1_950_000_000)
    line = page.locator(".lane-headline")
    expect(line.locator(".bad")).to_contain_text("keys that replicas disagree on")
    expect(line.locator(".bad dd")).to_contain_text("x")
    expect(line).to_contain_text("hints kept for others")
