"""What the stage says and leads to: times as times, a link that opens for others, the hunt, and a view that failed."""

import pytest
from playwright.sync_api import expect

from tests.front.fake_cluster import FakeCluster

SAY = """async ([times, value, name]) => {
  const [{ learnTimes }, { valueText }, { fullText }] = await Promise.all(
    ["marks/times", "marks/value", "panels/values"].map((path) => import(`/static/distviz/${path}.js`)));
  learnTimes({ times });
  return [valueText(value, name), fullText(value, name)];
}"""
BREAK = """async () => {
  const { Scene } = await import("/static/distviz/panels/spacetime_scene.js");
  window.mend = ((gather) => () => (Scene.prototype.gather = gather))(Scene.prototype.gather);
  Scene.prototype.gather = () => { throw new Error("nothing to draw on"); };
}"""


@pytest.mark.parametrize(("times", "value", "name", "short", "full"), [
    ([], 7_183_003, "since_ns", "7.18 ms", "7.18 ms"), ([], 2_219_000_000, "at_ns", "2.219 s", "2.219 s"),
    ([], 20_000_000, "count", "20,000,000", "20,000,000"), (["in_doubt"], {"a7": 7_183_003}, "in_doubt", "a7 7.18 ms", "a7: 7.18 ms"),
    (["pending"], {"1": 7_183_003}, "pending", "1: 7.18 ms", "1: 7.18 ms"), ([], {"number": 3, "since_ns": 5000}, "open", "number 3, since 5 µs", "number: 3, since: 5 µs"),
    (["among"], [["p-0", 1_500_000_000]], "among", "p0 1.500 s", "p-0, 1.500 s"), ([], {"acceptor-0": None, "acceptor-1": None}, "promises", "a0, a1", None)])
def test_a_number_is_a_time_where_the_system_says_so(page, site, times, value, name, short, full):
    page.goto(f"{site}/tests/front/charts/blank.html")
    said = page.evaluate(SAY, [times, value, name])
    assert said[0] == short and full in (None, said[1])


def test_a_link_to_a_private_run_can_be_opened_to_others_where_it_is_copied(page, site):
    fake = FakeCluster("paxos-duel")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    fake.open(page, site, t_ns=50_000_000)
    page.get_by_role("button", name="Copy a link to this moment").click()
    expect(page.locator(".toast")).to_contain_text("So far it opens for you alone.")
    with page.expect_request(lambda request: request.method == "PATCH") as asked:
        page.get_by_role("button", name="Let everybody with the link see it").click()
    assert asked.value.post_data_json == {"visibility": "unlisted"}
    expect(page.locator(".toast")).to_contain_text("Everybody with the link")
    page.get_by_role("button", name="Copy a link to this moment").click()
    expect(page.locator(".toast").last).to_have_text("The link to this moment is on the clipboard.")


def test_the_hunt_is_a_click_away(page, site):
    FakeCluster("paxos-duel").open(page, site, t_ns=50_000_000, scenario={"watch_for": [], "text": "", "hunt_url": "/hunts/new/?scenario=paxos-duel"})
    expect(page.get_by_role("link", name="Hunt: break a promise with other seeds")).to_have_attribute("href", "/hunts/new/?scenario=paxos-duel")


def test_a_diagram_that_fails_says_so_and_stops_nothing_else(page, site):
    FakeCluster("paxos-duel").open(page, site, t_ns=50_000_000)
    expect(page.locator("caption").filter(has_text="Nodes of").first).to_be_attached()
    page.evaluate(BREAK)
    page.get_by_role("tab", name="Space-time").click()
    expect(page.get_by_role("alert")).to_have_text("Space-time cannot be shown at this moment: nothing to draw on")
    page.evaluate("() => void window.mend()")
    page.get_by_role("button", name="One sample on").click()
    expect(page.locator(".transport-now")).not_to_have_text("0.05 s")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("application", name="Space-time diagram")).to_be_visible()
