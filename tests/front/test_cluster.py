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
RUNS = ["paxos", "multi_paxos", "raft"]
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
