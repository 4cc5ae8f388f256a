// What of a Run is on the paper just now, in pixels: gathered once, then drawn, pointed at and exported.

import { CUT, DOWN, DROPPED, LOST } from "../trace/spacetime.js";
import { Density } from "../trace/spacetime_density.js";
import { OUTSIDE } from "../trace/messages.js";

/** More arrows than these are drawn as densities. */
export const ARROWS_AT_MOST = 2200;
/** More small signs of one kind than these are not drawn. */
export const SIGNS_AT_MOST = 900;

const BIN_PX = 3;
const OUTSIDE_PX = 30;
const HOOK_PX = 9;
/** The share of its way after which a message that does not arrive is drawn to end. */
const ENDS_AT = { [LOST]: 0.56, [CUT]: 0.5, [DROPPED]: 0.56 };

export class Scene {
  constructor(cap = ARROWS_AT_MOST) {
    this.cap = cap;
    this.places = new Float32Array(cap * 4); // x0, y0, x1, y1 of each arrow
    this.rows = new Uint32Array(cap);
    this.parts = new Array(cap);
    this.count = 0;
    /** How many messages touch the stretch, drawn or not. */
    this.messages = 0;
    this.density = null;
    this.bins = null;
    this.timers = [];
    this.changes = [];
    this.laneOf = new Map();
  }

  /** Gather what `view` shows of `model` under `shown`. */
  gather(model, view, shown) {
    this.from_ns = view.from_ns;
    this.until_ns = view.until_ns;
    this.laneOf = new Map(view.lanes.map(({ index }, place) => [index, view.across(place)]));
    this.#arrows(model, view, shown);
    this.dense = this.messages > this.cap;
    if (this.dense) this.#densities(model, view, shown);
    this.timers = [];
    this.changes = [];
    if (this.dense) return this;
    model.eachTimer(this.from_ns, this.until_ns, (part, row) => {
      const { timers } = part.index;
      if (shown.timer(timers, row)) this.timers.push({ part, row, id: timers.id[row], at_ns: part.index.ended_ns[row], node: timers.node[row], kind: timers.kind[row] });
      return this.timers.length <= SIGNS_AT_MOST;
    });
    if (this.timers.length > SIGNS_AT_MOST) this.timers = [];
    if (model.count("changes", this.from_ns, this.until_ns) <= SIGNS_AT_MOST) {
      this.changes = model.rows("changes", this.from_ns, this.until_ns).filter(({ node }) => shown.node(node));
    }
    return this;
  }

  #arrows(model, view, shown) {
    this.count = 0;
    this.messages = model.countMessages(this.from_ns, this.until_ns, shown);
    if (this.messages > this.cap) return;
    model.eachMessage(this.from_ns, this.until_ns, (part, row) => {
      if (!shown.message(part.index.messages, row)) return;
      this.parts[this.count] = part;
      this.rows[this.count] = row;
      this.#place(part, row, view, this.count * 4);
      this.count += 1;
    });
  }

  #place({ index }, row, view, at) {
    const { messages } = index;
    const [src, dst, fate] = [messages.src[row], messages.dst[row], messages.fate[row]];
    const l1 = this.laneOf.get(dst) ?? 0;
    const l0 = src === OUTSIDE ? l1 - OUTSIDE_PX : this.laneOf.get(src) ?? 0;
    const a0 = view.along(messages.sent_ns[row]);
    let a1 = view.along(index.cameAt(row));
    let end = l1;
    if (src === dst) a1 = Math.max(a1, a0 + HOOK_PX);
    else if (ENDS_AT[fate]) {
      end = l0 + (l1 - l0) * ENDS_AT[fate];
      // One that met its cut at once has no way along time of its own: it goes as far as the others do.
      a1 = a0 + Math.max(a1 - a0, 4) * (fate === DROPPED ? 1 : ENDS_AT[fate]);
    }
    const { places } = this;
    places[at] = view.vertical ? l0 : a0;
    places[at + 1] = view.vertical ? a0 : l0;
    places[at + 2] = view.vertical ? end : a1;
    places[at + 3] = view.vertical ? a1 : end;
  }

  #densities(model, view, shown) {
    // Bins of about the same size whatever the scale, so that zooming seldom counts anew.
    const bin_u = 2 ** Math.round(Math.log2(BIN_PX / view.px_per_u));
    const key = Density.key(shown, view.warp, bin_u);
    if (this.density?.key !== key || this.density.nodes !== model.lanes.length) this.density = new Density(model, shown, view.warp, bin_u);
    const first = Math.floor(view.near_u / bin_u);
    const seen = model.parts.filter(({ segment }) => segment.from_ns <= this.until_ns && segment.until_ns >= this.from_ns);
    this.bins = this.density.between(seen, first, Math.ceil(view.length / view.px_per_u / bin_u) + 1);
  }

  /** The arrow nearest to x, y within `reach` px: its place, or -1. */
  arrowAt(x, y, reach = 7) {
    let best = -1;
    let least = reach * reach;
    for (let place = 0; place < this.count; place += 1) {
      const away = awayFrom(this.places, place * 4, x, y);
      if (away < least) [best, least] = [place, away];
    }
    return best;
  }

  /** The id of the message of the arrow at this place. */
  idAt(place) {
    return this.parts[place].index.messages.id[this.rows[place]];
  }

  /** The arrow's place of the message with this id, or -1 where it is not drawn. */
  placeOf(id) {
    for (let place = 0; place < this.count; place += 1) if (this.idAt(place) === id) return place;
    return -1;
  }
}

/** True for a message that will never be handled. */
export function failed(fate) {
  return fate >= LOST && fate <= DROPPED;
}

/** True for one that got as far as its node, where it found nobody. */
export function foundNobody(fate) {
  return fate === DOWN;
}

/** The squared distance of x, y from the arrow at `at`. */
function awayFrom(places, at, x, y) {
  const [x0, y0, x1, y1] = [places[at], places[at + 1], places[at + 2], places[at + 3]];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const way = dx * dx + dy * dy;
  const share = way === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / way));
  return (x - x0 - share * dx) ** 2 + (y - y0 - share * dy) ** 2;
}
