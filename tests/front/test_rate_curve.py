"""The rate curve in the set-up form: drawn with the mouse, moved with the keyboard, typed as numbers, taken from a shape, undone."""

import re

import pytest
from playwright.sync_api import expect

from simulator.engine.clock import S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.rate_curve import cumulated, expected_until
from tests.front import pages
from tests.front.test_setup import shown  # noqa: F401 (a fixture)

POINTS = [[0, 200], [20, 200], [30, 900], [40, 200], [60, 200]]
ARRIVALS = {"law": "curve", "points": POINTS, "shape": "linear", "repeat_s": None}
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 26


@pytest.fixture
def curve(shown):  # noqa: F811
    """The set-up form of a curve: the page, and what was asked of the server."""
    page, asked = shown("scenario", pages.data(document=pages.document(config={"arrivals": ARRIVALS})), {"/api/runs/": (201, {"url": "/runs/1/"})})
    expect(page.get_by_role("slider")).to_have_count(5)
    return page, asked


def place(page, t_s: float, rate: float, top: float) -> tuple[float, float]:
    """Where on the page the sheet shows a moment and a rate."""
    sheet = page.locator(".curve-sheet svg")
    sheet.evaluate("(one) => one.scrollIntoView({ block: 'center' })")
    box = sheet.bounding_box()
    return (box["x"] + LEFT + (box["width"] - LEFT - RIGHT) * t_s / 60, box["y"] + TOP + (box["height"] - TOP - BOTTOM) * (1 - rate / top))


def sent(page, asked) -> dict:
    """The arrivals of the document that Run sends."""
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/runs/1/")
    document = asked[-1][2]["document"]
    Config.model_validate(document["config"])
    return document["config"]["arrivals"]


def test_a_line_drawn_with_the_mouse_is_what_is_run(curve):
    page, asked = curve
    page.mouse.move(*place(page, 42, 300, 1500))
    page.mouse.down()
    for t_s in range(42, 57):
        page.mouse.move(*place(page, t_s, 300 + 40 * (t_s - 42), 1500))
    page.mouse.up()
    arrivals = sent(page, asked)
    drawn = [point for point in arrivals["points"] if 41 < point[0] < 57]
    assert len(drawn) >= 12 and arrivals["points"][:4] == POINTS[:4] and arrivals["points"][-1] == [60, 200]
    assert all(rate == pytest.approx(300 + 40 * (t_s - 42), abs=15) for t_s, rate in drawn)


def test_a_point_is_added_moved_and_removed_and_each_can_be_undone(curve):
    page, asked = curve
    page.mouse.click(*place(page, 50, 600, 1500))
    sliders = page.get_by_role("slider")
    expect(sliders).to_have_count(6)
    page.mouse.move(*place(page, 30, 900, 1500))
    page.mouse.down()
    page.mouse.move(*place(page, 25, 500, 1500))
    page.mouse.move(*place(page, 26, 500, 1500))
    page.mouse.up()
    expect(page.get_by_role("slider", name="Point 3")).to_have_attribute("aria-valuetext", re.compile(r"^(49|50|51)0 requests/s at (25\.9|26|26\.1) s$"))
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    expect(page.get_by_role("slider", name="Point 3")).to_have_attribute("aria-valuetext", "900 requests/s at 30 s")
    undo.click()
    expect(sliders).to_have_count(5)
    expect(undo).to_be_disabled()
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(sliders).to_have_count(6)
    page.mouse.dblclick(*place(page, 50, 600, 1500))
    expect(sliders).to_have_count(5)
    page.get_by_label("Seed", exact=True).fill("2")
    assert sent(page, asked)["points"] == POINTS


def test_the_keyboard_does_all_that_the_mouse_does(curve):
    page, _asked = curve
    page.get_by_role("slider", name="Point 1").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    third = page.get_by_role("slider", name="Point 3")
    expect(third).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(third).to_have_attribute("aria-valuetext", "885 requests/s at 30.6 s")
    page.keyboard.press("Insert")
    expect(page.get_by_role("slider")).to_have_count(6)
    page.keyboard.press("Delete")
    expect(page.get_by_role("slider")).to_have_count(5)
    for _ in range(4):
        page.keyboard.press("Control+z")
    expect(third).to_have_attribute("aria-valuetext", "900 requests/s at 30 s")


def test_the_points_are_a_table_of_numbers_too(curve):
    page, asked = curve
    page.get_by_text("Points as numbers (5)").click()
    page.get_by_label("Rate of point 3").fill("1,500")
    expect(page.get_by_role("slider", name="Point 3")).to_have_attribute("aria-valuenow", "1500")
    page.get_by_label("Time of point 2").fill("55")
    expect(page.get_by_text("These numbers make no curve")).to_be_visible()
    page.get_by_label("Time of point 2").fill("5")
    page.get_by_role("button", name="Remove point 5").click()
    page.get_by_role("button", name="Add a point").click()
    assert sent(page, asked)["points"] == [[0, 200], [5, 200], [30, 1500], [40, 200], [50, 200]]


@pytest.mark.parametrize("shape", ["A day", "Flash crowd", "Ramp", "Step", "Attack"])
def test_a_ready_made_shape_is_a_curve_that_the_server_takes(curve, shape):
    page, asked = curve
    page.get_by_role("button", name=shape, exact=True).click()
    arrivals = sent(page, asked)
    assert arrivals["points"] != POINTS and (arrivals["repeat_s"] == 60) == (shape == "A day")


@pytest.mark.parametrize("arrivals", [
    ARRIVALS, ARRIVALS | {"shape": "steps"}, ARRIVALS | {"repeat_s": 60}, ARRIVALS | {"repeat_s": 75}, ARRIVALS | {"repeat_s": 62, "shape": "steps"},
    {"law": "curve", "points": [[3, 50], [4, 10]], "shape": "linear", "repeat_s": 7}])
def test_the_browser_expects_as_many_requests_as_the_server(page, site, arrivals):
    page.goto(f"{site}/tests/front/charts/blank.html")
    ends = [0.5, 3.5, 25, 60, 61.5, 75, 100, 200.25]
    got = page.evaluate("""async ([arrivals, ends]) => {
        const { expected } = await import("/static/distviz/lib/curve.js");
        return ends.map((end_s) => expected(arrivals, end_s));
    }""", [arrivals, ends])
    curve = cumulated(Config.model_validate({"arrivals": arrivals}).arrivals)
    assert got == pytest.approx([expected_until(*curve, end_s * S) for end_s in ends], rel=1e-9)


def test_the_offered_load_is_that_of_the_mean_rate_and_the_capacity_is_a_line(curve):
    page, _asked = curve
    expect(page.get_by_text("19,000 requests are to be expected in 60 s: 317/s on average, 900/s at most. The servers can do 1,000/s.")).to_be_visible()
    expect(page.locator(".curve-capacity line")).to_have_count(1)
