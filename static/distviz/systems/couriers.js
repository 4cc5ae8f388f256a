// The messages of a picture: where each is on its way, drawn with as much detail as there is room for.

import { textWidth } from "../lib/canvas.js";
import { dead, disc, lettersOf, waiting } from "../marks/letter.js";
import { hueColour } from "../marks/hue.js";
import { LOOK, OUTSIDE, flying, messageBuffer } from "../trace/messages.js";

const LETTERED_UP_TO = 110;
const TITLED_UP_TO = 12;
const OUTSIDE_PX = 46;
const QUEUE_PX = 13;

export class Couriers {
  constructor() {
    this.buffer = messageBuffer();
    this.x = new Float32Array(this.buffer.capacity);
    this.y = new Float32Array(this.buffer.capacity);
    /** Only about every n-th message is drawn. */
    this.every = 1;
    /** True where nodes are so small that letters would cover them. */
    this.tiny = false;
    this.point = [0, 0];
  }

  /** Find out what is to be drawn at t: `view` as Picture.draw gets it; `wires` and `boxes` say where. */
  place({ store, t_ns, linger_ns, dots_at_most }, wires, boxes) {
    flying(store, t_ns, linger_ns, this.buffer, this.every);
    this.#thin(dots_at_most);
    const queues = new Map();
    for (let at = 0; at < this.buffer.count; at += 1) this.#put(at, wires, boxes, queues);
  }

  /** From the next frame on fewer where there are too many, more where there is room. */
  #thin(at_most) {
    if (this.buffer.count > at_most) this.every *= 2;
    else if (this.every > 1 && this.buffer.count < at_most * 0.4) this.every /= 2;
  }

  #put(at, wires, boxes, queues) {
    const { src, dst, progress, look } = this.buffer;
    const [from, to] = [src[at], dst[at]];
    this.x[at] = NaN;
    if (to >= boxes.length || from === to) return;
    if (from === OUTSIDE) {
      const box = boxes[to];
      this.x[at] = box.x + box.width / 2;
      this.y[at] = box.y - OUTSIDE_PX * (1 - progress[at]);
      return;
    }
    if (from >= boxes.length) return;
    let share = progress[at];
    if (look[at] === LOOK.WAITING) share -= this.#queued(from, to, wires, queues);
    wires.point(from, to, share, this.point);
    [this.x[at], this.y[at]] = this.point;
  }

  /** Those that wait stand behind each other: how much of its way the next one stays back. */
  #queued(from, to, wires, queues) {
    const key = from * 65536 + to;
    const place = queues.get(key) ?? 0;
    queues.set(key, place + 1);
    const { points } = wires.between(from, to);
    const length = Math.hypot(points.at(-2) - points[0], points.at(-1) - points[1]) || 1;
    return Math.min(0.8, (place * QUEUE_PX) / length);
  }

  draw(context, { store, message }, width, boxes, theme) {
    const { count } = this.buffer;
    const roomy = width >= 520;
    const lettered = !this.tiny && count <= (roomy ? LETTERED_UP_TO : 36);
    const size = lettered ? (roomy ? 8 : 7) : this.tiny || count > 500 ? 2.6 : 3.6;
    this.#know(store.system);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `640 ${roomy ? 9 : 8}px ${theme.font}`;
    for (let at = 0; at < count; at += 1) if (this.buffer.look[at] === LOOK.TRAIL) this.#paint(context, at, size, lettered, theme);
    for (let at = 0; at < count; at += 1) if (this.buffer.look[at] !== LOOK.TRAIL) this.#paint(context, at, size, lettered, theme);
    context.globalAlpha = 1;
    if (lettered && roomy && count <= TITLED_UP_TO) this.#titles(context, size, boxes, theme);
    if (message !== undefined && message !== null) this.#ring(context, message, size, theme);
  }

  #know(system) {
    if (this.system === system && this.letters) return;
    this.system = system;
    this.titles = (system?.messages ?? []).map(({ title }) => title);
    this.letters = lettersOf(this.titles);
  }

  #paint(context, at, size, lettered, theme) {
    const { look, hue, kind } = this.buffer;
    const [x, y] = [this.x[at], this.y[at]];
    if (Number.isNaN(x)) return;
    const colour = hueColour(theme, hue[at]);
    context.globalAlpha = look[at] === LOOK.TRAIL ? 0.5 : 1;
    if (look[at] === LOOK.DEAD) dead(context, x, y, Math.max(4.5, size), theme.failed, theme);
    else if (look[at] === LOOK.WAITING) waiting(context, x, y, size, colour);
    else disc(context, x, y, size, colour, lettered ? this.letters[kind[at]] ?? "" : "", theme);
  }

  /** The names of the kinds beside the discs, where they cover neither each other nor a node. */
  #titles(context, size, boxes, theme) {
    const taken = boxes.map(({ x, y, width, height }) => [x, y, width, height]);
    context.font = `500 10px ${theme.font}`;
    context.textAlign = "left";
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = theme.surface;
    context.fillStyle = theme.ink2;
    for (let at = 0; at < this.buffer.count; at += 1) {
      if (Number.isNaN(this.x[at]) || this.buffer.look[at] === LOOK.DEAD) continue;
      const text = this.titles[this.buffer.kind[at]] ?? "";
      const width = textWidth(context, text);
      const box = [this.x[at] + size + 3, this.x[at] - size - 3 - width].map((x) => [x, this.y[at] - 7, width, 14])
        .find((one) => !taken.some((other) => overlap(one, other)) && !this.#covers(one, at, size));
      if (!box) continue;
      taken.push(box);
      context.strokeText(text, box[0], this.y[at] + 0.5);
      context.fillText(text, box[0], this.y[at] + 0.5);
    }
  }

  #covers([x, y, width, height], self, size) {
    for (let at = 0; at < this.buffer.count; at += 1) {
      if (at === self) continue;
      if (this.x[at] > x - size && this.x[at] < x + width + size && this.y[at] > y - size && this.y[at] < y + height + size) return true;
    }
    return false;
  }

  #ring(context, id, size, theme) {
    const at = this.buffer.id.subarray(0, this.buffer.count).indexOf(id);
    if (at < 0 || Number.isNaN(this.x[at])) return;
    context.strokeStyle = theme.focus;
    context.lineWidth = 2.5;
    context.beginPath();
    context.arc(this.x[at], this.y[at], size + 4, 0, 2 * Math.PI);
    context.stroke();
  }

  /** The id of the message nearest to a point, at most `reach` px away; null without one. */
  at(x, y, reach) {
    let best = reach;
    let found = null;
    for (let at = 0; at < this.buffer.count; at += 1) {
      const away = Math.hypot(this.x[at] - x, this.y[at] - y);
      if (!(away < best)) continue;
      best = away;
      found = this.buffer.id[at];
    }
    return found;
  }
}

function overlap([ax, ay, aw, ah], [bx, by, bw, bh]) {
  return ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah;
}
