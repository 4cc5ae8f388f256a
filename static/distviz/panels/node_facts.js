// What the Trace knows of one node at a moment: since when each of its fields is as it is, and which event made it so.

import { nodeIdOf } from "../trace/messages.js";
import { same } from "../marks/value.js";
import { partsOf } from "./values.js";

const ROWS_AT_MOST = 200_000; // looked through backwards; what is older counts as "from before"

/** Map of each field of node `id` to {at_ns, event, parts: Map of each part of a record to {at_ns, event}}: when it
 *  got the value that it has at `t_ns`. Fields that were not changed since the Trace begins are not in it. */
export function sinceWhen(store, id, t_ns, fields) {
  const found = new Map();
  let looked = 0;
  for (let number = store.shownAt(t_ns); number >= 0 && looked < ROWS_AT_MOST; number -= 1) {
    const segment = store.segment(number);
    if (!segment) break;
    const { changes } = segment.tables;
    for (let row = changes.length - 1; row >= 0; row -= 1) {
      looked += 1;
      if (changes[row].at_ns <= t_ns && changes[row].field in fields && nodeIdOf(segment, changes[row].node) === id) note(found, changes[row], fields[changes[row].field]);
    }
    if ([...found.values()].every(({ settled }) => settled) && Object.keys(fields).every((field) => found.has(field))) break;
  }
  return found;
}

/** Take in a change, newest first: parts keep the oldest change since which they are as they are now. */
function note(found, { at_ns, event, field, value }, now) {
  const parts = partsOf(now);
  if (!found.has(field)) found.set(field, { at_ns, event, parts: new Map(), open: new Set(parts?.map(([name]) => name) ?? []), settled: !parts });
  const one = found.get(field);
  for (const name of one.open) {
    if (same(value?.[name], now[name])) one.parts.set(name, { at_ns, event });
    else one.open.delete(name);
  }
  one.settled = one.open.size === 0;
}
