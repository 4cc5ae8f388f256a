// How many messages each process sent and received in each bin of the paper: what is drawn where arrows would be too many.

import { DELIVERED, LOST, WAITING } from "./spacetime.js";

const SENT = 0;
const RECEIVED = 1;
const FAILED = 2;

/** The counts of all that is held, by Segment, kept until the size of a bin, the axis or the filter changes.
 *  A message that failed counts at its sender, where it was sent. */
export class Density {
  constructor(model, shown, warp, bin_u) {
    this.key = Density.key(shown, warp, bin_u);
    this.shown = shown;
    this.warp = warp;
    this.bin_u = bin_u;
    this.nodes = model.lanes.length;
    this.parts = new WeakMap();
    this.most = 1;
    for (const part of model.parts) this.bins(part);
  }

  static key(shown, warp, bin_u) {
    return `${shown.key}|${warp.key}|${bin_u}`;
  }

  /** The counts in `count` bins from number `first` on: {first, count, sent, received, failed}; that of node n in bin b
   *  is at [(b - first) * nodes + n]. A bin lies from number * bin_u to the next. */
  between(parts, first, count) {
    const { nodes } = this;
    const table = [SENT, RECEIVED, FAILED].map(() => new Uint32Array(count * nodes));
    for (const part of parts) {
      const bins = this.bins(part);
      const [from, until] = [Math.max(first, bins.first), Math.min(first + count, bins.first + bins.count)];
      for (let at = Math.max(0, from - first) * nodes, of = (from - bins.first) * nodes; of < (until - bins.first) * nodes; at += 1, of += 1) {
        table[SENT][at] += bins.sent[of];
        table[RECEIVED][at] += bins.received[of];
        table[FAILED][at] += bins.failed[of];
      }
    }
    return { first, count, sent: table[SENT], received: table[RECEIVED], failed: table[FAILED] };
  }

  /** The counts of one part alone, in the same form. */
  bins(part) {
    const known = this.parts.get(part);
    if (known) return known;
    const made = this.#count(part);
    this.parts.set(part, made);
    for (let place = 0; place < made.sent.length; place += 1) this.most = Math.max(this.most, made.sent[place], made.received[place]);
    return made;
  }

  #count({ segment: { from_ns, until_ns }, index: { messages }, superseded }) {
    const { warp, bin_u, nodes, shown } = this;
    const first = Math.floor(warp.to(from_ns) / bin_u);
    const count = Math.floor(warp.to(until_ns) / bin_u) - first + 1;
    const table = [SENT, RECEIVED, FAILED].map(() => new Uint32Array(count * nodes));
    const add = (which, at_ns, node) => {
      if (at_ns < from_ns || at_ns >= until_ns || node >= nodes) return; // counted with another Segment
      table[which][(Math.floor(warp.to(at_ns) / bin_u) - first) * nodes + node] += 1;
    };
    for (let row = 0; row < messages.id.length; row += 1) {
      if (!shown.message(messages, row)) continue;
      const fate = messages.fate[row];
      add(SENT, messages.sent_ns[row], messages.src[row]);
      if (fate === DELIVERED) add(RECEIVED, messages.arrive_ns[row], messages.dst[row]);
      // Its end may be known only to a later Segment than the one in which it was sent.
      else if (fate >= LOST && fate < WAITING && !superseded?.[row]) add(FAILED, Math.max(from_ns, messages.sent_ns[row]), messages.src[row]);
    }
    return { first, count, sent: table[SENT], received: table[RECEIVED], failed: table[FAILED] };
  }
}
