"""How smoothly a thousand data nodes in a hundred racks play, measured in the browser and printed. Times are never
asserted: machines differ, and so do their neighbours.

`python -m pytest -s tests/browser/test_racks_speed.py` prints the numbers that BENCHMARKS.md quotes.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.test_speed import entry
from tests.front.conftest import site
from tests.front.synthetic_files import FakeFiles, Files

__all__ = ["site"]

FRAMES = 120

PLAYED = """frames => new Promise((done) => {
    const began = performance.now();
    let [left, before, worst] = [frames, began, 0];
    const next = (now) => {
        worst = Math.max(worst, now - before);
        before = now;
        return left-- > 0 ? requestAnimationFrame(next) : done({ rate: 1000 * frames / (performance.now() - began), worst });
    };
    requestAnimationFrame(next);
})"""


@pytest.fixture(scope="module")
def files():
    """A made-up file system: 12,000 blocks three times, a heartbeat every 3 s, a rack that is lost at 4 s."""
    return Files(racks=100, each=10, clients=10, blocks=12_000, told=False, seconds=12, write_ms=30, lost=(1, 4.0), stale_s=1, dead_s=2)


@pytest.mark.parametrize("speed", ["0.1", "1"])
def test_a_thousand_nodes_in_a_hundred_racks_move(browser, site, files, speed):  # noqa: F811
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    FakeFiles(files).open(page, site, t_ns=5_500_000_000)
    entry(page, "whole run")
    page.get_by_role("combobox", name="Speed").select_option(speed)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    played = page.evaluate(PLAYED, FRAMES)
    page.context.close()
    assert troubles == []
    print(f"\n1,000 data nodes in 100 racks at {speed}x: {played['rate']:.0f} frames a second, the slowest {played['worst']:.0f} ms")
