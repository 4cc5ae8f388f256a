// Time as the diagram lays it out: idle time skipped, quiet stretches pressed together.
//
// The length of a stretch on the paper is told in "u": ns as long as nothing is shortened.

import { upper } from "./sorted.js";

// In grains (SpaceTime.unit_ns), what is shortened from which length on, and to what.
const IDLE_FROM = 3;
const IDLE_TO = 0.45;
const QUIET_FROM = 14;
const QUIET_TO = 5;

/** A time axis made of straight pieces. `gaps`: [{from_ns, until_ns, kind: "idle" | "quiet", to}], in order, without overlap;
 *  `to` is the length that each is given. */
export class Warp {
  constructor(gaps = []) {
    this.gaps = gaps;
    const t = [0];
    const u = [0];
    for (const { from_ns, until_ns, to } of gaps) {
      push(t, u, from_ns, u.at(-1) + from_ns - t.at(-1));
      push(t, u, until_ns, u.at(-1) + to);
    }
    this.t = Float64Array.from(t);
    this.u = Float64Array.from(u);
    this.key = gaps.length === 0 ? "" : `${gaps.length}/${this.t.at(-1)}/${this.u.at(-1)}`;
  }

  /** Where the moment `t_ns` lies, in u. */
  to(t_ns) {
    return along(this.t, this.u, t_ns);
  }

  /** The moment that lies at `u`, in ns. */
  from(u) {
    return along(this.u, this.t, u);
  }
}

function push(t, u, at_t, at_u) {
  if (at_t === t.at(-1)) return;
  t.push(at_t);
  u.push(at_u);
}

function along(xs, ys, x) {
  const place = Math.max(0, upper(xs, x) - 1);
  if (place === xs.length - 1) return ys[place] + x - xs[place]; // beyond the last gap time runs plainly
  return ys[place] + ((x - xs[place]) * (ys[place + 1] - ys[place])) / (xs[place + 1] - xs[place]);
}

/** The axis of `model` under `shown` (see Shown), with idle time skipped and quiet stretches pressed where asked. */
export function warpOf(model, shown, { idle, quiet }) {
  const grain = model.unit_ns;
  const quiets = quiet ? quietOf(model, QUIET_FROM * grain).map((gap) => ({ ...gap, kind: "quiet", to: QUIET_TO * grain })) : [];
  if (!idle) return new Warp(quiets);
  const idles = idleOf(model, shown, IDLE_FROM * grain).map((gap) => ({ ...gap, kind: "idle", to: IDLE_TO * grain }));
  return new Warp([...quiets, ...outside(idles, quiets, IDLE_FROM * grain)].sort((a, b) => a.from_ns - b.from_ns));
}

/** The gaps that overlap none of `others`; the rest is cut to what does not, if that is still long enough. */
function outside(gaps, others, least_ns) {
  return gaps.flatMap((gap) => {
    let pieces = [gap];
    for (const other of others) {
      if (other.until_ns <= gap.from_ns || other.from_ns >= gap.until_ns) continue;
      pieces = pieces.flatMap((piece) => [
        { ...piece, until_ns: Math.min(piece.until_ns, other.from_ns) }, { ...piece, from_ns: Math.max(piece.from_ns, other.until_ns) },
      ]).filter((piece) => piece.until_ns > piece.from_ns);
    }
    return pieces.filter((piece) => piece.until_ns - piece.from_ns >= least_ns);
  });
}

/** Stretches of at least `least_ns`, within what is held, in which nothing that is shown happens: no message is on its
 *  way, no timer goes off, no field changes, no operation begins or ends: [{from_ns, until_ns}]. */
export function idleOf(model, shown, least_ns) {
  return gapsOf(model, least_ns, `idle/${shown.key}`, (part) => [...waysOf(part, shown, least_ns), ...points([...momentsOf(part), ...timersOf(part, shown)])]);
}

/** Stretches of at least `least_ns` in which messages and timers come and go, but no field changes, no operation
 *  begins or ends, and nothing breaks: [{from_ns, until_ns}]. */
export function quietOf(model, least_ns) {
  return gapsOf(model, least_ns, "quiet", (part) => points(momentsOf(part)));
}

/** The gaps of at least `least_ns` between the stretches that spans(part) gives for each part. */
function gapsOf(model, least_ns, key, spans) {
  const gaps = [];
  let reached = null;
  let before = null;
  for (const part of model.parts) {
    if (before !== part.segment.number - 1) reached = part.segment.from_ns; // what is not held is not idle
    before = part.segment.number;
    for (const [from, until] of busyOf(part, least_ns, key, spans)) {
      if (from - reached >= least_ns) gaps.push({ from_ns: reached, until_ns: from });
      reached = Math.max(reached, until);
    }
  }
  const end = model.parts.at(-1)?.segment.until_ns ?? 0;
  if (reached !== null && end - reached >= least_ns) gaps.push({ from_ns: reached, until_ns: end });
  return gaps;
}

/** The busy stretches of one part, joined where less than `least_ns` lies between them; kept for the next time. */
function busyOf(part, least_ns, key, spans) {
  const sign = `${key}/${least_ns}`;
  part.busy ??= new Map();
  if (!part.busy.has(sign)) {
    if (part.busy.size > 4) part.busy.clear();
    part.busy.set(sign, joined(spans(part).sort((a, b) => a[0] - b[0]), least_ns));
  }
  return part.busy.get(sign);
}

function joined(spans, least_ns) {
  const found = [];
  for (const [from, until] of spans) {
    const last = found.at(-1);
    if (last && from - last[1] < least_ns) last[1] = Math.max(last[1], until);
    else found.push([from, until]);
  }
  return found;
}

/** The ways of the messages of a part, joined already: there are many. */
function waysOf({ index: { order, messages } }, shown, least_ns) {
  const found = [];
  let until = -Infinity;
  for (const row of order) {
    if (!shown.message(messages, row)) continue;
    if (messages.sent_ns[row] - until >= least_ns) found.push([messages.sent_ns[row], messages.sent_ns[row]]);
    until = Math.max(until, messages.arrive_ns[row]);
    found.at(-1)[1] = until;
  }
  return found;
}

function points(moments) {
  return moments.map((at_ns) => [at_ns, at_ns]);
}

/** When something of weight happened in a part: changes of state, faults, notes, Actions, operations. Kept for the next time. */
function momentsOf(part) {
  if (part.moments) return part.moments;
  const { tables, from_ns, until_ns } = part.segment;
  const rows = ["changes", "health", "network", "notes", "actions", "breaches", "joined"].flatMap((name) => (tables[name] ?? []).map((row) => row.at_ns));
  const operations = (tables.operations ?? []).flatMap((one) => [one.invoked_ns, one.completed_ns]);
  part.moments = [...rows, ...operations.filter((at_ns) => at_ns !== null && at_ns >= from_ns && at_ns <= until_ns)];
  return part.moments;
}

function timersOf({ index: { timers, ended_ns } }, shown) {
  const found = [];
  for (let row = 0; row < timers.id.length; row += 1) if (shown.timer(timers, row)) found.push(ended_ns[row]);
  return found;
}
