"""The stage of a distributed file system: racks and blocks are seen, found and acted on; what comes back is counted."""

import re

import pytest
from playwright.sync_api import expect

from tests.front.synthetic_files import FakeFiles, Files

LOSE = {"kind": "lose_rack", "title": "Lose a rack", "role": "", "states": [], "otherwise": "", "shortcut": "", "done": "lost rack {rack}",
        "params": [{"name": "rack", "title": "Rack", "default": 0, "minimum": 0, "maximum": 99, "unit": "", "integer": True, "choices": [], "pattern": ""}]}
PART = {"kind": "partition", "title": "Partition the network", "role": "", "states": [], "otherwise": "", "shortcut": "p", "done": "",
        "params": [{"name": "groups", "title": "Groups", "default": "", "minimum": 0, "maximum": 0, "unit": "", "integer": False, "choices": [], "pattern": ".*"}]}


@pytest.fixture
def stage(page, site):
    """Opens the stage of made-up files at a moment; every console error fails the test."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})

    def open_stage(t_s, **options):
        fake = FakeFiles(Files(**options), [LOSE, PART])
        fake.open(page, site, t_ns=round(t_s * 1e9))
        expect(page.locator("caption").filter(has_text="Nodes of").first).to_be_attached()
        return page, fake

    yield open_stage
    assert wrong == []


def headline(page):
    """{title: value} of the line over the picture."""
    rows = page.locator(".lane-headline > div")
    return dict(row.split("\n") for row in rows.all_inner_texts())


def heading(page):
    """What the inspector is about."""
    return page.locator(".inspector-head h2")


def slot_of(page, files, node):
    """Where a node's slot begins, and how wide it is, on the page."""
    racks = [None if place < files.first else (place - files.first) // files.each for place in range(len(files.nodes))]
    box = page.evaluate("""async ([racks, place]) => {
      const { arrangeRacks } = await import("/static/distviz/layouts/racks.js");
      const { left, top, width, height } = document.querySelector(".lane-canvas").getBoundingClientRect();
      const box = arrangeRacks(racks, Math.round(width), Math.round(height)).boxes[place];
      return { x: left + box.x, y: top + box.y, width: box.width };
    }""", [racks, files.index[node]])
    return box["x"], box["y"], box["width"]


def test_the_headline_counts_what_is_missing_and_what_comes_back(stage):
    page, _ = stage(2)
    expect(page.locator(".lane-headline")).to_contain_text("under-replicated")
    assert headline(page) == {"under-replicated": "0", "lost": "0", "being replicated": "0"}
    page.keyboard.press("End")
    page.get_by_role("slider", name="Time").click(position={"x": 600, "y": 30})
    expect(page.locator(".lane-headline .warn")).to_contain_text("under-replicated")
    page.keyboard.press("End")
    expect(page.locator(".lane-headline .warn")).to_have_count(0)


def test_a_block_is_selected_on_the_picture_and_told_with_all_who_hold_it(stage):
    page, fake = stage(2)
    x, y, _ = slot_of(page, fake.files, "data_node-4")
    page.mouse.click(x + 12, y + 33)
    expect(heading(page)).to_have_text(re.compile("^Block "))
    block = int(heading(page).inner_text().removeprefix("Block "))
    holders = {fake.files.nodes[row["node"]][0] for row in fake.files.changes if row["at_ns"] < 0 and row["field"] == "blocks" and row["node"] and block in row["value"]}
    buttons = page.get_by_role("complementary", name="Inspector").get_by_role("button").filter(has_text="Rack ")
    expect(buttons).to_have_count(len(holders))
    assert {text.split("\n")[0] for text in buttons.all_inner_texts()} == holders
    expect(page.get_by_role("row", name=re.compile(f"^good replicas {len(holders)}$"))).to_be_visible()
    buttons.first.click()
    page.get_by_role("button", name=f"Block {block}", exact=True).click()
    expect(heading(page)).to_have_text(f"Block {block}")


def test_a_corrupt_block_is_told_and_does_not_count(stage):
    page, fake = stage(2, corrupt=(3,))
    node = next(fake.files.nodes[row["node"]][0] for row in fake.files.changes if row["field"] == "corrupt" and row["value"] == [3])
    page.get_by_role("button", name=re.compile(f"^{node} up")).click()
    page.get_by_role("button", name="Block 3, corrupt").click()
    expect(page.get_by_role("row", name=re.compile("^corrupt ones 1$"))).to_be_visible()


def test_a_lost_rack_is_first_not_noticed_then_stale_then_dead(stage):
    page, _ = stage(2)
    page.get_by_role("button", name=re.compile("^data_node-2")).click()
    track = page.get_by_role("slider", name="Time")
    for at_s, word in ((8.5, "alive"), (14, "stale"), (20, "taken for dead")):
        track.click(position={"x": track.bounding_box()["width"] * at_s / 40, "y": 30})
        expect(page.get_by_role("row", name=re.compile(f"^taken for {word}$"))).to_be_visible()


def test_a_cabinet_is_selected_and_its_menu_loses_the_rack(stage):
    page, fake = stage(2)
    x, y, width = slot_of(page, fake.files, "data_node-4")
    title = x + width / 2, y - 8
    page.mouse.click(*title)
    expect(heading(page)).to_have_text("Rack 2")
    expect(page.get_by_role("complementary", name="Inspector")).to_contain_text("data_node-5")
    page.mouse.click(*title, button="right")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem", name="Part them from all others")).to_be_visible()
    menu.get_by_role("menuitem", name="Lose a rack").click()
    expect(menu).to_have_count(0)
    acts = [message["action"] for message in fake.heard if message["do"] == "act"]
    assert acts == [{"kind": "lose_rack", "target": "", "params": {"rack": 2}}]


def test_blocks_that_moved_since_a_join_are_counted(stage):
    page, fake = stage(16, lost=None, joins=6)
    count, share = headline(page)["moved"].split(" ", 1)
    assert share.startswith("(") and int(count) == sum(row["kind"] == 4 for row in fake.files.messages) > 0


@pytest.mark.parametrize(("racks", "each", "level"), [(4, 2, "blocks"), (10, 10, "bar"), (100, 10, "cell")])
def test_the_more_nodes_the_less_of_each_is_drawn(page, site, racks, each, level):
    page.goto(f"{site}/tests/front/charts/blank.html")
    told = page.evaluate("""async ([racks, each]) => {
      const { arrangeRacks } = await import("/static/distviz/layouts/racks.js");
      const rackOf = [null, null, ...Array.from({ length: racks * each }, (_, nth) => Math.floor(nth / each))];
      return [[1040, 430], [366, 540]].map(([width, height]) => ({ width, height, ...arrangeRacks(rackOf, width, height) }));
    }""", [racks, each])
    assert told[0]["level"] == level
    for plan in told:
        assert all(box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= plan["width"] and box["y"] + box["height"] <= plan["height"] for box in plan["boxes"])
        boxes = plan["boxes"][:40]
        assert not any(apart(a, b) for at, a in enumerate(boxes) for b in boxes[:at])


def apart(a, b):
    """Whether two boxes overlap."""
    return a["x"] < b["x"] + b["width"] - 0.01 and b["x"] < a["x"] + a["width"] - 0.01 and a["y"] < b["y"] + b["height"] - 0.01 and b["y"] < a["y"] + a["height"] - 0.01


def test_a_thousand_nodes_are_parted_into_groups_at_once(page, site):
    page.goto(f"{site}/tests/front/charts/blank.html")
    told = page.evaluate("""async () => {
      const { groupsWithout } = await import("/static/distviz/panels/groups.js");
      const ids = Array.from({ length: 1000 }, (_, nth) => `n${nth}`);
      const pairs = ids.slice(0, 10).flatMap((a) => ids.slice(10).map((b) => [a, b]));
      return [groupsWithout(ids, pairs), groupsWithout(ids, [["n1", "n2"]])].map((groups) => groups.map(({ length }) => length).sort((a, b) => a - b));
    }""")
    assert told == [[10, 990], [999, 999]]


def test_the_racks_do_not_stick_out_of_the_page(stage):
    page, _ = stage(20)
    for width, height in ((390, 844), (768, 1024)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        inside = page.locator(".lane").bounding_box()
        assert inside["x"] + inside["width"] <= width
