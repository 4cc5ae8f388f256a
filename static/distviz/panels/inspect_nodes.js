// Several selected nodes: what they are, and how to part them from the others.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/node.js";
import { liveWord } from "../marks/slot.js";
import { livenessOf } from "../trace/files.js";
import { openMenu } from "./commands.js";

export function Nodes({ desk, ids }) {
  const frame = desk.frame();
  return html`<div class="row"><button type="button" class="button small" onClick=${() => openMenu(desk)}>${t("Act on them…")}</button></div>
    <ul class="plain pick">${ids.map((id) => html`<li key=${id}><button type="button" onClick=${() => desk.select({ node: id })}>
      <span>${id}</span><b>${stateOf(frame, id)}</b></button></li>`)}</ul>
    <p class="quiet-text small">${t("Shift and a click add a node or take it out. P parts the selected ones from all others.")}</p>`;
}

function stateOf(frame, id) {
  const node = frame?.nodes[frame.index.get(id)];
  const taken = node ? liveWord(livenessOf(frame.nodes)[id]) : "";
  return node ? [condition(node, node.state === "up" ? [] : [node.state]), taken].filter(Boolean).join(t(", ")) : "";
}
