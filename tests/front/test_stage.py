"""The stage in a real browser: hands, keys, branching, the socket that comes back, lanes, words for a screen reader."""

import re

import pytest
from playwright.sync_api import expect

from tests.front.fake_stage import FakeStage
from tests.front.synthetic import S

PLAIN = {"servers": 6, "rate": 60, "service_s": 0.06, "seconds": 6, "crashes": [(1, 1, 3)], "slow": [(2, 2, 4, 5.0)]}


@pytest.fixture
def stage(page, site):
    """Opens the stage of a FakeStage; every console error and Content-Security-Policy breach fails the test."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})

    def open_stage(fake=None, **more):
        fake = fake or FakeStage([("", PLAIN)])
        fake.open(page, site, **({"t_ns": 500_000_000} | more))
        expect(page.locator(".timeline-head")).to_be_attached()
        expect(page.locator("caption").filter(has_text="Servers of").first).to_be_attached()
        return page, fake

    yield open_stage
    assert wrong == []


def now(page):
    return page.locator(".transport-now")


def box_of(page, node):
    """The middle of a node, on the page."""
    return page.evaluate("""async (node) => {
      const { tiers } = await import("/static/distviz/layouts/tiers.js");
      const { place } = await import("/static/distviz/layouts/grid.js");
      const area = document.querySelector(".lane-canvas").getBoundingClientRect();
      const box = place(tiers(6, area.width, area.height).grid, Number(node.split("-")[1]));
      return [area.left + box.x + box.width / 2, area.top + box.y + box.height / 2];
    }""", node)


def test_it_plays_pauses_steps_and_seeks_by_key(stage):
    page, _ = stage()
    expect(now(page)).to_have_text("0.500 s")
    page.keyboard.press("ArrowRight")
    expect(now(page)).to_have_text("0.550 s")
    page.keyboard.press("Shift+ArrowRight")
    expect(now(page)).to_have_text("1.000 s")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_timeout(400)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert float(now(page).inner_text().split()[0]) > 1.0
    page.keyboard.press("End")
    expect(now(page)).to_have_text("6.000 s")
    page.keyboard.press("Home")
    expect(now(page)).to_have_text("0.000 s")


def test_brackets_change_the_speed(stage):
    page, _ = stage()
    speed = page.get_by_role("combobox", name="Speed")
    page.keyboard.press("]")
    expect(speed).to_have_value("2")
    for _ in range(3):
        page.keyboard.press("[")
    expect(speed).to_have_value("0.2")
    speed.select_option("max")
    expect(speed).to_have_value("max")


def test_the_address_follows_the_cursor_and_leads_back(stage):
    page, fake = stage()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"/runs/{fake.first[0]['id']}/\?t=0\.55$"))


def test_it_plays_by_itself_where_no_moment_was_asked_for(stage):
    page, _ = stage(t_ns=None)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(now(page)).not_to_have_text("0.000 s")


def test_reduced_motion_starts_still(stage, page):
    page.emulate_media(reduced_motion="reduce")
    stage(t_ns=None)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_a_click_selects_and_the_inspector_tells(stage):
    page, _ = stage()
    page.mouse.click(*box_of(page, "server-2"))
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("heading", name="server-2")).to_be_visible()
    expect(inspector.get_by_role("row", name=re.compile("^state up$"))).to_be_visible()
    inspector.get_by_role("listitem").first.get_by_role("button").click()
    expect(inspector.get_by_role("heading", name=re.compile("^Request"))).to_be_visible()
    expect(inspector.get_by_text(re.compile("Answered after|went away|request reached it"))).to_be_visible()


def test_n_walks_the_nodes_and_keys_act_on_the_chosen_one(stage):
    page, fake = stage()
    for _ in range(3):
        page.keyboard.press("n")
    expect(page.get_by_role("heading", name="server-0")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_text("Crash server-0 at 0.500 s").first).to_be_visible()
    act = next(message for message in fake.heard if message["do"] == "act")
    assert (act["at_ns"], act["action"]) == (500_000_000, {"kind": "crash", "target": "server-0", "params": {}})


def test_double_click_branches_without_a_jump_and_undo_leads_back(stage):
    page, fake = stage()
    parent = fake.first[0]["id"]
    page.mouse.dblclick(*box_of(page, "server-3"))
    expect(page.locator(".branch-chip")).to_contain_text("Crash server-3 at 0.500 s")
    child = next(run for run in fake.runs.values() if run["parent"] == parent)
    expect(page).to_have_url(re.compile(rf"/runs/{child['id']}/\?t=0\.5$"))
    expect(now(page)).to_have_text("0.500 s")
    took = page.evaluate("() => performance.getEntriesByName('act->frame').map((one) => one.duration)")
    assert len(took) == 1
    sent = [message for message in fake.heard if message["do"] == "watch" and message["run"] == child["id"]]
    assert sent[0]["have"] == -1
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(parent))
    expect(page.locator(".branch-chip")).to_have_count(0)
    page.go_back()
    expect(page.locator(".branch-chip")).to_be_visible()


def test_a_branch_that_takes_long_can_be_given_up(stage):
    page, fake = stage()
    fake.late = True
    page.mouse.dblclick(*box_of(page, "server-3"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("branching…")).to_have_count(0)
    child = next(run for run in fake.runs.values() if run["parent"])
    child["state"] = "queued"
    fake.sockets[-1].send(fake.answers[0].replace('"done"', '"queued"'))
    page.wait_for_timeout(300)
    assert fake.cancelled == [child["id"]]
    expect(page).to_have_url(re.compile(fake.first[0]["id"]))


def test_a_run_that_ended_early_says_so(stage):
    page, _ = stage(FakeStage([("", PLAIN)], state="cancelled", progress_ns=3_000_000_000))
    expect(page.locator(".stage-head")).to_contain_text("cancelled at 3 s")


def test_what_was_done_is_seen_at_once_and_from_its_link(stage):
    page, fake = stage()
    page.keyboard.press("Space")
    page.wait_for_timeout(350)
    page.keyboard.press("Space")  # now the cursor stands between two nanoseconds
    page.mouse.dblclick(*box_of(page, "server-3"))
    expect(page.locator(".branch-chip")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^state crashed"))).to_be_visible()
    act = next(message for message in fake.heard if message["do"] == "act")
    assert float(page.url.split("t=")[1]) * S >= act["at_ns"]


def test_undo_by_key_takes_its_toast_along(stage):
    page, _ = stage()
    page.mouse.dblclick(*box_of(page, "server-3"))
    expect(page.locator(".toast")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_have_count(0)


def test_a_branch_keeps_the_segments_of_its_past(stage):
    page, fake = stage(t_ns=4_200_000_000)
    page.mouse.dblclick(*box_of(page, "server-3"))
    expect(page.locator(".branch-chip")).to_be_visible()
    child = next(run for run in fake.runs.values() if run["parent"])
    watched = [message for message in fake.heard if message["do"] == "watch" and message["run"] == child["id"]]
    assert watched[0]["have"] == 3


def test_the_menu_greys_with_the_reason_and_takes_numbers(stage):
    page, fake = stage()
    page.mouse.click(*box_of(page, "server-4"), button="right")
    menu = page.get_by_role("menu")
    restart = menu.get_by_role("menuitem", name=re.compile("^Restart"))
    expect(restart).to_have_attribute("aria-disabled", "true")
    expect(restart).to_contain_text("only what has crashed restarts")
    menu.get_by_role("menuitem", name=re.compile("^Slow down")).click()
    page.get_by_label("Times slower").fill("7")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".toast.bad")).to_contain_text("Only crashes here.")
    act = next(message for message in fake.heard if message["do"] == "act")
    assert act["action"] == {"kind": "slow", "target": "server-4", "params": {"factor": 7}}


def test_the_menu_is_walked_and_closed_by_key(stage):
    page, _ = stage()
    page.locator(".lane-canvas").focus()
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name=re.compile("^Crash"))).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("menuitem", name=re.compile("^Change its size"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.locator(".lane-canvas")).to_be_focused()


def test_the_palette_finds_and_does(stage):
    page, fake = stage()
    page.keyboard.press("Control+k")
    page.keyboard.type("crash 5")
    expect(page.locator(".palette li").first).to_have_text(re.compile("Crash: server-5"))
    page.keyboard.press("Enter")
    expect(page.locator(".branch-chip")).to_contain_text("Crash server-5")
    page.keyboard.press("/")
    page.keyboard.type("partition")
    expect(page.locator(".palette li").first).to_contain_text("no links to cut")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_are_ignored_while_typing(stage):
    page, fake = stage()
    page.get_by_role("tab", name="Log", exact=True).click()
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press_sequentially("crash server-1")
    assert not [message for message in fake.heard if message["do"] == "act"]
    expect(page.get_by_role("listitem").filter(has_text="Crash server-1")).to_be_visible()


def test_a_row_of_the_log_leads_to_its_moment(stage):
    page, _ = stage()
    page.keyboard.press("4")
    page.get_by_role("button", name=re.compile("Restart server-1")).last.click()
    expect(now(page)).to_have_text("3.000 s")


def test_help_lists_the_keys(stage):
    page, _ = stage()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Help")).to_contain_text("Crash (the selected node)")


def test_whoever_may_not_act_is_told_why(stage):
    fake = FakeStage([("", PLAIN)], can_act=False)
    page, fake = stage(fake)
    page.mouse.click(*box_of(page, "server-4"), button="right")
    entries = page.get_by_role("menuitem")
    expect(entries.first).to_contain_text("not act on it")
    assert {one.get_attribute("aria-disabled") for one in entries.all()} == {"true"}
    page.keyboard.press("Escape")
    page.mouse.dblclick(*box_of(page, "server-4"))
    expect(page.locator(".toast.bad")).to_contain_text("not act on it")


def test_the_socket_comes_back_and_says_what_it_holds(stage):
    page, fake = stage()
    fake.sockets[0].close()
    expect(page.locator(".transport-connection")).to_have_attribute("data-state", "live")
    page.wait_for_timeout(900)
    assert [message["have"] for message in fake.heard if message["do"] == "watch"][-1] == 5


def test_without_sockets_it_asks_over_rest(stage):
    fake = FakeStage([("", PLAIN)])
    fake.deaf = True
    page, _ = stage(fake)
    expect(page.locator(".transport-connection")).to_have_attribute("data-state", re.compile("polling|reconnecting"))
    expect(page.locator(".timeline-track")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("End")
        if now(page).inner_text() == "6.000 s":
            break
        page.wait_for_timeout(250)
    expect(now(page)).to_have_text("6.000 s")


def test_lanes_share_cursor_selection_and_actions(stage):
    fake = FakeStage([("Random", PLAIN), ("Power of two", PLAIN | {"strategy": "power_of_two"})])
    page, fake = stage(fake)
    expect(page.get_by_role("article")).to_have_count(2)
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.keyboard.press("c")
    expect(page.locator(".branch-chip")).to_be_visible()
    act = next(message for message in fake.heard if message["do"] == "act")
    assert act["runs"] == [run["id"] for run in fake.first]
    expect(page).to_have_url(re.compile("/compare/"))
    expect(page.get_by_role("row", name=re.compile("^state crashed"))).to_contain_text(re.compile("crashed.*crashed"))


def test_the_picture_is_told_in_words(stage):
    page, _ = stage(t_ns=2_600_000_000)
    table = page.locator("table", has=page.locator("caption", has_text="Servers of"))
    expect(table.locator("tbody tr")).to_have_count(6)
    expect(table.locator("tbody tr").nth(1)).to_contain_text("crashed")
    expect(table.locator("tbody tr").nth(2)).to_contain_text("5× slower")
    expect(page.locator("[aria-live=polite]").filter(has_text="sent")).to_contain_text("server-1 crashed")
    expect(page.get_by_role("slider", name="Time")).to_have_attribute("aria-valuetext", "2.600 s")


def test_the_scrubber_is_dragged(stage):
    page, _ = stage()
    box = page.locator(".timeline-track").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40, steps=4)
    expect(now(page)).to_have_text("4.500 s")
    page.mouse.up()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (2560, 1440)])
def test_nothing_sticks_out_of_the_page(stage, width, height):
    page, _ = stage()
    page.set_viewport_size({"width": width, "height": height})
    for tab in ("Charts", "Results", "Log", "Topology"):
        page.get_by_role("tab", name=tab, exact=True).click()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    visible = page.get_by_role("button", name="Play", exact=True).bounding_box()
    assert visible["y"] + visible["height"] <= height
