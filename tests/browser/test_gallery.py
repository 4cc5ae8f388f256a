"""Run opens the stage in the page that is there; it must feel like a page of its own."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import run_id, run_scenario, wait_until_done


def test_back_from_a_run_leads_to_the_gallery_and_forward_to_the_run(page):
    run = run_scenario(page, "Calm")
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    page.go_back()
    expect(page.get_by_role("button", name="Run: Calm", exact=True)).to_be_visible()
    expect(page.locator(".sketch svg").first).to_be_visible()  # the scripts of the page run
    assert page.url == f"{page.stack.url}/"
    page.go_forward()
    expect(page.get_by_role("slider", name="Time")).to_be_visible()
    assert run in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_stage_looks_alike_whichever_way_it_was_opened(page, scheme):
    """Same stylesheets, same theme, same title; and no console message in either case."""
    look = """() => [document.title, document.body.className, document.querySelector("input[name=theme]:checked").value,
        getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".transport")).height,
        ...[...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href"))]"""
    page.emulate_media(color_scheme=scheme)
    run_scenario(page, "Calm")
    expect(page.get_by_role("slider", name="Time")).to_be_visible()
    in_place = page.evaluate(look)
    page.goto(re.sub(r"\?.*", "", page.url))
    expect(page.get_by_role("slider", name="Time")).to_be_visible()
    assert page.evaluate(look) == in_place
