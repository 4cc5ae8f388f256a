"""The set-up form of a protocol: its own options first, bugs that are numbered, faults to choose among, Actions on links and points."""

import re

import pytest
from playwright.sync_api import expect

from simulator.runs.systems import nodes_of, systems
from simulator.scenarios import library
from tests.front import pages


@pytest.fixture
def form(page, site):
    """Opens the set-up form of a built-in scenario; returns the page and what was posted to the server."""
    posted, trouble = [], []
    page.on("pageerror", lambda error: trouble.append(str(error)))

    def show(key):
        document = library.builtin()[key].document()
        system = next(system for system in systems() if system["key"] == document["system"])
        scenario = {"key": key, "title": key, "text": "", "compare_url": "/compare/new/?scenario=x", "document": document, "nodes": nodes_of(document)}
        given = pages.data(system=system, scenario=scenario, document=document, recordings=[])
        page.route("**/page.html*", lambda route: route.fulfill(body=pages.html("scenario", given), content_type="text/html"))
        page.route("**/api/**", lambda route: (posted.append(route.request.post_data_json), route.fulfill(status=201, json={"url": "/runs/x/"}))[1])
        page.route(re.compile(r"/runs/x/"), lambda route: route.fulfill(body="<!doctype html><title>There</title>", content_type="text/html"))
        page.goto(f"{site}/page.html")
        return page, posted

    yield show
    assert trouble == []


def test_bugs_are_numbered_until_one_asks_what_they_are(form):
    page, _ = form("paxos-bug")
    bug = page.get_by_role("combobox", name="Bug to find")
    expect(bug.locator("option")).to_have_text([re.compile("^None"), "Bug 1", *[re.compile(r"^Bug \d$")] * (bug.locator("option").count() - 2)])
    page.get_by_label("Say what they are").check()
    expect(bug.locator("option").nth(1)).not_to_have_text("Bug 1")
    before = bug.input_value()
    page.get_by_role("button", name="One by chance").click()
    assert bug.input_value() not in (before, "none")
    expect(bug.locator("option").nth(1)).to_have_text("Bug 1")


def test_the_world_is_folded_away_and_faults_are_chosen_among(form):
    page, posted = form("paxos-one-proposer")
    world = page.locator("details.setup-section")
    expect(world).not_to_have_attribute("open", "")
    world.locator("summary").click()
    faults = page.get_by_role("group", name="Faults")
    faults.get_by_label("Crash", exact=True).uncheck()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/x/")
    assert "crash" not in posted[0]["document"]["config"]["nemesis"]["faults"]
    assert posted[0]["document"]["config"]["nemesis"]["faults"]


def test_actions_take_links_points_and_groups(form):
    page, posted = form("paxos-one-proposer")
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What happens, action 1").select_option("cut")
    expect(page.get_by_label("To which one, action 1")).to_have_value(re.compile("->"))
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What happens, action 2").select_option("crash_at")
    assert page.get_by_label("Point, action 2").input_value()
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What happens, action 3").select_option("partition")
    groups = page.get_by_label("Groups, action 3")
    expect(groups).to_have_value(re.compile(r"\|"))
    groups.fill("nonsense")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("This must be a text such as")).to_be_visible()
    groups.fill("proposer-0|acceptor-0")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/x/")
    kinds = [action["kind"] for action in posted[0]["document"]["actions"]]
    assert sorted(kinds) == ["crash_at", "cut", "partition"]
    assert not page.get_by_label("What happens, action 1").is_visible()


def test_nothing_is_offered_that_the_system_refuses(form):
    page, _ = form("raft-figure-8")
    page.get_by_role("button", name="Add an action").click()
    kinds = page.get_by_label(re.compile("^What happens, action ")).last.locator("option").evaluate_all("options => options.map((one) => one.value)")
    assert "restart_wiped" not in kinds and "drop" not in kinds and "stand" in kinds
