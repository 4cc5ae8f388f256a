"""Cut the network, see the stale read, click the flag, read the witness."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import run_scenario, wait_until_done
from tests.browser.test_protocols import branched, pause_at

CUT_NS = 10_000_000_000
TITLE = "Cut the network: the available store answers"


def flags_of(page):
    return page.get_by_role("group", name="What clients saw that was wrong").get_by_role("link")


def test_cut_the_network_see_the_stale_read_click_the_flag_and_read_the_witness(page):
    before = run_scenario(page, TITLE)
    pause_at(page, 2.0)
    assert not [flag for flag in page.request.get(f"/api/runs/{before}/").json()["summary"]["flags"] if flag["at_ns"] < CUT_NS]
    network = page.get_by_role("slider", name="Network")
    expect(network).to_have_attribute("aria-valuetext", "whole")
    network.press("ArrowRight")
    run = wait_until_done(page, f"/api/runs/{branched(page, before)}/")
    assert [action["params"]["groups"] for action in run["journal"]] == [
        "replica-0,replica-1,replica-2,replica-3,client-0,client-1,client-2,client-3|replica-4,client-4"]
    expect(network).to_have_attribute("aria-valuetext", "4 | 1")
    assert run["summary"]["flags"][0]["at_ns"] < CUT_NS, "who is cut off reads what has been overwritten"

    flag = flags_of(page).first
    expect(flag).to_have_attribute("aria-label", re.compile(r"^Stale read at \d\.\d+ s: it had been overwritten before the read began$"))
    flag.click()
    expect(page.get_by_role("tab", name="History")).to_have_attribute("aria-selected", "true")
    part = page.locator(".verdict-part")
    expect(part.get_by_role("heading")).to_contain_text("Stale read at")
    lines = part.get_by_role("listitem")
    assert lines.count() in (2, 3)
    read, newer = lines.last.inner_text(), lines.nth(lines.count() - 2).inner_text()
    value = re.search(r"write (\w+) (\S+), ok", newer)
    assert re.search(rf": read {value[1]}, got ", read) and value[2] not in read
    expect(page.get_by_role("complementary", name="Inspector").get_by_role("heading", level=2)).to_have_text(re.compile(r"^Operation \d+$"))


def test_a_flag_is_a_link_that_opens_the_witness_and_arrows_lead_from_one_to_the_next(page):
    id = run_scenario(page, TITLE)
    run = wait_until_done(page, f"/api/runs/{id}/")
    first, second = run["summary"]["flags"][:2]
    page.goto(f"/runs/{id}/?t=1&flag={second['operation']}")
    part = page.locator(".verdict-part")
    expect(part.get_by_role("listitem")).to_have_count(len(second["witness"]))
    expect(page.locator(".transport-now")).to_have_text(f"{second['at_ns'] / 1e9:.2f} s")
    flags_of(page).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".transport-now")).to_have_text(f"{first['at_ns'] / 1e9:.2f} s")
    page.get_by_role("button", name="Judge this history").click()
    expect(page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Linearizable")))).to_contain_text("broken")
    expect(page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^Converged")))).to_contain_text("holds")
