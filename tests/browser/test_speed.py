"""How quick it feels, measured in the browser and printed. Never asserted: machines differ, and so do their neighbours.

`python -m pytest -s tests/browser/test_speed.py` prints the numbers that BENCHMARKS.md quotes.
"""

import re
import statistics

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import find_server, run_id, run_scenario, seek, wait_until_done
from tests.front.hands import middle_of

CLICKS = 20
FRAMES = 120

BUSY = {
    "format": "distviz-scenario/1", "system": "load_balancer", "title": "Two thousand in flight", "seed": 1, "duration_s": 60,
    "config": {"arrivals": {"law": "poisson", "rate_per_s": 5000}, "servers": [{"count": 200, "slots": 1}],
               "service": {"law": "exponential", "mean_ms": 30}, "client_delay": {"law": "constant", "delay_ms": 150},
               "server_delay": {"law": "constant", "delay_ms": 40}},
}


def post(page: Page, path: str, body: dict, home: str = "/") -> dict:
    """Post JSON as a page of the product would."""
    page.goto(home)
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    answer = page.request.post(path, data=body, headers={"X-CSRFToken": token})
    assert answer.ok, answer.text()
    return answer.json()


def within(picture, at: tuple[float, float]) -> dict:
    """A place on the page as the picture counts it."""
    area = picture.bounding_box()
    return {"x": at[0] - area["x"], "y": at[1] - area["y"]}


def mark(page: Page, name: str) -> float:
    """When the page set a mark, in ms of the wall clock; waits for it."""
    return page.evaluate("performance.timeOrigin") + entry(page, name)["startTime"]


def entry(page: Page, name: str) -> dict:
    """The first performance entry `name` of the page; waits for it."""
    for _ in range(2000):
        found = page.evaluate("name => performance.getEntriesByName(name).map((each) => each.toJSON())", name)
        if found:
            return found[0]
        page.wait_for_timeout(20)
    raise AssertionError(f"the page never made the entry {name!r}")


def run_and_watch(page: Page) -> tuple[float, float]:
    """(ms from pressing Run to the first picture, ms to the last Segment) of 60 s at 5,000 requests a second."""
    page.goto("/")
    button = page.get_by_role("button", name="Run: 200 servers", exact=True)
    button.evaluate("button => button.form.addEventListener('submit', () => sessionStorage.setItem('pressed', Date.now()))")
    button.click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}/"))
    pressed = float(page.evaluate("sessionStorage.getItem('pressed')"))
    return mark(page, "first picture") - pressed, mark(page, "whole run") - pressed


def test_a_run_is_seen_at_once_and_whole_soon(page):
    run_and_watch(page)  # the workers and the browser's cache are warm from here on
    taken = [run_and_watch(page) for _ in range(5)]
    first, whole = (statistics.median(column) for column in zip(*taken, strict=True))
    print(f"\n60 s at 5,000 requests/s: first picture {first:.0f} ms after pressing Run, whole run {whole:.0f} ms (medians of 5)")


@pytest.mark.parametrize(("scenario", "at_s", "node"), [("Calm", 30, None), ("The duel", 1, "acceptor-2"), ("Raft: the isolated leader", 1, "server-2")])
def test_a_click_shows_a_new_future_at_once(page, scenario, at_s, node):
    run_scenario(page, scenario)
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    page.keyboard.press("Home")
    seek(page, at_s)
    picture, taken = page.get_by_role("application"), []
    position = find_server(page)[1] if node is None else within(picture, middle_of(page, node))
    for click in range(CLICKS):
        parent = page.url.split("?")[0]
        picture.dblclick(position=position)
        expect(page).not_to_have_url(re.compile(re.escape(parent)))
        taken.append(entry(page, "act->frame")["duration"])
        page.evaluate("performance.clearMeasures()")
        if click < CLICKS - 1:
            page.go_back()
            expect(page).to_have_url(re.compile(re.escape(parent)))
    print(f"\n{scenario}: click to the first changed frame: median {statistics.median(taken):.0f} ms, "
          f"worst {max(taken):.0f} ms of {CLICKS}")


@pytest.fixture
def busy(page):
    """The stage of a Run with 200 servers and about 2,000 requests in flight, all of it received."""
    run = post(page, "/api/runs/", {"document": BUSY})
    wait_until_done(page, f"/api/runs/{run['id']}/")
    page.goto(f"/runs/{run['id']}/?t=10")
    mark(page, "whole run")
    return page


def test_two_thousand_requests_in_flight_move(busy):
    busy.get_by_role("button", name="Play", exact=True).click()
    expect(busy.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    ms = busy.evaluate("""frames => new Promise((done) => {
        const began = performance.now(); let left = frames;
        const next = () => (left-- > 0 ? requestAnimationFrame(next) : done(performance.now() - began));
        requestAnimationFrame(next);
    })""", FRAMES)
    print(f"\n200 servers, 2,000 requests in flight: {1000 * FRAMES / ms:.0f} frames a second")


def test_scrubbing_shows_the_moment_at_once(busy):
    busy.evaluate("""() => document.querySelector('.timeline-track').addEventListener('pointerdown', () => {
        const start = performance.now();
        requestAnimationFrame(() => requestAnimationFrame(() => performance.measure('scrub', { start, end: performance.now() })));
    }, true)""")
    for at_s in (7, 52, 13, 44, 21, 36, 29, 58, 3, 48):
        seek(busy, at_s)
    busy.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")
    taken = busy.evaluate("performance.getEntriesByName('scrub').map((each) => each.duration)")
    assert len(taken) == 10
    print(f"\nscrubbing to a time already received: median {statistics.median(taken):.0f} ms, worst {max(taken):.0f} ms of {len(taken)}")
