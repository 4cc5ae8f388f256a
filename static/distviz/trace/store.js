// What this browser holds of one Run's Trace. Each Segment has a light part (keyframe, samples,
// changes), kept for every Segment received, and a heavy one (the requests), kept decoded only near
// the cursor and made again from the compressed payload when it is wanted.

import { signal } from "../../vendor/preact.js";
import { decodeSegment } from "./decode.js";
import { Series } from "./series.js";

export const PAYLOAD_CAP = 96e6;
export const DECODED_CAP = 12;

export class TraceStore {
  /** `plan`: {duration_ns, window_ns, sample_ns} as the RUN document gives them. */
  constructor(plan, { payload_cap = PAYLOAD_CAP, decoded_cap = DECODED_CAP, decode = decodeSegment } = {}) {
    this.duration_ns = plan.duration_ns;
    this.window_ns = plan.window_ns;
    this.sample_ns = plan.sample_ns;
    this.entries = new Map();
    /** Grows by one whenever something new can be shown. */
    this.revision = signal(0);
    /** What the charts draw: it takes in each Segment as it comes, while the requests are at hand. */
    this.series = new Series(plan);
    this.limits = { payload_cap, decoded_cap };
    this.decode = decode;
    this.near = 0;
    this.tick = 0;
  }

  /** How many Segments the whole Run has. */
  get count() {
    return Math.max(1, Math.ceil(this.duration_ns / this.window_ns));
  }

  /** The number of the Segment that shows time t. */
  numberAt(t_ns) {
    return Math.max(0, Math.min(this.count - 1, Math.floor(t_ns / this.window_ns)));
  }

  has(number) {
    return this.entries.has(number);
  }

  /** The last number of the unbroken row of Segments held from 0; -1 for none. */
  get contiguous() {
    let number = -1;
    while (this.entries.has(number + 1)) number += 1;
    return number;
  }

  /** [from_ns, until_ns] of every unbroken stretch that is held. */
  ranges() {
    const found = [];
    for (const number of [...this.entries.keys()].sort((a, b) => a - b)) {
      const { from_ns, until_ns } = this.entries.get(number).light;
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
    return this.entries.get(number).light.until_ns;
  }

  /** Take in one Segment as it was sent. A Segment already held is ignored: it is the same. */
  async put(number, payload) {
    if (this.has(number)) return;
    const segment = await this.decode(payload);
    if (this.has(number)) return;
    this.series.add(segment);
    const { requests, ...light } = segment;
    // A copy of the payload: what the socket hands over is a view of a larger buffer.
    this.entries.set(number, { light, requests, payload: payload.slice(), used: (this.tick += 1) });
    this.#forget();
    this.revision.value += 1;
  }

  /** The light part of Segment `number`, or null. */
  segment(number) {
    return this.entries.get(number)?.light ?? null;
  }

  /** The requests of Segment `number`, or null while they are not decoded; asking for them starts that. */
  requests(number) {
    const entry = this.entries.get(number);
    if (!entry) return null;
    this.near = number;
    entry.used = this.tick += 1;
    if (!entry.requests) this.#revive(number, entry);
    return entry.requests;
  }

  /** The requests of Segment `number`, waited for; null where its payload is gone. */
  async requestsLater(number) {
    const entry = this.entries.get(number);
    if (!entry) return null;
    return entry.requests ?? (await this.#revive(number, entry));
  }

  /** True where the requests of a held Segment cannot be decoded again: its payload was dropped. */
  lost(number) {
    const entry = this.entries.get(number);
    return entry !== undefined && !entry.requests && !entry.payload;
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
    branch.series = this.series.fork(first);
    branch.revision.value = 1;
    return branch;
  }

  #revive(number, entry) {
    if (!entry.payload) return Promise.resolve(null);
    entry.reviving ??= this.decode(entry.payload).then((segment) => {
      entry.requests = segment.requests;
      entry.reviving = null;
      this.#forget();
      this.revision.value += 1;
      return segment.requests;
    });
    return entry.reviving;
  }

  /** Keep memory bounded: requests by last use, payloads by distance from the cursor. */
  #forget() {
    const decoded = [...this.entries.values()].filter((entry) => entry.requests && entry.payload);
    decoded.sort((a, b) => b.used - a.used);
    for (const entry of decoded.slice(this.limits.decoded_cap)) entry.requests = null;
    let bytes = 0;
    const held = [...this.entries].filter(([, entry]) => entry.payload);
    held.sort(([a], [b]) => Math.abs(a - this.near) - Math.abs(b - this.near));
    for (const [, entry] of held) {
      bytes += entry.payload.length;
      if (bytes > this.limits.payload_cap) entry.payload = null;
    }
  }
}
