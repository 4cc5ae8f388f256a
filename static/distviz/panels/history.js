// What the clients asked and what they heard: each operation a bar in time, and a row of a list.

import { html, signal, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { number } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { HistoryChart } from "./history_chart.js";
import { HistoryList } from "./history_list.js";
import { Judgement } from "./history_judgement.js";
import { CursorLine } from "./spacetime_cursor.js";
import { useHands } from "./spacetime_hands.js";
import { Heads } from "./spacetime_heads.js";
import { stateOf } from "./spacetime_state.js";
import { Tip } from "./spacetime_tip.js";
import { operationWords, outcomeWords } from "./spacetime_words.js";

const OUTCOMES = ["ok", "info", "fail", null];
const TONES = { ok: "ok", info: "unknown", fail: "failed" };
const ZOOM = 1.6;

/** The view of the clients' operations; it shares cursor and selection with all others through `desk`. */
export function History({ desk }) {
  const state = stateOf(desk);
  const box = useRef(null);
  const seen = useMemo(() => signal(0), []);
  const tip = useMemo(() => signal(null), []);
  const [wanted, setWanted] = useState({ text: "", hidden: [] });
  const chart = useMemo(() => new HistoryChart(desk, state, () => (seen.value += 1)), []);
  useLayoutEffect(() => chart.attach(box.current), []);
  const hands = useHands({ desk, surface: chart, box, tip: (hit, x, y) => (tip.value = hit && { hit, x, y }) });
  seen.value; // what was received may have grown
  const all = state.model.operations;
  const shown = useMemo(() => chart.show(filtered(all, wanted)), [all, wanted]);
  return html`<section class="history" aria-label=${t("History")} data-time="right">
    <${Tools} desk=${desk} state=${state} chart=${chart} all=${all} wanted=${wanted} setWanted=${setWanted} />
    <div class="spacetime-paper history-paper" style=${{ height: `${chart.height}px` }}>
      <${Heads} desk=${desk} view=${chart.view} seen=${seen} />
      <div class="spacetime-canvas" ref=${box} role="application" tabindex="0" ...${hands}
        aria-label=${t("Operations of the clients in time. The arrow keys move through time, plus and minus zoom, comma and full stop choose the previous and the next operation.")}>
        <canvas aria-hidden="true"></canvas><${CursorLine} />
        <${Tip} tip=${tip} desk=${desk} diagram=${chart} box=${box} />
      </div>
    </div>
    <${Judgement} desk=${desk} state=${state} operations=${all} choose=${(operation) => chart.choose(operation)} />
    <${HistoryList} desk=${desk} operations=${shown} all=${all.length} choose=${(operation) => chart.choose(operation)} />
  </section>`;
}

/** The operations that hold all words of the text and whose outcome is not hidden. */
function filtered(operations, { text, hidden }) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && hidden.length === 0) return operations;
  return operations.filter((operation) => {
    if (hidden.includes(operation.outcome ?? "open")) return false;
    const said = [operation.client, operationWords(operation), JSON.stringify(operation.result), outcomeWords(operation.outcome)].join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

function Tools({ desk, state, chart, all, wanted, setWanted }) {
  const lanes = desk.lanes.value;
  const counts = new Map(OUTCOMES.map((outcome) => [outcome, 0]));
  for (const { outcome } of all) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const toggle = (key) => setWanted({ ...wanted, hidden: wanted.hidden.includes(key) ? wanted.hidden.filter((one) => one !== key) : [...wanted.hidden, key] });
  const zoom = (factor) => () => {
    chart.view.zoom(factor);
    chart.redraw();
  };
  const fit = () => {
    chart.view.fit();
    chart.redraw();
  };
  const tool = (name, label, press) => html`<button type="button" class="button quiet icon" aria-label=${label} title=${label} onClick=${press}>${icon(name)}</button>`;
  return html`<div class="spacetime-tools" role="toolbar" aria-label=${t("History")}>
    ${lanes.length > 1 && html`<select class="select" aria-label=${t("Lane")} onChange=${(event) => (state.lane.value = Number(event.target.value))}>
      ${lanes.map((lane, index) => html`<option key=${index} value=${index} selected=${index === state.lane.value}>${lane.title}</option>`)}</select>`}
    <span class="spacetime-finder"><input class="input" type="search" placeholder=${t("Filter operations")} aria-label=${t("Filter operations by client, key, value or result")} value=${wanted.text}
      onInput=${(event) => setWanted({ ...wanted, text: event.target.value })} /></span>
    <span class="history-outcomes" role="group" aria-label=${t("Outcomes")}>${OUTCOMES.map((outcome) => {
      const key = outcome ?? "open";
      return html`<button type="button" key=${key} class=${`tag ${TONES[outcome] ?? "stopped"}`} aria-pressed=${wanted.hidden.includes(key) ? "false" : "true"} onClick=${() => toggle(key)}>${outcomeWords(outcome)} ${number(counts.get(outcome))}</button>`;
    })}</span>
    <span class="spacetime-buttons">${tool("minus", t("Zoom out"), zoom(1 / ZOOM))}${tool("plus", t("Zoom in"), zoom(ZOOM))}
      <button type="button" class="button small" title=${t("Whole run")} onClick=${fit}>${icon("fit")}<span>${t("Whole run")}</span></button></span>
  </div>`;
}
