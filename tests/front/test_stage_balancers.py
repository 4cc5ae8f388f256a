"""Several balancers on the stage: each is a node to be seen, selected, crashed and scrubbed past."""

import base64
import re

import pytest
from playwright.sync_api import expect

from tests.front.fake_stage import FakeStage
from tests.front.synthetic import Traffic

THREE = {"servers": 6, "rate": 60, "service_s": 0.06, "seconds": 6, "balancers": 3, "fronts": [(2, 2.25, 4.5)]}


@pytest.fixture
def stage(page, site):
    """stage(traffic, t_ns) opens the stage; every console error fails the test. Returns (page, FakeStage)."""
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_viewport_size({"width": 1440, "height": 900})

    def open_stage(traffic=THREE, t_ns=500_000_000):
        fake = FakeStage([("", traffic)])
        fake.open(page, site, t_ns=t_ns)
        expect(page.locator("caption").filter(has_text="Servers of").first).to_be_attached()
        return page, fake

    yield open_stage
    assert wrong == []


def middle(page, balancer, servers=6, balancers=3):
    """The middle of a balancer, on the page."""
    return page.evaluate("""async ([balancer, servers, balancers]) => {
      const { frontAt, tiers } = await import("/static/distviz/layouts/tiers.js");
      const area = document.querySelector(".lane-canvas").getBoundingClientRect();
      const box = frontAt(tiers(servers, area.width, area.height, balancers), balancer);
      return [area.left + box.x + box.width / 2, area.top + box.y + box.height / 2];
    }""", [balancer, servers, balancers])


def acts(fake):
    return [message["action"] for message in fake.heard if message["do"] == "act"]


def state(page, word):
    return page.get_by_role("complementary", name="Inspector").get_by_role("row", name=re.compile(f"^state {word}$"))


def test_each_balancer_is_selected_by_a_click_and_crashed_by_its_menu(stage):
    page, fake = stage()
    page.mouse.click(*middle(page, 1))
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("heading", name="balancer-1", exact=True)).to_be_visible()
    expect(state(page, "up")).to_be_visible()
    expect(inspector.get_by_role("row", name=re.compile("^busy cores 1 of 4$"))).to_be_visible()
    page.mouse.click(*middle(page, 2), button="right")
    menu = page.get_by_role("menu", name=re.compile("balancer-2"))
    expect(menu.get_by_role("menuitem")).to_have_count(2)
    expect(menu.get_by_role("menuitem", name=re.compile("^Restart"))).to_have_attribute("aria-disabled", "true")
    menu.get_by_role("menuitem", name=re.compile("^Crash")).click()
    expect(page.locator(".branch-chip")).to_contain_text("Crash balancer-2 at 0.500 s")
    expect(state(page, "crashed")).to_be_visible()
    assert acts(fake) == [{"kind": "crash", "target": "balancer-2", "params": {}}]


def test_a_double_click_crashes_a_balancer_and_restarts_one_that_is_down(stage):
    page, fake = stage()
    page.mouse.dblclick(*middle(page, 0))
    expect(page.locator(".branch-chip")).to_contain_text("Crash balancer-0 at 0.500 s")
    expect(state(page, "crashed")).to_be_visible()
    page.mouse.dblclick(*middle(page, 0))
    expect(page.locator(".toast.bad")).to_be_visible()  # the made-up server only crashes
    assert [(act["kind"], act["target"]) for act in acts(fake)] == [("crash", "balancer-0"), ("restart", "balancer-0")]


def test_scrubbing_past_a_crash_shows_it_and_back_shows_the_balancer_up_again(stage):
    page, _fake = stage(t_ns=2_300_000_000)
    for _ in range(5):
        page.keyboard.press("n")  # clients, all balancers, and then one after the other
    expect(page.get_by_role("heading", name="balancer-2", exact=True)).to_be_visible()
    expect(state(page, "crashed")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".transport-now")).to_have_text("2.200 s")
    expect(state(page, "up")).to_be_visible()
    page.keyboard.press("Shift+ArrowRight")
    expect(state(page, "crashed")).to_be_visible()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".transport-now")).to_have_text("4.500 s")
    expect(state(page, "up")).to_be_visible()


def test_the_only_balancer_is_crashed_where_it_stands(stage):
    page, fake = stage({**THREE, "balancers": 1, "fronts": []})
    page.mouse.dblclick(*middle(page, 0, balancers=1))
    expect(page.get_by_role("heading", name="Balancer", exact=True)).to_be_visible()
    expect(state(page, "crashed")).to_be_visible()
    assert acts(fake) == [{"kind": "crash", "target": "balancer-0", "params": {}}]


def test_what_a_balancer_carries_is_what_the_keyframe_of_that_moment_says(page, site):
    traffic = Traffic(**THREE)
    page.goto(f"{site}/tests/front/charts/blank.html")
    told = page.evaluate("""async (payloads) => {
      const { TraceStore } = await import("/static/distviz/trace/store.js");
      const { carried } = await import("/static/distviz/trace/balancers.js");
      const { frame } = await import("/static/distviz/trace/frame.js");
      const store = new TraceStore({ duration_ns: 6e9, window_ns: 1e9, sample_ns: 5e7 });
      for (const [number, text] of payloads.entries()) await store.put(number, Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
      return [1, 2, 3, 4, 5].map((s) => [[...carried(store, s * 1e9, 3).counts], frame(store, s * 1e9).balancers.map(({ state }) => state)]);
    }""", [base64.b64encode(payload).decode() for payload in traffic.segments()])
    for at_s, (counts, states) in zip((1, 2, 3, 4, 5), told, strict=True):
        kept = traffic.fronted(at_s)
        assert counts == [one["in_flight"] for one in kept], at_s
        assert states == ["up", "up", "down" if at_s in (3, 4) else "up"]


def test_boxes_of_many_balancers_neither_overlap_nor_leave_the_picture(page, site):
    page.goto(f"{site}/tests/front/charts/blank.html")
    wrong = page.evaluate("""async () => {
      const { frontAt, tiers, nodeAt } = await import("/static/distviz/layouts/tiers.js");
      const found = [];
      for (const [width, height] of [[1076, 412], [366, 528], [520, 200], [366, 330]]) {
        for (const count of [2, 3, 12, 13, 16, 40, 64]) {
          const layout = tiers(10, width, height, count);
          const boxes = [layout.clients, layout.balancer, ...Array.from({ length: count }, (ignored, index) => frontAt(layout, index))];
          boxes.forEach((a, i) => {
            if (a.x < 0 || a.y < 0 || a.x + a.width > width || a.y + a.height > height) found.push(["out", width, height, count, i]);
            boxes.slice(i + 1).forEach((b, j) => {
              if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height) found.push(["over", width, height, count, i, i + 1 + j]);
            });
            if (i > 1 && nodeAt(layout, a.x + a.width / 2, a.y + a.height / 2).balancer !== i - 2) found.push(["hit", width, height, count, i]);
          });
        }
      }
      return found;
    }""")
    assert wrong == []


def test_how_a_request_ended_at_its_balancer_is_said(page, site):
    page.goto(f"{site}/tests/front/charts/blank.html")
    said = page.evaluate("""async () => {
      const { why } = await import("/static/distviz/panels/why.js");
      const life = { k: 1, sent_ns: 0, server: null, balancer: 2, done: 4e6, start: null, at_server: null, depart: null };
      return ["ok", "dropped", "lost"].map((outcome) => why({ ...life, outcome }, null));
    }""")
    assert said[0] == "Answered after 4 ms by the balancer itself, from its cache."
    assert [sentence.split(" ")[0] for sentence in said[1:]] == ["balancer-2", "balancer-2"]
