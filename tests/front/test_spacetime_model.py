"""The space-time diagram's model in a real browser, and the file that is made of it, over Segments made up by the test."""

import xml.dom.minidom

import pytest

from tests.front.spacetime_pages import ACTORS, payloads, quiet
from tests.front.synthetic_actors import CUT, DELIVERED, DOWN, LOST, system

__all__ = ["quiet"]

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


@pytest.fixture
def model(quiet):  # noqa: F811
    """A page that holds the whole Trace in `model`."""
    quiet.goto(f"{quiet.site}/tests/front/charts/blank.html")
    quiet.evaluate(LOAD, {"payloads": payloads(ACTORS), "run": ACTORS.run()})
    return quiet


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
