// The servers of a Run, one row each, sorted by any column.

import { number, percent } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";

const SHOWN = 50;

const COLUMNS = [
  { key: "id", label: () => t("server"), say: (value) => value },
  { key: "sent", label: () => t("sent"), say: (value) => number(value) },
  { key: "ok", label: () => t("answered"), say: (value) => number(value) },
  { key: "failed", label: () => t("failed"), say: (value) => number(value) },
  { key: "utilisation", label: () => t("utilisation"), say: (value) => percent(value, 1) },
  { key: "mean_queue", label: () => t("mean queue"), say: (value) => number(value, 2) },
  { key: "max_queue", label: () => t("longest queue"), say: (value) => number(value) },
];

/** servers: summary.servers, in the order of their numbers. */
export function ServerTable({ servers }) {
  const [order, setOrder] = useState({ key: "id", down: false });
  const [all, setAll] = useState(false);
  const rows = sorted(servers, order);
  const turn = (key) => setOrder({ key, down: order.key === key ? !order.down : key !== "id" });
  return html`<div class="servers">
    <h2>${t("Server by server")}</h2>
    <div class="table-wrap servers-wrap" tabindex="0" role="region" aria-label=${t("Server by server")}>
      <table class="table">
        <thead><tr>${COLUMNS.map((column) => html`<th key=${column.key} scope="col" class=${column.key === "id" ? "" : "number"} aria-sort=${sortOf(order, column.key)}>
          <button type="button" class="servers-sort" onClick=${() => turn(column.key)}>${column.label()}<span aria-hidden="true">${arrow(order, column.key)}</span></button>
        </th>`)}</tr></thead>
        <tbody>${(all ? rows : rows.slice(0, SHOWN)).map((server) => html`<tr key=${server.id}>
          <th scope="row">${server.id}</th>
          ${COLUMNS.slice(1).map((column) => html`<td key=${column.key} class="number">${column.say(server[column.key])}</td>`)}
        </tr>`)}</tbody>
      </table>
    </div>
    ${rows.length > SHOWN && !all && html`<button type="button" class="button small" onClick=${() => setAll(true)}>${t("Show all {count} servers", { count: number(rows.length) })}</button>`}
  </div>`;
}

/** Equal values keep the order of the servers' numbers, in either direction. */
function sorted(servers, { key, down }) {
  const way = down ? -1 : 1;
  const indexed = servers.map((server, i) => ({ server, i }));
  const less = (a, b) => (key === "id" ? way * (a.i - b.i) : way * ((a.server[key] ?? -1) - (b.server[key] ?? -1)) || a.i - b.i);
  return indexed.sort(less).map(({ server }) => server);
}

function sortOf(order, key) {
  if (order.key !== key) return "none";
  return order.down ? "descending" : "ascending";
}

function arrow(order, key) {
  if (order.key !== key) return "";
  return order.down ? " ↓" : " ↑";
}
