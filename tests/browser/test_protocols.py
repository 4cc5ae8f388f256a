"""Protocols in the running product: broken by hand, rewound, explained, and sent as a link that anybody can compute again."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import run_id, run_scenario, seek, wait_until_done
from tests.front.hands import box_of, draw, middle_of


def pause_at(page: Page, at_s: float) -> None:
    """Stop the playback at a moment that has been computed."""
    wait_until_done(page, f"/api/runs/{run_id(page)}/")
    pause = page.get_by_role("button", name="Pause")
    if pause.is_visible():
        pause.click()
    seek(page, at_s)
    expect(page.locator("caption").filter(has_text="Nodes of").first).to_be_attached()


def branched(page: Page, before: str) -> str:
    """The id of the Branch that takes the stage instead of Run `before`."""
    expect(page).not_to_have_url(re.compile(before))
    return run_id(page)


def patch(page: Page, path: str, **changes) -> None:
    """PATCH as the page's own scripts do it."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = page.request.patch(path, data=changes, headers={"X-CSRFToken": token, "Referer": page.url})
    assert answer.ok, answer.text()


def test_paxos_is_crashed_cut_and_healed_and_its_link_gives_the_same_digest(page, browser, stack):
    parent = run_scenario(page, "The duel")
    pause_at(page, 1.03)
    page.mouse.dblclick(*middle_of(page, "acceptor-2"))
    expect(page.locator(".toast")).to_contain_text("crashed acceptor-2")
    crashed = branched(page, parent)

    x, y, width, height = box_of(page, "acceptor-0")
    draw(page, (x - 9, y - 9), (x + width + 9, y - 9), (x + width + 9, y + height + 9), (x - 9, y + height + 9), (x - 9, y - 5))
    expect(page.locator(".cut-chip")).to_contain_text("acceptor-0")
    cut = branched(page, crashed)
    page.locator(".cut-chip").get_by_role("button", name="Heal").click()
    healed = branched(page, cut)
    expect(page.locator(".cut-chip")).to_have_count(0)

    run = wait_until_done(page, f"/api/runs/{healed}/")
    assert [action["kind"] for action in run["journal"]] == ["crash", "partition", "heal"]
    patch(page, f"/api/runs/{healed}/", visibility="unlisted")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=stack.url)
    page.get_by_role("button", name="Copy a link to this moment").click()
    expect(page.locator(".toast").filter(has_text="clipboard")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    opens_elsewhere(browser, stack, link, run)


def opens_elsewhere(browser, stack, link: str, run: dict) -> None:
    """In a clean profile the link shows the same moment of the same Run; computed again it has the same digest."""
    context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    try:
        page = context.new_page()
        page.goto(link)
        expect(page.locator(".transport-now")).to_have_text("1.03 s")
        page.get_by_role("tab", name="Results").click()
        expect(page.locator(".results-digest code")).to_have_text(run["digest"])
        document = page.request.get(f"/api/runs/{run['id']}/document.json").json()
        token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
        answer = page.request.post("/api/runs/import/", data=document, headers={"X-CSRFToken": token, "Referer": page.url})
        assert answer.ok, answer.text()
        again = wait_until_done(page, f"/api/runs/{answer.json()['id']}/")
        assert again["id"] != run["id"] and again["digest"] == run["digest"]
    finally:
        context.close()


def test_a_crash_after_all_voted_yes_shows_who_is_in_doubt_since_when_and_who_waits(page):
    page.goto("/scenarios/commit-crash-all-voted-yes/")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile("/runs/[0-9a-f-]{36}/"))
    before = run_id(page)
    pause_at(page, 0.5)
    page.mouse.click(*middle_of(page, "coordinator-1"), button="right")
    page.get_by_role("menuitem", name=re.compile("^Crash at a point")).click()
    page.get_by_role("combobox", name="Point").select_option("all_voted_yes")
    page.get_by_role("button", name="Do it").click()
    branched(page, before)
    wait_until_done(page, f"/api/runs/{run_id(page)}/")

    seek(page, 1.8)
    page.keyboard.press("Escape")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("button", name=re.compile("^coordinator-1.*crashed$"))).to_be_visible()
    doubtful = inspector.get_by_role("row", name=re.compile(r"^In doubt [1-9]"))
    expect(doubtful).to_be_visible()
    expect(inspector.get_by_role("row", name=re.compile("^Oldest doubt "))).not_to_contain_text("–")
    expect(inspector.get_by_role("row", name=re.compile("^Waiting for locks [1-9]"))).to_be_visible()
    participant = inspector.get_by_role("button", name=re.compile(r"^participant-\d.*in doubt .* \d\.\d+ s"))
    participant.first.click()
    doubt = inspector.locator(".node-fields > div").filter(has_text="in doubt")
    since = doubt.get_by_role("button", name=re.compile("^since "))
    at = re.search(r"[\d.]+", since.first.inner_text()).group()
    since.first.click()
    expect(page.locator(".transport-now")).to_have_text(f"{at} s")


def test_the_flag_of_a_broken_promise_leads_to_the_moment_and_says_why(page):
    run_scenario(page, "The lost disk")
    pause_at(page, 0.2)
    page.get_by_role("link", name=re.compile("^Broken at 2.300 s")).click()
    expect(page.locator(".transport-now")).to_have_text("2.300 s")
    why = page.get_by_role("region", name="Why?")
    steps = why.get_by_role("listitem")
    expect(steps.filter(has_text="restart wiped")).not_to_have_count(0)
    assert 2 <= steps.count() <= 20
    expect(why).to_contain_text("Vector time")
    steps.filter(has_text="restart wiped").first.get_by_role("button").click()
    expect(page.locator(".transport-now")).to_have_text("1.500 s")
