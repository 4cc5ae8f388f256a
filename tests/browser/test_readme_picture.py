"""Makes the picture of the README, so that it shows the product as it is."""

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import run_id, run_scenario, seek, wait_until_done

PICTURE = Path(__file__).resolve().parents[2] / "static" / "distviz" / "readme-stage.png"
AT_S = 21.0


def test_the_picture_of_the_readme(page: Page, tmp_path):
    """The stage of one slow server in the middle of its run. DISTVIZ_PICTURES=1 replaces the picture in the repository."""
    page.set_viewport_size({"width": 1280, "height": 800})
    run_scenario(page, "One slow server")
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    if page.get_by_role("button", name="Pause").count():
        page.keyboard.press("Space")
    seek(page, AT_S)
    expect(page.get_by_role("application").first).to_be_visible()
    page.mouse.move(640, 5)
    page.wait_for_timeout(500)  # toasts and fades are over
    made = tmp_path / PICTURE.name
    page.screenshot(path=made)
    assert made.stat().st_size > 20_000, "the stage is almost empty"
    if os.environ.get("DISTVIZ_PICTURES") == "1" or not PICTURE.exists():
        PICTURE.write_bytes(made.read_bytes())
