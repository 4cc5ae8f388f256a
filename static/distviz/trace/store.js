// What this browser holds of one Run's Trace. Of each Segment received the small tables are kept;
// its requests (or messages), by far the largest, are dropped far from the cursor when there are too many, and
// made again from the compressed payload when they are wanted.

import { signal } from "../../vendor/preact.js";
import { decodeSegment } from "./decode.js";

const HEAVY = ["requests", "attempts", "messages", "bodies", "timers", "timer_abouts"];
const BYTES_A_BODY = 160;

export const PAYLOAD_CAP = 64e6;
export const REQUESTS_CAP = 48e6;

export class TraceStore {
  /** `plan`: {duration_ns, window_ns, sample_ns} as the RUN document gives them; caps in bytes. */
  constructor(plan, { payload_cap = PAYLOAD_CAP, requests_cap = REQUESTS_CAP, decode = decodeSegment } = {}) {
    this.duration_ns = plan.duration_ns;
    this.window_ns = plan.window_ns;
    this.sample_ns = plan.sample_ns;
    /** SYSTEM as the page gives it: names the messages, timers and gauges of an actor system. */
    this.system = null;
    this.limits = { payload_cap, requests_cap };
    this.decode = decode;
    this.entries = new Map();
    this.listeners = new Set();
    this.near = 0;
    /** Grows by one whenever something new can be shown. */
    this.revision = signal(0);
  }

  /** How many Segments the whole Run has. */
  get count() {
    return Math.max(1, Math.ceil(this.duration_ns / this.window_ns));
  }

  /** The number of the Segment that shows time t. */
  numberAt(t_ns) {
    return Math.max(0, Math.min(this.count - 1, Math.floor(t_ns / this.window_ns)));
  }

  /** The number of the Segment to show time t with: at the very end of what is held that is the
   *  Segment that ends there, for its window includes its end. */
  shownAt(t_ns) {
    const number = this.numberAt(t_ns);
    return !this.has(number) && this.segment(number - 1)?.until_ns === t_ns ? number - 1 : number;
  }

  has(number) {
    return this.entries.has(number);
  }

  /** Segment `number`, or null. Its tables.requests, or tables.messages, bodies and timers, may be null: ask `requests`. */
  segment(number) {
    return this.entries.get(number)?.segment ?? null;
  }

  /** All Segments held, in order. */
  segments() {
    return [...this.entries.keys()].sort((a, b) => a - b).map((number) => this.segment(number));
  }

  /** Call `heard(segment)` for every Segment from now on. Returns a function that stops. */
  onSegment(heard) {
    this.listeners.add(heard);
    return () => this.listeners.delete(heard);
  }

  /** The last number of the unbroken row of Segments held from 0; -1 for none. */
  get contiguous() {
    let number = -1;
    while (this.has(number + 1)) number += 1;
    return number;
  }

  /** [from_ns, until_ns] of every unbroken stretch that is held. */
  ranges() {
    const found = [];
    for (const { from_ns, until_ns } of this.segments()) {
      const last = found.at(-1);
      if (last && last[1] === from_ns) last[1] = until_ns;
      else found.push([from_ns, until_ns]);
    }
    return found;
  }

  /** The time up to which everything is held, starting at t; t itself where nothing is held there. */
  heldUntil(t_ns) {
    let number = this.numberAt(t_ns);
    if (!this.has(number)) return t_ns;
    while (this.has(number + 1)) number += 1;
    return this.segment(number).until_ns;
  }

  /** Take in one Segment as it was sent. One that is held already is ignored: it is the same. */
  async put(number, payload) {
    if (this.has(number)) return;
    const segment = await this.decode(payload);
    if (this.has(number)) return;
    // A copy of the payload: what the socket hands over is a view of a larger buffer.
    this.entries.set(number, { segment, payload: payload.slice(), bytes: bytesOf(segment.tables) });
    this.#forget();
    for (const heard of this.listeners) heard(segment);
    this.revision.value += 1;
  }

  /** The requests of Segment `number` (of an actor system: its messages, and beside them its bodies and timers),
   *  or null while they are not at hand; asking for them gets them. */
  requests(number) {
    const entry = this.entries.get(number);
    if (!entry) return null;
    this.near = number;
    if (!heavy(entry)) this.#revive(entry);
    return heavy(entry);
  }

  /** The requests of Segment `number`, waited for; null where its payload is gone. */
  async requestsLater(number) {
    const entry = this.entries.get(number);
    if (!entry) return null;
    return heavy(entry) ?? (await this.#revive(entry));
  }

  /** True where a held Segment has lost its requests and the payload to make them again. */
  lost(number) {
    const entry = this.entries.get(number);
    return entry !== undefined && !heavy(entry) && !entry.payload;
  }

  /** Give a Segment whose payload was dropped its payload again. */
  restore(number, payload) {
    const entry = this.entries.get(number);
    if (entry) entry.payload = payload.slice();
  }

  /** A store for a Branch: it shares the Segments before number `first`, in memory. */
  fork(first) {
    const branch = new TraceStore(this, { ...this.limits, decode: this.decode });
    for (const [number, entry] of this.entries) if (number < first) branch.entries.set(number, entry);
    branch.near = this.near;
    branch.system = this.system;
    return branch;
  }

  /** Off the stage: drop the requests of all Segments that no store of `shown` shares. */
  slim(shown) {
    for (const [number, entry] of this.entries) {
      if (entry.payload && !shown.some((store) => store.entries.get(number) === entry)) drop(entry);
    }
  }

  #revive(entry) {
    if (!entry.payload) return Promise.resolve(null);
    entry.reviving ??= this.decode(entry.payload).then((segment) => {
      for (const name of HEAVY) if (name in segment.tables) entry.segment.tables[name] = segment.tables[name];
      entry.reviving = null;
      this.#forget();
      this.revision.value += 1;
      return heavy({ segment });
    });
    return entry.reviving;
  }

  /** Keep memory bounded: drop first what lies farthest from the cursor. */
  #forget() {
    let requests = 0;
    let payloads = 0;
    const nearest = [...this.entries].sort(([a], [b]) => Math.abs(a - this.near) - Math.abs(b - this.near));
    for (const [, entry] of nearest) {
      requests += heavy(entry) ? entry.bytes : 0;
      payloads += entry.payload?.length ?? 0;
      if (requests > this.limits.requests_cap) drop(entry);
      if (payloads > this.limits.payload_cap) entry.payload = null;
    }
  }
}

function heavy({ segment: { tables } }) {
  return tables.requests ?? tables.messages ?? null;
}

function drop({ segment: { tables } }) {
  for (const name of HEAVY) if (name in tables) tables[name] = null;
}

function bytesOf(tables) {
  const columns = [tables.requests, tables.attempts, tables.messages, tables.timers].flatMap((table) => Object.values(table ?? {}));
  return columns.reduce((sum, column) => sum + column.byteLength, 0) + BYTES_A_BODY * (tables.bodies?.length ?? 0);
}
