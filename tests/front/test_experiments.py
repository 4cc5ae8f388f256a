"""The form that starts an experiment and the page of its result, in a real browser; the server is played by the test."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.front import experiments as made
from tests.front import pages
from tests.front.conftest import POLICY

URL = f"/api/experiments/{made.ID}/"
PROPOSAL = {"axes": [], "seeds": 10, "first_seed": 1, "duration_s": 60, "sizing": None, "budget": {"cells": 1000, "replications": 2000, "requests": 100_000_000}}


@pytest.fixture
def shown(page, site):
    """shown(panel, data, answers) opens a page; answers: {path: JSON, or a function of the request}. Gives (page, what was asked)."""
    asked, trouble = [], []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text))

    def answer(route, answers):
        path = "/" + route.request.url.split("/", 3)[3]
        asked.append((route.request.method, path, json.loads(route.request.post_data or "null")))
        said = answers[path.partition("?")[0]]
        route.fulfill(json=said(route.request) if callable(said) else said)

    def show(panel, given, answers=None, query=""):
        page.route("**/page.html*", lambda route: route.fulfill(
            body=pages.html(panel, given), content_type="text/html", headers={"Content-Security-Policy": POLICY}))
        page.route(re.compile(r"/(runs|experiments)/[^/]*/?(\?.*)?$"), lambda route: route.fulfill(body="<!doctype html><title>There</title>", content_type="text/html"))
        page.route("**/api/**", lambda route: answer(route, answers or {}))
        page.goto(f"{site}/page.html{query}")
        return page, asked

    yield show
    assert trouble == []


def form(shown, query="", **more):
    """The form on a calm scenario."""
    given = pages.data(proposal=PROPOSAL, **more)
    given["urls"]["experiments"] = "/api/experiments/"
    return shown("experiment_new", given, {"/api/experiments/": {"url": "/experiments/1/"}}, query)


def result(shown, experiment):
    """The page of an experiment, each of whose cells can be asked for."""
    cells = {f"{URL}cells/{cell['number']}/": made.whole_cell(cell) for cell in experiment["cells"]}
    runs = {f"{URL}cells/{cell['number']}/run/": {"url": "/runs/1/?t=12.345000000"} for cell in experiment["cells"]}
    return shown("experiment", {"who": pages.WHO, "urls": {"experiments": "/api/experiments/"}, "experiment": experiment}, cells | runs)


# The form


def test_the_form_says_how_much_it_is_and_asks_for_what_was_picked(shown):
    page, asked = form(shown)
    choices = page.get_by_role("group", name="Strategy")
    choices.get_by_role("button", name="None").click()
    choices.get_by_label("Random", exact=True).check()
    choices.get_by_label("Power of two choices", exact=True).check()
    page.get_by_label("From", exact=True).fill("600")
    page.get_by_label("To", exact=True).fill("900")
    page.get_by_label("Values", exact=True).fill("4")
    expect(page.get_by_role("list", name="The values: Arrivals › Rate").get_by_role("listitem")).to_have_text(
        ["600 60 %", "700 70 %", "800 80 %", "900 90 %", "percent: of what the servers can do"])
    page.get_by_label("Seeds", exact=True).fill("5")
    expect(page.get_by_text("2 × 4 × 5 seeds = 40 replications in 8 cells. About 1.8M requests.")).to_be_visible()
    expect(page.get_by_text("Within budget: 8 of 1,000 cells, 40 of 2,000 replications, 1.8M of 100M requests.")).to_be_visible()
    page.get_by_role("button", name="Start the experiment").click()
    page.wait_for_url("**/experiments/1/")
    assert asked == [("POST", "/api/experiments/", {
        "scenario": "one-slow", "kind": "grid", "seeds": 5, "first_seed": 1, "duration_s": 60, "warm_up_s": None,
        "axes": [{"path": "strategy", "values": [{"name": "random"}, {"name": "power_of_two", "choices": 2, "replacement": False}]}, {"path": "arrivals.rate_per_s", "values": [600, 700, 800, 900]}]})]


def test_the_strategies_to_tick_stand_in_their_families(shown):
    page, _asked = form(shown)
    hashes = page.get_by_role("group", name="Strategy").get_by_role("group", name="By client")
    expect(hashes.get_by_role("listitem").locator("label").filter(has_text="Maglev").first).to_be_visible()
    expect(hashes.get_by_role("checkbox", name="Random")).to_have_count(0)


def test_a_strategy_can_stand_there_twice_with_other_options(shown):
    page, asked = form(shown)
    choices = page.get_by_role("group", name="Strategy")
    choices.get_by_role("button", name="None").click()
    choices.get_by_label("Peak EWMA", exact=True).check()
    first = choices.get_by_role("listitem").filter(has_text="Peak EWMA").first
    first.get_by_label("About Peak EWMA, and its options").click()
    first.get_by_role("button", name="Once more, with other options").click()
    page.get_by_role("button", name="Start the experiment").click()
    expect(page.get_by_text("Two of them are the same: change an option of one.")).to_be_visible()
    first.get_by_label("Choices", exact=True).fill("5")
    expect(choices.get_by_label("Peak EWMA, Choices 5", exact=True)).to_be_checked()
    page.get_by_role("button", name="Do not vary Arrivals › Rate").click()
    page.get_by_role("button", name="Start the experiment").click()
    page.wait_for_url("**/experiments/1/")
    values = asked[-1][2]["axes"][0]["values"]
    assert [value["choices"] for value in values] == [5, 2] and len(asked[-1][2]["axes"]) == 1


def test_any_other_field_can_be_varied_by_its_title(shown):
    page, asked = form(shown)
    more = page.get_by_label("Vary something else too")
    more.select_option("timeout_ms")
    axis = page.get_by_role("region", name="Timeout")
    axis.get_by_label("a list").check()
    axis.get_by_label("Values", exact=True).fill("100, fast, 400")
    page.get_by_role("button", name="Start the experiment").click()
    expect(axis.get_by_text("fast is not a number.")).to_be_visible()
    axis.get_by_label("Values", exact=True).fill("100 400")
    page.get_by_role("button", name="Start the experiment").click()
    page.wait_for_url("**/experiments/1/")
    assert asked[-1][2]["axes"][2] == {"path": "timeout_ms", "values": [100, 400]}


def test_what_is_over_budget_is_said_before_it_is_asked(shown):
    page, _asked = form(shown)
    page.get_by_label("Seeds", exact=True).fill("900")
    expect(page.get_by_text("Over budget")).to_contain_text("at most 2,000 may be asked for")


def test_the_question_of_a_sizing_is_a_sentence(shown):
    page, asked = form(shown)
    page.get_by_role("tab", name="Sizing").click()
    page.get_by_label("Latency below", exact=True).fill("250")
    page.get_by_label("Percentile", exact=True).select_option("p99.9")
    expect(page.get_by_text("What is the smallest number of servers such that p99.9 stays below 250 ms with one server lost?")).to_be_visible()
    page.get_by_label("Servers lost", exact=True).fill("2")
    page.get_by_role("button", name="Find the number of servers").click()
    expect(page.get_by_text("This must be more than the servers that are lost.")).to_be_visible()
    page.get_by_label("Servers lost", exact=True).fill("1")
    page.get_by_role("button", name="Find the number of servers").click()
    page.wait_for_url("**/experiments/1/")
    sent = asked[-1][2]
    assert sent["kind"] == "sizing" and [axis["path"] for axis in sent["axes"]] == ["strategy"] and sent["seeds"] == 30
    assert sent["sizing"] == {"servers": "servers.0.count", "low": 2, "high": 40, "percentile": 0.999, "below_ms": 250, "lost": 1}


def test_the_tabs_turn_with_the_arrow_keys(shown):
    page, _asked = form(shown, query="?kind=sizing")
    page.get_by_role("tab", name="Sizing").press("ArrowLeft")
    expect(page.get_by_role("tab", name="Compare over a grid")).to_be_focused()
    expect(page.get_by_role("tab", name="Compare over a grid")).to_have_attribute("aria-selected", "true")


def test_an_experiment_is_made_again_as_it_was(shown):
    before = made.grid() | {"axes": [{"path": "strategy", "values": [{"value": {"name": "random"}}]}, {"path": "arrivals.rate_per_s", "values": [{"value": 300}, {"value": 500}]}], "seeds": 7}
    page, asked = form(shown, before=before)
    page.get_by_role("button", name="Start the experiment").click()
    page.wait_for_url("**/experiments/1/")
    assert asked[-1][2]["axes"] == [{"path": "strategy", "values": [{"name": "random"}]}, {"path": "arrivals.rate_per_s", "values": [300, 500]}] and asked[-1][2]["seeds"] == 7


# The result


def test_the_sentence_stands_on_top_and_the_chart_is_read_with_the_keys(shown):
    page, _asked = result(shown, made.grid())
    expect(page.locator(".experiment-sentence")).to_contain_text("Least connections has the lowest mean latency at every load")
    chart = page.get_by_role("slider", name="p99 latency against Rate")
    chart.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("^400 1/s; Power of two 52.8 ± 2.1 ms; Random 73 ± 3 ms|^400 1/s; Power of two 52.8"))
    chart.press("End")
    expect(chart).to_have_attribute("aria-valuetext", "1,100 1/s; Power of two unstable; Random unstable; Round robin unstable; Least connections unstable")


def test_an_unstable_cell_never_gets_a_latency(shown):
    page, _asked = result(shown, made.grid())
    expect(page.get_by_role("button", name="Random, 1,000 1/s: unstable")).to_have_text("✕")
    page.get_by_role("combobox", name="Rate").select_option("1,000 1/s")
    row = page.locator(".experiment-table").first.get_by_role("row", name="Random")
    expect(row.get_by_text("unstable", exact=True)).to_be_visible()
    expect(row).not_to_contain_text(" ms")
    expect(page.get_by_role("region", name="Paired differences on the same seeds").get_by_text("both unstable")).to_have_count(6)
    expect(page.get_by_text("No stable cell is chosen here, so there is no tail.")).to_be_visible()


def test_differences_are_told_from_whichever_side_one_looks(shown):
    page, _asked = result(shown, made.grid())
    pairs = page.get_by_role("region", name="Paired differences on the same seeds")
    expect(pairs.get_by_role("row", name="Random")).to_contain_text("+70.2 ± 0.8 ms (+235.6 %)")
    expect(pairs.get_by_role("row", name="Random").get_by_text("higher, significant")).to_have_count(2)
    expect(pairs.get_by_role("row", name="Random").get_by_text("no difference")).to_have_count(1)
    page.get_by_label("compared with").select_option("Random")
    expect(pairs.get_by_role("row", name="Least connections")).to_contain_text("−70.2 ± 0.8 ms (−70.2 %)")


def test_a_line_is_taken_out_of_the_picture_and_a_point_opens_its_cell(shown):
    page, _asked = result(shown, made.grid())
    lines = page.locator(".experiment-line")
    expect(lines).to_have_count(4)
    page.get_by_role("button", name="Random", exact=True).first.click()
    expect(lines).to_have_count(3)
    page.get_by_role("slider", name="p99 latency against Rate").locator("svg").click(position={"x": 70, "y": 310})
    expect(page.get_by_role("heading", name="Least connections · 400 1/s")).to_be_visible()


def test_a_cell_shows_its_seeds_its_tail_and_opens_at_its_worst_moment(shown):
    page, asked = result(shown, made.grid())
    grid = page.get_by_role("grid", name="All cells")
    first = grid.get_by_role("button").first
    first.press("ArrowDown")
    grid.get_by_role("button", name="Random, 400 1/s").press("ArrowRight")
    grid.get_by_role("button", name="Random, 500 1/s").press("Enter")
    cell = page.get_by_role("region", name="Random · 500 1/s")
    expect(cell).to_contain_text("seed 3 at 12.3 s: 61 requests in the system")
    cell.get_by_text("Each seed by itself").click()
    expect(cell.get_by_role("row")).to_have_count(made.SEEDS + 1)
    tails = page.get_by_role("region", name="Tail: the share of requests slower than")
    expect(tails.locator("svg[role=img] path")).to_have_count(4)
    tails.get_by_role("button", name="Add the chosen cell").click()
    expect(tails.locator("svg[role=img] path")).to_have_count(5)
    cell.get_by_role("button", name="Open the worst moment on the stage").click()
    page.wait_for_url("**/runs/1/?t=12.345000000")
    assert asked[-1] == ("POST", f"{URL}cells/9/run/", {})


def test_partial_answers_come_in_and_only_what_is_new_is_asked_for(shown):
    going, done = made.grid(4), made.grid()
    polls = iter([going | {"cells": done["cells"][:2], "done": 140, "stamp": 45}])
    page, asked = shown("experiment", {"who": pages.WHO, "urls": {"experiments": "/api/experiments/"}, "experiment": going},
                        {URL: lambda request: next(polls, done)} | {f"{URL}cells/{cell['number']}/": made.whole_cell(cell) for cell in done["cells"]})
    expect(page.get_by_text("128 of 320 replications")).to_be_visible()
    expect(page.locator(".experiment-part")).to_have_count(32)
    expect(page.get_by_text("140 of 320 replications")).to_be_visible()
    expect(page.locator(".experiment-part")).to_have_count(30)
    expect(page.get_by_text("320 of 320 replications")).to_be_visible()
    expect(page.locator(".experiment-part")).to_have_count(0)
    assert [path for _method, path, _body in asked if "since" in path][:2] == [f"{URL}?since=44", f"{URL}?since=45"]


def test_it_can_be_cancelled_and_what_was_found_stays(shown):
    going = made.grid(4)
    answers = {f"{URL}cancel/": going | {"state": "cancelled", "phase": None}, URL: going | {"cells": []}}
    page, asked = shown("experiment", {"who": pages.WHO, "urls": {"experiments": "/api/experiments/"}, "experiment": going},
                        answers | {f"{URL}cells/{cell['number']}/": made.whole_cell(cell) for cell in going["cells"]})
    answers[URL] = going | {"state": "cancelled", "phase": None, "cells": []}
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("cancelled")).to_be_visible()
    expect(page.get_by_role("grid", name="All cells").get_by_role("button", name="Random, 500 1/s")).to_be_visible()
    assert ("POST", f"{URL}cancel/", None) in asked


def test_a_sizing_says_its_answer_and_every_number_that_was_tried(shown):
    page, _asked = result(shown, made.sizing())
    expect(page.locator(".experiment-size-answer")).to_have_text(["9 servers", "15 servers", "none", "8 servers"])
    page.get_by_text("Every number of servers that was tried").click()
    table = page.get_by_role("region", name="Every number of servers that was tried")
    expect(table.get_by_role("row")).to_have_count(17)
    expect(table.get_by_text("undecided")).to_have_count(1)
    table.get_by_role("button", name="Random").nth(1).click()
    expect(page.get_by_role("heading", name="Random · 13 servers")).to_be_visible()
