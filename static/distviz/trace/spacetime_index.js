// One Segment's messages and timers, indexed once: by time, by id and by cause.

import { lower, orderOf, picked, upper } from "./sorted.js";

const NOTHING = { id: [], sent_ns: [], arrive_ns: [], src: [], dst: [], kind: [], fate: [], cause: [], hue: [] };
const NO_TIMERS = { id: [], set_ns: [], due_ns: [], end_ns: [], node: [], kind: [], fate: [], cause: [] };
/** The fate of a timer that went off. */
export const FIRED = 1;
const known = new WeakMap();

/** The index of `segment`; made at the first asking. */
export function indexOf(segment) {
  const { messages } = segment.tables;
  if (!known.has(segment) || known.get(segment).given !== messages) known.set(segment, new Index(segment));
  return known.get(segment);
}

class Index {
  constructor({ from_ns, until_ns, tables }) {
    this.given = tables.messages;
    this.messages = tables.messages ?? NOTHING;
    this.timers = tables.timers ?? NO_TIMERS;
    this.bodies = tables.bodies ?? [];
    /** Rows of messages in order of sending; `sent` and `reach` follow that order. */
    this.order = orderOf(this.messages.sent_ns);
    this.sent = picked(this.messages.sent_ns, this.order);
    /** The latest arrival among all rows up to a place: ascending, so that it can be searched. */
    this.reach = picked(this.messages.arrive_ns, this.order);
    for (let place = 1; place < this.reach.length; place += 1) this.reach[place] = Math.max(this.reach[place], this.reach[place - 1]);
    /** How many of the first places are messages that were sent before this Segment. */
    this.carried = upper(this.sent, from_ns);
    this.first_ns = Math.min(from_ns, this.sent[0] ?? from_ns);
    this.last_ns = Math.max(until_ns, this.reach.at(-1) ?? until_ns);
    /** When each timer ended; the rows of those that went off, in the order in which they did, and when. */
    this.ended_ns = this.timers.end_ns ?? this.timers.due_ns;
    this.fired = orderOf(this.ended_ns).filter((row) => this.timers.fate[row] === FIRED);
    this.fired_ns = picked(this.ended_ns, this.fired);
  }

  /** When the message in this row came to its node, where it may have waited until it was handled. */
  cameAt(row) {
    const came = this.messages.came_ns?.[row];
    return came === undefined || Number.isNaN(came) ? this.messages.arrive_ns[row] : came;
  }

  /** The row of the message with this id, or -1. */
  row(id) {
    this.byId ??= keyed(this.messages.id);
    return rowOf(this.byId, id);
  }

  /** The row of the timer with this id, or -1. */
  timerRow(id) {
    this.timersById ??= keyed(this.timers.id);
    return rowOf(this.timersById, id);
  }

  /** The rows of the messages that the event `id` caused. */
  caused(id) {
    this.byCause ??= keyed(this.messages.cause);
    return rowsOf(this.byCause, id);
  }

  /** The rows of the timers that the event `id` set. */
  timersCaused(id) {
    this.timersByCause ??= keyed(this.timers.cause);
    return rowsOf(this.timersByCause, id);
  }
}

function keyed(column) {
  const order = orderOf(column);
  return { order, keys: picked(column, order) };
}

function rowOf({ order, keys }, key) {
  const place = lower(keys, key);
  return keys[place] === key ? order[place] : -1;
}

function rowsOf({ order, keys }, key) {
  return order.subarray(lower(keys, key), upper(keys, key));
}
