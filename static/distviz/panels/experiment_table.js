// The numbers at one place of the grid: a row for each strategy with its intervals, and the paired differences to one of them.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { percent, three } from "../lib/format.js";
import { LineSample, markOf } from "./experiment_marks.js";
import { MEASURES, SHORT, costOf, difference, interval, measureOf } from "./experiment_measures.js";
import { PlacePick } from "./experiment_pick.js";

const COLUMNS = ["mean", "p50", "p90", "p99", "p99_9", "goodput_per_s", "failure_share", "utilisation", "server_hours"].map(measureOf);
const PAIRED = { mean_ms: "mean", p99_ms: "p99", failure_share: "failure_share" };

export function Tables({ experiment, model, place, setPlace, choose, chosen }) {
  const { axes, compared } = model;
  const others = axes.map((axis, index) => index).filter((index) => index !== compared);
  const rows = (compared === null ? [null] : axes[compared].values.map((value, index) => index))
    .map((index) => ({ index, cell: model.cellAt(place.map((one, axis) => (axis === compared ? index : one))), title: index === null ? t("all") : model.title(compared, index) }));
  const point = experiment.answer?.points?.find((one) => one.at.every((index, axis) => axis === compared || index === place[axis]));
  return html`<section class="panel" aria-labelledby="numbers-title">
    <div class="experiment-caption"><h2 id="numbers-title">${t("Numbers")}</h2><div class="row"><${PlacePick} model=${model} place=${place} setPlace=${setPlace} which=${others} /></div></div>
    <div class="table-wrap" tabindex="0" role="region" aria-labelledby="numbers-title"><table class="table experiment-table">
      <thead><tr><th scope="col">${compared === null ? "" : axes[compared].title}</th>${COLUMNS.map((measure) => html`<th scope="col" class="number" key=${measure.key}>${SHORT[measure.key]()}</th>`)}
        <th scope="col" class="number" title=${t("server-hours for a million answers in time")}>${t("h per million")}</th></tr></thead>
      <tbody>${rows.map((row) => html`<${Row} key=${row.index} ...${{ row, point, choose, chosen }} duration_s=${experiment.duration_ns / 1e9} />`)}</tbody>
    </table></div>
    <p class="comparison-note">${t("± is half of the 95 % interval over the seeds. ★ significantly the lowest mean latency of all. h per million: server-hours for a million answers in time.")}</p>
    ${point && rows.length > 1 && html`<${Pairs} rows=${rows} point=${point} />`}
  </section>`;
}

function Row({ row, point, choose, chosen, duration_s }) {
  const { cell, index, title } = row;
  if (!cell) return null;
  const best = point?.best !== null && point?.best !== undefined && point.best === index;
  const unstable = cell.stable === false;
  const cost = costOf(cell, duration_s);
  return html`<tr class=${cell.number === chosen ? "chosen" : ""}>
    <th scope="row"><${LineSample} mark=${markOf(index ?? 0)} /> <button type="button" class="link-button" onClick=${() => choose(cell.number)}>${title}</button>
      ${best && html` <span class="comparison-star" title=${t("significantly the lowest mean latency")}>★</span>`}</th>
    ${unstable && html`<td colspan="5" class="experiment-unstable"><span class="tag failed">${t("unstable")}</span></td>`}
    ${COLUMNS.filter((measure) => !(unstable && measure.latency)).map((measure) => html`<td class="number" key=${measure.key}>${interval(measure, measure.of(cell))}</td>`)}
    <td class="number">${cost === null ? "–" : three(cost)}</td>
  </tr>`;
}

/** What each differs from one of them by, on the same seeds. */
function Pairs({ rows, point }) {
  const [chosen, setBase] = useState(null);
  const base = chosen ?? (point.best ?? rows.find(({ cell }) => cell?.stable)?.index ?? 0);
  const title = (index) => rows.find((row) => row.index === index).title;
  return html`<div class="experiment-pairs">
    <div class="experiment-caption"><h3 id="pairs-title">${t("Paired differences on the same seeds")}</h3>
      <label class="experiment-pick"><span>${t("compared with")}</span><select class="chart-choice" value=${base} onChange=${(event) => setBase(Number(event.target.value))}>
        ${rows.map((row) => html`<option key=${row.index} value=${row.index} selected=${row.index === base}>${row.title}</option>`)}</select></label></div>
    <div class="table-wrap" tabindex="0" role="region" aria-labelledby="pairs-title"><table class="table experiment-table">
      <thead><tr><th scope="col">${t("against {title}", { title: title(base) })}</th>${Object.values(PAIRED).map((key) => html`<th scope="col" key=${key}>${measureOf(key).title()}</th>`)}</tr></thead>
      <tbody>${rows.filter(({ index }) => index !== base).map(({ index }) => html`<tr key=${index}><th scope="row">${title(index)}</th>
        <${Differences} ...${pairOf(point, base, index)} rows=${rows} base=${base} other=${index} /></tr>`)}</tbody>
    </table></div>
    <p class="comparison-note">${t("A difference is called significant where it would come about by chance in fewer than 5 of 100 experiments, with all pairs of this place looked at together (Holm).")}</p>
  </div>`;
}

/** {pair, turned}: turned where the pair was told the other way round. */
function pairOf({ pairs }, base, other) {
  const pair = pairs.find(({ a, b }) => (a === base && b === other) || (a === other && b === base)) ?? null;
  return { pair, turned: pair !== null && pair.a === other };
}

function Differences({ pair, turned, rows, base, other }) {
  if (!pair) return html`<td colspan="3">–</td>`;
  return Object.entries(PAIRED).map(([name, key]) => {
    const diff = pair[name];
    if (!diff) return html`<td key=${key}>${key === "failure_share" || pair.stable === "both" ? "–" : html`<span class="tag failed">${unstableWords(pair, turned, rows, base, other)}</span>`}</td>`;
    const said = { ...diff, difference: turned ? -diff.difference : diff.difference };
    const before = measureOf(key).of(rows.find(({ index }) => index === base).cell)?.mean;
    const relative = key !== "failure_share" && before > 0 ? ` (${said.difference > 0 ? "+" : "−"}${percent(Math.abs(said.difference / before), 1)})` : "";
    return html`<td key=${key}><span class="experiment-difference">${difference(measureOf(key), said)}${relative}</span>
      ${diff.difference === 0 && diff.half === 0 ? "" : diff.significant ? html`<span class="tag ok">${said.difference < 0 ? t("lower, significant") : t("higher, significant")}</span>` : html`<span class="tag stopped">${t("not significant")}</span>`}</td>`;
  });
}

function unstableWords(pair, turned, rows, base, other) {
  const title = (index) => rows.find((row) => row.index === index).title;
  if (pair.stable === "neither") return t("both unstable");
  const stable = pair.stable === "a" ? pair.a : pair.b;
  return t("{title} unstable", { title: title(stable === base ? other : base) });
}
