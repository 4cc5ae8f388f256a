"""Experiments as a person makes them: strategies against load, read off with their bands; and how many servers a real log needs."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import TRACES
from tests.browser.test_rate_curve import draw_a_hill, drawn_points
from tests.web.parquet import columns_of

APACHE = TRACES / "apache_logs_semicomplete_2015.log.gz"
PATIENCE_MS = 240_000  # the first one waits for the compiler

needs_apache = pytest.mark.skipif(not APACHE.exists(), reason=f"the real access log {APACHE.name} is not here")


def choose(page: Page, *strategies: str) -> None:
    """Tick exactly these on the checklist."""
    choices = page.get_by_role("group", name="Strategy", exact=True)
    choices.get_by_role("button", name="None").click()
    for strategy in strategies:
        choices.get_by_role("checkbox", name=strategy, exact=True).check()


def result(page: Page) -> dict:
    """The JSON of the experiment whose page opens, once it is done and the page says so."""
    page.wait_for_url(re.compile("/experiments/[0-9a-f-]{36}/"))
    expect(page.locator(".experiment-answer.done")).to_be_visible(timeout=PATIENCE_MS)
    return page.request.get(f"/api{page.url.removeprefix(page.stack.url)}").json()


def test_four_strategies_are_compared_under_many_seeds_and_the_worst_cell_is_opened(page):
    page.goto("/")
    page.get_by_role("link", name="Experiment: One slow server", exact=True).click()
    choose(page, "Least connections", "Power of two choices", "Random", "Round robin")
    load = page.get_by_role("region", name="Arrivals › Rate")
    load.get_by_label("a list").check()
    load.get_by_label("Values", exact=True).fill("30 60 400")
    page.get_by_label("Seeds", exact=True).fill("4")
    page.get_by_label("Duration", exact=True).fill("20")
    expect(page.get_by_text("4 × 3 × 4 seeds = 48 replications in 12 cells.")).to_be_visible()
    page.get_by_role("button", name="Start the experiment").click()
    said = result(page)
    assert [len(axis["values"]) for axis in said["axes"]] == [4, 3] and all(cell["done"] == 4 for cell in said["cells"])
    expect(page.locator(".experiment-sentence")).to_have_text(re.sub(r"\s", " ", said["answer"]["sentence"]))
    reads_off_the_band(page, said)
    takes_everything_away(page, said)
    opens_the_worst_cell(page, said)
    page.goto("/runs/")
    expect(page.get_by_role("row", name=re.compile("experiment, 12 cells"))).to_contain_text("done")


def reads_off_the_band(page: Page, said: dict) -> None:
    """Each strategy has its interval in the chart; what nobody can serve is unstable for all, in the chart and in the API."""
    chart = page.get_by_role("slider", name="p99 latency against Rate")
    chart.press("ArrowRight")
    spoken = chart.get_attribute("aria-valuetext").split("; ")
    assert spoken[0] == "30 1/s" and len(spoken) == 5 and all(re.search(r"\d ± \d[\d.]* m?s$", line) for line in spoken[1:]), spoken
    chart.press("End")
    assert all(line.endswith(" unstable") for line in chart.get_attribute("aria-valuetext").split("; ")[1:])
    assert all(cell["latency_ms"] is None for cell in said["cells"] if cell["at"][1] == 2)
    chart.press("Home")
    cell = next(cell for cell in said["cells"] if cell["at"] == [0, 0])
    shown = page.get_by_role("grid", name="All cells").get_by_role("button").first.get_attribute("title")
    told, unit = re.search(r": ([\d.,]+) ± \S+ (m?s)$", shown).groups()
    assert float(told.replace(",", "")) * (1 if unit == "ms" else 1000) == pytest.approx(cell["latency_ms"]["p99"]["mean"], rel=0.05)


def takes_everything_away(page: Page, said: dict) -> None:
    """Each button of "Take away" brings a file down, and each file holds what the page shows."""
    files = {}
    for link in page.get_by_role("region", name="Take away").get_by_role("link").all():
        with page.expect_download() as waiting:
            link.click()
        files[waiting.value.suggested_filename.removeprefix(f"distviz-experiment-{said['id']}-")] = Path(waiting.value.path()).read_bytes()
    assert sorted(files) == ["notebook.py", "replications.csv", "replications.parquet", "report.html", "results.csv", "results.json", "results.parquet"]
    assert json.loads(files["results.json"])["cells"] == said["cells"]
    rows = {name: list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode()))) for name in ("results", "replications")}
    assert [row["stable"] for row in rows["results"]] == [str(cell["stable"]) for cell in said["cells"]] and len(rows["replications"]) == 48
    for name, table in rows.items():
        assert columns_of(files[f"{name}.parquet"]).keys() == table[0].keys()
        assert {len(values) for values in columns_of(files[f"{name}.parquet"]).values()} == {len(table)}
    assert said["answer"]["sentence"] in files["report.html"].decode()
    script = files["notebook.py"].decode()
    compile(script, "notebook.py", "exec")
    page.get_by_text("For a notebook").click()
    expect(page.locator(".experiment-notebook code")).to_have_text(script)


def opens_the_worst_cell(page: Page, said: dict) -> None:
    """From the cell with most requests in the system to its worst seed at that very moment."""
    worst = max(said["cells"], key=lambda cell: cell["worst"]["in_system"])
    *row, column = worst["at"]
    page.get_by_role("grid", name="All cells").get_by_role("row").nth(1 + sum(row)).get_by_role("button").nth(column).click()
    page.get_by_role("button", name="Open the worst moment on the stage").click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/\?t="))
    run = page.request.get(f"/api{re.sub(r'[?].*', '', page.url.removeprefix(page.stack.url))}").json()
    assert run["seed"] == worst["worst"]["seed"]
    expect(page.get_by_role("slider", name="Time")).to_have_attribute("aria-valuenow", re.compile(rf"^{worst['worst']['at_ns'] // 10**8 / 10}"))


def test_a_drawn_rate_is_the_load_of_an_experiment_of_four_strategies(page):
    """Draw a rate curve, run an experiment of four strategies under it, read the band and the verdict, open the worst cell."""
    page.goto("/scenarios/calm/")
    page.get_by_role("combobox", name="Arrivals").select_option("curve")
    page.get_by_role("button", name="Ramp", exact=True).click()
    expect(page.get_by_role("slider")).to_have_count(2)
    draw_a_hill(page)
    points = drawn_points(page)
    page.get_by_role("button", name="Experiment…").click()
    page.wait_for_url(re.compile("/experiments/new/.*draft=1"))
    choose(page, "Least connections", "Power of two choices", "Random", "Round robin")
    page.get_by_label("Seeds", exact=True).fill("3")
    expect(page.get_by_text("4 × 3 seeds = 12 replications in 4 cells.")).to_be_visible()
    page.get_by_role("button", name="Start the experiment").click()
    said = result(page)
    assert [tuple(point) for point in said["config"]["arrivals"]["points"]] == points
    expect(page.locator(".experiment-sentence")).to_have_text(re.sub(r"\s", " ", said["answer"]["sentence"]))
    assert re.match("(Least connections|Power of two choices|Random|Round robin) has the lowest mean latency", said["answer"]["sentence"])
    rows = page.locator(".experiment-table").first.locator("tbody tr")
    expect(rows).to_have_count(4)
    for row, cell in zip(rows.all(), said["cells"], strict=True):
        assert cell["done"] == 3 and re.search(r"\d ± \d[\d.]* m?s", row.inner_text())
    opens_the_worst_cell(page, said)


@needs_apache
def test_an_access_log_says_how_many_servers_it_needs_with_one_of_them_lost(page):
    page.goto("/recordings/")
    page.locator("#file").set_input_files(APACHE)
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(re.compile("/recordings/[0-9a-f]{16}/"))
    page.get_by_role("link", name="How many servers does it need?").click()
    choose(page, "Least connections", "Random")
    page.get_by_text("The set-up that all cells share").click()
    page.get_by_label("Speed-up", exact=True).fill("1000")
    page.get_by_label("Mean service time", exact=True).fill("200")
    page.get_by_label("Duration", exact=True).fill("150")
    page.get_by_label("Latency below", exact=True).fill("3000")
    page.get_by_label("Seeds at most", exact=True).fill("10")
    expect(page.get_by_text("such that p99 stays below 3,000 ms with one server lost?")).to_be_visible()
    page.get_by_role("button", name="Find the number of servers").click()
    said = result(page)
    sizes = said["answer"]["sizes"]
    found = {said["axes"][0]["values"][size["at"][0]]["label"]: size["servers"] for size in sizes}
    assert said["sizing"]["lost"] == 1 and 7 < found["Least connections"] <= found["Random"]
    expect(page.locator(".experiment-size-answer")).to_have_text([f"{size['servers']} servers" for size in sizes])
    expect(page.locator(".experiment-sentence")).to_have_text(re.sub(r"\s", " ", said["answer"]["sentence"]))
    for size in sizes:
        verdicts = {probe["servers"]: probe["holds"] for probe in size["probes"]}
        assert verdicts[size["servers"]] is True and verdicts.get(size["servers"] - 1) is not True
    page.get_by_text("Every number of servers that was tried").click()
    expect(page.get_by_role("region", name="Every number of servers that was tried").get_by_role("row")).to_have_count(1 + sum(len(size["probes"]) for size in sizes))
