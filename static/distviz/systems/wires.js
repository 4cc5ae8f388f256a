// The links of a picture: which there are, the ways they take, how they are drawn, and which one is at a point.

import { cutChip, alteration, drawWire, oneWayChip, pill } from "../marks/wire.js";
import { along, crosses, distance, way } from "../layouts/ways.js";

const DRAWN_AT_MOST = 420;
const CAREFUL_UP_TO = 24;
const WAYS_AT_MOST = 20_000;
const PLACES = 65536;

export class Wires {
  /** `boxes` of `nodes`, in order, on an `area` of [width, height]; `talk`: see trace/talk.js.
   *  quiet: links are drawn only where something is the matter with them, and their ways are straight. */
  constructor(boxes, nodes, talk, area, { quiet = false } = {}) {
    this.quiet = quiet;
    this.area = area;
    this.boxes = boxes;
    this.nodes = nodes;
    this.talk = talk;
    this.ways = new Map();
    this.drawn = null;
  }

  /** The way between two places, in whichever direction. */
  between(a, b) {
    const [low, high] = a < b ? [a, b] : [b, a];
    const key = low * PLACES + high;
    if (this.ways.size >= WAYS_AT_MOST) this.ways.clear();
    if (!this.ways.has(key)) this.ways.set(key, way(this.boxes, low, high, !this.quiet && this.boxes.length <= CAREFUL_UP_TO ? this.area : null));
    return this.ways.get(key);
  }

  /** Write the point at `share` of the way from place `a` to place `b` into `out`. */
  point(a, b, share, out) {
    return along(this.between(a, b), share, a > b, out);
  }

  /** All links between nodes whose roles talk with each other; empty where they would be a tangle. */
  all() {
    this.drawn ??= this.#count() > DRAWN_AT_MOST ? [] : this.#pairs().map(([a, b]) => this.between(a, b));
    return this.drawn;
  }

  /** How many links there are, reckoned by roles: of a thousand nodes nobody wants to look at every pair. */
  #count() {
    const counts = new Map();
    for (const { role } of this.nodes) counts.set(role, (counts.get(role) ?? 0) + 1);
    const roles = [...counts];
    return roles.reduce((sum, [role, count], at) => sum + roles.slice(at).filter(([other]) => this.talk.has(role, other))
      .reduce((more, [other, others]) => more + (other === role ? (count * (count - 1)) / 2 : count * others), 0), 0);
  }

  #pairs() {
    return this.nodes.flatMap(({ role }, a) => this.nodes.slice(a + 1).map((other, after) => [a, a + 1 + after, other.role])
      .filter(([, , other]) => this.talk.has(role, other)));
  }

  /** "a->b" of a way, or of its way back. */
  name({ a, b }, back) {
    return back ? `${this.nodes[b].id}->${this.nodes[a].id}` : `${this.nodes[a].id}->${this.nodes[b].id}`;
  }

  /** Draw everything: `cut` and `links` as a frame gives them, `marked`: "a->b" of links to be pointed out. */
  draw(context, { index, cut, links }, marked, theme) {
    const cuts = this.#cuts(index, cut);
    const pale = this.all().length > 60;
    for (const one of this.quiet ? [] : this.all()) {
      if (cuts.has(one.a * PLACES + one.b)) continue;
      context.globalAlpha = pale ? 0.55 : 1;
      drawWire(context, one.points, theme.line);
    }
    context.globalAlpha = 1;
    for (const { one } of cuts.values()) drawWire(context, one.points, theme.failed, 1, [4, 5]);
    for (const name of marked) this.#mark(context, name, index, theme);
    for (const { one, there, back } of cuts.values()) this.#chip(context, one, there, back, cuts.size, theme);
    for (const link of links) this.#label(context, link, index, theme);
  }

  /** Pairs with a cut: key -> {one: way, there, back: whether that direction is cut}. */
  #cuts(index, cut) {
    const found = new Map();
    for (const [src, dst] of cut) {
      const [a, b] = [index.get(src), index.get(dst)];
      if (a === undefined || b === undefined || a === b) continue;
      if (!this.talk.has(this.nodes[a].role, this.nodes[b].role)) continue;
      const key = Math.min(a, b) * PLACES + Math.max(a, b);
      if (!found.has(key)) found.set(key, { one: this.between(a, b), there: false, back: false });
      found.get(key)[a < b ? "there" : "back"] = true;
    }
    return found;
  }

  #chip(context, one, there, back, count, theme) {
    const size = count > 24 ? 4.5 : count > 8 ? 6.5 : 8.5;
    const [x, y] = along(one, 0.5, false, [0, 0], 0);
    if (there && back) return cutChip(context, x, y, size, theme);
    const [x0, y0] = along(one, 0.45, false, [0, 0], 0);
    const [x1, y1] = along(one, 0.55, false, [0, 0], 0);
    return oneWayChip(context, x, y, size + 1, Math.atan2(y1 - y0, x1 - x0) + (there ? 0 : Math.PI), theme);
  }

  #mark(context, name, index, theme) {
    const [a, b] = name.split("->").map((id) => index.get(id));
    if (a === undefined || b === undefined) return;
    drawWire(context, this.between(a, b).points, theme.focus, 2);
    const [x0, y0] = along(this.between(a, b), 0.74, a > b, [0, 0], 0);
    const [x1, y1] = along(this.between(a, b), 0.78, a > b, [0, 0], 0);
    const length = Math.hypot(x1 - x0, y1 - y0) || 1;
    const [dx, dy] = [(7 * (x1 - x0)) / length, (7 * (y1 - y0)) / length];
    context.fillStyle = theme.focus;
    context.beginPath();
    context.moveTo(x1 + dx, y1 + dy);
    context.lineTo(x1 - dx * 0.6 - dy * 0.8, y1 - dy * 0.6 + dx * 0.8);
    context.lineTo(x1 - dx * 0.6 + dy * 0.8, y1 - dy * 0.6 - dx * 0.8);
    context.fill();
  }

  #label(context, link, index, theme) {
    const [a, b] = [index.get(link.src), index.get(link.dst)];
    if (a === undefined || b === undefined || a === b) return;
    drawWire(context, this.between(a, b).points, theme.unknown, 1.25);
    const [x, y] = this.point(a, b, 0.34, [0, 0]);
    pill(context, x, y, alteration(link), theme);
  }

  /** The link within `reach` px of a point, as "a->b" in the direction on whose side the point lies; or null. */
  at(x, y, reach) {
    let best = reach;
    let found = null;
    for (const one of this.quiet ? [] : this.all()) {
      const [away, back] = distance(one, x, y);
      if (away > best) continue;
      best = away;
      found = this.name(one, back);
    }
    return found;
  }

  /** Both directions of every link that the straight line from (x0, y0) to (x1, y1) crosses. */
  crossed(x0, y0, x1, y1) {
    return this.all().filter((one) => crosses(one, x0, y0, x1, y1)).flatMap((one) => [this.name(one, false), this.name(one, true)]);
  }
}
