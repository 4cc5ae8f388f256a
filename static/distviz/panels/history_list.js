// The operations of the clients as a table; a page of it at a time, the one at the cursor in sight.

import { moment, number, span } from "../lib/format.js";
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { valueText } from "../marks/value.js";
import { useCalm } from "./feed.js";
import { outcomeWords } from "./spacetime_words.js";

const PAGE = 200;
const CALM_MS = 150;
const TONES = { ok: "ok", info: "unknown", fail: "failed" };

/** `operations`: those that the filter leaves, in order of their beginning; `all`: how many there are. */
export function HistoryList({ desk, operations, all, choose }) {
  const now = useCalm(desk.cursor, CALM_MS).value;
  const current = lastBegun(operations, now);
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(operations.length / PAGE));
  const shown = Math.min(page, pages - 1);
  useEffect(() => setPage(Math.floor(Math.max(0, current) / PAGE)), [current]);
  const chosen = desk.selection.value?.operation;
  if (all === 0) return html`<p class="quiet-text history-none">${t("No client has begun an operation so far.")}</p>`;
  if (operations.length === 0) return html`<p class="quiet-text history-none">${t("No operation fits this filter.")}</p>`;
  const duration = desk.duration_ns;
  return html`<div class="history-list">
    <div class="table-wrap history-rows"><table class="table">
      <thead><tr><th scope="col">${t("Begun")}</th><th scope="col">${t("Client")}</th><th scope="col">${t("Operation")}</th><th scope="col">${t("Key")}</th><th scope="col">${t("Value")}</th>
        <th scope="col">${t("Outcome")}</th><th scope="col">${t("Result")}</th><th scope="col" class="number">${t("Latency")}</th></tr></thead>
      <tbody>${operations.slice(shown * PAGE, (shown + 1) * PAGE).map((operation, place) => html`<${Row} key=${operation.id} operation=${operation} duration=${duration}
        now=${shown * PAGE + place === current} chosen=${operation.id === chosen} choose=${choose} />`)}</tbody>
    </table></div>
    ${pages > 1 && html`<p class="history-pages">
      <button type="button" class="button small" disabled=${shown === 0} onClick=${() => setPage(shown - 1)}>${t("Earlier")}</button>
      <span>${t("{from} to {until} of {count}", { from: number(shown * PAGE + 1), until: number(Math.min(operations.length, (shown + 1) * PAGE)), count: number(operations.length) })}</span>
      <button type="button" class="button small" disabled=${shown === pages - 1} onClick=${() => setPage(shown + 1)}>${t("Later")}</button></p>`}
  </div>`;
}

function Row({ operation, duration, now, chosen, choose }) {
  const row = useRef(null);
  useEffect(() => (now || chosen) && row.current.scrollIntoView({ block: "nearest" }), [now, chosen]);
  const { client, f, key, value, outcome, result, invoked_ns, completed_ns } = operation;
  return html`<tr ref=${row} class=${chosen ? "chosen" : ""} aria-current=${now ? "true" : null} onClick=${() => choose(operation)}>
    <td><button type="button" class="link-button" aria-pressed=${chosen ? "true" : "false"}>${moment(invoked_ns, duration)}</button></td>
    <td>${client}</td><td>${f}</td><td>${plain(key)}</td><td>${plain(value)}</td>
    <td><span class=${`tag ${TONES[outcome] ?? "stopped"}`}>${outcomeWords(outcome)}</span></td>
    <td>${plain(result)}</td><td class="number">${completed_ns === null ? "" : span(completed_ns - invoked_ns)}</td></tr>`;
}

function plain(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : valueText(value);
}

/** The place of the last operation that had begun at t, or -1. */
function lastBegun(operations, t_ns) {
  let low = 0;
  let high = operations.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (operations[middle].invoked_ns <= t_ns) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
