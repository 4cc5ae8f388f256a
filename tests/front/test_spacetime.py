"""The space-time diagram and the history of the clients in a real browser, over Segments made up by the test."""

import base64
import xml.dom.minidom

import pytest
from playwright.sync_api import expect

from tests.front.synthetic_actors import CUT, DELIVERED, DOWN, LOST, Actors, system

ACTORS = Actors(seconds=4, crashes=[("acceptor-1", 1.2, 2.0)], cuts=[(["acceptor-3", "acceptor-4"], 2.2, 2.9)], idle=[(1.0, 1.6)], breaches=[(3, 0.5)])
LOAD = """async ({ payloads, run }) => {
  const names = ["store", "spacetime", "spacetime_warp", "spacetime_shown", "spacetime_causes", "spacetime_density"];
  for (const name of names) Object.assign(window, await import(`/static/distviz/trace/${name}.js`));
  Object.assign(window, await import("/static/distviz/panels/spacetime_svg.js"));
  window.bytes = payloads.map((text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  window.holding = async (numbers) => {
    const store = new TraceStore(run);
    for (const number of numbers) await store.put(number, bytes[number]);
    const model = new SpaceTime(store);
    model.refresh();
    return model;
  };
  window.model = await holding(bytes.keys());
  window.all = (model, from = 0, until = run.duration_ns) => {
    const found = [];
    model.eachMessage(from, until, (part, row) => { found.push(messageAt(part, row)); });
    return found;
  };
}"""


def payloads(actors, window_s=1.0):
    """The Segments as texts."""
    return [base64.b64encode(payload).decode() for payload in actors.segments(window_s)]


@pytest.fixture
def quiet(page, site):
    """A page whose console must stay silent."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.site = site
    yield page
    assert wrong == []


@pytest.fixture
def model(quiet):
    """A page that holds the whole Trace in `model`."""
    quiet.goto(f"{quiet.site}/tests/front/charts/blank.html")
    quiet.evaluate(LOAD, {"payloads": payloads(ACTORS), "run": ACTORS.run()})
    return quiet


@pytest.fixture
def view(quiet):
    """Opens a view on a page of its own: view("spacetime", t_ns=...)."""
    def show(name, actors=ACTORS, t_ns=450e6, size=(1440, 900), lanes=1):
        quiet.set_viewport_size({"width": size[0], "height": size[1]})
        quiet.goto(f"{quiet.site}/tests/front/spacetime/index.html")
        quiet.wait_for_function("() => typeof window.show === 'function'")
        runs = [actors.run(lane=lane, lane_title=f"lane {lane}") for lane in range(lanes)]
        quiet.evaluate("given => show(given)", {"view": name, "runs": runs, "system": system(), "payloads": [payloads(actors)] * lanes, "t_ns": t_ns})
        return quiet
    return show


# The model


def test_every_message_is_told_once_and_as_it_ended(model):
    told = {row["id"]: row for row in model.evaluate("() => all(model)")}
    assert len(told) == len(model.evaluate("() => all(model)")) == len(ACTORS.messages)
    ended = {row["id"]: row["fate"] for row in ACTORS.messages if row["arrive_ns"] <= ACTORS.end}
    assert {number: told[number]["fate"] for number in ended} == ended
    assert all(told[row["id"]]["fate"] == 0 for row in ACTORS.messages if row["arrive_ns"] > ACTORS.end)


def test_a_message_is_under_way_until_its_end_is_held(model):
    first = model.evaluate("async () => all(await holding([0]))")
    crossing = [row for row in ACTORS.messages if row["sent_ns"] <= 1e9 < row["arrive_ns"]]
    told = {row["id"]: row["fate"] for row in first}
    assert crossing
    assert {told[row["id"]] for row in crossing} == {0}


def test_a_stretch_of_time_holds_what_touches_it(model):
    for begin, end in ((0.31e9, 0.33e9), (0.99e9, 1.01e9), (3.2e9, 3.7e9), (0, 0)):
        told = sorted(row["id"] for row in model.evaluate("([from, until]) => all(model, from, until)", [begin, end]))
        wanted = sorted(row["id"] for row in ACTORS.messages if round(row["sent_ns"]) <= end and round(row["arrive_ns"]) >= begin)
        assert told == wanted, (begin, end)


def test_segments_that_come_in_any_order_give_the_same(model):
    same = model.evaluate("""async () => {
      const one = await holding([2, 0, 3, 1]);
      const sign = (model) => JSON.stringify([all(model).map(({ id, fate }) => [id, fate]).sort((a, b) => a[0] - b[0]), model.bands, model.network, model.operations]);
      return sign(one) === sign(model);
    }""")
    assert same


def test_timers_that_went_off_are_told_once(model):
    told = model.evaluate("() => { const found = []; model.eachTimer(0, 4e9, (part, row) => { found.push(part.index.timers.id[row]); }); return found; }")
    fired = [row["id"] for row in ACTORS.timers if row["fate"] == 1 and row["due_ns"] <= ACTORS.end]
    assert sorted(told) == sorted(fired)
    assert len(set(told)) == len(told)


def test_faults_and_operations(model):
    bands, network, operations = model.evaluate("() => [model.bands, model.network, model.operations]")
    assert [(band["node"], band["kind"], band["from_ns"], band["until_ns"]) for band in bands] == [(ACTORS.index["acceptor-1"], "down", 1.2e9, 2e9)]
    assert [(band["from_ns"], band["until_ns"], len(band["cut"])) for band in network] == [(2.2e9, 2.9e9, 2 * 2 * 7)]
    assert len(operations) == len(ACTORS.operations)
    assert [one["outcome"] for one in operations if one["completed_ns"]] == \
        [one["outcome"] for one in sorted(ACTORS.operations, key=lambda one: (one["invoked_ns"], one["id"])) if one["completed_ns"] and one["completed_ns"] <= ACTORS.end]


def test_causes_lead_back_and_effects_on(model):
    by_id = {row["id"]: row for row in [*ACTORS.messages, *ACTORS.timers]}
    reply = next(row for row in ACTORS.messages if row["kind"] == 5 and row["sent_ns"] > 0.5e9)
    past, cause = set(), reply["cause"]
    while cause in by_id:
        past.add(cause)
        cause = by_id[cause]["cause"]
    told = model.evaluate("(id) => [...cone(model, id).past]", reply["id"])
    assert set(told) == past
    assert len(past) >= 5
    request = next(number for number in past if by_id[number].get("kind") == 0 and "src" in by_id[number])
    effects = set(model.evaluate("(id) => [...cone(model, id).future]", request))
    assert reply["id"] in effects
    assert all(by_id[number]["cause"] in effects | {request} for number in effects)


def test_idle_time_is_skipped_and_time_stays_in_order(model):
    told = model.evaluate("""() => {
      const shown = new Shown({ kinds: new Set([6]), timers: false });
      const warp = warpOf(model, shown, { idle: true, quiet: false });
      const times = Array.from({ length: 400 }, (_, place) => place * 1e7);
      return { gaps: warp.gaps, u: times.map((t) => warp.to(t)), back: times.map((t) => warp.from(warp.to(t))), grain: model.unit_ns };
    }""")
    assert any(gap["from_ns"] > 1.0e9 and gap["until_ns"] < 1.7e9 and gap["until_ns"] - gap["from_ns"] > 0.2e9 for gap in told["gaps"])
    assert all(one < other for one, other in zip(told["u"], told["u"][1:], strict=False))
    assert told["back"] == pytest.approx([place * 1e7 for place in range(400)], abs=2)
    shown = [row for row in ACTORS.messages if row["kind"] != 6]
    for gap in told["gaps"]:
        assert not [row for row in shown if round(row["sent_ns"]) < gap["until_ns"] and round(row["arrive_ns"]) > gap["from_ns"]]
        assert gap["until_ns"] - gap["from_ns"] >= 3 * told["grain"] > gap["to"]


def test_quiet_stretches_hold_messages_but_no_change(model):
    gaps = model.evaluate("() => warpOf(model, new Shown(), { idle: true, quiet: true }).gaps.filter(({ kind }) => kind === 'quiet')")
    assert gaps
    for gap in gaps:
        assert not [row for row in ACTORS.changes if gap["from_ns"] < row["at_ns"] < gap["until_ns"]]
    assert any(gap["from_ns"] < row["sent_ns"] < gap["until_ns"] for gap in gaps for row in ACTORS.messages)


def test_gaps_never_overlap(model):
    gaps = model.evaluate("() => warpOf(model, new Shown(), { idle: true, quiet: true }).gaps")
    assert all(one["until_ns"] <= other["from_ns"] for one, other in zip(gaps, gaps[1:], strict=False))


def test_densities_count_every_message(model):
    sent, received, failed = model.evaluate("""() => {
      const density = new Density(model, new Shown(), new Warp(), 1e7);
      const bins = density.between(model.parts, 0, 401);
      return ["sent", "received", "failed"].map((name) => bins[name].reduce((sum, count) => sum + count, 0));
    }""")
    over = [row for row in ACTORS.messages if row["arrive_ns"] <= ACTORS.end]
    assert sent == len(ACTORS.messages)
    assert received == sum(row["fate"] == DELIVERED for row in over)
    assert failed == sum(row["fate"] in (LOST, CUT, DOWN) for row in over)


# The picture


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


# The file


def svg(model, **options):
    text = model.evaluate("([options, system]) => spacetimeSvg(model, { title: 'A <title> & more', system, ...options })", [options, system()])
    return text, xml.dom.minidom.parseString(text)


def test_the_file_is_svg_with_title_names_and_arrows(model):
    text, document = svg(model, from_ns=0.4e9, until_ns=0.5e9)
    assert document.documentElement.getAttribute("xmlns") == "http://www.w3.org/2000/svg"
    assert "A <title> & more" in document.getElementsByTagName("title")[0].firstChild.data
    words = [one.firstChild.data for one in document.getElementsByTagName("text")]
    assert {name for name, _ in ACTORS.nodes} <= set(words)
    assert "Prepare" in words
    seen = sum(row["sent_ns"] <= 0.5e9 and row["arrive_ns"] >= 0.4e9 and row["src"] != row["dst"] for row in ACTORS.messages)
    assert len(document.getElementsByTagName("line")) >= seen
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "NaN" not in text
    assert "undefined" not in text


def test_the_file_of_a_whole_run_in_both_directions(model):
    for vertical in (True, False):
        text, document = svg(model, vertical=vertical, width=1400, height=1000)
        assert document.documentElement.getAttribute("role") == "img"
        assert "NaN" not in text


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
