"""The stage of a protocol in a real browser: hands on nodes, links and messages, the scissors, promises, why, the log."""

import re

import pytest
from playwright.sync_api import expect

from tests.front.fake_cluster import FakeCluster
from tests.front.hands import box_of, draw, middle_of

WHY = {"event": 46, "at_ns": 2_300_000_000, "node": "acceptor-2", "lamport": 14, "vector": {"proposer-1": 5, "acceptor-2": 4}, "slice": [
    {"event": 8, "at_ns": 1_500_000_000, "node": "acceptor-1", "src": None, "what": "action", "sentence": "From outside: acceptor-1 lost its disk."},
    {"event": 46, "at_ns": 2_300_000_000, "node": "acceptor-2", "src": "proposer-1", "what": "deliver", "sentence": "acceptor-2 got Accept from proposer-1."}]}


@pytest.fixture
def stage(page, site):
    """Opens the stage of a FakeCluster; every console error and Content-Security-Policy breach fails the test."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})

    def open_stage(fake=None, **more):
        fake = fake or FakeCluster("paxos-lost-disk", why=WHY)
        fake.open(page, site, **({"t_ns": 250_000_000} | more))
        expect(page.locator("caption").filter(has_text="Nodes of").first).to_be_attached()
        return page, fake

    yield open_stage
    assert wrong == []


def acts(fake):
    """What was asked of the server to be done."""
    return [message["action"] for message in fake.heard if message["do"] == "act"]


def test_a_node_is_told_with_memory_disk_and_since_when(stage):
    page, _ = stage(t_ns=350_000_000)
    page.mouse.click(*middle_of(page, "acceptor-0"))
    inspector = page.get_by_role("complementary", name="Inspector")
    field = inspector.locator(".node-fields > div", has_text="promised")
    expect(field).to_contain_text("on disk")
    expect(field).to_contain_text("1 of proposer-0")
    field.get_by_role("button", name=re.compile("^since 0.1")).click()
    expect(page.locator(".transport-now")).to_have_text("0.100 s")


def test_double_click_crashes_and_restarts_a_node(stage):
    page, fake = stage()
    place = middle_of(page, "acceptor-2")
    page.mouse.dblclick(*place)
    expect(page.locator(".toast")).to_contain_text("crashed acceptor-2, at 0.250 s")
    expect(page.get_by_role("row", name=re.compile("^condition crashed"))).to_be_visible()
    page.mouse.dblclick(*place)
    expect(page.locator(".toast")).to_contain_text("restarted acceptor-2")
    assert [action["kind"] for action in acts(fake)] == ["crash", "restart"]


def test_the_menu_of_a_node_takes_texts_and_greys_with_the_reason(stage):
    page, fake = stage()
    page.mouse.click(*middle_of(page, "proposer-1"), button="right")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name=re.compile("^Restart C"))).to_contain_text("only a crashed node restarts")
    menu.get_by_role("menuitem", name=re.compile("^Crash at a point")).click()
    page.get_by_role("combobox", name="Point").select_option(index=0)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".toast")).to_contain_text("proposer-1 will crash at")
    assert acts(fake)[0]["kind"] == "crash_at" and acts(fake)[0]["params"]["point"]


def test_a_loop_around_a_node_parts_it_and_the_chip_heals(stage):
    page, fake = stage(FakeCluster("paxos-duel"), t_ns=50_000_000)
    x, y, width, height = box_of(page, "acceptor-0")
    draw(page, (x - 8, y - 8), (x + width + 8, y - 8), (x + width + 8, y + height + 8), (x - 8, y + height + 8), (x - 8, y - 4))
    expect(page.locator(".cut-chip")).to_contain_text("network cut: ")
    cut = acts(fake)[0]
    inside, outside = (group.split(",") for group in cut["params"]["groups"].split("|"))
    assert cut["kind"] == "partition" and "acceptor-0" in inside and "acceptor-0" not in outside
    expect(page.locator(".branch-chip")).to_contain_text("Partition the network")
    page.locator(".cut-chip").get_by_role("button", name="Heal").click()
    expect(page.locator(".cut-chip")).to_have_count(0)
    assert acts(fake)[1] == {"kind": "heal", "target": "", "params": {}}


def test_a_line_across_links_cuts_them_both_ways(stage):
    page, fake = stage(FakeCluster("paxos-duel"), t_ns=450_000_000)
    area = page.locator(".lane-canvas").bounding_box()
    draw(page, (area["width"] * 0.345, 4), (area["width"] * 0.345, area["height"] - 4))
    expect(page.locator(".cut-chip")).to_be_visible()
    groups = [set(group.split(",")) for group in acts(fake)[0]["params"]["groups"].split("|")]
    assert not any({"proposer-0", "acceptor-0"} <= group for group in groups)
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.locator(".cut-chip")).to_have_count(0)


def test_shift_selects_several_and_p_parts_them(stage):
    page, fake = stage(FakeCluster("paxos-duel"), t_ns=50_000_000)
    places = [middle_of(page, node) for node in ("acceptor-0", "acceptor-1")]
    page.mouse.click(*places[0])
    page.keyboard.down("Shift")
    page.mouse.click(*places[1])
    page.keyboard.up("Shift")
    expect(page.get_by_role("heading", name="2 nodes")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".cut-chip")).to_be_visible()
    assert acts(fake)[0]["params"]["groups"].split("|")[0] == "acceptor-0,acceptor-1"


def test_p_without_a_selection_waits_for_a_stroke_and_escape_gives_up(stage):
    page, _ = stage()
    page.keyboard.press("p")
    expect(page.locator(".lane-canvas.cutting")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".lane-canvas.cutting")).to_have_count(0)


def test_a_message_can_be_selected_and_dropped(stage):
    page, fake = stage(t_ns=60_000_000)
    heading = page.locator(".inspector-head h2")
    page.get_by_role("button", name=re.compile("^acceptor-0 up")).click()
    page.get_by_role("button", name=re.compile("^Prepare proposer-0 to acceptor-0")).click()
    expect(heading).to_have_text("Prepare, proposer-0 to acceptor-0")
    expect(page.get_by_role("row", name=re.compile("^fate in flight"))).to_be_visible()
    page.get_by_role("button", name="Act on it…").click()
    page.get_by_role("menuitem", name=re.compile("^Drop it")).click()
    expect(page.get_by_role("row", name=re.compile("^fate dropped by hand"))).to_be_visible()
    assert acts(fake)[0]["kind"] == "drop"


def test_a_flag_leads_to_its_moment_its_node_and_why(stage):
    page, fake = stage()
    flag = page.get_by_role("link", name=re.compile("^Broken at 2.300 s"))
    expect(flag).to_have_attribute("href", re.compile(r"/runs/.*/\?t=2\.3&why=\d+$"))
    flag.click()
    expect(page.locator(".transport-now")).to_have_text("2.300 s")
    expect(page.get_by_role("heading", name="acceptor-2")).to_be_visible()
    why = page.get_by_role("region", name="Why?")
    expect(why.get_by_role("listitem")).to_have_count(2)
    expect(why).to_contain_text("Lamport time")
    assert len(fake.asked) == 1
    why.get_by_role("button", name=re.compile("lost its disk")).click()
    expect(page.locator(".transport-now")).to_have_text("1.500 s")
    expect(why).to_be_visible()


def test_the_link_of_a_flag_opens_the_explanation(stage, site):
    fake = FakeCluster("paxos-lost-disk", why=WHY)
    page, _ = stage(fake, path=f"/runs/{fake.first[0]['id']}/?t=2.3&why=46", t_ns=2_300_000_000)
    expect(page.get_by_role("region", name="Why?").get_by_role("listitem")).to_have_count(2)


def test_the_verdict_is_told_in_words(stage):
    page, _ = stage()
    page.get_by_role("tab", name="Results").click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("A promise was broken: Only a single value is chosen.")
    expect(verdict.get_by_role("listitem").filter(has_text="Reached at")).not_to_have_count(0)
    verdict.get_by_role("button", name="Show the moment, and why").click()
    expect(page.get_by_role("region", name="Why?")).to_be_visible()


def test_the_log_shows_kinds_and_says_why(stage):
    page, fake = stage(t_ns=1_000_000_000)
    page.get_by_role("tab", name="Log", exact=True).click()
    rows = page.locator(".log-row")
    before = rows.count()
    page.get_by_role("button", name="Fields", exact=True).click()
    expect(rows.filter(has_text="promised: ").first).to_be_visible()
    assert rows.count() > before
    page.get_by_role("searchbox").fill("without its disk")
    expect(rows).to_have_count(1)
    rows.hover()
    rows.get_by_role("button", name="Why?").click()
    expect(page.get_by_role("region", name="Why?")).to_be_visible()


def test_steps_go_from_event_to_event(stage):
    page, _ = stage(t_ns=0)
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".transport-now")).to_have_text("0.100 s")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".transport-now")).to_have_text("0.200 s")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".transport-now")).to_have_text("0.100 s")


def test_it_plays_at_a_pace_that_the_eye_can_follow(stage):
    page, _ = stage()
    expect(page.get_by_role("combobox", name="Speed")).to_have_value("0.1")


def test_a_link_to_a_moment_is_told_in_words_when_earlier_segments_come_first(page, site):
    fake = FakeCluster("paxos-lost-disk")
    send, late = fake.send, []
    fake.send = lambda socket, run, number: late.append((socket, run, number)) if number == 2 else send(socket, run, number)
    fake.open(page, site, t_ns=2 * fake.first[0]["window_ns"] + 1)
    expect(page.get_by_role("slider", name="Time")).to_be_visible()
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")  # behind the timer that waits for rest, in the same queue
    assert page.locator("caption").filter(has_text="Nodes of").count() == 0
    send(*late[0])
    expect(page.locator("caption").filter(has_text="Nodes of")).to_be_attached()


def test_the_palette_knows_what_can_be_done_to_every_node(stage):
    page, fake = stage()
    page.keyboard.press("Control+k")
    page.keyboard.type("pause learner-1")
    expect(page.locator(".palette li").first).to_contain_text("Pause: learner-1")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("paused learner-1")
    assert acts(fake)[0]["target"] == "learner-1"


def test_a_run_is_held_to_the_promises_of_its_own_design_alone(stage):
    page, _ = stage(FakeCluster("hdfs-pipeline"))
    page.get_by_role("tab", name="Results").click()
    promises = page.get_by_role("tabpanel").locator(".promises")
    expect(promises).to_contain_text("Only one name node at a time writes the edit log.")
    expect(promises).not_to_contain_text("lease of a chunk")


def test_lanes_are_summed_up_by_their_promises(stage):
    fake = FakeCluster("paxos-lost-disk", [("Lost disk", {}), ("Slow", {"retry_ms": 900.0})])
    page, _ = stage(fake)
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("tab", name="Results").click()
    expect(page.locator(".comparison-verdict")).to_contain_text("broke one at")
    table = page.get_by_role("region", name="Differences between the lanes")
    expect(table.get_by_role("row", name=re.compile("^promises broken"))).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024)])
def test_nothing_sticks_out_of_the_page(stage, width, height):
    page, _ = stage(t_ns=2_350_000_000)
    page.set_viewport_size({"width": width, "height": height})
    for tab in ("Space-time", "Log", "Charts", "History", "Results", "Topology"):
        page.get_by_role("tab", name=tab, exact=True).click()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    visible = page.get_by_role("button", name="Play", exact=True).bounding_box()
    assert visible["y"] + visible["height"] <= height


def test_a_slider_cuts_the_network_and_heals_it_first_where_it_is_cut_already(stage):
    page, fake = stage(FakeCluster("raft-first-election"))
    network = page.get_by_role("slider", name="Network")
    for press, said in (("ArrowRight", "4 | 1"), ("ArrowRight", "3 | 2"), ("Home", "whole")):
        network.press(press)
        expect(network).to_have_attribute("aria-valuetext", said)
        expect(network).to_be_enabled()
    assert [action["kind"] for action in acts(fake)] == ["partition", "heal", "partition", "heal"]
    assert acts(fake)[2]["params"]["groups"].split("|")[1].startswith("server-3,server-4")


def test_a_slider_says_how_the_network_is_cut_already_and_where_that_is_no_cut_in_two(stage):
    page, _ = stage(FakeCluster("paxos-lost-disk"))
    expect(page.get_by_role("slider", name="Network")).to_have_attribute("aria-valuetext", "2 | 1")
    stage(FakeCluster("raft-bridge"), t_ns=2_500_000_000)
    expect(page.get_by_role("slider", name="Network")).to_have_attribute("aria-valuetext", "cut otherwise")
