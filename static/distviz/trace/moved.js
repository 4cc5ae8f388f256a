// Which blocks have moved since nodes joined or left: those that a node holds now and did not hold then.

import { livenessOf, rackOf } from "./files.js";
import { stateAt } from "./fold.js";

const CHANGES = /^(add|join|remove|retire|leave|decommission)/;
const known = new WeakMap(); // store -> {revision, times, since_ns, before}

/** {since_ns, marked: Map of a node's id to the Set of blocks that moved to it, count, share: of all replicas, least: the
 *  least share that could have moved, null where as many nodes belong as before}; null where nobody joined or left so
 *  far, or where the blocks are not told one by one. `shown`: the state (see trace/cluster.js). */
export function movedSince(trace, shown) {
  const kept = remember(trace);
  const since_ns = kept.times.findLast((at_ns) => at_ns <= shown.t_ns);
  if (since_ns === undefined) return null;
  if (kept.since_ns !== since_ns) Object.assign(kept, { since_ns, before: blocksAt(trace, since_ns), nodes: null });
  if (!kept.before) return null;
  if (kept.nodes !== shown.nodes) Object.assign(kept, { nodes: shown.nodes, told: compare(kept, shown.nodes, since_ns) });
  return kept.told;
}

function remember(trace) {
  const revision = trace.revision.peek();
  const kept = known.get(trace);
  if (kept?.revision === revision) return kept;
  const made = { revision, times: changeTimes(trace), since_ns: null, before: null, nodes: null, told: null, sets: new Map() };
  known.set(trace, made);
  return made;
}

/** When nodes joined, or left, or were told to, in order. */
function changeTimes(trace) {
  const times = [];
  for (const { tables } of trace.segments()) {
    for (const { at_ns } of tables.joined ?? []) times.push(at_ns);
    for (const { at_ns, state } of tables.health ?? []) if (state === "removed") times.push(at_ns);
    for (const { at_ns, kind, refused } of tables.actions ?? []) if (CHANGES.test(kind) && !refused) times.push(at_ns);
  }
  return times.sort((a, b) => a - b);
}

/** {held: Map of a node's id to the Set of its blocks, there: Set of all, members: how many belong} just before `at_ns`; null where that is not held. */
function blocksAt(trace, at_ns) {
  const segment = trace.segment(trace.shownAt(Math.max(0, at_ns - 1)));
  if (!segment) return null;
  const { nodes } = stateAt(segment, Math.max(segment.from_ns, at_ns - 1), trace.system?.hue ?? []);
  const held = new Map(nodes.map(({ id, fields }) => [id, new Set(Array.isArray(fields.blocks) ? fields.blocks : [])]));
  return { held, there: new Set([...held.values()].flatMap((blocks) => [...blocks])), members: membersOf(nodes) };
}

/** How many nodes belong: those that hold data, and neither leave nor have left. */
function membersOf(nodes) {
  const live = livenessOf(nodes);
  return nodes.filter((node) => rackOf(node) !== null && node.state !== "removed" && !/^(leav|decom)/.test(live[node.id] ?? "")).length;
}

/** Sets stay the same objects as long as a node's blocks do, so that the picture knows what to leave alone. */
function compare({ before, sets }, nodes, since_ns) {
  const marked = new Map();
  let [count, all] = [0, 0];
  for (const { id, fields } of nodes) {
    if (!Array.isArray(fields.blocks)) continue;
    all += fields.blocks.length;
    const old = sets.get(id);
    const fresh = old?.blocks === fields.blocks ? old : { blocks: fields.blocks, moved: movedOf(fields.blocks, before, id) };
    sets.set(id, fresh);
    if (!fresh.moved) continue;
    marked.set(id, fresh.moved);
    count += fresh.moved.size;
  }
  const members = membersOf(nodes);
  const least = members === before.members ? null : Math.abs(members - before.members) / Math.max(members, before.members);
  return { since_ns, marked, count, share: all ? count / all : 0, least };
}

/** Of the blocks that were there before, those that were not here; null where there are none. What is new has not moved. */
function movedOf(blocks, { held, there }, id) {
  const here = held.get(id);
  const moved = blocks.filter((block) => there.has(block) && !here?.has(block));
  return moved.length ? new Set(moved) : null;
}
