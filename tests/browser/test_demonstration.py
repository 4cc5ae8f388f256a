"""The demonstration, played as a person plays it: a real log, four strategies, a crash at the peak, the numbers."""

import csv
import io
import re
import statistics

from playwright.sync_api import Page, expect

from tests.browser.conftest import AZURE, find_server, needs_azure, run_id, seek, wait_until_done


def import_azure(page: Page) -> None:
    """Upload the hour of real requests; 0.02 s of work for each generated token."""
    page.goto("/recordings/")
    page.locator("#file").set_input_files(AZURE)
    page.get_by_label("Work of a request").select_option("GeneratedTokens")
    page.get_by_label("Seconds of work for each 1 in that column").fill("0.02")
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url(re.compile("/recordings/[0-9a-f]{16}/"))


@needs_azure
def test_a_real_log_is_compared_broken_and_taken_away(page):
    import_azure(page)
    expect(page.get_by_text("19,366").first).to_be_visible()
    parent = compare_four(page)
    assert {lane["summary"]["sent"] for lane in parent["runs"]} == {19_366}

    server, peak_s = crash_at_the_peak(page, parent["runs"][0]["id"])
    branch = wait_until_done(page, f"/api/comparisons/{run_id(page)}/")
    assert branch["id"] != parent["id"] and branch["parent"] == parent["id"]
    for before, lane in zip(parent["runs"], branch["runs"], strict=True):
        (action,) = lane["journal"]
        assert (action["kind"], action["target"]) == ("crash", server)
        assert abs(action["at_ns"] / 1e9 - peak_s) < lane["duration_ns"] / 1e9 / 100
        assert lane["digest"] != before["digest"]
    lost = [lane["summary"]["outcomes"] for lane in branch["runs"]]
    assert sum(outcomes["crashed"] + outcomes["refused"] for outcomes in lost) > 0

    table_says_what_the_api_says(page, branch)
    export_says_what_the_api_says(page, branch["runs"][0])
    page.goto(f"/compare/{parent['id']}/?t={peak_s}")
    expect(page.get_by_role("article")).to_have_count(4)
    assert page.request.get(f"/api/comparisons/{parent['id']}/").json()["runs"][0]["digest"] == parent["runs"][0]["digest"]


def compare_four(page: Page) -> dict:
    """From a recording's page to a Comparison of four strategies that is done."""
    page.get_by_role("link", name=re.compile("Compare")).first.click()
    page.wait_for_url(re.compile("/compare/new/"))
    expect(page.get_by_role("textbox", name="Title of lane 4")).to_be_visible()
    page.get_by_role("button", name="Start the comparison").click()
    page.wait_for_url(re.compile("/compare/[0-9a-f-]{36}/"))
    return wait_until_done(page, f"/api/comparisons/{run_id(page)}/")


def crash_at_the_peak(page: Page, run: str) -> tuple[str, float]:
    """Double-click a server where most requests wait; its name and the time in seconds."""
    series = page.request.get(f"/api/runs/{run}/series.json").json()
    peak = max(series, key=lambda sample: sample["queued"])
    page.keyboard.press("Home")
    seek(page, peak["at_ns"] / 1e9)
    server, place = find_server(page)
    before = page.url
    page.get_by_role("application").first.dblclick(position=place)
    expect(page.locator(".toast").filter(has_text=server)).to_be_visible()
    expect(page).not_to_have_url(re.compile(re.escape(before.split("?")[0])))
    return server, peak["at_ns"] / 1e9


def table_says_what_the_api_says(page: Page, comparison: dict) -> None:
    """The table of differences has a column a lane, with the numbers of its summary."""
    page.get_by_role("tab", name="Results").click()
    table = page.get_by_role("region", name="Differences between the lanes")
    failed = table.get_by_role("row", name=re.compile("^failed")).get_by_role("cell")
    for number, lane in enumerate(comparison["runs"]):
        expect(table.get_by_role("columnheader").nth(number + 1)).to_contain_text(lane["lane_title"])
        expect(failed.nth(number)).to_contain_text(f"{lane['summary']['failed']:,}")
    expect(page.get_by_role("status").filter(has_text="requests")).not_to_be_empty()


def export_says_what_the_api_says(page: Page, run: dict) -> None:
    """Every request stands in the CSV, and its latencies have the mean and the p99 of the summary."""
    with page.expect_download() as download:
        page.get_by_role("link", name="requests (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    summary = run["summary"]
    assert len(rows) == summary["sent"]
    latencies = sorted((int(row["done_ns"]) - int(row["sent_ns"])) / 1e6 for row in rows if row["outcome"] == "ok")
    assert len(latencies) == summary["ok"]
    if summary["stable"]:
        assert abs(statistics.fmean(latencies) / summary["latency_ms"]["mean"] - 1) < 1e-9
        p99 = latencies[-(-len(latencies) * 99 // 100) - 1]
        assert abs(p99 / summary["latency_ms"]["p99"] - 1) < 0.002
