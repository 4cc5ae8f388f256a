// The line of the cursor across all lanes: an element of its own, so that moving it paints nothing anew.

import { html } from "../lib/html.js";
import { tickWords } from "./spacetime_ruler.js";

/** Belongs into the element of a picture; `place` moves it. */
export function CursorLine() {
  return html`<div class="spacetime-cursor" aria-hidden="true"><span></span></div>`;
}

/** Put the cursor line in `element` to the moment `t_ns` of `view`. */
export function placeCursor(element, view, t_ns) {
  const line = element.querySelector(".spacetime-cursor");
  const along = view.along(t_ns);
  line.hidden = along < -1 || along > view.length + 1;
  if (line.hidden) return;
  line.style.transform = view.vertical ? `translateY(${along.toFixed(1)}px)` : `translateX(${along.toFixed(1)}px)`;
  const [label] = line.children;
  const words = tickWords(t_ns, 4 / view.px_per_u, view.end_ns);
  if (label.textContent !== words) label.textContent = words;
  const edge = view.vertical ? 10 : 4 * words.length;
  label.style.setProperty("--shift", `${Math.max(edge - along, Math.min(0, view.length - edge - along)).toFixed(1)}px`);
}
