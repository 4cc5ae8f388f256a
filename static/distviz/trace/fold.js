// The nodes and the network of an actor system at t: a Segment's keyframe with everything that changed up to t.
//
// A node that did not change stays the same object, so that the picture knows what to leave alone. The fold
// goes forward step by step; going back starts at the nearest of the states that were kept on the way.

import { upTo } from "./flight.js";
import { nodeHue } from "./hue.js";

const KEEP_EVERY = 256;

/** {nodes, cut, links, index} of a Segment at t; index: Map of a node's id to its place. `names`: of the fields
 *  that hold a ballot or a term. */
export function stateAt(segment, t_ns, names) {
  const folding = (segment.folding ??= begin(segment, names));
  const upto = upTo(folding.times, t_ns);
  if (upto !== folding.upto) folding.state = advance(folding, upto);
  folding.upto = upto;
  return folding.state;
}

function begin(segment, names) {
  const { tables, keyframe } = segment;
  // At one instant a node joins first, and the disk is written last.
  const steps = ["joined", "health", "network", "changes", "disk"].flatMap((table) => (tables[table] ?? []).map((row) => [row.at_ns, STEPS[table], row]));
  steps.sort((a, b) => a[0] - b[0]);
  const joined = (tables.joined ?? []).map(({ node }) => node);
  const hues = { names, index: new Map([...keyframe.nodes, ...joined].map(({ id }, place) => [id, place])) };
  const nodes = keyframe.nodes.map((node) => ({ ...node, hue: nodeHue(node.fields, hues) }));
  const state = { nodes, cut: keyframe.cut, links: keyframe.links, index: hues.index };
  return { steps, times: Float64Array.from(steps, ([at_ns]) => at_ns), hues, upto: 0, state, kept: [state] };
}

/** The state after the first `upto` steps. */
function advance(folding, upto) {
  const { kept, steps, hues } = folding;
  const place = Math.min(kept.length - 1, Math.floor(upto / KEEP_EVERY));
  const onward = folding.upto <= upto && folding.upto >= place * KEEP_EVERY;
  let at = onward ? folding.upto : place * KEEP_EVERY;
  const from = onward ? folding.state : kept[place];
  const state = { ...from, nodes: from.nodes.slice() };
  while (at < upto) {
    const [, step, row] = steps[at];
    step(state, row, hues);
    at += 1;
    if (at === kept.length * KEEP_EVERY) kept.push({ ...state, nodes: state.nodes.slice() });
  }
  return state;
}

const STEPS = {
  joined(state, { node }, hues) {
    state.nodes.push({ ...node, hue: nodeHue(node.fields, hues) });
  },
  health(state, { at_ns: _at, node, event: _event, point: _point, ...health }) {
    change(state, node, () => health);
  },
  network(state, { cut, links }) {
    Object.assign(state, { cut, links });
  },
  changes(state, { node, field, value }, hues) {
    change(state, node, (before) => {
      const fields = { ...before.fields, [field]: value };
      return { fields, hue: nodeHue(fields, hues) };
    });
  },
  disk(state, { node, fields }) {
    change(state, node, ({ durable }) => ({ durable: { ...durable, ...fields } }));
  },
};

/** Put what `news(node before)` says into a node, named by its id or its place. */
function change(state, node, news) {
  const place = typeof node === "number" ? node : state.index.get(node);
  const before = state.nodes[place];
  state.nodes[place] = { ...before, ...news(before) };
}
