// Pointer and keyboard on a picture: click selects, double-click crashes, right-click opens the menu, a stroke cuts.

import { useEffect, useRef } from "../lib/html.js";
import { cut, cutAllowed, strokeAt } from "./cutting.js";

const LONG_PRESS_MS = 550;
const STROKE_FROM_PX = 7; // less is a click with an unsteady hand

/** The handlers for the element of a lane's canvases. `stroke`: signal of the stroke that is being drawn. */
export function useHands(lane) {
  const { desk, index, pictures, wrap, setTip } = lane;
  const press = useRef({ timer: null, from: null, stroked: false });
  useEffect(() => () => clearTimeout(press.current.timer), []);
  const at = (event) => {
    const { left, top } = wrap.current.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const entry = pictures[index];
    return { x, y, entry, hit: entry?.picture.hit(x, y, entry.shown, event.pointerType === "touch" ? 14 : 8) ?? null };
  };
  const open = (event) => {
    const found = at(event).hit;
    const hit = found?.block === undefined ? found : { node: found.node }; // what can be done is done to who holds it
    const target = desk.kernel.selectionOf(hit, desk.cursor.peek(), index) ?? desk.kernel.whole;
    // Several selected nodes stay selected: the menu is about all of them.
    if (hit && !desk.selection.peek()?.nodes?.includes(hit.node)) desk.select(target);
    desk.menu.value = { target: hit ? desk.selection.peek() : target, x: event.clientX, y: event.clientY };
  };
  return {
    ...strokes({ ...lane, press, at, open }),
    ...clicks({ ...lane, press, at, open }),
    onPointerLeave: () => {
      desk.hovered.value = null;
      setTip(null);
    },
    onKeyDown: (event) => {
      if (event.key !== "Enter" && event.key !== "ContextMenu") return;
      event.preventDefault();
      const target = desk.selection.peek() ?? desk.kernel.whole;
      desk.menu.value = { target, ...besideNode(target, pictures[index], wrap.current) };
    },
  };
}

/** What begins with a press: a long press, or a stroke over free space. */
function strokes({ desk, acting, index, wrap, setTip, stroke, press, at, open }) {
  const release = (event) => {
    clearTimeout(press.current.timer);
    press.current.from = null;
    const drawn = stroke.peek();
    stroke.value = null;
    if (drawn && event.type === "pointerup") cut(desk, acting, drawn);
  };
  return {
    onPointerDown: (event) => {
      const held = press.current;
      clearTimeout(held.timer);
      held.stroked = false;
      setTip(null); // what it says may change with what is done now
      if (event.button !== 0) return;
      if (event.pointerType === "touch") held.timer = setTimeout(() => open(event), LONG_PRESS_MS);
      const { x, y, hit } = at(event);
      const free = !hit || hit.link !== undefined || hit.rack !== undefined || desk.cutting.peek();
      // A finger pans and scrolls, unless it was said before that the network is to be cut.
      if (free && cutAllowed(desk) && (event.pointerType !== "touch" || desk.cutting.peek())) held.from = [x, y];
    },
    onPointerMove: (event) => {
      const { x, y, hit, entry } = at(event);
      const { from } = press.current;
      if (!from) return hover({ desk, wrap, setTip }, event, { x, y, hit, entry });
      if (!stroke.peek() && Math.hypot(x - from[0], y - from[1]) < STROKE_FROM_PX) return;
      if (!stroke.peek()) wrap.current.setPointerCapture(event.pointerId);
      clearTimeout(press.current.timer);
      press.current.stroked = true;
      stroke.value = strokeAt([...(stroke.peek()?.points ?? [from]), [x, y]], entry, desk.frame(index), event.shiftKey);
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

function clicks({ desk, acting, index, press, at, open }) {
  return {
    onClick: (event) => {
      if (press.current.stroked) return;
      const { hit } = at(event);
      if (hit?.node && event.shiftKey) return desk.toggleNode(hit.node);
      desk.select(desk.kernel.selectionOf(hit, desk.cursor.peek(), index));
    },
    onDblClick: (event) => {
      const { hit } = at(event);
      const deed = hit && desk.kernel.doubleClick(desk, hit);
      if (deed) acting.act(deed);
    },
    onContextMenu: (event) => {
      event.preventDefault();
      open(event);
    },
  };
}

function hover({ desk, wrap, setTip }, event, { x, y, hit, entry }) {
  desk.hovered.value = hit?.node ?? hit?.link ?? null;
  wrap.current.classList.toggle("on-thing", hit !== null);
  setTip(event.pointerType === "mouse" ? tipOf(desk, entry, hit, x, y, wrap.current) : null);
}

/** A tip at the pointer where the picture has no room for words. */
function tipOf(desk, entry, hit, x, y, element) {
  const text = hit && entry?.shown ? desk.kernel.tip(entry, hit, desk) : "";
  return text ? { text, x: Math.max(4, Math.min(x + 14, element.clientWidth - 190)), y: Math.min(y + 16, element.clientHeight - 34) } : null;
}

function besideNode({ node }, entry, element) {
  const { left, top } = element.getBoundingClientRect();
  const box = node === undefined ? null : entry?.picture.boxOf(node, entry.shown);
  return box ? { x: left + box.x + box.width / 2, y: top + box.y + box.height } : { x: left + 40, y: top + 40 };
}
