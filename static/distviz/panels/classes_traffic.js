// What became of each class of requests and of each attack; how closed clients keep their balance.

import { number, percent, three } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { time } from "./figures.js";

/** Nothing where all requests were alike. */
export function ClassTable({ summary }) {
  if (!summary.classes?.length) return null;
  const title = t("Class by class");
  const heads = [t("sent"), t("answered"), t("failed"), t("mean"), "p50", "p99"];
  return html`<div class="servers"><h2>${title}</h2>
    <div class="table-wrap" tabindex="0" role="region" aria-label=${title}><table class="table">
      <thead><tr><th scope="col">${t("class")}</th>${heads.map((head) => html`<th scope="col" class="number" key=${head}>${head}</th>`)}</tr></thead>
      <tbody>${summary.classes.map((one) => html`<tr key=${one.name}><th scope="row">${one.name}</th>
        <td class="number">${number(one.sent)}</td><td class="number">${number(one.ok)} (${percent(one.sent > 0 ? one.ok / one.sent : null, 1)})</td><td class="number">${number(one.failed)}</td>
        ${["mean", "p50", "p99"].map((name) => html`<td class="number" key=${name}>${summary.stable ? time(one.latency_ms[name]) : "–"}</td>`)}</tr>`)}</tbody>
    </table></div></div>`;
}

/** Clients over throughput, less the time they think: nothing where requests do not wait for answers. */
export function ClosedBalance({ summary }) {
  const { closed } = summary;
  return closed ? html`<p>${t("{clients} closed clients: {clients} / ({rate}/s) - {think} of thinking = {response} of waiting.", {
    clients: number(closed.clients), rate: three(closed.throughput_per_s), think: time(closed.think_ms), response: time(closed.response_ms),
  })}</p>` : null;
}
