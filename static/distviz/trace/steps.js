// The moments at which something happens in an actor system: what a person steps through, and what idle time lies between.

import { upTo } from "./flight.js";

const LISTS = ["changes", "health", "network", "actions", "notes", "breaches", "joined"];

/** All moments of one Segment at which something happens, sorted, each once. */
export function momentsOf(segment) {
  if (!segment.tables.messages) return collect(segment);
  segment.moments ??= collect(segment);
  return segment.moments;
}

function collect({ tables, from_ns, until_ns }) {
  const found = [];
  for (const name of LISTS) for (const { at_ns } of tables[name] ?? []) found.push(at_ns);
  for (const name of ["sent_ns", "arrive_ns"]) for (const at_ns of tables.messages?.[name] ?? []) found.push(at_ns);
  tables.timers?.fate.forEach((fate, row) => fate === 1 && found.push(tables.timers.end_ns[row]));
  const within = Float64Array.from(found.filter((at_ns) => at_ns >= from_ns && at_ns <= until_ns)).sort();
  return within.filter((at_ns, place) => at_ns !== within[place - 1]);
}

/** The next (direction 1) or previous (-1) moment at which something happens, among the Segments that are
 *  held without a gap from t on; null where there is none. */
export function stepFrom(trace, t_ns, direction) {
  for (let number = trace.shownAt(t_ns); trace.has(number); number += direction) {
    const moments = momentsOf(trace.segment(number));
    const place = direction > 0 ? upTo(moments, t_ns) : upTo(moments, t_ns - 0.5) - 1;
    if (place >= 0 && place < moments.length) return moments[place];
  }
  return null;
}
