// The messages of an actor system: which are under way at t, and how far; and one message's whole life.

/** What becomes of a message, by its number on the wire. */
export const FATES = ["in_flight", "delivered", "lost", "cut", "down", "dropped", "waiting"];
export const OUTSIDE = 65535;

const [LOST, CUT, DOWN, DROPPED, WAITING] = [2, 3, 4, 5, 6];
/** How far along its link a message that was lost, or that met a cut, is drawn. */
const LOST_AT = 0.56;
const CUT_AT = 0.5;
const SEGMENTS_BACK = 4;
const SEGMENTS_ON = 100;

/** How a message is drawn. */
export const LOOK = { FLYING: 0, TRAIL: 1, WAITING: 2, DEAD: 3 };

/** Room for `capacity` messages; `flying` adds to it. */
export function messageBuffer(capacity = 4096) {
  return {
    count: 0, capacity, id: new Float64Array(capacity), src: new Uint16Array(capacity), dst: new Uint16Array(capacity),
    kind: new Uint16Array(capacity), hue: new Int32Array(capacity), look: new Uint8Array(capacity), fate: new Uint8Array(capacity),
    progress: new Float32Array(capacity),
  };
}

/** Fill `out` with the messages to be drawn at t. One that is faster than `linger_ns` takes that long on the
 *  picture (and is a TRAIL from its arrival on); what died stays for as long where it died. Of all messages
 *  about every `every`-th is taken (a power of two). */
export function flying(trace, t_ns, linger_ns, out, every = 1) {
  out.count = 0;
  const number = trace.shownAt(t_ns);
  const segment = trace.segment(number);
  if (!segment) return out;
  add(segment.tables.messages, t_ns, linger_ns, out, every - 1, Infinity);
  // What settled in the windows before this one, but is still seen.
  for (let back = number - 1; back >= Math.max(0, number - SEGMENTS_BACK); back -= 1) {
    const before = trace.segment(back);
    if (!before || (back < number - 1 && before.until_ns < t_ns - 2 * linger_ns)) break;
    add(before.tables.messages, t_ns, linger_ns, out, every - 1, before.until_ns);
  }
  return out;
}

function add(messages, t_ns, linger_ns, out, mask, settled_by) {
  if (!messages) return;
  const { id, sent_ns, fate } = messages;
  for (let row = 0; row < id.length && out.count < out.capacity; row += 1) {
    if (sent_ns[row] > t_ns) continue;
    if (mask && (Math.imul(id[row], 0x9e3779b1) >>> 16) & mask) continue;
    const settled = settled_by === Infinity || (fate[row] !== 0 && fate[row] !== WAITING && endAt(messages, row) <= settled_by);
    if (settled) place(messages, row, t_ns, linger_ns, out);
  }
}

/** Where the message in `row` is at t: nothing is added where it is not to be seen any more. */
function place(messages, row, t_ns, linger_ns, out) {
  const sent = messages.sent_ns[row];
  const end = endAt(messages, row);
  const fate = messages.fate[row];
  const flight = cameAt(messages, row) - sent;
  const shown_for = Math.max(flight, linger_ns, 1);
  let progress = (t_ns - sent) / shown_for;
  const death = deathAt(fate, end - sent, flight);
  const over = Math.max(end, sent + flight);
  let look = t_ns >= over && fate !== WAITING ? LOOK.TRAIL : LOOK.FLYING;
  if (progress >= death) {
    if (t_ns - sent - death * shown_for > linger_ns && t_ns >= over) return;
    progress = death;
    look = LOOK.DEAD;
  } else if (progress >= 1) {
    if (t_ns >= over && fate !== WAITING) return;
    progress = 1;
    look = LOOK.WAITING;
  }
  const at = out.count;
  out.count = at + 1;
  out.id[at] = messages.id[row];
  out.src[at] = messages.src[row];
  out.dst[at] = messages.dst[row];
  out.kind[at] = messages.kind[row];
  out.hue[at] = messages.hue[row];
  out.fate[at] = fate;
  out.look[at] = look;
  out.progress[at] = progress;
}

/** When the message came to its node, or would have; it may have had to wait there until arrive_ns. */
function cameAt(messages, row) {
  return known(messages.came_ns, row) ?? messages.arrive_ns[row];
}

/** When it was settled what becomes of the message: a lost one is lost when it leaves. */
export function endAt(messages, row) {
  return known(messages.end_ns, row) ?? messages.arrive_ns[row];
}

/** The value in `row` of a column that there may not be; undefined for NaN. */
function known(column, row) {
  const value = column?.[row];
  return Number.isNaN(value) ? undefined : value;
}

/** The share of its way at which a message ends; Infinity for one that gets there. */
function deathAt(fate, lived, flight) {
  if (fate === LOST) return LOST_AT;
  if (fate === CUT) return CUT_AT;
  if (fate === DOWN) return 1;
  return fate === DROPPED ? Math.min(1, flight > lived ? lived / flight : LOST_AT) : Infinity;
}

/** All messages that are under way or waiting at t, as objects (see `findMessage`, without what comes later). */
export function inFlight(trace, segment, t_ns) {
  const { messages } = segment.tables;
  const found = [];
  for (let row = 0; messages && row < messages.id.length; row += 1) {
    if (messages.sent_ns[row] > t_ns || !underWay(messages, row, t_ns)) continue;
    const waits = cameAt(messages, row) <= t_ns;
    found.push({ ...described(trace, segment, row), fate: waits ? "waiting" : "in_flight" });
  }
  return found;
}

/** How many messages are under way or waiting at t. */
export function countUnderWay({ tables: { messages } }, t_ns) {
  let count = 0;
  for (let row = 0; messages && row < messages.id.length; row += 1) {
    if (messages.sent_ns[row] <= t_ns && underWay(messages, row, t_ns)) count += 1;
  }
  return count;
}

function underWay(messages, row, t_ns) {
  const fate = messages.fate[row];
  return fate === WAITING || fate === 0 || t_ns < endAt(messages, row);
}

/** One message of a Segment: {id, kind, kind_index, title, src, dst, sent_ns, arrive_ns, fate, cause, hue, body};
 *  src and dst are ids of nodes, null for outside. */
export function described(trace, segment, row) {
  const { messages, bodies } = segment.tables;
  const kind = trace.system?.messages?.[messages.kind[row]];
  const cause = messages.cause[row];
  return {
    id: messages.id[row], kind: kind?.kind ?? String(messages.kind[row]), kind_index: messages.kind[row], title: kind?.title ?? String(messages.kind[row]),
    src: idOf(segment, messages.src[row]), dst: idOf(segment, messages.dst[row]),
    sent_ns: messages.sent_ns[row], arrive_ns: messages.arrive_ns[row], fate: FATES[messages.fate[row]],
    cause: cause < 0 ? null : cause, hue: messages.hue[row], body: named(kind?.fields, bodies?.[row]),
  };
}

function named(fields, values) {
  return Object.fromEntries((values ?? []).map((value, place) => [fields?.[place] ?? String(place), value]));
}

/** The id of the node with this index in a Segment; null for outside. */
export function idOf({ keyframe, tables }, index) {
  if (index === OUTSIDE) return null;
  return (keyframe.nodes[index] ?? tables.joined?.[index - keyframe.nodes.length]?.node)?.id ?? null;
}

/** The id of the node that a row names by its id or by its place; null for none. */
export function nodeIdOf(segment, node) {
  return typeof node === "number" ? idOf(segment, node) : node ?? null;
}

/** Message `id` as far as it is known, looked for in the Segment at t and around it; null where it is not held. */
export function findMessage(trace, id, t_ns) {
  const first = trace.shownAt(t_ns);
  const order = [first, ...Array.from({ length: SEGMENTS_BACK }, (_, back) => first - 1 - back), ...Array.from({ length: SEGMENTS_BACK }, (_, on) => first + 1 + on)];
  let number = order.find((one) => rowOf(trace.segment(one), id) >= 0);
  if (number === undefined) return null;
  let found = described(trace, trace.segment(number), rowOf(trace.segment(number), id));
  // What became of it is known in the Segment in which it settled.
  for (let on = 0; on < SEGMENTS_ON && (found.fate === "in_flight" || found.fate === "waiting"); on += 1) {
    number += 1;
    const row = rowOf(trace.segment(number), id);
    if (row < 0) break;
    found = described(trace, trace.segment(number), row);
  }
  return found;
}

/** The row of message `id`; messages lie in the order of their ids. */
function rowOf(segment, id) {
  const ids = segment?.tables.messages?.id;
  if (!ids) return -1;
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : -1;
}

const SEEN_FOR_S = 0.9;

/** The pace (simulated s in a second of the viewer's) at which the eye can follow the messages of a Segment:
 *  the middle one takes 0.9 s. 1 where there are none. */
export function naturalPace({ tables: { messages } }) {
  const flights = [];
  for (let row = 0; messages && row < Math.min(messages.id.length, 2000); row += 1) {
    const flight = cameAt(messages, row) - messages.sent_ns[row];
    if (flight > 0 && messages.src[row] !== messages.dst[row]) flights.push(flight);
  }
  flights.sort((a, b) => a - b);
  return flights.length ? flights[flights.length >> 1] / 1e9 / SEEN_FOR_S : 1;
}
