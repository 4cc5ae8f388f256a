"""How quick the space-time diagram of 100,000 messages is, measured in the browser and printed. Times are never asserted:
machines differ, and so do their neighbours. How much is drawn at once is.

`python -m pytest -s tests/browser/test_spacetime_speed.py` prints the numbers that BENCHMARKS.md quotes.
"""

import pytest

from tests.browser.conftest import wait_until_done
from tests.browser.test_speed import entry, post

ARROWS_AT_MOST = 2200
FRAMES = 120
PATIENCE_S = 300

MANY = {
    "format": "distviz-scenario/1", "system": "multi_paxos", "title": "A hundred thousand messages", "seed": 1, "duration_s": 28,
    "config": {"servers": 5, "clients": 4, "think_ms": 10, "log_kept": 5},
}
PULL = """frames => new Promise((done) => {
    const canvas = document.querySelector('.spacetime-canvas');
    const { left, top } = canvas.getBoundingClientRect();
    const began = performance.now();
    let [made, before, worst] = [0, began, 0];
    const next = (now) => {
        worst = Math.max(worst, now - before);
        before = now;
        if (made++ === frames) return done({ rate: 1000 * frames / (performance.now() - began), worst });
        const deltaY = made % 80 < 40 ? 37 : -37;
        canvas.dispatchEvent(new WheelEvent('wheel', { deltaY, clientX: left + 500, clientY: top + 300, bubbles: true, cancelable: true }));
        return requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
})"""


@pytest.fixture
def many(page):
    """The stage of a Run with about 100,000 messages, all of it received."""
    run = post(page, "/api/runs/", {"document": MANY})
    wait_until_done(page, f"/api/runs/{run['id']}/", PATIENCE_S)
    page.goto(f"/runs/{run['id']}/?t=10")
    entry(page, "whole run")
    return page


def drawn(page) -> dict:
    """{arrows, messages} of the last drawing."""
    return {name: int(count) for name, count in page.locator(".spacetime-canvas").evaluate("canvas => ({ ...canvas.dataset })").items()}


def test_a_hundred_thousand_messages_are_seen_at_once_and_move(many):
    tab = many.get_by_role("tab", name="Space-time")
    tab.evaluate("tab => tab.addEventListener('click', () => performance.mark('asked'), true)")
    tab.click()
    first = entry(many, "first diagram")["startTime"] - entry(many, "asked")["startTime"]
    many.get_by_role("button", name="Whole run").click()
    many.wait_for_function("() => Number(document.querySelector('.spacetime-canvas').dataset.messages) > 90000")
    whole = drawn(many)
    assert whole["arrows"] == 0
    print(f"\n{whole['messages']:,} messages: first diagram {first:.0f} ms after the click")
    many.mouse.move(700, 400)
    for zooms in range(12):
        held = drawn(many)
        assert held["arrows"] <= ARROWS_AT_MOST
        if zooms % 3 == 0 or 0 < held["arrows"] == held["messages"] > ARROWS_AT_MOST // 2:
            pulled = many.evaluate(PULL, FRAMES)
            print(f"pulled with {held['messages']:,} messages in view, {held['arrows']:,} of them as arrows: "
                  f"{pulled['rate']:.0f} frames a second, the slowest {pulled['worst']:.0f} ms")
        many.get_by_role("button", name="Zoom in").click()
        many.wait_for_timeout(100)
    assert 0 < drawn(many)["arrows"] == drawn(many)["messages"]
