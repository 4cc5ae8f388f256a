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
  const steps = merged(Object.keys(STEPS).filter((table) => tables[table]?.length).map((table) => ({ rows: tables[table], step: STEPS[table] })));
  const joined = (tables.joined ?? []).map(({ node }) => node);
  const hues = { names, index: new Map([...keyframe.nodes, ...joined].map(({ id }, place) => [id, place])) };
  const nodes = keyframe.nodes.map((node) => ({ ...node, hue: nodeHue(node.fields, hues) }));
  const state = { nodes, cut: keyframe.cut, links: keyframe.links, index: hues.index };
  return { steps, times: Float64Array.from(steps, ({ row }) => row.at_ns), hues, upto: 0, state, kept: [state] };
}

/** [{step, row}] of tables that are sorted by time, sorted by time; at one instant the tables keep their order. */
function merged(tables) {
  const steps = [];
  const next = tables.map(() => 0);
  for (;;) {
    let first = -1;
    for (let table = 0; table < tables.length; table += 1) {
      const row = tables[table].rows[next[table]];
      if (row !== undefined && (first < 0 || row.at_ns < tables[first].rows[next[first]].at_ns)) first = table;
    }
    if (first < 0) return steps;
    steps.push({ step: tables[first].step, row: tables[first].rows[next[first]] });
    next[first] += 1;
  }
}

/** The state after the first `upto` steps. */
function advance(folding, upto) {
  const { kept, steps, hues } = folding;
  const place = Math.min(kept.length - 1, Math.floor(upto / KEEP_EVERY));
  const onward = folding.upto <= upto && folding.upto >= place * KEEP_EVERY;
  const draft = new Draft(onward ? folding.state : kept[place]);
  for (let at = onward ? folding.upto : place * KEEP_EVERY; at < upto;) {
    const { step, row } = steps[at];
    step(draft, row);
    at += 1;
    if (at === kept.length * KEEP_EVERY) kept.push(draft.state(hues));
  }
  return draft.state(hues);
}

/** A state that is being changed. A node is copied before its first change, and once only. */
class Draft {
  constructor({ nodes, cut, links, index }) {
    Object.assign(this, { nodes: nodes.slice(), cut, links, index });
    this.copied = new Set();
  }

  /** The node with this id or place, to be written to. */
  node(node) {
    const place = typeof node === "number" ? node : this.index.get(node);
    if (!this.copied.has(place)) {
      const before = this.nodes[place];
      this.nodes[place] = { ...before, fields: { ...before.fields }, durable: { ...before.durable } };
      this.copied.add(place);
    }
    return this.nodes[place];
  }

  join(node) {
    this.copied.add(this.nodes.length);
    this.nodes.push({ ...node, fields: { ...node.fields }, durable: { ...node.durable } });
  }

  /** The state as it stands; what is written from now on does not change it. */
  state(hues) {
    for (const place of this.copied) this.nodes[place].hue = nodeHue(this.nodes[place].fields, hues);
    this.copied.clear();
    return { nodes: this.nodes.slice(), cut: this.cut, links: this.links, index: this.index };
  }
}

/** What a row of each table does; at one instant a node joins first, and the disk is written last. */
const STEPS = {
  joined: (draft, { node }) => draft.join(node),
  health(draft, { node, state, slow_ms, skew_ms, drift_ppm, fsync_ms }) {
    Object.assign(draft.node(node), { state, slow_ms, skew_ms, drift_ppm, fsync_ms });
  },
  network(draft, { cut, links }) {
    Object.assign(draft, { cut, links });
  },
  changes(draft, { node, field, value }) {
    draft.node(node).fields[field] = value;
  },
  disk(draft, { node, fields, wiped = false }) {
    const written = draft.node(node);
    written.durable = wiped ? {} : Object.assign(written.durable, fields);
  },
};
