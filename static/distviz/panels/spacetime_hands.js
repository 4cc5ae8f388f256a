// Pointer, wheel and keys on a picture in which time runs one way: the diagram, the history of the clients.

import { useEffect, useMemo } from "../lib/html.js";

const CLICK_PX = 4;
const LONG_PRESS_MS = 550;
const WHEEL_ZOOM = 0.0022;
const KEY_PX = 90;
const KEY_ZOOM = 1.35;
const LINE_PX = 16;

/** The handlers for the element of a picture; `tip(hit, x, y)` shows what is pointed at. `surface` is the picture:
 *  {view, redraw(), point(hit), pulled(), hit(x, y, reach) or null, target(hit, pointer_ns) -> {selection, t_ns}, neighbour(direction)}. */
export function useHands({ desk, surface, box, tip }) {
  const hands = useMemo(() => new Hands({ desk, surface, box, tip }), [surface]);
  useEffect(() => {
    // Preact would listen passively: the page must not scroll or zoom here.
    const wheel = (event) => hands.wheel(event);
    box.current.addEventListener("wheel", wheel, { passive: false });
    return () => {
      box.current?.removeEventListener("wheel", wheel);
      clearTimeout(hands.press);
    };
  }, [hands]);
  return {
    onPointerDown: (event) => hands.down(event), onPointerMove: (event) => hands.move(event),
    onPointerUp: (event) => hands.up(event), onPointerCancel: (event) => hands.cancel(event), onPointerLeave: () => hands.leave(),
    onContextMenu: (event) => hands.menu(event), onKeyDown: (event) => hands.key(event),
  };
}

class Hands {
  constructor(given) {
    Object.assign(this, given);
    this.pointers = new Map();
    this.moved = false;
  }

  at({ clientX, clientY }) {
    const { left, top } = this.box.current.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** Time and lanes of a way on the screen. */
  turned(dx, dy) {
    return this.surface.view.vertical ? [dy, dx] : [dx, dy];
  }

  pulled() {
    this.surface.pulled();
    this.tip(null);
    this.surface.redraw();
  }

  wheel(event) {
    event.preventDefault();
    const { view } = this.surface;
    const lines = event.deltaMode === 1 ? LINE_PX : event.deltaMode === 2 ? view.length : 1;
    if (event.ctrlKey || event.metaKey) {
      view.zoom(Math.exp(-event.deltaY * lines * WHEEL_ZOOM * (event.deltaMode === 0 && Math.abs(event.deltaY) < 30 ? 4 : 1)), this.turned(...this.at(event))[0]);
      return this.zoomed();
    }
    const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
    // An ordinary wheel turns downwards only: it always leads through time.
    if (view.vertical) view.pan(event.shiftKey ? 0 : -dy, event.shiftKey ? -(dx || dy) : -dx);
    else view.pan(-(dx || dy), event.shiftKey ? -dy : 0);
    return this.pulled();
  }

  zoomed() {
    this.tip(null);
    this.surface.redraw();
  }

  down(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.at(event));
    this.moved = this.pointers.size > 1;
    clearTimeout(this.press);
    if (event.pointerType === "touch") this.press = setTimeout(() => !this.moved && this.menu(event), LONG_PRESS_MS);
    this.tip(null);
  }

  move(event) {
    const now = this.at(event);
    const before = this.pointers.get(event.pointerId);
    if (!before) return event.pointerType === "touch" ? undefined : this.hover(...now);
    if (!this.moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < CLICK_PX) return undefined;
    if (!this.moved) this.box.current.setPointerCapture(event.pointerId);
    this.moved = true;
    clearTimeout(this.press);
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, now);
    else if (this.pointers.size === 1) this.surface.view.pan(...this.turned(now[0] - before[0], now[1] - before[1]));
    this.pointers.set(event.pointerId, now);
    return this.pulled();
  }

  pinch(id, before, now) {
    const [, still] = [...this.pointers].find(([other]) => other !== id);
    const away = (point) => Math.hypot(point[0] - still[0], point[1] - still[1]) || 1;
    const middle = this.turned((now[0] + still[0]) / 2, (now[1] + still[1]) / 2)[0];
    this.surface.view.zoom(away(now) / away(before), middle);
    this.surface.view.pan(...this.turned((now[0] - before[0]) / 2, (now[1] - before[1]) / 2));
  }

  up(event) {
    clearTimeout(this.press);
    const mine = this.pointers.delete(event.pointerId);
    if (mine && !this.moved && event.button === 0) this.choose(...this.at(event), event.pointerType === "touch" ? 14 : 7);
  }

  cancel(event) {
    clearTimeout(this.press);
    this.pointers.delete(event.pointerId);
  }

  leave() {
    if (this.pointers.size > 0) return;
    this.desk.hovered.value = null;
    this.hover(-1, -1);
  }

  hover(x, y) {
    const hit = x < 0 ? null : this.surface.hit(x, y);
    this.box.current.classList.toggle("on-thing", hit !== null && hit.what !== "lane");
    this.desk.hovered.value = hit?.what === "lane" ? hit.id : null;
    this.tip(hit, x, y);
    this.surface.point(hit);
  }

  /** Choose what is at x, y, and go to that moment. */
  choose(x, y, reach) {
    const { desk, surface } = this;
    const hit = surface.hit(x, y, reach);
    const { selection, t_ns } = surface.target(hit, surface.view.timeAt(this.turned(x, y)[0]));
    if (desk.playing.peek()) desk.pause();
    desk.select(selection);
    desk.seek(Math.max(0, Math.min(desk.duration_ns, t_ns)));
    return selection;
  }

  menu(event) {
    event.preventDefault();
    clearTimeout(this.press);
    this.moved = true; // what follows of this touch is no click
    this.choose(...this.at(event), 12);
    this.tip(null);
    this.desk.menu.value = { target: acted(this.desk), x: event.clientX, y: event.clientY };
  }

  key(event) {
    const { view } = this.surface;
    const { key } = event;
    const [back, on] = view.vertical ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    const [near, far] = view.vertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const lanes = view.breadth < view.ruler + view.apart * view.lanes.length; // else the cursor's own keys
    const deeds = {
      [back]: () => view.pan(KEY_PX), [on]: () => view.pan(-KEY_PX), PageUp: () => view.pan(view.length * 0.9), PageDown: () => view.pan(-view.length * 0.9),
      ...(lanes ? { [near]: () => view.pan(0, KEY_PX), [far]: () => view.pan(0, -KEY_PX) } : {}),
      "+": () => view.zoom(KEY_ZOOM), "=": () => view.zoom(KEY_ZOOM), "-": () => view.zoom(1 / KEY_ZOOM),
      Home: () => view.reveal(0, 0), End: () => view.reveal(view.end_ns, 1), ",": () => this.surface.neighbour(-1), ".": () => this.surface.neighbour(1), Enter: () => this.openMenu(),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !deeds[key]) return;
    event.preventDefault();
    event.stopPropagation();
    deeds[key]();
    if (![",", ".", "Enter"].includes(key)) this.pulled();
  }

  openMenu() {
    const { left, top, width } = this.box.current.getBoundingClientRect();
    this.desk.menu.value = { target: acted(this.desk), x: left + width / 2, y: top + 60 };
  }
}

/** What of the selection can be acted upon: a node or a message, else the whole system. */
function acted(desk) {
  const selection = desk.selection.peek();
  return selection && (selection.node || selection.message !== undefined) ? selection : {};
}
