// Two to four lanes side by side: one sentence, the table of differences, the distributions on one axis.

import { percent, urlSeconds } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Sample } from "./charts.js";
import { Copy } from "./copy.js";
import { Histogram } from "./histogram.js";
import { DASHES } from "./plot.js";
import { isGoing, stopped } from "./progress.js";
import { differences, tableCsv } from "./verdict.js";

/** lanes: [{run, colour, title}]; cursor: signal of the playback time (ns); kernel: see kernels.js. */
export function Comparison({ lanes, cursor, kernel, system }) {
  const told = lanes.map(({ run, title }) => ({ title, summary: run.summary }));
  const measures = kernel.measures(told.map((lane) => lane.summary), system);
  const sentence = kernel.verdict(told, system);
  const drawn = lanes.map(({ run, title, colour }) => ({ title, colour, histogram: kernel.histogram(run.summary) }));
  return html`<div class="comparison">
    <p class="comparison-verdict" role="status">${unbroken(sentence) || t("The comparison is summed up when every lane is done.")}</p>
    <div class="table-wrap" tabindex="0" role="region" aria-label=${t("Differences between the lanes")}>
      <table class="table comparison-table">
        <caption class="visually-hidden">${t("Differences between the lanes; percentages are to the first lane.")}</caption>
        <thead><tr><th scope="col">${t("measure")}</th>${lanes.map((lane, i) => html`<${LaneHead} key=${lane.run.id} lane=${lane} place=${i} />`)}</tr></thead>
        <tbody>${differences(measures, told.map((lane) => lane.summary)).map(({ measure, cells }) => html`<tr key=${measure.key}>
          <th scope="row">${measure.label()}</th>
          ${cells.map((cell, i) => html`<${Cell} key=${i} cell=${cell} />`)}
        </tr>`)}</tbody>
      </table>
    </div>
    <p class="comparison-note">${kernel.note()}</p>
    ${drawn.some((lane) => lane.histogram) && html`<${Histogram} lanes=${drawn} />`}
    <div class="results-files">
      <button type="button" class="button small" onClick=${() => download(measures, told)} disabled=${!sentence}>${t("Table (CSV)")}</button>
      ${lanes[0].run.comparison && html`<${Copy} text=${() => linkTo(lanes[0].run.comparison, cursor)} label=${t("Copy the link to this comparison")} />`}
    </div>
  </div>`;
}

/** Numbers keep their unit on their line. */
function unbroken(sentence) {
  return sentence.replace(/(\d) (%|ns|µs|ms|s|min|h)(?![a-z])/g, "$1\u00a0$2");
}

function LaneHead({ lane, place }) {
  const { run } = lane;
  const going = !run.summary && isGoing(run);
  return html`<th scope="col" class=${`number ${place > 0 ? "differing" : ""}`}>
    <span class="comparison-lane"><${Sample} colour=${lane.colour} dash=${DASHES[place]} /> ${lane.title}</span>
    ${going && html`<span class="comparison-going">${t("{share} simulated", { share: percent(run.progress_ns / run.duration_ns) })}</span>`}
    ${!going && run.state !== "done" && html`<span class="comparison-going">${stopped(run)}</span>`}
  </th>`;
}

function Cell({ cell }) {
  return html`<td class=${`number ${cell.best ? "best" : ""}`}>
    ${cell.best && html`<span class="comparison-star" aria-hidden="true">★ </span><span class="visually-hidden">${t("best:")} </span>`}${cell.text}
    ${cell.difference !== null && html` <span class="comparison-difference">${cell.difference}</span>`}
  </td>`;
}

function linkTo(comparison, cursor) {
  return new URL(`/compare/${comparison}/?t=${urlSeconds(cursor.peek())}`, location.href).href;
}

function download(measures, lanes) {
  const url = URL.createObjectURL(new Blob([tableCsv(measures, lanes)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "comparison.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000); // the browser has begun to save by then
}
