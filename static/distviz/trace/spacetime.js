// The pure model of the space-time diagram: what of a Trace falls into a stretch of time.

import { clusterBands } from "./happened.js";
import { FATES } from "./messages.js";
import { lower, lowerRow, upper } from "./sorted.js";
import { indexOf } from "./spacetime_index.js";

/** Fates of messages, as the Trace numbers them. */
export const [IN_FLIGHT, DELIVERED, LOST, CUT, DOWN, DROPPED, WAITING] = FATES.keys();

const UNIT_SAMPLE = 2000;
const UNIT_ENOUGH = 20;

export class SpaceTime {
  /** `store`: what is held of one Run; see TraceStore. */
  constructor(store) {
    this.store = store;
    this.parts = [];
    this.places = new Map();
    /** Every process that ever was: {index, id, role, from_ns}; index as in the Trace. */
    this.lanes = [];
    /** Stretches in which a process was not in good health: {node, kind, from_ns, until_ns}; kinds: see happened.js. */
    this.bands = [];
    /** Stretches in which the network was not whole: {from_ns, until_ns, cut: [[a, b]], links}. */
    this.network = [];
    /** Operations of clients in order of their beginning, each with `node`, the index of its lane or -1. */
    this.operations = [];
    /** Changes whenever any of this may have changed. */
    this.version = 0;
    this.revision = -1;
  }

  /** Take in what the store received since the last time; true where there was something. */
  refresh() {
    const revision = this.store.revision.peek();
    if (revision === this.revision) return false;
    this.revision = revision;
    this.version += 1;
    const before = new Map(this.parts.map((part) => [part.segment, part]));
    const segments = this.store.segments();
    this.parts = segments.map((segment, place) => partOf(segment, adjacent(segment, segments[place + 1]), before.get(segment)));
    this.lanes = lanesOf(segments);
    this.places = new Map(this.lanes.map(({ id, index }) => [id, index]));
    this.bands = clusterBands(this.store).filter(({ node }) => node >= 0);
    this.network = networkOf(segments);
    this.operations = operationsOf(segments, this.places);
    return true;
  }

  /** How long a message is on its way as a rule (the median of those seen first), in ns: the natural grain of the picture. */
  get unit_ns() {
    if (this.unit) return this.unit;
    const ways = [];
    for (const { index: { messages } } of this.parts) {
      for (let row = 0; row < messages.id.length && ways.length < UNIT_SAMPLE; row += 1) {
        if (messages.src[row] !== messages.dst[row]) ways.push(messages.arrive_ns[row] - messages.sent_ns[row]);
      }
    }
    const median = ways.sort((a, b) => a - b)[ways.length >> 1] || this.store.duration_ns / 200;
    if (ways.length >= UNIT_ENOUGH) this.unit = median; // from here on the picture keeps its scale
    return median;
  }

  /** Call visit(part, row) for every message whose way touches [from_ns, until_ns], each once, by Segment
   *  and sending; stops where visit gives false. */
  eachMessage(from_ns, until_ns, visit) {
    for (const part of this.parts) {
      const { order, sent, reach, messages, first_ns, last_ns } = part.index;
      if (first_ns > until_ns || last_ns < from_ns) continue;
      const end = upper(sent, until_ns);
      for (let place = lower(reach, from_ns); place < end; place += 1) {
        const row = order[place];
        if (messages.arrive_ns[row] < from_ns || part.superseded?.[row]) continue;
        if (visit(part, row) === false) return;
      }
    }
  }

  /** How many messages of `shown` touch [from_ns, until_ns]: what lies wholly within is counted once and remembered. */
  countMessages(from_ns, until_ns, shown) {
    let count = 0;
    for (const part of this.parts) {
      const { order, sent, reach, messages, first_ns, last_ns } = part.index;
      if (first_ns > until_ns || last_ns < from_ns) continue;
      const whole = first_ns >= from_ns && last_ns <= until_ns;
      if (whole && part.counted?.key === shown.key) {
        count += part.counted.count;
        continue;
      }
      let mine = 0;
      const end = upper(sent, until_ns);
      for (let place = lower(reach, from_ns); place < end; place += 1) {
        const row = order[place];
        if (messages.arrive_ns[row] >= from_ns && !part.superseded?.[row] && shown.message(messages, row)) mine += 1;
      }
      if (whole) part.counted = { key: shown.key, count: mine };
      count += mine;
    }
    return count;
  }

  /** Call visit(part, row) for every timer that went off in [from_ns, until_ns], in order of time. */
  eachTimer(from_ns, until_ns, visit) {
    for (const part of this.parts) {
      const { fired, fired_ns } = part.index;
      const { from_ns: begin, until_ns: end, number } = part.segment;
      const last = upper(fired_ns, Math.min(until_ns, end));
      for (let place = lower(fired_ns, Math.max(from_ns, begin)); place < last; place += 1) {
        if (fired_ns[place] === begin && number > 0) continue; // told by the Segment before
        if (visit(part, fired[place]) === false) return;
      }
    }
  }

  /** The rows of the list `name` ("changes", "notes", "actions", "breaches") in [from_ns, until_ns]; at most `cap`.
   *  Their `node` is the index of the process, -1 for none. */
  rows(name, from_ns, until_ns, cap = Infinity) {
    const found = [];
    for (const part of this.parts) {
      const { segment } = part;
      const rows = this.#list(part, name);
      if (segment.from_ns > until_ns || segment.until_ns < from_ns) continue;
      for (let place = lowerRow(rows, from_ns); place < rows.length && rows[place].at_ns <= until_ns; place += 1) {
        if (found.length >= cap) return found;
        found.push(rows[place]);
      }
    }
    return found;
  }

  /** How many rows of the list `name` fall into [from_ns, until_ns]. */
  count(name, from_ns, until_ns) {
    let count = 0;
    for (const { segment } of this.parts) {
      const rows = segment.tables[name] ?? [];
      count += lowerRow(rows, until_ns + 1) - lowerRow(rows, from_ns);
    }
    return count;
  }

  /** A list of a part; its rows may name their process by its id. */
  #list(part, name) {
    part.lists ??= {};
    part.lists[name] ??= (part.segment.tables[name] ?? []).map((row) => (typeof row.node === "number" ? row : { ...row, node: this.places.get(row.node) ?? -1 }));
    return part.lists[name];
  }

  /** A message by its id, as it ended as far as is held, or null. */
  message(id) {
    for (let place = this.parts.length - 1; place >= 0; place -= 1) {
      const row = this.parts[place].index.row(id);
      if (row >= 0) return messageAt(this.parts[place], row);
    }
    return null;
  }

  /** A timer by its id: {timer: id, set_ns, due_ns, end_ns, node, kind, fate, cause}, or null. */
  timer(id) {
    for (let place = this.parts.length - 1; place >= 0; place -= 1) {
      const { timers } = this.parts[place].index;
      const row = this.parts[place].index.timerRow(id);
      if (row >= 0) return { timer: id, end_ns: this.parts[place].index.ended_ns[row], ...columnsAt(timers, row, ["set_ns", "due_ns", "node", "kind", "fate", "cause"]) };
    }
    return null;
  }

  /** When and where the event `id` happened: {at_ns, node}, or null where it is not held. */
  event(id) {
    const message = this.message(id);
    if (message) return { at_ns: message.arrive_ns, node: message.dst };
    const timer = this.timer(id);
    if (timer) return { at_ns: timer.end_ns || timer.due_ns, node: timer.node };
    for (const part of this.parts) {
      for (const name of ["changes", "notes", "breaches"]) {
        const row = this.#list(part, name).find((one) => one.event === id);
        if (row) return { at_ns: row.at_ns, node: row.node };
      }
    }
    return null;
  }
}

/** The message in row `row` of a part: {id, sent_ns, came_ns (to its node), arrive_ns (when it was handled), src, dst, kind, fate, cause, hue, body}. */
export function messageAt({ index }, row) {
  const names = ["id", "sent_ns", "arrive_ns", "src", "dst", "kind", "fate", "cause", "hue"];
  return { ...columnsAt(index.messages, row, names), came_ns: index.cameAt(row), body: index.bodies[row] ?? [] };
}

function columnsAt(table, row, names) {
  return Object.fromEntries(names.map((name) => [name, table[name][row]]));
}

function adjacent(segment, next) {
  return next && next.number === segment.number + 1 ? next : null;
}

/** A Segment with its index. What the next Segment tells again, and knows better, is superseded here. */
function partOf(segment, next, before) {
  const index = indexOf(segment);
  if (before && before.next === next && before.index === index) return before;
  const part = { segment, index, next, superseded: null };
  if (!next) return part;
  const later = indexOf(next);
  for (let place = 0; place < later.carried; place += 1) {
    const row = index.row(later.messages.id[later.order[place]]);
    if (row < 0) continue;
    part.superseded ??= new Uint8Array(index.order.length);
    part.superseded[row] = 1;
  }
  return part;
}

function lanesOf(segments) {
  const lanes = [];
  for (const { keyframe, tables, from_ns, number } of segments) {
    keyframe.nodes.forEach(({ id, role }, index) => {
      lanes[index] ??= { index, id, role, from_ns: number === 0 ? 0 : from_ns };
    });
    (tables.joined ?? []).forEach(({ at_ns, node: { id, role } }, place) => {
      lanes[keyframe.nodes.length + place] ??= { index: keyframe.nodes.length + place, id, role, from_ns: at_ns };
    });
  }
  return lanes;
}

function networkOf(segments) {
  const bands = [];
  let open = null;
  let sign = sameness({ cut: [], links: [] });
  const note = (at_ns, { cut, links }) => {
    const now = sameness({ cut, links });
    if (now === sign) return;
    if (open) bands.push({ ...open, until_ns: at_ns });
    open = cut.length + links.length > 0 ? { from_ns: at_ns, cut, links } : null;
    sign = now;
  };
  for (const { keyframe, tables, from_ns } of segments) {
    note(from_ns, { cut: keyframe.cut ?? [], links: keyframe.links ?? [] });
    for (const row of tables.network ?? []) note(row.at_ns, row);
  }
  if (open) bands.push({ ...open, until_ns: segments.at(-1).until_ns });
  return bands.filter((band) => band.until_ns > band.from_ns);
}

function sameness({ cut, links }) {
  return JSON.stringify([cut, links]);
}

/** What a later Segment says of an operation counts. */
function operationsOf(segments, lanes) {
  const byId = new Map();
  for (const { keyframe, tables } of segments) {
    for (const operation of keyframe.open ?? []) if (!byId.has(operation.id)) byId.set(operation.id, operation);
    for (const operation of tables.operations ?? []) byId.set(operation.id, operation);
  }
  return [...byId.values()].map((operation) => ({ ...operation, node: lanes.get(operation.client) ?? -1 }))
    .sort((a, b) => a.invoked_ns - b.invoked_ns || a.id - b.id);
}
