// The state of a Run at time t, folded from the Segment that covers it. The picture is a function of (trace, t).

import { balancersAt } from "./balancers.js";

/** The state at `t_ns`, or null where no Segment that covers it is held:
 *  {t_ns, number, from_ns, until_ns, servers: [{id, state, slow, speed, slots, queue_limit, known_down}],
 *   balancers: see `balancersAt`,
 *   queue, busy, in_flight: Float32Array per server, interpolated between samples,
 *   in_system, queued, busy_total, utilisation, totals: {sent, ok, failed}, rate_per_s, rate_factor}. */
export function frame(trace, t_ns) {
  const number = trace.shownAt(t_ns);
  const segment = trace.segment(number);
  if (!segment) return null;
  const servers = serversAt(segment, t_ns);
  const place = between(segment, t_ns, number > 0 ? trace.segment(number - 1) : null);
  const level = (name) => perServer(place, name, servers.length);
  const held = (name) => emptied(level(name), servers);
  return {
    t_ns, number, from_ns: segment.from_ns, until_ns: segment.until_ns, servers, balancers: balancersAt(segment, t_ns),
    queue: held("queue"), busy: held("busy"), in_flight: level("in_flight"),
    in_system: Math.round(mix(place, (row, rows) => rows.tables.samples.in_system[row])),
    queued: Math.round(mix(place, (row, rows) => rows.tables.samples.queued[row])),
    busy_total: Math.round(mix(place, (row, rows) => rows.tables.samples.busy[row])),
    totals: totalsAt(segment, place, t_ns),
    rate_per_s: rateUpTo(trace, segment, place.current),
    rate_factor: rateAt(segment, t_ns),
  };
}

/** The servers as they stand at t: the keyframe with the changes up to t. The list is kept until
 *  the next change, so that an unchanged picture is the same object. */
export function serversAt(segment, t_ns) {
  const { changes } = segment.tables;
  let upto = 0;
  while (upto < changes.length && changes[upto].at_ns <= t_ns) upto += 1;
  if (segment.folded?.upto !== upto) segment.folded = { upto, servers: fold(segment, changes.slice(0, upto)) };
  return segment.folded.servers;
}

function fold(segment, changes) {
  const servers = segment.keyframe.servers.map((server) => ({ ...server }));
  for (const { at_ns, server: index, ...change } of changes) {
    servers[index] ??= { ...newcomer(segment, index, at_ns), ...change };
    Object.assign(servers[index], change);
  }
  return servers;
}

/** A server that was added inside the window: what the Action asked for. */
function newcomer(segment, index, at_ns) {
  const action = segment.tables.actions.find((one) => one.kind === "add_server" && one.at_ns === at_ns);
  return { id: `server-${index}`, state: "up", slow: 1, speed: 1, slots: 1, queue_limit: null, known_down: false, ...action?.params };
}

function rateAt(segment, t_ns) {
  let factor = segment.keyframe.rate_factor ?? 1;
  for (const rate of segment.tables.rates ?? []) if (rate.at_ns <= t_ns) factor = rate.factor;
  return factor;
}

/** Where t falls among the samples: the rows on both sides and how far it is between them.
 *  {low: [row, segment], high: [row, segment], share, current: the row whose interval holds t}. */
function between(segment, t_ns, before) {
  const times = segment.tables.samples.t_ns;
  let row = 0;
  while (row < times.length - 1 && times[row] < t_ns) row += 1;
  const high = [row, segment];
  const low = row > 0 ? [row - 1, segment] : before ? [before.tables.samples.t_ns.length - 1, before] : high;
  const start = startOf(segment, row);
  const share = Math.max(0, Math.min(1, (t_ns - start) / (times[row] - start || 1)));
  return { low, high, share, current: row };
}

function startOf(segment, row) {
  return row > 0 ? segment.tables.samples.t_ns[row - 1] : segment.from_ns;
}

const RATE_OVER_NS = 1e9; // one sample alone holds so few arrivals that its rate jumps

/** Arrivals a second over the second that ends with sample `row`, or over the sample where that is longer. */
function rateUpTo(trace, segment, row) {
  const until_ns = segment.tables.samples.t_ns[row];
  let sent = 0;
  let from_ns = until_ns;
  while (until_ns - from_ns < RATE_OVER_NS) {
    sent += segment.tables.samples.sent[row];
    from_ns = startOf(segment, row);
    if (row > 0) row -= 1;
    else {
      segment = segment.number > 0 ? trace.segment(segment.number - 1) : null;
      if (!segment) break;
      row = segment.tables.samples.t_ns.length - 1;
    }
  }
  return sent / ((until_ns - from_ns) / 1e9);
}

function mix({ low, high, share }, value) {
  return value(...low) * (1 - share) + value(...high) * share;
}

function perServer({ low, high, share }, name, count) {
  const out = new Float32Array(count);
  addRow(out, low, name, 1 - share);
  addRow(out, high, name, share);
  return out;
}

/** A crash and a removal empty a server at once, also between two samples. */
function emptied(levels, servers) {
  servers.forEach(({ state }, index) => {
    if (state === "down" || state === "removed") levels[index] = 0;
  });
  return levels;
}

function addRow(out, [row, segment], name, weight) {
  const column = segment.tables.servers[name];
  const width = column.length / segment.tables.samples.t_ns.length;
  const from = row * width;
  const upto = Math.min(width, out.length);
  for (let index = 0; index < upto; index += 1) out[index] += weight * column[from + index];
}

const FAILURES = ["timeout", "crashed", "refused", "rejected", "no_server", "overflow", "limited", "shed", "cancelled", "dropped", "lost"];

/** Counts from the Run's start to t; within a sample's interval they grow evenly. */
function totalsAt(segment, { current, share }) {
  const begin = segment.keyframe.totals;
  const failed = FAILURES.reduce((sum, name) => sum + (begin[name] ?? 0), 0);
  return {
    sent: (begin.sent ?? 0) + countTo(segment.tables.samples.sent, current, share),
    ok: (begin.ok ?? 0) + countTo(segment.tables.samples.ok, current, share),
    failed: failed + countTo(segment.tables.samples.failed, current, share),
  };
}

function countTo(column, current, share) {
  let sum = column[current] * share;
  for (let row = 0; row < current; row += 1) sum += column[row];
  return Math.round(sum);
}
