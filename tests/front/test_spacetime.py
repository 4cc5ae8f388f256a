"""The space-time diagram and the history of the clients in a real browser, over Segments made up by the test."""

import pytest
from playwright.sync_api import expect

from tests.front.spacetime_pages import ACTORS, quiet, view
from tests.front.synthetic_actors import CUT, DELIVERED

__all__ = ["quiet", "view"]


def canvas(page):
    return page.locator(".spacetime-canvas")


def arrow(page, row):
    """Where the middle of a message's arrow is on the canvas, by the geometry of the view."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate("""async ([id]) => {
      const { stateOf } = await import("/static/distviz/panels/spacetime_state.js");
      const { view, model } = stateOf(desk);
      const message = model.message(id);
      const place = (index) => view.across(view.lanes.findIndex((lane) => lane.index === index));
      return { x: (place(message.src) + place(message.dst)) / 2, y: (view.along(message.sent_ns) + view.along(message.came_ns)) / 2 };
    }""", [row["id"]])


def lonely(after, kind):
    """A delivered message soon after `after`."""
    return next(row for row in ACTORS.messages if row["kind"] == kind and row["sent_ns"] > after and row["fate"] == DELIVERED)


def test_a_click_on_an_arrow_chooses_the_message_and_goes_there(view):
    page = view("spacetime")
    row = lonely(0.45e9, 5)
    place = arrow(page, row)
    canvas(page).hover(position=place)
    expect(page.locator(".spacetime-tip")).to_contain_text("Reply")
    expect(page.locator(".spacetime-tip")).to_contain_text("arrived")
    canvas(page).click(position=place)
    assert page.evaluate("desk.selection.value.message") == row["id"]
    assert row["sent_ns"] <= page.evaluate("desk.cursor.value") <= row["arrive_ns"]
    expect(page.get_by_role("status")).to_contain_text("Reply")


def test_a_lost_message_says_why(view):
    page = view("spacetime", t_ns=2.3e9)
    row = next(row for row in ACTORS.messages if row["fate"] == CUT and row["sent_ns"] > 2.3e9)
    page.evaluate("""async ([id]) => { (await import("/static/distviz/panels/spacetime_state.js")).stateOf(desk); desk.select({ message: id, t_ns: 0 }); }""", [row["id"]])
    expect(page.get_by_role("status")).to_contain_text("was cut")


@pytest.mark.parametrize("selection", [
    {"node": "acceptor-0"}, {"node": "acceptor-1", "nodes": ["acceptor-0", "acceptor-1"]}, {"link": "proposer-0->acceptor-0"},
    {"operation": 3, "t_ns": 0}, {"event": ACTORS.changes[40]["event"], "t_ns": ACTORS.changes[40]["at_ns"]}, {"message": 10 ** 9, "t_ns": 0}])
def test_whatever_is_chosen_elsewhere_is_shown(view, selection):
    page = view("spacetime", t_ns=ACTORS.changes[40]["at_ns"])
    before = canvas(page).screenshot()
    page.evaluate("(selection) => desk.select(selection)", selection)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert (canvas(page).screenshot() == before) == ("message" in selection)  # there is no such message


def test_the_menu_opens_for_what_is_pointed_at(view):
    page = view("spacetime")
    row = lonely(0.45e9, 5)
    canvas(page).click(position=arrow(page, row), button="right")
    assert page.evaluate("desk.menu.value.target.message") == row["id"]
    canvas(page).click(position={"x": 20, "y": 400}, button="right")
    assert page.evaluate("desk.menu.value.target") == {}


def test_the_wheel_moves_and_zooms_about_the_pointer(view):
    page = view("spacetime")
    reach = "async () => { const { view } = (await import('/static/distviz/panels/spacetime_state.js')).stateOf(desk); return [view.timeAt(0), view.timeAt(300), view.px_per_u]; }"
    before = page.evaluate(reach)
    box = canvas(page).bounding_box()
    page.mouse.move(box["x"] + 400, box["y"] + 300)
    page.mouse.wheel(0, 200)
    page.wait_for_function("async (near) => (await import('/static/distviz/panels/spacetime_state.js')).stateOf(desk).view.timeAt(0) > near", arg=before[0])
    moved = page.evaluate(reach)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("async (scale) => (await import('/static/distviz/panels/spacetime_state.js')).stateOf(desk).view.px_per_u > scale", arg=moved[2])
    zoomed = page.evaluate(reach)
    assert zoomed[1] == pytest.approx(moved[1], abs=2e6)
    assert zoomed[0] > moved[0]


def test_keys_choose_one_message_after_the_other(view):
    page = view("spacetime")
    canvas(page).focus()
    chosen = []
    for key in (".", ".", ".", ","):
        page.keyboard.press(key)
        chosen.append(page.evaluate("desk.selection.value.message"))
    order = sorted((round(row["sent_ns"]), row["id"]) for row in ACTORS.messages)
    later = [number for sent, number in order if sent > 450e6][:3]
    assert chosen == [*later, later[1]]


def test_a_hidden_process_takes_its_messages_along(view):
    page = view("spacetime")
    page.get_by_text("Show", exact=True).click()
    page.get_by_role("checkbox", name="proposer-1").uncheck()
    page.get_by_role("checkbox", name="Heartbeat").uncheck()
    expect(page.get_by_role("button", name="proposer-1, Proposer")).to_have_count(0)
    expect(page.get_by_text("2 hidden")).to_be_visible()
    kinds = page.evaluate("""async () => {
      const { shown, model } = (await import("/static/distviz/panels/spacetime_state.js")).stateOf(desk).look();
      const found = new Set();
      model.eachMessage(0, 4e9, (part, row) => { const m = part.index.messages; if (shown.message(m, row)) found.add(m.kind[row]).add(`n${m.src[row]}`).add(`n${m.dst[row]}`); });
      return [...found];
    }""")
    assert 6 not in kinds
    assert "n3" not in kinds
    assert "n2" in kinds
    page.get_by_role("button", name="Show everything").click()
    expect(page.get_by_role("button", name="proposer-1, Proposer")).to_be_visible()


def test_the_search_leads_from_match_to_match(view):
    page = view("spacetime", t_ns=0)
    field = page.get_by_role("searchbox", name="Find messages by kind, process or field")
    field.fill("reply client-1")
    field.press("Enter")
    first = page.evaluate("desk.selection.value.message")
    field.press("Enter")
    second = page.evaluate("desk.selection.value.message")
    replies = [row["id"] for row in sorted(ACTORS.messages, key=lambda row: row["sent_ns"]) if row["kind"] == 5 and row["dst"] == 1]
    assert [first, second] == replies[:2]
    field.press("Shift+Enter")
    assert page.evaluate("desk.selection.value.message") == first


def test_the_paper_follows_the_cursor_until_it_is_pulled_away(view):
    page = view("spacetime", t_ns=0)
    holds = "async () => { const { view } = (await import('/static/distviz/panels/spacetime_state.js')).stateOf(desk); return view.holds(desk.cursor.value); }"
    page.evaluate("() => { desk.clock.play(); desk.tick(0); window.ticking = setInterval(() => desk.tick(50), 50); }")
    page.wait_for_function("() => desk.cursor.value > 5e8")
    assert page.evaluate(holds)
    box = canvas(page).bounding_box()
    page.mouse.move(box["x"] + 400, box["y"] + 600)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 100, steps=4)
    page.mouse.up()
    follow = page.get_by_role("button", name="Follow")
    follow.click()
    expect(follow).to_have_count(0)
    assert page.evaluate(holds)
    page.evaluate("() => { clearInterval(ticking); desk.pause(); }")


def test_the_whole_run_and_time_to_the_right(view):
    page = view("spacetime")
    page.get_by_role("button", name="Whole run").click()
    expect(page.get_by_text("drawn as densities")).to_be_visible()
    page.get_by_role("button", name="Time to the right").click()
    expect(page.get_by_role("button", name="Time to the right")).to_have_attribute("aria-pressed", "true")
    heads = page.get_by_role("group", name="Processes").get_by_role("button")
    assert heads.count() == 9
    boxes = [heads.nth(place).bounding_box() for place in range(9)]
    assert all(one["y"] < other["y"] for one, other in zip(boxes, boxes[1:], strict=False))


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_nothing_is_wider_than_the_page(view, size):
    for name in ("spacetime", "history"):
        page = view(name, size=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert canvas(page).bounding_box()["height"] > 80


def test_a_comparison_shows_one_lane_at_a_time(view):
    page = view("spacetime", lanes=2)
    page.get_by_role("combobox", name="Lane").select_option("lane 1")
    expect(page.get_by_role("button", name="acceptor-0, Acceptor")).to_be_visible()


# History


def test_the_history_lists_and_draws_every_operation(view):
    page = view("history", t_ns=2.2e9)
    counts = [sum(one["outcome"] == outcome and one["completed_ns"] <= ACTORS.end for one in ACTORS.operations if one["completed_ns"]) for outcome in ("ok", "info", "fail")]
    for words, count in zip(("ok", "unknown", "failed"), counts, strict=True):
        expect(page.get_by_role("button", name=f"{words} {count}", exact=True)).to_be_visible()
    expect(page.locator(".history-rows tbody tr")).to_have_count(len(ACTORS.operations))
    begun = sorted(one["invoked_ns"] for one in ACTORS.operations)
    current = sum(at <= 2.2e9 for at in begun) - 1
    expect(page.locator(".history-rows tr[aria-current]")).to_have_count(1)
    assert page.locator(".history-rows tbody tr").nth(current).get_attribute("aria-current") == "true"


def test_a_row_and_a_bar_choose_the_operation(view):
    page = view("history", t_ns=0)
    operation = sorted(ACTORS.operations, key=lambda one: one["invoked_ns"])[4]
    page.locator(".history-rows tbody tr").nth(4).get_by_role("button").click()
    assert page.evaluate("desk.selection.value.operation") == operation["id"]
    assert page.evaluate("desk.cursor.value") == operation["invoked_ns"]
    canvas(page).focus()
    page.keyboard.press(".")
    assert page.evaluate("desk.selection.value.operation") == sorted(ACTORS.operations, key=lambda one: one["invoked_ns"])[5]["id"]


def test_the_filter_takes_words_and_outcomes(view):
    page = view("history", t_ns=0)
    page.get_by_role("searchbox").fill("client-0 y")
    wanted = [one for one in ACTORS.operations if one["client"] == "client-0" and one["key"] == "y"]
    expect(page.locator(".history-rows tbody tr")).to_have_count(len(wanted))
    page.get_by_role("button", name="ok", exact=False).first.click()
    left = [one for one in wanted if one["outcome"] != "ok" or one["completed_ns"] > ACTORS.end]
    expect(page.locator(".history-rows tbody tr")).to_have_count(len(left))
    page.get_by_role("searchbox").fill("nobody said this")
    expect(page.get_by_text("No operation fits this filter.")).to_be_visible()
