"""The charts and results in a real browser: drawing, reading, seeking, sorting, comparing, exporting."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect


@pytest.fixture
def charts(page, site):
    """Opens the page of charts; every console error and Content-Security-Policy breach fails the test."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def open_page(query="", width=1440, height=900):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{site}/tests/front/charts/index.html{query}")
        expect(page.locator("body[data-ready]")).to_be_attached()
        return page

    yield open_page
    assert wrong == []


def legend(page, number):
    return page.locator(".chart").nth(number).locator(".chart-legend")


def test_four_charts_say_their_values_at_the_cursor(charts):
    page = charts()
    expect(legend(page, 0)).to_contain_text("answered 100/s")
    expect(legend(page, 1)).to_contain_text("p99")
    page.evaluate("cursor.value = 25e9")
    expect(legend(page, 0)).to_contain_text("25.00 s")
    expect(legend(page, 0)).to_contain_text("answered 80/s")
    expect(legend(page, 0)).to_contain_text("failed 20/s")
    expect(page.get_by_role("slider", name="Requests")).to_have_attribute("aria-valuetext", "Requests at 25.00 s: answered 80/s, sent 100/s, failed 20/s")


def test_a_click_a_drag_and_the_keys_seek(charts):
    page = charts()
    area = page.locator(".chart .u-over").first
    box = area.bounding_box()
    area.click(position={"x": box["width"] / 2, "y": 40})
    assert page.evaluate("cursor.value") == pytest.approx(30e9, abs=0.2e9)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40, steps=3)
    page.mouse.up()
    assert page.evaluate("cursor.value") == pytest.approx(45e9, abs=0.2e9)
    slider = page.get_by_role("slider", name="Requests")
    page.evaluate("cursor.value = 10e9")
    slider.press("ArrowRight")
    assert page.evaluate("cursor.value") == 10.05e9
    slider.press("PageUp")
    assert page.evaluate("cursor.value") == 10.55e9
    slider.press("End")
    assert page.evaluate("cursor.value") == 60e9
    slider.press("ArrowRight")
    assert page.evaluate("cursor.value") == 60e9


def test_the_cursor_line_stands_at_its_time_in_every_chart(charts):
    page = charts()
    page.evaluate("cursor.value = 15e9")
    for i in range(4):
        chart = page.locator(".chart").nth(i)
        over, head = chart.locator(".u-over").bounding_box(), chart.locator(".chart-head").bounding_box()
        assert head["x"] + 1 - over["x"] == pytest.approx(over["width"] / 4, abs=1.5)


def test_tables_stand_in_for_the_pictures(charts):
    page = charts("?lanes=2")
    page.get_by_role("button", name="Show as tables").click()
    table = page.get_by_role("region", name="Requests")
    expect(table.get_by_role("columnheader")).to_have_text(["until", "power of two", "random"])
    table.get_by_role("button", name="12.00 s").click()
    assert page.evaluate("cursor.value") == 12e9
    expect(table.locator("tr[aria-current=time]")).to_contain_text("12.00 s")


def test_lanes_share_a_chart_and_choose_their_line(charts):
    page = charts("?lanes=4")
    expect(legend(page, 1).locator("li")).to_have_count(5)
    page.get_by_label("Latency: which line").select_option("p50")
    page.get_by_role("checkbox", name="log scale", exact=True).check()
    dashes = {line.get_attribute("stroke-dasharray") for line in legend(page, 1).locator("line").all()}
    assert len(dashes) == 4, "lanes are told apart by colour alone"


def test_a_growing_run_keeps_its_plots(charts):
    page = charts("?live&lanes=2")
    page.evaluate("document.querySelector('.u-over').dataset.kept = 'yes'")
    page.evaluate("(async () => { for (const lane of lanes.value) await lane.store.put(33, new Uint8Array([33])); })()")
    page.evaluate("lanes.value = lanes.value.map((lane) => ({ ...lane, run: { ...lane.run, progress_ns: 34e9 } }))")
    page.evaluate("cursor.value = 33.9e9")
    expect(legend(page, 0)).to_contain_text("power of two 100/s")
    expect(page.locator(".u-over[data-kept=yes]")).to_have_count(1)
    expect(page.get_by_text("Simulated 34 s of 60 s")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


def test_the_results_name_every_number(charts):
    page = charts()
    results = page.get_by_role("region", name="Results")
    expect(results).to_contain_text("The load is served: no queue keeps growing.")
    for text in ("19,366", "41.4 ms", "62.2 ms", "71.2 %", "0.999", "0123456789abcdef"):
        expect(results.get_by_text(text).first).to_be_visible()
    expect(results.get_by_role("link", name="requests (CSV)")).to_have_attribute("href", "/api/runs/00000000-0000-0000-0000-000000000000/requests.csv")


def test_servers_sort_by_any_column(charts):
    page = charts()
    table = page.get_by_role("region", name="Server by server")
    table.get_by_role("button", name="mean queue").click()
    expect(table.get_by_role("rowheader").first).to_have_text("server-0")
    table.get_by_role("button", name="sent").click()
    expect(table.get_by_role("rowheader").first).to_have_text("server-7")
    expect(table.get_by_role("columnheader", name="sent")).to_have_attribute("aria-sort", "descending")


def test_a_comparison_is_summed_up_and_unstable_lanes_get_no_latency(charts):
    page = charts("?lanes=3")
    expect(page.locator(".comparison-verdict")).to_have_text(
        "On the same 19,366 requests power of two answered 99 % within 41.4 ms, 31 % sooner than random; "
        "round robin could not keep up. Requests that failed: power of two 0, random 31, round robin 62."
    )
    row = page.get_by_role("row", name="p99: 99 % within")
    expect(row.get_by_role("cell")).to_contain_text(["best: 41.4 ms", "59.9 ms", "unstable"])
    expect(page.locator(".histogram path")).to_have_count(2)


def test_the_table_of_differences_is_exported(charts, tmp_path: Path):
    page = charts("?lanes=3")
    with page.expect_download() as download:
        page.get_by_role("button", name="Table (CSV)").click()
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = {row[0]: row[1:] for row in csv.reader(file)}
    assert rows["measure"] == ["power of two", "random", "round robin"]
    assert rows["failed"] == ["0", "31", "62"]
    assert rows["p99_ms"][2] == "unstable"
    assert float(rows["utilisation"][1]) == 0.7223


@pytest.mark.parametrize("width", [390, 900, 2560])
def test_nothing_is_wider_than_the_page(charts, width):
    page = charts("?lanes=4", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_dark_turns_the_plots_dark(charts, page):
    page.emulate_media(color_scheme="light")
    charts()
    light = page.locator(".chart-canvas canvas").first.screenshot()
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".chart-canvas canvas")).to_have_count(4)
    page.wait_for_timeout(200)
    assert page.locator(".chart-canvas canvas").first.screenshot() != light
