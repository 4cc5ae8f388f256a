"""A rate curve drawn in the set-up form is the traffic of the run."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import run_id, wait_until_done

LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 26
END_S = 60


def test_draw_a_rate_curve_and_run_it(page):
    page.goto("/scenarios/calm/")
    page.get_by_role("combobox", name="Arrivals").select_option("curve")
    expect(page.get_by_role("slider", name="Point 5")).to_be_visible()
    page.get_by_role("button", name="Ramp", exact=True).click()
    expect(page.get_by_role("slider")).to_have_count(2)
    draw_a_hill(page)
    points = drawn_points(page)
    low, high = [rate for t_s, rate in points if 2 < t_s < 18], [rate for t_s, rate in points if 28 < t_s < 42]
    assert len(low) > 3 and len(high) > 3 and max(low) * 3 < min(high)
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}/"))
    run = wait_until_done(page, f"/api/runs/{run_id(page)}/")
    series = page.request.get(f"/api/runs/{run['id']}/series.json").json()
    for start, end in ((5, 15), (30, 40)):
        sent = sum(sample["sent"] for sample in series if start * 1e9 < sample["at_ns"] <= end * 1e9)
        expected = area(points, start, end)
        assert abs(sent - expected) < 4 * expected**0.5, (start, sent, expected)


def draw_a_hill(page):
    """One stroke over the whole sheet: low, then high, then low."""
    sheet = page.locator(".curve-sheet svg")
    sheet.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    box = sheet.bounding_box()
    wide, high = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    page.mouse.move(box["x"] + LEFT + wide / END_S, box["y"] + TOP + 0.6 * high)  # not on the point at 0
    page.mouse.down()
    for step in range(2, 60):
        share = 0.1 if step < 20 or step > 48 else 0.8 if 26 < step < 44 else 0.45
        page.mouse.move(box["x"] + LEFT + wide * step / END_S, box["y"] + TOP + (1 - share) * high)
    page.mouse.up()


def drawn_points(page) -> list[tuple[float, float]]:
    """The points as the table of numbers has them."""
    said = [one.get_attribute("aria-valuetext") for one in page.get_by_role("slider").all()]
    found = [re.fullmatch(r"([\d,.]+) requests/s at ([\d,.]+) s", text) for text in said]
    return [(float(match[2].replace(",", "")), float(match[1].replace(",", ""))) for match in found]


def area(points: list[tuple[float, float]], start: float, end: float) -> float:
    """The integral of the straight lines between points."""
    def rate(t_s: float) -> float:
        after = next(index for index, (at, _) in enumerate(points) if at >= t_s)
        (left, low), (right, high) = points[max(after - 1, 0)], points[after]
        return high if right == left else low + (high - low) * (t_s - left) / (right - left)

    steps = 2000
    return sum(rate(start + (end - start) * (step + 0.5) / steps) for step in range(steps)) * (end - start) / steps
