// The state of an actor system's Run at time t, folded from the Segment that covers it: a function of (trace, t).

import { stateAt } from "./fold.js";
import { countUnderWay, idOf, inFlight } from "./messages.js";
import { countsAt } from "./totals.js";

/** The state at `t_ns`, or null where no Segment that covers it is held:
 *  {t_ns, number, from_ns, until_ns, nodes: [{id, role, state, slow_ms, skew_ms, drift_ppm, fsync_ms, fields,
 *   durable (what its disk holds), hue}], index: Map of id to place (those that join later in the window too),
 *   cut: [[src, dst]], links: altered ones, messages under way or waiting (see messages.js), in_flight: how many, totals, open: client operations begun and not complete,
 *   breaches: all up to t, timers: [{id, node, name, about, set_ns, due_ns}] pending, samples: the sample that
 *   holds t, gauges: {name: value}}. A node that did not change is the same object in the next frame.
 *  What is seldom wanted (messages, open, breaches, timers, totals) is found out when it is asked for. */
export function clusterFrame(trace, t_ns) {
  const number = trace.shownAt(t_ns);
  const segment = trace.segment(number);
  if (!segment) return null;
  trace.requests(number); // messages that were dropped to save memory come back, for a later frame
  const { nodes, cut, links, index } = stateAt(segment, t_ns, trace.system?.hue ?? []);
  const shown = { t_ns, number, from_ns: segment.from_ns, until_ns: segment.until_ns, nodes, index, cut, links };
  lazily(shown, {
    messages: () => inFlight(trace, segment, t_ns),
    in_flight: () => countUnderWay(segment, t_ns),
    totals: () => countsAt(segment, t_ns),
    open: () => openAt(segment, t_ns),
    breaches: () => breachesUpTo(trace, number, t_ns),
    timers: () => timersAt(trace, segment, t_ns),
    samples: () => sampleAt(segment, t_ns),
    gauges: () => gaugesAt(trace, shown.samples),
  });
  return shown;
}

/** Properties of `object` that are computed once, at the first look. */
function lazily(object, makers) {
  for (const [name, make] of Object.entries(makers)) {
    let made;
    let done = false;
    Object.defineProperty(object, name, {
      enumerable: true,
      get() {
        if (!done) made = make();
        done = true;
        return made;
      },
    });
  }
}

function openAt({ tables, keyframe }, t_ns) {
  const known = new Set();
  const open = [];
  for (const operation of tables.operations ?? []) {
    known.add(operation.id);
    const over = operation.completed_ns !== null && operation.completed_ns <= t_ns;
    if (operation.invoked_ns <= t_ns && !over) open.push({ ...operation, completed_ns: null, outcome: null, result: null });
  }
  return [...keyframe.open.filter(({ id }) => !known.has(id)), ...open].sort((a, b) => a.id - b.id);
}

function breachesUpTo(trace, number, t_ns) {
  const found = [];
  for (const segment of trace.segments()) {
    if (segment.number > number) break;
    for (const row of segment.tables.breaches ?? []) if (row.at_ns <= t_ns) found.push(row);
  }
  return found;
}

/** The timers that are set and have not ended at t, the next one first. */
function timersAt(trace, segment, t_ns) {
  const { timers, timer_abouts: abouts } = segment.tables;
  const pending = [];
  for (let row = 0; timers && row < timers.id.length; row += 1) {
    if (timers.set_ns[row] > t_ns || timers.end_ns[row] <= t_ns) continue; // NaN: it has not ended
    pending.push({
      id: timers.id[row], node: idOf(segment, timers.node[row]), name: trace.system?.timers?.[timers.kind[row]] ?? String(timers.kind[row]),
      about: abouts?.[row] ?? null, set_ns: timers.set_ns[row], due_ns: timers.due_ns[row],
    });
  }
  return pending.sort((a, b) => a.due_ns - b.due_ns);
}

/** The sample whose interval holds t: {t_ns, sent, delivered, lost, in_flight, ok, failed, ...}; null without any. */
function sampleAt({ tables: { samples } }, t_ns) {
  if (!samples?.t_ns.length) return null;
  let row = 0;
  while (row < samples.t_ns.length - 1 && samples.t_ns[row] < t_ns) row += 1;
  return Object.fromEntries(Object.entries(samples).map(([name, column]) => [name, column[row]]));
}

function gaugesAt(trace, sample) {
  const names = (trace.system?.gauges ?? []).map(({ name }) => name);
  return Object.fromEntries(names.filter((name) => sample && name in sample).map((name) => [name, sample[name]]));
}
