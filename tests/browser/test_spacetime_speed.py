"""How quick the space-time diagram of 100,000 messages is, measured in the browser and printed. Times are never asserted:
machines differ, and so do their neighbours. How much is drawn at once is.

`python -m pytest -s tests/browser/test_spacetime_speed.py` prints the numbers that BENCHMARKS.md quotes.
"""

import random

import pytest

from tests.browser.test_speed import entry
from tests.front.conftest import site
from tests.front.fake_cluster import FakeCluster

__all__ = ["site"]

SEEKS = 100
ARROWS_AT_MOST = 2200
FRAMES = 120

MANY = {"servers": 5, "clients": 6, "think_ms": 12, "log_kept": 3, "network": {"delay": {"law": "exponential", "minimum_ms": 0.5, "mean_ms": 2}}}

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

SEEK = """times => new Promise(async (done) => {
    const track = document.querySelector('.timeline-track');
    const { left, top, width } = track.getBoundingClientRect();
    const frame = () => new Promise(requestAnimationFrame);
    const taken = [];
    for (const share of times) {
        const at = { clientX: left + share * width, clientY: top + 5, button: 0, pointerId: 1, bubbles: true };
        const began = performance.now();
        track.dispatchEvent(new PointerEvent('pointerdown', at));
        track.dispatchEvent(new PointerEvent('pointerup', at));
        await frame();
        await frame();
        taken.push(performance.now() - began);
    }
    done(taken);
})"""


@pytest.fixture
def many(browser, site):  # noqa: F811
    """The stage of a Run with about 100,000 messages, all of it received. The worker is not measured here: the test computes it."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    troubles = []
    page.on("console", lambda message: troubles.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    FakeCluster("multi-paxos-steady", [("", MANY)]).open(page, site, t_ns=10_000_000_000)
    entry(page, "whole run")
    yield page
    page.context.close()
    assert troubles == []


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


def test_any_moment_of_a_hundred_thousand_messages_is_near(many):
    """That the state there is the one of a straight run is held by tests/front/test_cluster.py."""
    draw = random.Random(1).random
    taken = sorted(many.evaluate(SEEK, [draw() for _ in range(SEEKS)]))
    assert len(taken) == SEEKS
    print(f"\nseek to a random moment: median {taken[SEEKS // 2]:.0f} ms, 95th percentile {taken[SEEKS * 95 // 100 - 1]:.0f} ms, worst {taken[-1]:.0f} ms")
