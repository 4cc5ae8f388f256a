"""The browser's half of an actor system's Trace: the state at t equals the kernel's, messages on their ways, faults and log."""

import base64
import json
import random
from functools import cache

import pytest

from simulator.runs.codec import pack
from simulator.runs.systems import systems
from simulator.scenarios import play
from simulator.scenarios.document import parse
from tests.front.synthetic import S
from tests.front.synthetic_actors import Actors, system

NEMESIS = {"rate_per_s": 12, "mean_duration_ms": 200}
RUNS = ["paxos", "multi_paxos", "raft", "two_phase_commit"]
MOMENTS = 40
LOAD = """async ([payloads, plan, system]) => {
  const { TraceStore } = await import("/static/distviz/trace/store.js");
  const names = ["cluster", "messages", "events", "steps", "cluster_series", "talk", "usual", "hue"];
  for (const name of names) Object.assign(window, await import(`/static/distviz/trace/${name}.js`));
  window.payloads = payloads.map((text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  window.fresh = async (numbers, limits) => {
    const store = new TraceStore(plan, limits);
    store.system = system;
    for (const number of numbers ?? window.payloads.keys()) await store.put(number, window.payloads[number]);
    return store;
  };
  window.store = await fresh();
  window.told = ({ nodes, cut, links, totals, open }) => ({ nodes: nodes.map(({ hue, ...node }) => node), cut, links, totals, open });
}"""


def load(page, site, payloads, plan, facts):
    """A page that holds a Trace in `store`."""
    page.goto(f"{site}/tests/front/charts/blank.html")
    page.evaluate(LOAD, [[base64.b64encode(payload).decode() for payload in payloads], plan, facts])
    return page


def document(key, **more):
    """A short Run with many faults."""
    return parse({"format": "distviz-scenario/1", "system": key, "title": "A run", "duration_s": 1.5, "seed": 5, "config": {"nemesis": NEMESIS, **more}})


@cache
def played(key):
    """(payloads, keyframes by Segment, plan) of a Run, and its state at random moments: {t_ns: keyframe}."""
    playing = play.prepare(document(key))
    segments = list(playing.segments())
    cut = {name: getattr(playing.plan, name) for name in ("duration_ns", "window_ns", "sample_ns")}
    simulation = play.prepare(document(key))._simulation
    moments = {}
    for t_ns in sorted(random.Random(key).sample(range(cut["duration_ns"]), MOMENTS)):
        simulation.advance(t_ns)
        moments[t_ns] = simulation.keyframe()
    return [pack(segment) for segment in segments], [segment.keyframe for segment in segments], cut, moments


@pytest.fixture(params=RUNS)
def run(request, page, site):
    """(page, keyframes, {t_ns: keyframe}) of a Run that the kernel computed."""
    payloads, keyframes, plan, moments = played(request.param)
    facts = next(one for one in systems() if one["key"] == request.param)
    return load(page, site, payloads, plan, json.loads(json.dumps(facts, default=str))), keyframes, moments


def same(told, truth):
    """Compare piece by piece, so that a failure names the piece."""
    for mine, its in zip(told["nodes"], truth["nodes"], strict=True):
        for name in its:
            assert mine[name] == its[name], (its["id"], name)
    for name in ("cut", "links", "totals", "open"):
        assert told[name] == truth[name], name


def test_the_fold_to_a_window_s_end_is_the_next_keyframe(run):
    page, keyframes, _ = run
    told = page.evaluate("""async (count) => {
      const out = [];
      for (let number = 0; number < count; number += 1) {
        const one = await fresh([number]);
        out.push(window.told(clusterFrame(one, one.segment(number).until_ns)));
      }
      return out;
    }""", len(keyframes) - 1)
    for mine, truth in zip(told, keyframes[1:], strict=True):
        same(mine, json.loads(json.dumps(truth)))


def test_the_fold_to_any_moment_is_what_the_kernel_says_then(run):
    page, _, moments = run
    order = random.Random(1).sample(sorted(moments), len(moments))  # back and forth, as one scrubs
    told = page.evaluate("(times) => times.map((t_ns) => window.told(clusterFrame(store, t_ns)))", order)
    for t_ns, mine in zip(order, told, strict=True):
        same(mine, json.loads(json.dumps(moments[t_ns])))


# What the fold cannot know from keyframes: made-up Segments


ACTORS = Actors(seconds=3, crashes=[("acceptor-1", 0.6, 1.4)], cuts=[(["acceptor-3", "acceptor-4"], 1.2, 1.9)], breaches=[(3, 0.5)], delay_ms=30)


@pytest.fixture
def trace(page, site):
    """A page that holds a made-up Trace in `store`."""
    plan = {"duration_ns": 3 * S, "window_ns": S, "sample_ns": S // 20}
    return load(page, site, ACTORS.segments(), plan, system())


def under_way(t_ns):
    """Ids of the messages that are on their ways at t."""
    return sorted(row["id"] for row in ACTORS.messages if round(row["sent_ns"]) <= t_ns < round(row["arrive_ns"]))


@pytest.mark.parametrize("t_s", [0.31, 0.998, 1.0, 1.51, 2.7])
def test_what_is_under_way_is_exactly_that(trace, t_s):
    told = trace.evaluate("(t) => { const { messages, in_flight } = clusterFrame(store, t); return [messages.map(({ id }) => id).sort((a, b) => a - b), in_flight] }", t_s * S)
    assert told == [under_way(t_s * S), len(under_way(t_s * S))]


def test_a_message_is_where_its_share_of_the_way_says(trace):
    told = dict(trace.evaluate("""() => { const out = flying(store, 1.51e9, 0, messageBuffer());
      return [...out.id.slice(0, out.count)].map((id, at) => [id, [out.progress[at], out.look[at]]]) }"""))
    rows = {row["id"]: row for row in ACTORS.messages}
    assert set(under_way(1.51 * S)) <= told.keys()
    for number, (progress, look) in told.items():
        row = rows[number]
        share = (1.51 * S - row["sent_ns"]) / (row["arrive_ns"] - row["sent_ns"])
        assert progress == pytest.approx(share if row["fate"] in (1, 4) else min(share, 0.56 if row["fate"] == 2 else 0.5), abs=1e-4)
        assert look == (3 if progress < share - 1e-6 else 0)


def test_what_was_fast_is_slowed_down_and_every_other_one_is_every_other_one(trace):
    told = trace.evaluate("""() => [1, 2, 4].map((every) => { const out = flying(store, 2.02e9, 2e8, messageBuffer(), every);
      return [...out.id.slice(0, out.count)].map((id, at) => [id, out.look[at]]) })""")
    whole, half, quarter = ({number for number, _ in one} for one in told)
    assert quarter < half < whole
    since = {row["id"] for row in ACTORS.messages if 1.83 * S <= row["sent_ns"] <= 2.02 * S and row["src"] != row["dst"]}
    assert since <= whole  # also those of the window before
    assert {look for _, look in told[0]} >= {0, 1}


def test_a_message_is_found_with_what_became_of_it(trace):
    row = next(row for row in ACTORS.messages if row["sent_ns"] < S < row["arrive_ns"] and row["fate"] == 1)
    told = trace.evaluate("([id, t]) => findMessage(store, id, t)", [row["id"], 0.99 * S])
    assert (told["fate"], told["src"], told["dst"]) == ("delivered", ACTORS.nodes[row["src"]][0], ACTORS.nodes[row["dst"]][0])
    assert list(told["body"].values()) == row["body"]
    assert trace.evaluate("() => findMessage(store, 1e9, 1e9)") is None


def test_faults_are_bands_and_the_log_says_each_once(trace):
    bands = trace.evaluate("() => faultBands(store).map(({ kind, id, from_ns, until_ns }) => [kind, id, from_ns / 1e9, until_ns / 1e9])")
    assert bands == [["down", "acceptor-1", 0.6, 1.4], ["cut", "", 1.2, 1.9]]
    rows = trace.evaluate("() => events(store).filter(({ what }) => what !== 'note').map(({ what, kind, at_ns }) => [what, kind ?? null, at_ns / 1e9])")
    assert rows == [["breach", None, 0.5], ["action", "crash", 0.6], ["action", "partition", 1.2], ["action", "restart", 1.4], ["action", "heal", 1.9]]
    assert trace.evaluate("() => [0.4e9, 0.5e9].map((t) => clusterFrame(store, t).breaches.length)") == [0, 1]
    assert trace.evaluate("() => breaches(store).map(({ property }) => property)") == ["one_value"]


def test_steps_lead_through_every_moment_and_back(trace):
    there = trace.evaluate("() => { const out = []; for (let t = 0.9e9; (t = stepFrom(store, t, 1)) !== null && t < 1.1e9;) out.push(t); return out }")
    back = trace.evaluate("() => { const out = []; for (let t = 1.1e9; (t = stepFrom(store, t, -1)) !== null && t > 0.9e9;) out.push(t); return out }")
    assert there == back[::-1]
    assert {round(row["sent_ns"]) for row in ACTORS.messages if 0.9 * S < row["sent_ns"] < 1.1 * S} <= set(there)


def test_series_add_up_to_the_counts(trace):
    told = trace.evaluate("""() => { const series = new ClusterSeries(store, store.system); for (const one of store.segments()) series.add(one);
      const wide = series.columns(10); return [wide.t.length, wide.sent.reduce((a, b) => a + b) * 0.5, wide.lost.reduce((a, b) => a + b) * 0.5] }""")
    assert told[0] == 6
    assert told[1] == pytest.approx(sum(0 < row["sent_ns"] <= 3 * S for row in ACTORS.messages), abs=1)
    assert told[2] == pytest.approx(sum(row["fate"] > 1 and row["arrive_ns"] <= 3 * S for row in ACTORS.messages), abs=1)


def test_messages_far_from_the_cursor_are_dropped_and_come_back(trace):
    told = trace.evaluate("""async () => {
      const small = await fresh(null, { requests_cap: 1.2 * Math.max(...[0, 1, 2].map((number) => store.entries.get(number).bytes)) });
      const dropped = [1, 2].filter((number) => (({ messages, bodies, timers }) => !messages && !bodies && !timers)(small.segment(number).tables));
      const before = clusterFrame(small, 2.5e9).messages.length; // asks for them
      await small.requestsLater(2);
      return [dropped, before, clusterFrame(small, 2.5e9).messages.length];
    }""")
    assert told[:2] == [[1, 2], 0]
    assert told[2] == len(under_way(2.5 * S))


def test_who_talks_with_whom(trace):
    assert trace.evaluate("() => { const talk = new Talk(store); talk.update(); return [talk.has('client', 'proposer'), talk.has('acceptor', 'proposer'), talk.has('client', 'acceptor')] }") == [True, True, False]


# The picture


PICTURE = """async ([width, height]) => {
  const { Picture } = await import("/static/distviz/systems/actors.js");
  const { readTheme } = await import("/static/distviz/lib/canvas.js");
  const sheet = document.head.appendChild(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/distviz/style/tokens.css" }));
  await new Promise((done) => (sheet.onload = done));
  window.picture = new Picture([0, 1, 2].map(() => document.body.appendChild(document.createElement("canvas"))));
  picture.setTheme(readTheme());
  picture.resize(width, height);
  window.show = (t_ns, more = {}) => (window.shown = picture.draw({ store, t_ns, linger_ns: 0, dots_at_most: 500, ...more }));
  show(1.51e9);
}"""


@pytest.mark.parametrize("size", [[1040, 560], [390, 420], [500, 240]])
def test_every_node_has_a_place_of_its_own_and_is_found_there(trace, size):
    trace.evaluate(PICTURE, size)
    boxes = trace.evaluate("() => shown.nodes.map(({ id }) => ({ id, hit: (({ x, y, width, height }) => picture.hit(x + width / 2, y + height / 2, shown))(picture.boxOf(id, shown)), ...picture.boxOf(id, shown) }))")
    assert all(box["hit"] == {"node": box["id"]} for box in boxes)
    for place, a in enumerate(boxes):
        assert 0 <= a["x"] and a["x"] + a["width"] <= size[0] and 0 <= a["y"] and a["y"] + a["height"] <= size[1]
        for b in boxes[place + 1:]:
            assert a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"] or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


def test_messages_and_links_are_found_where_they_are_drawn(trace):
    trace.evaluate(PICTURE, [1040, 560])
    told = trace.evaluate("""() => {
      const { couriers } = picture;
      const hits = [...couriers.buffer.id.slice(0, couriers.buffer.count)].map((id, at) => [id, picture.hit(couriers.x[at], couriers.y[at], shown)]);
      const [one] = picture.links();
      return [hits, one, picture.hit(one.x0 + (one.x1 - one.x0) * 0.04, one.y0 + (one.y1 - one.y0) * 0.04, shown)];
    }""")
    hits, link, at_link = told
    assert all(hit and ("node" in hit or "message" in hit) for _, hit in hits)
    assert sum("message" in hit for _, hit in hits) > len(hits) / 2
    assert "message" in at_link or at_link["link"] in (f"{link['src']}->{link['dst']}", f"{link['dst']}->{link['src']}")


def test_a_line_across_links_cuts_them_and_a_lasso_holds_its_nodes(trace):
    trace.evaluate(PICTURE, [1040, 560])
    box = trace.evaluate("() => picture.boxOf('acceptor-0', shown)")
    left = box["x"] - 8
    crossed = trace.evaluate("([x, y0, y1]) => picture.linksCrossed(x, y0, x, y1)", [left, 0, 560])
    proposers, acceptors = ([name for name, role in ACTORS.nodes if role == one] for one in ("proposer", "acceptor"))
    assert sorted(crossed) == sorted(f"{a}->{b}" for p in proposers for q in acceptors for a, b in ((p, q), (q, p)))
    assert trace.evaluate("([x]) => picture.nodesInside([[x, 0], [1040, 0], [1040, 560], [x, 560]])", [left]) == acceptors
    assert trace.evaluate("() => picture.linksCrossed(1, 1, 2, 2)") == []


def test_drawing_the_same_moment_twice_gives_the_same_picture(trace):
    trace.evaluate(PICTURE, [700, 500])
    told = trace.evaluate("""() => { const look = () => picture.canvases.map((canvas) => canvas.toDataURL()).join();
      show(1.51e9); const first = look(); for (const t of [2.9e9, 0, 0.7e9, 1.3e9]) show(t); show(1.51e9); return look() === first }""")
    assert told


def test_kinds_have_letters_of_their_own(trace):
    told = trace.evaluate("""async () => (await import("/static/distviz/marks/letter.js")).lettersOf(["Prepare", "Promise", "Accept", "Accepted", "AppendEntries", "Ask", "P", ""])""")
    assert told[:5] == ["P", "Pm", "A", "Ad", "AE"]
    assert len(set(told)) == len(told)
