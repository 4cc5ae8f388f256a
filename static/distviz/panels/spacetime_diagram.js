// The diagram as it lives on the page: two canvases (what happened; cursor and choice), drawn when something changed.

import { onThemeChange, readTheme, sizeCanvas } from "../lib/canvas.js";
import { effect } from "../lib/html.js";
import { CanvasPen } from "../marks/pen.js";
import { cone } from "../trace/spacetime_causes.js";
import { placeCursor } from "./spacetime_cursor.js";
import { hitOf, targetOf } from "./spacetime_hit.js";
import { paint, paintArrow } from "./spacetime_paint.js";
import { Paper } from "./spacetime_paper.js";
import { Scene } from "./spacetime_scene.js";
import { neighbourOf, searchFor } from "./spacetime_search.js";

const RECEIVED_MS = 150;
const FOLLOW_AT = 0.62;
const EDGE_PX = 24;

export class Diagram {
  /** `changed()` is called when something beside the picture may have to change: lanes, what was received, how much is drawn;
   *  `failed(error)` when it could not be drawn, once: it is not tried again. */
  constructor(desk, state, changed, failed) {
    this.desk = desk;
    this.state = state;
    this.changed = changed;
    this.failed = failed;
    this.broken = false;
    this.scene = new Scene();
    this.stale = true;
    this.pointed = true;
    this.drawings = 0;
    this.search = { text: "", found: null };
    this.chosen = { id: -1, version: -1, cone: null };
    this.hovered = null;
  }

  get view() {
    return this.state.view;
  }

  /** Live in `element`, which holds two canvases. Returns a function that ends it. */
  attach(element) {
    this.element = element;
    [this.base, this.overlay] = element.querySelectorAll("canvas");
    this.theme = readTheme();
    const watcher = new ResizeObserver(() => this.#fit());
    watcher.observe(element);
    this.#fit();
    const stops = [onThemeChange(() => this.redraw((this.theme = readTheme()))), this.#listen()];
    const step = () => {
      this.asked = requestAnimationFrame(step);
      this.#safely(() => this.#frame());
    };
    this.asked = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(this.asked);
      clearTimeout(this.later);
      watcher.disconnect();
      stops.forEach((stop) => stop());
    };
  }

  redraw() {
    this.stale = true;
  }

  /** Only cursor, choice and what is pointed at (`hit`) are drawn anew. */
  point(hit = this.hovered) {
    this.hovered = hit;
    this.pointed = true;
  }

  /** A hand pulled the paper: it does not follow the cursor any more until it is asked to. */
  pulled() {
    if (this.desk.playing.peek()) this.state.following.value = false;
  }

  hit(x, y, reach) {
    return hitOf(this, x, y, reach);
  }

  target(hit, pointer_ns) {
    return targetOf(hit, pointer_ns, this.state.model);
  }

  /** Choose the next (1) or previous (-1) message that is shown and looked for, from the one that is chosen or from the
   *  cursor on; false where there is none. */
  neighbour(direction) {
    const { desk } = this;
    if (!this.look) return false;
    const { model, shown } = this.look;
    const from = model.message(desk.selection.peek()?.message ?? -1) ?? { sent_ns: desk.cursor.peek(), id: direction > 0 ? -1 : Infinity };
    const found = neighbourOf(model, shown, from, direction, this.finder());
    if (!found) return false;
    if (desk.playing.peek()) desk.pause();
    desk.select({ message: found.id, t_ns: found.sent_ns });
    desk.seek(found.sent_ns);
    return true;
  }

  #listen() {
    const { desk, state } = this;
    const stops = [
      effect(() => {
        state.options.value;
        desk.selection.value;
        this.redraw();
      }),
      effect(() => {
        const { store } = desk.lanes.value[Math.min(state.lane.value, desk.lanes.value.length - 1)];
        store.revision.value;
        this.later ??= setTimeout(() => {
          this.later = null;
          this.redraw();
        }, this.drawings === 0 ? 0 : RECEIVED_MS);
      }),
      effect(() => {
        if (desk.playing.value) state.following.value = true;
      }),
      desk.cursor.subscribe((t_ns) => this.#safely(() => this.#follow(t_ns))),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** The clock and the other views go on when the diagram cannot be drawn. */
  #safely(work) {
    if (this.broken) return;
    try {
      work();
    } catch (error) {
      this.broken = true;
      this.failed(error);
    }
  }

  /** Keep the cursor on the paper, unless somebody pulled the paper away while it ran. */
  #follow(t_ns) {
    this.point();
    const { view, desk, state } = this;
    if (!view.warp || view.px_per_u === 0) return;
    const along = view.along(t_ns);
    if (desk.playing.peek()) {
      if (!state.following.peek() || (along >= 0 && along <= FOLLOW_AT * view.length)) return;
      view.reveal(t_ns, FOLLOW_AT);
    } else if (along < EDGE_PX || along > view.length - EDGE_PX) {
      if (view.holds(t_ns, 0) && (t_ns === 0 || t_ns >= view.end_ns)) return;
      view.reveal(t_ns, 0.4);
    } else return;
    this.redraw();
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    this.size = [width, height];
    this.context = sizeCanvas(this.base, width, height);
    this.above = sizeCanvas(this.overlay, width, height);
    this.redraw();
  }

  #frame() {
    if (!this.size) return;
    if (this.stale) this.draw();
    else if (this.pointed) this.#drawAbove();
  }

  /** Draw everything now. */
  draw() {
    const { desk, state, view, theme } = this;
    this.stale = false;
    this.look = state.look();
    const { model, shown, warp } = this.look;
    const first = view.px_per_u === 0;
    view.set({
      width: this.size[0], height: this.size[1], vertical: state.options.peek().vertical, warp, end_ns: desk.duration_ns, unit_ns: model.unit_ns,
      lanes: model.lanes.filter(({ index }) => shown.node(index)),
    });
    if (first && view.px_per_u > 0) view.reveal(desk.cursor.peek(), 0.2);
    this.scene.gather(model, view, shown);
    this.hovered = null; // places of arrows are new
    this.context.clearRect(0, 0, ...this.size);
    const pen = new CanvasPen(this.context, theme);
    paint(pen, { model, view, scene: this.scene, system: desk.system, theme }, this.#marks(model));
    this.drawings += 1;
    Object.assign(this.element.dataset, { arrows: this.scene.count, messages: this.scene.messages }); // how much was drawn of how much
    if (this.drawings === 1 && model.parts.length > 0) performance.mark("first diagram");
    this.#drawAbove();
    const sign = [this.look.key, view.vertical, view.aside, view.apart, view.breadth, this.scene.dense && this.scene.messages].join("/");
    if (sign !== this.sign) this.changed();
    this.sign = sign;
  }

  /** What of the picture stands out: see `paint`. */
  #marks(model) {
    const selection = this.desk.selection.peek();
    const id = selection?.message ?? selection?.event ?? -1;
    if (this.chosen.id !== id || this.chosen.version !== model.version) {
      this.chosen = { id, version: model.version, cone: id >= 0 ? cone(model, id) : null, event: selection?.event >= 0 ? model.event(id) : null };
    }
    const finder = this.finder();
    const { cone: around } = this.chosen;
    const near = around && (model.message(id) || around.past.size + around.future.size > 0) ? new Set([id, ...around.past, ...around.future]) : null;
    const ends = selection?.link?.split("->").map((end) => model.places.get(end));
    return {
      nodes: new Set(selection?.nodes ?? (selection?.node ? [selection.node] : [])), near, found: finder && ((part, row) => finder.has(part, row)),
      link: ends ? ({ src, dst }, row) => src[row] === ends[0] && dst[row] === ends[1] : null,
    };
  }

  /** The search that is set, or null. */
  finder() {
    const { search } = this.state.options.peek();
    const { model } = this.look;
    if (this.search.text !== search || this.search.lanes !== model.lanes) {
      this.search = { text: search, lanes: model.lanes, found: searchFor(search, this.desk.system, model.lanes) };
    }
    return this.search.found;
  }

  #drawAbove() {
    this.pointed = false;
    const { view, scene, desk, element, overlay } = this;
    placeCursor(element, view, desk.cursor.peek());
    const { cone: around, id } = this.chosen;
    const at = this.hovered?.place ?? -1;
    const operation = desk.selection.peek()?.operation;
    const something = operation !== undefined || (!scene.dense && (around !== null || at >= 0));
    // A layer with nothing on it still costs its share of every frame.
    if (!something && overlay.hidden) return;
    overlay.hidden = !something;
    this.above.clearRect(0, 0, ...this.size);
    if (!something) return;
    const paper = new Paper(new CanvasPen(this.above, this.theme), view, this.theme);
    if (operation !== undefined) this.#paintOperation(paper, operation);
    if (scene.dense) return;
    if (around) this.#paintCone(paper, around, id);
    if (this.chosen.event) this.#paintEvent(paper, this.chosen.event);
    if (at >= 0 && at < scene.count) paintArrow(paper, scene, at, { width: 2.6, head: true, alpha: 1 });
  }

  #paintEvent(paper, { at_ns, node }) {
    const lane = this.scene.laneOf.get(node);
    if (lane !== undefined) paper.pen.ring(...paper.point(this.view.along(at_ns), lane), 8, this.theme.accent, 2.4);
  }

  /** A frame around the bar of an operation. */
  #paintOperation(paper, id) {
    const operation = this.look.model.operations.find((one) => one.id === id);
    const lane = this.scene.laneOf.get(operation?.node);
    if (lane === undefined) return;
    const [a0, a1] = [operation.invoked_ns, operation.completed_ns ?? this.view.end_ns].map((at_ns) => this.view.along(at_ns));
    for (const side of [-9, 9]) paper.line(Math.max(-9, a0 - 3), lane + side, Math.min(this.view.length + 9, a1 + 3), lane + side, this.theme.accent, 2.4);
    for (const along of [a0 - 3, a1 + 3]) paper.line(along, lane - 9, along, lane + 9, this.theme.accent, 2.4);
  }

  /** What led to the chosen message as full lines, what came of it as broken ones. */
  #paintCone(paper, around, id) {
    const { scene, theme } = this;
    for (let place = 0; place < scene.count; place += 1) {
      const each = scene.idAt(place);
      const future = around.future.has(each);
      if (each !== id && !future && !around.past.has(each)) continue;
      const [x0, y0, x1, y1] = scene.places.subarray(place * 4, place * 4 + 4);
      if (each === id) paper.pen.line(x0, y0, x1, y1, theme.accent, 8, 0.3);
      else paper.pen.line(x0, y0, x1, y1, theme.accent, 5, 0.22, future ? [9, 6] : null);
      paintArrow(paper, scene, place, { width: each === id ? 2.6 : 1.6, head: true, alpha: 1 });
    }
  }
}
