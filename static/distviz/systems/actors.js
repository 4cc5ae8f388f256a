// The picture of an actor system: nodes by their roles, links between those that talk, messages on their ways.

import { sizeCanvas } from "../lib/canvas.js";
import { arrange, boxAt } from "../layouts/roles.js";
import { within } from "../layouts/ways.js";
import { timerRing } from "../marks/letter.js";
import { TIMER_ROOM, drawNode, levelOf } from "../marks/node.js";
import { clusterFrame } from "../trace/cluster.js";
import { Talk } from "../trace/talk.js";
import { illsOf, usualHealth } from "../trace/usual.js";
import { Couriers } from "./couriers.js";
import { Wires } from "./wires.js";

const TIMERS_AT_MOST = 3;

export class Picture {
  /** `canvases`: three stacked canvases, for links, nodes and messages. */
  constructor(canvases) {
    this.canvases = canvases;
    this.couriers = new Couriers();
    this.width = this.height = 0;
    this.nodes = null;
  }

  /** Only about every n-th message is drawn. */
  get every() {
    return this.couriers.every;
  }

  resize(width, height) {
    if (width === this.width && height === this.height && devicePixelRatio === this.ratio) return;
    Object.assign(this, { width, height, ratio: devicePixelRatio, nodes: null });
    this.contexts = this.canvases.map((canvas) => sizeCanvas(canvas, width, height));
  }

  setTheme(theme) {
    this.theme = theme;
    this.nodes = null;
  }

  /** Draw the moment: view = {store, t_ns, linger_ns, dots_at_most, selection: a node's id, nodes: ids of several,
   *  message: an id, link: "a->b", hovered: a node's id or "a->b"}. Returns the state shown (see `clusterFrame`),
   *  or null where it is not held. */
  draw(view) {
    const shown = clusterFrame(view.store, view.t_ns);
    if (!shown || !this.width || !this.theme) return null;
    this.#prepare(view.store, shown);
    this.know(shown, view);
    const timers = this.#timersByNode(shown);
    this.#drawWires(shown, view);
    this.#drawNodes(shown, timers, view);
    const top = this.contexts[2];
    top.clearRect(0, 0, this.width, this.height);
    this.drawTimers(top, shown, timers);
    this.couriers.place(view, this.wires, this.boxes);
    this.couriers.draw(top, view, this.width, this.boxes, this.theme);
    return shown;
  }

  /** Where everything stands: anew where there are other nodes, another size or another theme. */
  #prepare(store, shown) {
    if (this.talk?.trace !== store) {
      this.talk = new Talk(store);
      this.usual = null;
    }
    const news = this.talk.update();
    if (!this.usual?.size) this.usual = usualHealth(store);
    const roles = this.nodes === shown.nodes ? this.roles : shown.nodes.map(({ id }) => id).join();
    if (this.nodes && roles === this.roles && !news) return void (this.nodes = shown.nodes);
    if (!this.nodes || roles !== this.roles) {
      this.boxes = this.place(shown.nodes);
      this.contexts[1].clearRect(0, 0, this.width, this.height);
    }
    Object.assign(this, { nodes: shown.nodes, roles, wires: this.wire(shown.nodes), wired: null, painted: [] });
  }

  // What a picture of a system of its own does in its own way

  /** The boxes of `nodes`, in their order. */
  place(nodes) {
    return arrange(nodes, this.width, this.height).boxes;
  }

  /** The links between `nodes`, which stand in `this.boxes`. */
  wire(nodes) {
    return new Wires(this.boxes, nodes, this.talk, [this.width, this.height]);
  }

  /** Find out what the drawing of single nodes needs to know of all of them. */
  know() {}

  /** Everything beside links that `drawUnder` depends on, as a text. */
  underSign() {
    return "";
  }

  /** What lies under the nodes; `marked`: "a->b" of links to be pointed out. */
  drawUnder(context, shown, marked) {
    this.wires.draw(context, shown, marked, this.theme);
  }

  /** What of the node, beside its state, its picture shows: values that are the same as long as the picture is. */
  particulars() {
    return {};
  }

  /** How far beyond its box a node is drawn where it is selected. */
  reachOf(box) {
    return levelOf(box) === "cell" ? 1.4 : 4;
  }

  /** Draw the node at `place`; view: see marks/node.js, with its `particulars`. */
  drawOne(context, box, view) {
    drawNode(context, box, view, this.theme);
  }

  /** What the pointer is on, in a few words; null: as usual, "": the picture says it. */
  tip() {
    return null;
  }

  #drawWires(shown, { link, hovered, ...view }) {
    const marked = [link, hovered].filter((name) => name?.includes("->"));
    const sign = `${marked.join()} ${this.underSign(shown, view)}`;
    const before = this.wired;
    if (before && before.cut === shown.cut && before.links === shown.links && before.sign === sign) return;
    this.wired = { cut: shown.cut, links: shown.links, sign };
    const [context] = this.contexts;
    context.clearRect(0, 0, this.width, this.height);
    this.drawUnder(context, shown, marked, view);
  }

  #drawNodes(shown, timers, moment) {
    const { store, selection, nodes = [], hovered } = moment;
    const context = this.contexts[1];
    const hues = { names: store.system?.hue ?? [], index: shown.index };
    shown.nodes.forEach((node, place) => {
      const view = {
        node, selected: selection === node.id || nodes.includes(node.id), hovered: hovered === node.id, timers: timers.get(node.id)?.length ?? 0,
        ...this.particulars(node, place, moment),
      };
      const before = this.painted[place];
      if (before && Object.keys(view).every((name) => before[name] === view[name])) return;
      this.painted[place] = view;
      view.hues = hues;
      view.ills = illsOf(node, this.usual.get(node.id));
      const box = this.boxes[place];
      const reach = this.reachOf(box, place);
      context.clearRect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach);
      this.drawOne(context, box, view, place);
    });
  }

  #timersByNode({ timers }) {
    const found = new Map();
    for (const timer of timers) {
      if (!found.has(timer.node)) found.set(timer.node, []);
      found.get(timer.node).push(timer);
    }
    return found;
  }

  /** The next timers of each card, as rings in its upper right corner; the one that is due first outermost. */
  drawTimers(context, { index, t_ns }, timers) {
    for (const [id, pending] of timers) {
      const box = this.boxes[index.get(id)];
      if (!box || levelOf(box) !== "card") continue;
      const y = box.y + (box.height >= 66 ? 16 : 13);
      pending.slice(0, TIMERS_AT_MOST).forEach(({ name, set_ns, due_ns }, place) => {
        const left = Math.max(0, Math.min(1, (due_ns - t_ns) / (due_ns - set_ns || 1)));
        timerRing(context, box.x + box.width - 15 - place * TIMER_ROOM, y, 6.5, left, name[0].toUpperCase(), this.theme);
      });
    }
  }

  /** What is at a point: {node: id}, {message: id}, {link: "a->b"}, or null. */
  hit(x, y, shown, reach = 8) {
    if (!this.wires || !shown) return null;
    const place = boxAt(this.boxes, x, y);
    if (place >= 0) return { node: shown.nodes[place].id };
    const message = this.couriers.at(x, y, reach + 2);
    if (message !== null) return { message };
    const link = this.wires.at(x, y, reach);
    return link === null ? null : { link };
  }

  /** The box of a node, in the canvas' own coordinates, for menus that open beside it; or null. */
  boxOf(node, shown) {
    const place = shown?.index.get(node);
    return place === undefined ? null : this.boxes?.[place] ?? null;
  }

  /** "card", "compact" or "cell": with how much detail a node is drawn. */
  levelOf(node, shown) {
    const box = this.boxOf(node, shown);
    return box ? levelOf(box) : null;
  }

  /** The links drawn, each once: [{src, dst, x0, y0, x1, y1}]. */
  links() {
    return (this.wires?.all() ?? []).map(({ a, b, points }) => ({
      src: this.nodes[a].id, dst: this.nodes[b].id, x0: points[0], y0: points[1], x1: points.at(-2), y1: points.at(-1),
    }));
  }

  /** Every link, in both directions, that the straight line between two points crosses: ["a->b", ...]. */
  linksCrossed(x0, y0, x1, y1) {
    return this.wires?.crossed(x0, y0, x1, y1) ?? [];
  }

  /** The ids of the nodes whose middle lies in the polygon [[x, y], ...]. */
  nodesInside(polygon) {
    if (!this.nodes) return [];
    return this.nodes.filter((_, place) => {
      const box = this.boxes[place];
      return within(polygon, box.x + box.width / 2, box.y + box.height / 2);
    }).map(({ id }) => id);
  }
}
