// The blocks of a data node as a list from which one can be chosen.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { blocksOf } from "../marks/blocks.js";

const SHOWN = 240;

/** Whether a node shows the blocks that it holds, one by one. */
export function hasBlocks({ fields }) {
  return fields.replicas !== undefined && Array.isArray(fields.blocks) && fields.blocks.length > 0;
}

export function Blocks({ desk, node }) {
  if (!hasBlocks(node)) return null;
  const list = blocksOf(node.fields);
  return html`<section><h3>${t("Its blocks")}</h3>
    <ul class="plain block-list">${list.slice(0, SHOWN).map(({ block, corrupt, arriving }) => html`<li key=${block}><button type="button" class=${`block-chip hue-${block % 8} ${corrupt ? "corrupt" : ""} ${arriving ? "arriving" : ""}`}
      aria-label=${labelOf(block, corrupt, arriving)} title=${labelOf(block, corrupt, arriving)} onClick=${() => desk.select({ block })}>${block}</button></li>`)}
      ${list.length > SHOWN && html`<li class="quiet-text">${t("and {count} more", { count: list.length - SHOWN })}</li>`}</ul></section>`;
}

function labelOf(block, corrupt, arriving) {
  const words = [t("Block {number}", { number: block }), corrupt && t("corrupt"), arriving && t("on its way")];
  return words.filter(Boolean).join(t(", "));
}
