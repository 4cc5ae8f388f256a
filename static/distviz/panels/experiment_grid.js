// Every cell of the grid at once: how far it is, and one measure as a colour; a cell that cannot keep up is unstable.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, span, three } from "../lib/format.js";
import { interval } from "./experiment_measures.js";
import { MeasurePick } from "./experiment_pick.js";

const STRONGEST = 62; // percent of the colour in the darkest cell: the letters stay readable

export function Grid({ experiment, model, measure, setMeasure, chosen, choose }) {
  const { axes } = model;
  const across = model.load ?? axes.length - 1;
  const rows = rowsOf(axes, across);
  const scale = scaleOf(model.cells, measure);
  const [focus, setFocus] = useState([0, 0]);
  const cellOf = (row, column) => model.cellAt(row.map((index, axis) => (axis === across ? column : index)));
  const move = (event) => walk(event, focus, rows.length, axes[across].values.length, setFocus);
  return html`<section class="panel" aria-labelledby="grid-title">
    <div class="experiment-caption"><h2 id="grid-title">${t("All cells")}</h2><div class="row"><${MeasurePick} measure=${measure} setMeasure=${setMeasure} label=${t("Colour")} /></div></div>
    <div class="experiment-grid-wrap"><table class="experiment-grid" role="grid" aria-labelledby="grid-title" onKeyDown=${move}>
      <thead><tr>${axes.length > 1 && html`<th scope="col" class="corner">${axes.filter((axis, index) => index !== across).map(({ title }) => title).join(" · ")}</th>`}
        ${axes[across].values.map((value, column) => html`<th scope="col" key=${column}>${typeof value.value === "number" ? number(value.value, 6) : value.label}</th>`)}</tr></thead>
      <tbody>${rows.map((row, y) => html`<tr key=${y}>
        ${axes.length > 1 && html`<th scope="row">${row.map((index, axis) => (axis === across ? null : model.title(axis, index))).filter((label) => label !== null).join(" · ")}</th>`}
        ${axes[across].values.map((value, x) => html`<${Cell} key=${x} ...${{ cell: cellOf(row, x), measure, scale, chosen, choose, spoken: spokenOf(model, row, across, x) }}
          current=${focus[0] === y && focus[1] === x} place=${`${y}-${x}`} />`)}
      </tr>`)}</tbody>
    </table></div>
    <p class="experiment-key"><span class="experiment-key-title">${axes[across].title}${axes[across].unit ? ` (${axes[across].unit})` : ""} →</span>
      ${scale.known && html`<span class="experiment-ramp" aria-hidden="true"></span><span>${measure.say(scale.low)} – ${measure.say(scale.high)}</span>`}
      <span><span class="experiment-sign unstable" aria-hidden="true"></span>${t("unstable: the queues grow, so there is no latency")}</span>
      <span><span class="experiment-sign part" aria-hidden="true"></span>${t("some seeds are still to come")}</span></p>
  </section>`;
}

/** Every place on the axes beside the one across. */
function rowsOf(axes, across) {
  return axes.reduce((rows, axis, index) => rows.flatMap((row) => (index === across ? [[...row, 0]] : axis.values.map((value, place) => [...row, place]))), [[]]);
}

function scaleOf(cells, measure) {
  const values = cells.filter((cell) => !(measure.latency && cell.stable === false)).map((cell) => measure.of(cell)?.mean ?? null).filter((value) => value !== null);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const log = measure.log && low > 0;
  const share = (value) => (high > low ? (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)) : 0);
  return { known: values.length > 0, low, high, share };
}

function spokenOf(model, row, across, column) {
  return row.map((index, axis) => model.title(axis, axis === across ? column : index)).join(", ");
}

function Cell({ cell, measure, scale, chosen, choose, spoken, current, place }) {
  if (!cell) return html`<td></td>`;
  const est = measure.of(cell);
  const unstable = cell.stable === false && measure.latency;
  const tint = est && est.mean !== null && !unstable ? `color-mix(in srgb, var(--accent) ${Math.round(STRONGEST * scale.share(est.mean))}%, var(--surface))` : null;
  const words = cell.done === 0 ? t("no seed yet") : unstable ? t("unstable") : interval(measure, est);
  const part = cell.done < cell.seeds;
  return html`<td class=${unstable ? "unstable" : ""} style=${{ background: tint ?? "" }}>
    <button type="button" id=${`cell-${place}`} tabindex=${current ? "0" : "-1"} aria-pressed=${cell.number === chosen} aria-label=${`${spoken}: ${words}`} title=${`${spoken}: ${words}`} onClick=${() => choose(cell.number)}>
      ${unstable ? html`<span aria-hidden="true">✕</span>` : compact(measure, est) || html`<span class="quiet-text" aria-hidden="true">·</span>`}
      ${part && html`<span class="experiment-part" aria-hidden="true"><span style=${{ width: `${(100 * cell.done) / cell.seeds}%` }}></span></span>`}
    </button></td>`;
}

/** A value without the space before its unit: cells are narrow. */
function compact(measure, est) {
  if (!est || est.mean === null) return "";
  if (measure.latency) return span(est.mean * 1e6);
  return measure.units[0][1] === "%" ? `${number(100 * est.mean, est.mean < 0.1 ? 2 : 1)} %` : three(est.mean);
}

/** The arrow keys go from cell to cell. */
function walk(event, [y, x], rows, columns, setFocus) {
  const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -columns], End: [0, columns] }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = [Math.min(Math.max(y + step[0], 0), rows - 1), Math.min(Math.max(x + step[1], 0), columns - 1)];
  setFocus(next);
  requestAnimationFrame(() => document.getElementById(`cell-${next.join("-")}`)?.focus());
}
