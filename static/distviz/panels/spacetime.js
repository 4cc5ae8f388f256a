// The space-time diagram of a Run: one lane a process, an arrow from each send to its receipt.

import { html, signal, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { CursorLine } from "./spacetime_cursor.js";
import { Diagram } from "./spacetime_diagram.js";
import { useHands } from "./spacetime_hands.js";
import { Heads } from "./spacetime_heads.js";
import { stateOf } from "./spacetime_state.js";
import { selectionLines, Tip } from "./spacetime_tip.js";
import { Tools } from "./spacetime_tools.js";

/** The view beside the topology; it shares cursor and selection with all others through `desk`. */
export function Spacetime({ desk }) {
  const state = stateOf(desk);
  const box = useRef(null);
  const seen = useMemo(() => signal(0), []); // grows when what stands around the picture may have changed
  const tip = useMemo(() => signal(null), []);
  const [failure, setFailure] = useState(null);
  if (failure) throw failure; // to the Guard around this view: it was drawn outside of its rendering
  const diagram = useMemo(() => new Diagram(desk, state, () => seen.value += 1, setFailure), []);
  useLayoutEffect(() => diagram.attach(box.current), []);
  const hands = useHands({ desk, surface: diagram, box, tip: (hit, x, y) => (tip.value = hit && { hit, x, y }) });
  const { vertical } = state.options.value;
  return html`<section class="spacetime" aria-label=${t("Space-time diagram")} data-time=${vertical ? "down" : "right"}>
    <${Tools} desk=${desk} state=${state} diagram=${diagram} seen=${seen} />
    <div class="spacetime-paper">
      <${Heads} desk=${desk} view=${state.view} seen=${seen} />
      <div class="spacetime-canvas" ref=${box} role="application" tabindex="0" ...${hands}
        aria-label=${t("Space-time diagram. The arrow keys move through time, plus and minus zoom, comma and full stop choose the previous and the next message, Enter opens its menu.")}>
        <canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas><${CursorLine} />
        <${Tip} tip=${tip} desk=${desk} diagram=${diagram} box=${box} />
        <${Count} diagram=${diagram} seen=${seen} />
      </div>
    </div>
    <${Chosen} desk=${desk} diagram=${diagram} seen=${seen} />
  </section>`;
}

/** Says so where messages are drawn as densities. */
function Count({ diagram, seen }) {
  seen.value; // drawn anew
  const { scene, look } = diagram;
  if (!look || look.model.parts.length === 0) return html`<p class="lane-hint" role="status">${t("Waiting for the first moments of the run…")}</p>`;
  if (!scene.dense) return null;
  return html`<p class="spacetime-count">${t("{count} messages here, drawn as densities: sent before the lane, received behind it. Zoom in to see each.", { count: number(scene.messages) })}</p>`;
}

/** What is chosen, in words, for those who do not see the picture. */
function Chosen({ desk, diagram, seen }) {
  seen.value; // drawn anew
  const lines = diagram.look ? selectionLines(desk.selection.value, diagram.look.model, desk) : [];
  return html`<p class="visually-hidden" role="status">${lines.join(". ")}</p>`;
}
