// The picture of a load balancer: clients, balancers and servers in tiers, requests in flight between them.

import { sizeCanvas } from "../lib/canvas.js";
import { place } from "../layouts/grid.js";
import { PATH_POINTS, along, frontAt, nodeAt, tiers, wayIn, wayOut } from "../layouts/tiers.js";
import { drawLink } from "../marks/link.js";
import { drawServer } from "../marks/server.js";
import { prepare, stroke } from "../marks/dots.js";
import { frame } from "../trace/frame.js";
import { WAY, clear, flight, flightBuffer } from "../trace/flight.js";
import { drawHubs } from "./hubs.js";

const HUB_EVERY_MS = 90;
const LINKS_AT_MOST = 260;
const QUEUE_SCALES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 65536, 262144, 1048576];

export class Picture {
  /** `canvases`: three stacked canvases, for links, nodes and messages. */
  constructor(canvases) {
    this.canvases = canvases;
    this.buffer = flightBuffer();
    /** Only every n-th request is drawn. */
    this.every = 1;
    this.width = this.height = 0;
    this.count = -1;
    this.scale = QUEUE_SCALES[0];
    this.point = [0, 0];
    this.keys = new Float64Array(0);
    this.hubAt = -Infinity;
  }

  resize(width, height) {
    if (width === this.width && height === this.height && devicePixelRatio === this.ratio) return;
    Object.assign(this, { width, height, ratio: devicePixelRatio, count: -1 });
    this.contexts = this.canvases.map((canvas) => sizeCanvas(canvas, width, height));
  }

  setTheme(theme) {
    this.theme = theme;
    this.count = -1;
  }

  /** Draw the moment: view = {store, t_ns, linger_ns, selection, hovered, run, chosen,
   *  dots_at_most, now_ms}; now_ms is
   *  Infinity for a still picture. Returns the state shown (see `frame`), or null where it is not held. */
  draw(view) {
    const shown = frame(view.store, view.t_ns);
    if (!shown || !this.width || !this.theme) return null;
    if (shown.servers.length !== this.count || shown.balancers.length !== this.layout.balancers) this.#arrange(shown.servers.length, shown.balancers.length);
    this.#rescale(view.store, shown);
    this.#drawHubs(shown, view);
    this.#drawServers(shown, view);
    this.#collect(view);
    this.#drawMessages(view);
    return shown;
  }

  #arrange(count, balancers) {
    this.count = count;
    this.layout = tiers(count, this.width, this.height, balancers);
    this.keys = new Float64Array(count).fill(-1);
    this.hubAt = -Infinity;
    for (const context of this.contexts) context.clearRect(0, 0, this.width, this.height);
    this.#drawLinks();
  }

  #drawLinks() {
    const [context] = this.contexts;
    const { layout, count, theme } = this;
    for (let one = 0; one < layout.balancers; one += 1) drawLink(context, wayIn(layout, one), 0, PATH_POINTS, theme.line2, layout.front ? 1 : 2);
    const links = count * layout.balancers;
    if (links > LINKS_AT_MOST) return;
    context.globalAlpha = links > 60 ? 0.5 : 1;
    for (let link = 0; link < links; link += 1) drawLink(context, wayOut(layout, Math.floor(link / count), link % count), 0, PATH_POINTS, theme.line);
    context.globalAlpha = 1;
  }

  /** Queues are drawn on one scale, which only grows as longer queues are received. */
  #rescale(store, shown) {
    if (this.scaled?.store !== store) this.scaled = { store, seen: new Set(), longest: 0 };
    for (const segment of store.segments()) {
      if (this.scaled.seen.has(segment.number)) continue;
      this.scaled.seen.add(segment.number);
      for (const queue of segment.tables.servers.queue) if (queue > this.scaled.longest) this.scaled.longest = queue;
    }
    const scale = QUEUE_SCALES.find((one) => one >= this.scaled.longest) ?? QUEUE_SCALES.at(-1);
    if (scale === this.scale) return;
    this.scale = scale;
    this.keys = new Float64Array(shown.servers.length).fill(-1);
  }

  #drawHubs(shown, view) {
    const { selection, hovered, now_ms } = view;
    const sign = `${selection}/${hovered}/${shown.balancers.map(({ state }) => state)}`;
    if (now_ms - this.hubAt < HUB_EVERY_MS && sign === this.hubSign) return;
    this.hubAt = now_ms === Infinity ? -Infinity : now_ms;
    this.hubSign = sign;
    this.fronts = drawHubs(this.contexts[1], this.layout, shown, view, this.theme);
  }

  #drawServers(shown, { selection, hovered }) {
    const context = this.contexts[1];
    const { grid } = this.layout;
    // Neighbouring cells are close: an outline must be wiped without touching them.
    const reach = Math.min(3, (grid.stepX - grid.width) / 2, (grid.stepY - grid.height) / 2);
    for (let index = 0; index < this.count; index += 1) {
      const server = shown.servers[index];
      const view = {
        server, queue: shown.queue[index], busy: shown.busy[index], scale: this.scale,
        selected: selection === server.id, hovered: hovered === server.id,
      };
      const key = keyOf(view);
      if (key === this.keys[index]) continue;
      this.keys[index] = key;
      const box = place(grid, index);
      context.clearRect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach);
      drawServer(context, box, grid.level, view, this.theme);
    }
  }

  #collect({ store, t_ns, linger_ns, dots_at_most }) {
    clear(this.buffer);
    const number_ = store.shownAt(t_ns);
    const requests = store.requests(number_);
    const { from_ns, tables: { attempts } } = store.segment(number_);
    if (requests) flight(requests, t_ns, linger_ns, this.buffer, this.every);
    if (attempts) flight(attempts, t_ns, linger_ns, this.buffer, this.every);
    // Trails that began before this window: from the Segments before, as far as they are at hand.
    for (let at = number_, begin_ns = from_ns; at > 0 && t_ns - begin_ns < linger_ns; at -= 1) {
      const before = store.segment(at - 1);
      if (!before?.tables.requests) break;
      flight(before.tables.requests, t_ns, linger_ns, this.buffer, this.every, begin_ns);
      begin_ns = before.from_ns;
    }
    this.#thin(dots_at_most);
  }

  /** From the next frame on draw fewer requests where there are too many, more where there is room. */
  #thin(at_most) {
    if (this.buffer.count > at_most) this.every *= 2;
    else if (this.every > 1 && this.buffer.count < at_most * 0.4) this.every /= 2;
  }

  #drawMessages({ chosen }) {
    const context = this.contexts[2];
    context.clearRect(0, 0, this.width, this.height);
    const size = this.buffer.count > 1200 ? 2 : 2.6;
    for (const trail of [1, 0]) {
      context.globalAlpha = trail ? 0.5 : 1;
      for (const sign of ["out", "home", "failed"]) this.#drawKind(context, sign, trail, trail ? size * 0.85 : size);
    }
    context.globalAlpha = 1;
    if (chosen !== undefined) this.#ring(context, chosen);
  }

  #drawKind(context, sign, trail, size) {
    const { buffer, point } = this;
    prepare(context, sign, size, this.theme);
    for (let at = 0; at < buffer.count; at += 1) {
      if (buffer.trail[at] !== trail || signOf(buffer, at) !== sign) continue;
      this.#place(at);
      stroke(context, point[0], point[1], sign, size);
    }
  }

  /** Where message `at` is drawn: on the way out a little to one side of the link, home to the other. */
  #place(at) {
    const { buffer, layout, point } = this;
    const home = buffer.way[at] === WAY.HOME;
    const server = Math.min(buffer.server[at], this.count - 1);
    along(layout, Math.min(buffer.balancer[at], layout.balancers - 1), server, home ? 1 - buffer.progress[at] : buffer.progress[at], point);
    point[layout.tall && point[1] > layout.down ? 0 : 1] += home ? 3 : -3;
  }

  #ring(context, k) {
    for (let at = 0; at < this.buffer.count; at += 1) {
      if (this.buffer.k[at] !== k) continue;
      this.#place(at);
      context.strokeStyle = this.theme.focus;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(this.point[0], this.point[1], 7, 0, 2 * Math.PI);
      context.stroke();
      return;
    }
  }

  /** What is at a point: {request: k}, {node: "clients" | "balancer" (all of several) | the id of a balancer or server}, or null. */
  hit(x, y, shown, within = 8) {
    if (!this.layout || !shown) return null;
    const node = nodeAt(this.layout, x, y);
    if (node !== null) return { node: this.#idOf(node, shown) };
    const request = this.#nearest(x, y, within);
    return request === null ? null : { request };
  }

  #idOf(node, { servers, balancers }) {
    if (node.server !== undefined) return servers[node.server].id;
    if (node.balancer !== undefined) return balancers[node.balancer].id;
    return node === "balancer" && !this.layout.front ? balancers[0].id : node;
  }

  #nearest(x, y, within) {
    let best = within;
    let found = null;
    for (let at = 0; at < this.buffer.count; at += 1) {
      this.#place(at);
      const distance = Math.hypot(this.point[0] - x, this.point[1] - y);
      if (distance >= best) continue;
      best = distance;
      found = this.buffer.k[at];
    }
    return found;
  }

  /** The box of a node, in the canvas' own coordinates, for menus that open beside it. */
  boxOf(node, shown) {
    if (!this.layout) return null;
    if (node === "clients" || node === "balancer") return this.layout[node];
    const front = shown?.balancers.findIndex(({ id }) => id === node) ?? -1;
    if (front >= 0) return frontAt(this.layout, front);
    const index = shown?.servers.findIndex((server) => server.id === node) ?? -1;
    return index < 0 ? null : place(this.layout.grid, index);
  }
}

function signOf(buffer, at) {
  if (buffer.way[at] === WAY.FAILED || buffer.failed[at]) return "failed";
  return buffer.way[at] === WAY.HOME ? "home" : "out";
}

const STATES = { up: 0, down: 1, paused: 2, draining: 3, removed: 4, starting: 5 };

/** One number that changes whenever a server has to be drawn anew. */
function keyOf({ server, queue, busy, selected, hovered }) {
  const condition = STATES[server.state] * 4 + (server.known_down ? 2 : 0) + (server.slow > 1 ? 1 : 0);
  const level = Math.round(queue * 4) * 4096 + Math.min(4095, Math.round(busy * 4));
  return (level * 32 + condition) * 4 + (selected ? 2 : 0) + (hovered ? 1 : 0) + (server.slow % 1000) / 1e4;
}
