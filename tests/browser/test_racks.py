"""A distributed file system in the running product: a rack is lost by hand, and the blocks come back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import run_id, run_scenario, seek, wait_until_done
from tests.front.hands import box_of

TITLE = "HDFS: lose a rack, watch the blocks come back"


def title_of_rack(page: Page, node: str) -> tuple[float, float]:
    """A place in the title of the cabinet of which `node` has the first slot."""
    x, y, width, _ = box_of(page, node)
    area = page.locator(".lane-canvas").bounding_box()
    heading = page.locator(".inspector-head h2")
    for above in range(4, 30, 2):
        at = area["x"] + x + width / 2, area["y"] + y - above
        page.mouse.click(*at)
        if heading.inner_text().startswith("Rack "):
            return at
    raise AssertionError(f"no rack above {node} answered to a click")


def test_a_rack_is_lost_by_hand_and_its_blocks_come_back(page):
    parent = run_scenario(page, TITLE)
    wait_until_done(page, f"/api/runs/{parent}/")
    if page.get_by_role("button", name="Pause", exact=True).is_visible():
        page.get_by_role("button", name="Pause", exact=True).click()
    seek(page, 30)
    under = page.locator(".lane-headline > div").filter(has_text="under-replicated").locator("dd")
    expect(under).to_have_text("0")

    rack = title_of_rack(page, "data_node-4")
    expect(page.get_by_role("heading", name="Rack 1", exact=True)).to_be_visible()
    page.mouse.click(*rack, button="right")
    page.get_by_role("menuitem", name="Lose a rack").click()
    expect(page.locator(".toast")).to_contain_text("rack 1 is lost: 4 data nodes crashed")
    expect(page).not_to_have_url(re.compile(parent))
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    expect(under).to_have_text("0")  # nobody has noticed

    seek(page, 655)
    page.get_by_role("combobox", name="Speed").select_option("2")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(under).to_have_text(re.compile(r"^[1-9]\d*$"))
    page.get_by_role("combobox", name="Speed").select_option("20")
    expect(under).to_have_text("0")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.keyboard.press("Escape")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("button", name=re.compile("^data_node-4.*taken for dead$"))).to_be_visible()
