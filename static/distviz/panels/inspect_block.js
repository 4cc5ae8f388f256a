// One block at the cursor: who holds it, in which racks, and how each of the copies is.

import { number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { liveWord } from "../marks/slot.js";
import { holdersOf } from "../trace/files.js";
import { stateWord } from "./faults.js";
import { LaneTable } from "./lane_table.js";

export function Block({ desk, block }) {
  const lanes = desk.lanes.value;
  const held = desk.frames().map((frame) => frame && holdersOf(frame.nodes, block));
  const each = (name, value) => ({ name, values: held.map((holders) => holders && value(holders)) });
  const rows = [
    each(t("good replicas"), (holders) => number(holders.filter(isGood).length)),
    each(t("in racks"), (holders) => number(new Set(holders.filter(isGood).map(({ rack }) => rack)).size)),
    each(t("corrupt ones"), (holders) => number(holders.filter(({ corrupt }) => corrupt).length)),
    each(t("on their way"), (holders) => number(holders.filter(({ arriving }) => arriving).length)),
  ];
  return html`<${LaneTable} lanes=${lanes} rows=${rows} caption=${t("Block {number}", { number: block })} />
    ${held.map((holders, index) => holders && html`<section key=${index}><h3>${lanes.length > 1 ? t("{title}: {lane}", { title: t("Held by"), lane: lanes[index].title }) : t("Held by")}</h3>
      ${holders.length === 0 && html`<p class="quiet-text small">${t("No node has it at this moment.")}</p>`}
      <ul class="plain pick">${holders.map((one) => html`<li key=${one.id}><button type="button" class=${isGood(one) || one.arriving ? "" : "ill"} onClick=${() => desk.select({ node: one.id })}>
        <span>${one.id}</span><span class="quiet-text">${one.rack === null ? "" : t("Rack {number}", { number: one.rack })}</span><b>${wordsOf(one)}</b></button></li>`)}</ul></section>`)}`;
}

/** Whether a client could read it there. */
function isGood({ state, corrupt, arriving }) {
  return state === "up" && !corrupt && !arriving;
}

function wordsOf({ state, live, corrupt, arriving }) {
  const words = [corrupt && t("corrupt"), arriving && t("on its way"), state !== "up" && stateWord(state), liveWord(live)].filter(Boolean);
  return words.join(t(", ")) || t("good");
}
