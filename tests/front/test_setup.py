"""The set-up form, the new comparison and the import, in a real browser under the product's policy; the server is played by the test."""

import json
import re

import pytest
from playwright.sync_api import expect

from simulator.systems.load_balancer.config import Config
from tests.front import pages
from tests.front.conftest import POLICY

GONE = "<!doctype html><html lang='en'><title>There</title><body>there</body></html>"


@pytest.fixture
def shown(page, site):
    """shown(panel, data, {path: answer}) opens a page; returns (page, what was asked of the server)."""
    asked, trouble = [], []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if "Content Security Policy" in message.text else None)

    def show(panel, given, answers=None):
        page.route("**/page.html*", lambda route: route.fulfill(
            body=pages.html(panel, given), content_type="text/html", headers={"Content-Security-Policy": POLICY}))
        page.route(re.compile(r"/(runs|scenarios|compare|recordings)/(?!.*\.js)[^?]*(\?.*)?$"), lambda route: route.fulfill(
            body=GONE, content_type="text/html"))
        page.route("**/api/**", lambda route: _answer(route, asked, answers or {}))
        page.goto(f"{site}/page.html")
        return page, asked

    yield show
    assert trouble == []


def _answer(route, asked, answers):
    path = "/" + route.request.url.split("/", 3)[3]
    body = route.request.post_data_buffer or b""
    asked.append((route.request.method, path, body if b"form-data" in body[:200] else json.loads(body or b"null")))
    status, answer = answers.get(path, (404, {"error": "There is nothing here.", "field": ""}))
    route.fulfill(status=status, body=json.dumps(answer), content_type="application/json")


def form(shown, answers=None, **more):
    """The set-up form of a calm scenario."""
    return shown("scenario", pages.data(**more), answers)


def test_the_browser_fills_in_the_same_defaults_as_the_server(page, site):
    page.goto(f"{site}/tests/front/charts/blank.html")
    for given in ({}, {"service": {"law": "bounded_pareto"}}, {"servers": [{"count": 3}, {"speed": 0.5}]},
                  {"strategy": {"name": "peak_ewma"}, "client_delay": {"law": "uniform"}}):
        got = page.evaluate("""async ([schema, given]) => {
            const { complete, problems } = await import("/static/distviz/lib/schema.js");
            const whole = complete(schema, schema, given);
            return [whole, problems(schema, schema, whole, "config")];
        }""", [Config.model_json_schema(), given])
        assert got == [Config.model_validate(given).model_dump(mode="json"), []]


@pytest.mark.parametrize(("path", "value"), [
    ("arrivals.rate_per_s", 0), ("arrivals.rate_per_s", "fast"), ("servers.0.count", 1.5), ("servers.0.count", 1001),
    ("servers", []), ("timeout_ms", -1), ("detection_ms", 3_600_001), ("strategy.choices", 0)])
def test_the_browser_sees_what_the_server_would_refuse(page, site, path, value):
    page.goto(f"{site}/tests/front/charts/blank.html")
    got = page.evaluate("""async ([schema, path, value]) => {
        const { complete, problems, set } = await import("/static/distviz/lib/schema.js");
        return problems(schema, schema, set(complete(schema, schema, {}), path, value), "config");
    }""", [Config.model_json_schema(), path, value])
    assert [problem["path"] for problem in got] == [f"config.{path}"]


def test_an_untouched_scenario_is_run_by_its_key(shown):
    page, asked = form(shown, {"/api/runs/": (201, {"url": "/runs/1/"})})
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/1/")
    assert asked == [("POST", "/api/runs/", {"scenario": "one-slow"})]


def test_options_that_a_scenario_leaves_as_they_are_stay_folded(page, site):
    page.goto(f"{site}/tests/front/charts/blank.html")
    assert page.evaluate("""async ([schema, given]) => {
        const { complete, same } = await import("/static/distviz/lib/schema.js");
        return Object.keys(schema.properties).filter((key) => !same(complete(schema.properties[key], schema, undefined), given[key]));
    }""", [Config.model_json_schema(), Config.model_validate({}).model_dump(mode="json")]) == []


def test_a_changed_scenario_is_run_as_a_whole_document(shown):
    page, asked = form(shown, {"/api/runs/": (201, {"url": "/runs/1/"})})
    page.get_by_role("group", name="Arrivals").get_by_label("Rate", exact=True).fill("1,200")
    page.get_by_role("combobox", name="Strategy").select_option("peak_ewma")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_label("Speed, group 2").fill("0.2")
    page.get_by_role("textbox", name="Timeout", exact=True).fill("250")
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("At, action 1").fill("20.5")
    page.get_by_label("What happens, action 1").select_option("slow")
    page.get_by_label("To which one, action 1").fill("server-3")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/1/")
    sent = asked[0][2]["document"]
    assert sent == pages.document(actions=sent["actions"], config={
        "arrivals": {"law": "poisson", "rate_per_s": 1200}, "strategy": {"name": "peak_ewma"}, "timeout_ms": 250,
        "servers": [{"count": 10}, {"count": 10, "speed": 0.2}]})
    assert sent["actions"] == [{"at_ns": 20_500_000_000, "kind": "slow", "target": "server-3", "params": {"factor": 5}}]


def test_the_menu_of_strategies_is_grouped_by_what_they_go_by(shown):
    """Whatever families there are: the schema brings them, and one without a heading would stand there, too."""
    page, _asked = form(shown)
    groups = page.get_by_role("combobox", name="Strategy").locator("optgroup")
    shown_ = groups.evaluate_all("(all) => Object.fromEntries(all.map((one) => [one.label, [...one.children].map((option) => option.value)]))")
    known = {}
    for choice in Config.model_json_schema()["$defs"].values():
        if "family" in choice:
            known.setdefault(choice["family"], set()).add(choice["properties"]["name"]["const"])
    assert {family: set(names) for family, names in shown_.items()} == known and len(known) == 5
    assert "maglev" in shown_["By client"] and shown_["Reference"] == ["least_work_left"]


def test_a_slip_is_named_at_its_field_and_nothing_typed_is_lost(shown):
    page, asked = form(shown)
    page.get_by_role("group", name="Arrivals").get_by_label("Rate", exact=True).fill("12x")
    page.get_by_role("button", name="Run", exact=True).click()
    field = page.get_by_role("group", name="Arrivals").get_by_label("Rate", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("This must be a number.")
    expect(field).to_have_value("12x")
    assert asked == []


def test_a_refusal_of_the_server_stands_at_its_field_until_that_is_changed(shown):
    sentence = "There may be 1,000 servers in all at most."
    page, _asked = form(shown, {"/api/runs/": (400, {"error": sentence, "field": "config.servers"})})
    page.get_by_label("Number, group 1").fill("1000")
    page.get_by_role("button", name="Add a group").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_label("Number, group 2")).to_have_value("1000")
    page.get_by_role("button", name="Remove group 2").click()
    expect(page.get_by_text(sentence)).to_have_count(0)


def test_what_was_typed_into_another_choice_and_before_a_reload_is_kept(shown):
    page, _asked = form(shown)
    law = page.get_by_role("combobox", name="Arrivals")
    page.get_by_role("group", name="Arrivals").get_by_label("Rate", exact=True).fill("333")
    law.select_option("bursty")
    page.get_by_label("High rate", exact=True).fill("4000")
    law.select_option("poisson")
    expect(page.get_by_role("group", name="Arrivals").get_by_label("Rate", exact=True)).to_have_value("333")
    law.select_option("bursty")
    page.reload()
    expect(page.get_by_label("High rate", exact=True)).to_have_value("4000")
    page.get_by_text("One change").click()
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("Nothing is changed")).to_be_visible()


def test_numbers_step_with_the_arrow_keys_and_stop_at_their_bounds(shown):
    page, _asked = form(shown)
    count = page.get_by_label("Number, group 1")
    count.press("ArrowUp")
    expect(count).to_have_value("11")
    count.fill("1")
    count.press("ArrowDown")
    expect(count).to_have_value("1")


def test_a_scenario_is_saved_under_a_title_of_its_own(shown):
    page, asked = form(shown, {"/api/scenarios/": (201, {"key": "mine", "url": "/scenarios/mine/"})})
    page.get_by_role("button", name="Save as scenario…").click()
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This must not be empty.")).to_be_visible()
    page.get_by_label("Title").fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/scenarios/mine/")
    assert asked[0][2]["visibility"] == "private" and asked[0][2]["document"]["title"] == "Mine"


def test_a_comparison_asks_for_what_differs_and_no_more(shown):
    lanes = [{"title": name, "config": {"strategy": {"name": name}}} for name in ("random", "round_robin")]
    page, asked = shown("compare_new", pages.data(lanes=lanes, lanes_at_most=4), {"/api/comparisons/": (201, {"url": "/compare/1/"})})
    page.get_by_role("button", name="Add a lane").click()
    page.get_by_role("button", name="Start the comparison").click()
    expect(page.get_by_text("This lane is the same as another")).to_be_visible()
    third = page.get_by_role("region", name="Lane 3")
    third.get_by_label("Differ in something else").select_option("detection_ms")
    third.get_by_label("Detection time", exact=True).fill("100")
    third.get_by_label("Title of lane 3").fill("Quick to notice")
    page.get_by_role("button", name="Start the comparison").click()
    page.wait_for_url("**/compare/1/")
    sent = asked[0][2]
    assert sent["lanes"] == [
        {"title": "random", "config": {"strategy": {"name": "random"}}}, {"title": "round_robin", "config": {"strategy": {"name": "round_robin"}}},
        {"title": "Quick to notice", "config": {"strategy": {"name": "round_robin"}, "detection_ms": 100}}]
    assert sent["scenario"] == "one-slow" and "document" not in sent  # so that the comparison knows what to look for


PREVIEW = {
    "name": "log", "mapping": {"format": "csv", "header": True, "delimiter": ",", "time": "when", "time_unit": "auto", "demand": None,
                               "demand_factor": 0.001},
    "columns": [{"name": "when", "examples": ["1"], "time": "s", "number": True}, {"name": "size", "examples": ["44"], "time": None, "number": True}],
    "first_rows": [["1", "44"]], "rows": 4, "refused_total": 1, "refused": [{"line": 3, "reason": "no time"}], "warnings": ["All times are whole seconds."],
    "span_ns": 4_000_000_000, "mean_rate_per_s": 0.75, "cv2": 0.2, "rate": {"bin_ns": 1_000_000_000, "counts": [1, 0, 2, 0, 1]}, "demand": None,
}


def test_a_log_is_looked_at_mapped_and_imported(shown):
    answers = {"/api/recordings/preview/": (200, PREVIEW), "/api/recordings/": (201, {"url": "/recordings/abc/"})}
    page, asked = shown("recordings", pages.data(upload_bytes_at_most=1_000_000, formats=[]), answers)
    page.get_by_label("Choose a file").set_input_files({"name": "log.csv", "mimeType": "text/csv", "buffer": b"when,size\n1,44\n"})
    expect(page.get_by_text("All times are whole seconds.")).to_be_visible()
    page.get_by_text("One row was refused").click()
    expect(page.get_by_role("row", name="3 no time")).to_be_visible()
    page.get_by_label("Work of a request").select_option("size")
    page.get_by_label("Seconds of work for each 1").fill("0.02")
    expect(page.get_by_text("44 becomes 0.88 s of work")).to_be_visible()
    answers["/api/recordings/preview/"] = (200, PREVIEW | {"mapping": PREVIEW["mapping"] | {"demand": "size", "demand_factor": 0.02}})
    page.get_by_label("Name", exact=True).fill("My log")
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/recordings/abc/")
    assert [path for _method, path, _body in asked][-1] == "/api/recordings/"
    assert b'"demand":"size","demand_factor":0.02' in asked[-1][2] and b"My log" in asked[-1][2]


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(shown):
    page, asked = shown("recordings", pages.data(upload_bytes_at_most=10, formats=[]))
    page.get_by_label("Choose a file").set_input_files({"name": "log.csv", "mimeType": "text/csv", "buffer": b"when,size\n1,44\n"})
    expect(page.get_by_role("alert")).to_contain_text("too large")
    assert asked == []


def test_a_scenario_of_ones_own_is_kept_as_changed(shown):
    given = pages.data()
    given["scenario"] |= {"mine": True, "builtin": False, "visibility": "private"}
    page, asked = shown("scenario", given, {"/api/scenarios/one-slow/": (200, {})})
    save = page.get_by_role("button", name="Save", exact=True)
    expect(save).to_be_disabled()
    page.get_by_label("Seed", exact=True).fill("7")
    save.click()
    expect(page.get_by_text("Nothing is changed")).to_be_visible()
    assert asked == [("PATCH", "/api/scenarios/one-slow/", {"document": pages.document(seed=7)})]


def test_a_branch_stands_below_its_parent_and_an_unfinished_run_is_followed_to_its_end(shown, page):
    row = """<tr data-row="run" data-id="{id}" data-parent="{parent}"><th><a href="/runs/{id}/">{id}</a></th>
        <td><span data-state>{state}</span><button data-cancel hidden>Cancel</button><progress data-progress max="10" value="2"></progress></td>
        <td data-seconds-ns="60000000000"></td><td data-digest></td></tr>"""
    rows = [("branch", "parent", "running"), ("other", "", "done"), ("parent", "", "done")]
    table = "".join(row.format(id=key, parent=parent, state=state) for key, parent, state in rows)
    given = pages.data(runs=[{"id": "branch"}])
    answers = {"/api/runs/branch/": (200, {"id": "branch", "state": "running", "progress_ns": 5, "digest": None})}
    page.add_init_script("""document.addEventListener("readystatechange", () => {
        if (document.readyState === "interactive") document.querySelector("main").innerHTML = `<table><tbody>%s</tbody></table>`;
    });""" % table)
    shown("runs", given, answers)
    expect(page.locator("tbody tr th")).to_have_text(["other", "parent", "branch"])
    progress = page.locator("tr[data-id=branch] progress")
    expect(progress).to_have_js_property("value", 5)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    answers["/api/runs/branch/"] = (200, {"id": "branch", "state": "done", "progress_ns": 10, "digest": "ab" * 32})
    expect(page.locator("tr[data-id=branch] [data-digest]")).to_have_text("ababababab")
    expect(progress).to_be_hidden()
