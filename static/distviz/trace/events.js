// What happened to the system, over the whole of what was received: the log, fault bands, densities.

import { clusterBands, clusterEvents } from "./happened.js";

/** True for the Trace of an actor system. */
function isCluster(trace) {
  return trace.segments()[0]?.keyframe.nodes !== undefined;
}

/** Every Action held, and every change that is not just an Action's own: {at_ns, what: "action" | "change",
 *  ...row, id}, in order of time. Of an actor system: see `clusterEvents`. */
export function events(trace) {
  if (isCluster(trace)) return clusterEvents(trace);
  const rows = [];
  for (const segment of trace.segments()) {
    const { actions, changes, balancer_changes: fronts = [] } = segment.tables;
    for (const row of actions) rows.push({ ...row, what: "action" });
    for (const row of [...changes, ...fronts]) {
      const id = nameOf(segment, row);
      if (!actions.some((action) => (action.target || action.values?.target) === id && action.at_ns === row.at_ns)) rows.push({ ...row, what: "change", id });
    }
  }
  // Stable: at one instant the Action stands before what it changed.
  return rows.sort((a, b) => a.at_ns - b.at_ns);
}

function nameOf(segment, { server, balancer }) {
  if (balancer !== undefined) return `balancer-${balancer}`;
  return segment.keyframe.servers[server]?.id ?? `server-${server}`;
}

/** Stretches in which a server or a balancer was not in good health: {from_ns, until_ns, server (-1 - its place, of a balancer), id, kind, slow};
 *  kind is the state ("down", "paused", "draining", "removed") or "slow". Of an actor system: see `clusterBands`. */
export function faultBands(trace) {
  if (isCluster(trace)) return clusterBands(trace);
  const open = new Map();
  const bands = [];
  let end_ns = 0;
  for (const segment of trace.segments()) {
    segment.keyframe.servers.forEach((server, index) => note(open, bands, segment.from_ns, index, server));
    for (const row of segment.tables.changes) note(open, bands, row.at_ns, row.server, row, nameOf(segment, row));
    (segment.keyframe.balancers ?? []).forEach((balancer, index) => note(open, bands, segment.from_ns, -1 - index, balancer));
    for (const row of segment.tables.balancer_changes ?? []) note(open, bands, row.at_ns, -1 - row.balancer, row, nameOf(segment, row));
    end_ns = segment.until_ns;
  }
  for (const band of open.values()) bands.push({ ...band, until_ns: end_ns });
  return bands.filter((band) => band.until_ns > band.from_ns).sort((a, b) => a.from_ns - b.from_ns || a.server - b.server);
}

/** The fault that a server in this condition has, or "". */
export function faultOf({ state, slow }) {
  if (state !== undefined && state !== "up") return state;
  return slow > 1 ? "slow" : "";
}

function note(open, bands, at_ns, server, condition, id = condition.id) {
  const before = open.get(server);
  const kind = faultOf({ state: condition.state ?? before?.state, slow: condition.slow ?? before?.slow ?? 1 });
  if (before && before.kind === kind) return;
  if (before) bands.push({ ...before, until_ns: at_ns });
  open.delete(server);
  if (kind) open.set(server, { from_ns: at_ns, server, id, kind, state: condition.state, slow: condition.slow ?? 1 });
}

/** Every broken promise that is held, in order of time: {at_ns, property, template, values, node, event}. */
export function breaches(trace) {
  return trace.segments().flatMap(({ tables }) => tables.breaches ?? []);
}

/** `bands` laid into as few rows as they need, at most `rows`: each gets its .row. */
export function packBands(bands, rows) {
  const ends = [];
  return bands.map((band) => {
    let row = ends.findIndex((end_ns) => end_ns <= band.from_ns);
    if (row < 0) row = Math.min(ends.length, rows - 1);
    ends[row] = Math.max(ends[row] ?? 0, band.until_ns);
    return { ...band, row };
  });
}

/** How many requests were sent and failed in each of `bins` equal stretches of the Run. Of an actor system:
 *  how many messages were sent and lost. */
export function density(trace, bins) {
  const sent = new Float64Array(bins);
  const failed = new Float64Array(bins);
  for (const { tables: { samples }, from_ns } of trace.segments()) {
    let start = from_ns;
    for (let row = 0; row < samples.t_ns.length; row += 1) {
      spread(sent, start, samples.t_ns[row], samples.sent[row], trace.duration_ns);
      spread(failed, start, samples.t_ns[row], (samples.lost ?? samples.failed)[row], trace.duration_ns);
      start = samples.t_ns[row];
    }
  }
  return { sent, failed };
}

/** Share `count` out evenly over the bins that [from, until] covers. */
function spread(bins, from_ns, until_ns, count, duration_ns) {
  if (count === 0) return;
  const scale = bins.length / duration_ns;
  const first = Math.min(bins.length - 1, Math.floor(from_ns * scale));
  const last = Math.min(bins.length - 1, Math.max(first, Math.ceil(until_ns * scale) - 1));
  const whole = (until_ns - from_ns) * scale || 1;
  for (let bin = first; bin <= last; bin += 1) {
    const covered = Math.min(bin + 1, until_ns * scale) - Math.max(bin, from_ns * scale);
    bins[bin] += first === last ? count : (count * Math.max(0, covered)) / whole;
  }
}
