// One cell of an Experiment in full: its numbers, its seeds, and the way to its worst moment on the stage.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, percent, span } from "../lib/format.js";
import { ask } from "../lib/rest.js";
import { icon } from "../lib/icons.js";
import { MEASURES, interval } from "./experiment_measures.js";

export function CellView({ model, chosen, url, close }) {
  const cell = model.byNumber.get(chosen);
  const place = useRef(null);
  const whole = useCell(url, cell);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), [chosen]);
  if (!cell) return null;
  const title = titleOf(model, cell);
  return html`<section class="panel experiment-cell" aria-labelledby="cell-title" ref=${place}>
    <div class="experiment-caption">
      <h2 id="cell-title">${title} ${cell.stable === false && html`<span class="tag failed">${t("unstable")}</span>`}</h2>
      <button type="button" class="button quiet icon" onClick=${close} aria-label=${t("Close: {title}", { title })}>${icon("close")}</button>
    </div>
    ${cell.stability && html`<p class=${cell.stable === false ? "note warning" : "quiet-text small"}>${cell.stability}</p>`}
    <${OpenRun} cell=${cell} url=${url} />
    ${cell.done > 0 && html`<dl class="figures">${MEASURES.filter((measure) => !(measure.latency && cell.stable === false)).map((measure) => html`<div class="figure" key=${measure.key}>
      <dt>${measure.title()}</dt><dd>${interval(measure, measure.of(cell))}</dd></div>`)}
      ${Object.entries(cell.extras ?? {}).map(([name, est]) => html`<div class="figure" key=${name}><dt>${name.replaceAll("_", " ")}</dt><dd>${number(est.mean, 4)}${est.half === null ? "" : ` ± ${number(est.half, 4)}`}</dd></div>`)}</dl>`}
    <p class="quiet-text small">${facts(cell)}</p>
    ${whole && html`<${Seeds} cell=${cell} rows=${whole.replications} url=${url} />`}
  </section>`;
}

/** The places of a cell on the axes, in words. */
export function titleOf(model, cell) {
  const words = cell.at.map((index, axis) => model.title(axis, index));
  const servers = cell.servers === null || cell.servers === undefined ? [] : [t("{count} servers", { count: number(cell.servers) })];
  return [...words, ...servers].join(" · ") || t("the scenario");
}

/** The whole cell from the server, once and again when it has grown. */
export function useCell(url, cell) {
  const [whole, setWhole] = useState(null);
  useEffect(() => {
    if (!cell || cell.done === 0) return undefined;
    const leave = new AbortController();
    ask("GET", `${url}cells/${cell.number}/`, undefined, { signal: leave.signal }).then(setWhole, (error) => {
      if (error.name !== "AbortError" && error.field === undefined) throw error;
    });
    return () => leave.abort();
  }, [cell?.number, cell?.stamp]);
  return whole?.number === cell?.number ? whole : null;
}

function facts(cell) {
  const parts = [t("{done} of {seeds} seeds", { done: number(cell.done), seeds: number(cell.seeds) })];
  if (cell.requests) parts.push(t("{count} requests counted", { count: number(cell.requests) }));
  if (cell.unstable) parts.push(t("{count} seeds unstable", { count: number(cell.unstable) }));
  if (cell.warm_up_s !== null && cell.warm_up_s !== undefined) parts.push(t("the first {warm_up} left out (warm-up)", { warm_up: span(cell.warm_up_s * 1e9) }));
  const outcomes = Object.entries(cell.outcomes ?? {}).filter(([, share]) => share > 0);
  return [...parts, ...outcomes.map(([name, share]) => `${name.replaceAll("_", " ")} ${percent(share, share < 0.01 ? 3 : 1)}`)].join(" · ");
}

/** Makes a Run of the worst seed and shows it at its worst moment. */
function OpenRun({ cell, url }) {
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  if (!cell.worst) return null;
  const open = () => openRun(`${url}cells/${cell.number}/run/`, {}, setBusy, setWrong);
  return html`<div class="row"><button type="button" class="button primary" disabled=${busy} onClick=${open}>${icon("play")}${t("Open the worst moment on the stage")}</button>
    <span class="quiet-text small">${t("seed {seed} at {time}: {count} requests in the system", { seed: cell.worst.seed, time: span(cell.worst.at_ns), count: number(cell.worst.in_system) })}</span>
    ${wrong && html`<p class="note error" role="alert">${wrong}</p>`}</div>`;
}

async function openRun(url, body, setBusy, setWrong) {
  setBusy(true);
  try {
    const made = await ask("POST", url, body);
    window.location.assign(made.url);
  } catch (error) {
    if (error.field === undefined) throw error;
    setBusy(false);
    setWrong(error.message);
  }
}

/** Each seed of the cell by itself, and a way to its Run. */
function Seeds({ cell, rows, url }) {
  const [wrong, setWrong] = useState("");
  if (!rows?.length) return null;
  const time = (ms) => (ms === null || ms === undefined ? "–" : span(ms * 1e6));
  return html`<details class="experiment-seeds"><summary>${t("Each seed by itself")}</summary>
    ${wrong && html`<p class="note error" role="alert">${wrong}</p>`}
    <div class="table-wrap" tabindex="0" role="region" aria-label=${t("Each seed by itself")}><table class="table">
      <thead><tr><th scope="col">${t("Seed")}</th><th scope="col" class="number">${t("mean")}</th><th scope="col" class="number">p50</th><th scope="col" class="number">p99</th><th scope="col" class="number">p99.9</th>
        <th scope="col" class="number">${t("answered")}</th><th scope="col" class="number">${t("failed")}</th><th scope="col" class="number">${t("utilisation")}</th><th scope="col"><span class="visually-hidden">${t("What can be done")}</span></th></tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.seed}><th scope="row" class="mono">${row.seed}</th>
        ${row.stable ? html`<td class="number">${time(row.mean_ms)}</td><td class="number">${time(row.p50_ms)}</td><td class="number">${time(row.p99_ms)}</td><td class="number">${time(row.p99_9_ms)}</td>`
          : html`<td colspan="4"><span class="tag failed">${t("unstable")}</span></td>`}
        <td class="number">${number(row.ok)}</td><td class="number">${number(row.failed)}</td><td class="number">${percent(row.utilisation, 1)}</td>
        <td><button type="button" class="button quiet small" aria-label=${t("Run seed {seed}", { seed: row.seed })} onClick=${() => openRun(`${url}cells/${cell.number}/run/`, { seed: row.seed }, () => {}, setWrong)}>${t("Run")}</button></td></tr>`)}</tbody>
    </table></div></details>`;
}
