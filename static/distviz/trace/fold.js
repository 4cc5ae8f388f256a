// The nodes and the network of an actor system at t: a Segment's keyframe with everything that changed up to t.
//
// A node that did not change stays the same object, so that the picture knows what to leave alone. The fold
// goes forward step by step; going back starts at the nearest of the states that were kept on the way.

import { upTo } from "./flight.js";

const KEEP_EVERY = 256;
const OWNERS = new Set(["owner", "proposer", "leader", "coordinator", "node", "server", "by"]);

/** {nodes, cut, links} of a Segment at t. `hue`: the names of the fields that hold a ballot or a term. */
export function stateAt(segment, t_ns, hue) {
  const folding = (segment.folding ??= begin(segment, hue));
  const upto = upTo(folding.times, t_ns);
  if (upto !== folding.upto) folding.state = advance(folding, upto);
  folding.upto = upto;
  return folding.state;
}

function begin(segment, hue) {
  const { tables, keyframe } = segment;
  // At one instant a node joins first, and the disk is written last.
  const steps = ["joined", "health", "network", "changes", "disk"].flatMap((table) => (tables[table] ?? []).map((row) => [row.at_ns, STEPS[table], row]));
  steps.sort((a, b) => a[0] - b[0]);
  const nodes = keyframe.nodes.map((node) => ({ ...node, hue: nodeHue(node.fields, hue) }));
  const state = { nodes, cut: keyframe.cut, links: keyframe.links };
  return { steps, times: Float64Array.from(steps, ([at_ns]) => at_ns), hue, upto: 0, state, kept: [state] };
}

/** The state after the first `upto` steps. */
function advance(folding, upto) {
  const { kept, steps, hue } = folding;
  const place = Math.min(kept.length - 1, Math.floor(upto / KEEP_EVERY));
  const onward = folding.upto <= upto && folding.upto >= place * KEEP_EVERY;
  let at = onward ? folding.upto : place * KEEP_EVERY;
  const from = onward ? folding.state : kept[place];
  const state = { ...from, nodes: from.nodes.slice() };
  while (at < upto) {
    const [, step, row] = steps[at];
    step(state, row, hue);
    at += 1;
    if (at === kept.length * KEEP_EVERY) kept.push({ ...state, nodes: state.nodes.slice() });
  }
  return state;
}

const STEPS = {
  joined(state, { node }, hue) {
    state.nodes.push({ ...node, hue: nodeHue(node.fields, hue) });
  },
  health(state, { at_ns: _at, node: index, event: _event, ...health }) {
    Object.assign((state.nodes[index] = { ...state.nodes[index] }), health);
  },
  network(state, { cut, links }) {
    Object.assign(state, { cut, links });
  },
  changes(state, { node: index, field, value }, hue) {
    const fields = { ...state.nodes[index].fields, [field]: value };
    state.nodes[index] = { ...state.nodes[index], fields, hue: nodeHue(fields, hue) };
  },
  disk(state, { node: index, fields, gone = [] }) {
    const durable = { ...state.nodes[index].durable, ...fields };
    for (const name of gone) delete durable[name];
    state.nodes[index] = { ...state.nodes[index], durable };
  },
};

/** The hue of a node: that of the first of the named fields which it has; -1 for none. */
function nodeHue(fields, names) {
  for (const name of names) {
    if (name in fields) return hueOf(fields[name], names);
  }
  return -1;
}

/** The hue of a ballot or term, or of a record that holds one under one of `names`; -1 for none.
 *  A ballot of several fields belongs to the owner that its last field names. */
export function hueOf(value, names = []) {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : -1;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return -1;
  for (const name of names) if (name in value) return hueOf(value[name]);
  const last = Object.entries(value).at(-1);
  return last && OWNERS.has(last[0]) ? ownerHue(last[1]) : -1;
}

/** Owners are numbers, or ids that end in one. */
function ownerHue(owner) {
  if (typeof owner === "number") return owner;
  return Number(/\d+$/.exec(owner ?? "")?.[0] ?? -1);
}
