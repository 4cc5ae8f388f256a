// A measure against the load, a line for each strategy, with the knee and the largest stable load.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, span, three } from "../lib/format.js";
import { Chart } from "./experiment_chart.js";
import { markOf } from "./experiment_marks.js";
import { interval } from "./experiment_measures.js";
import { linesOf } from "./experiment_model.js";
import { MeasurePick, PlacePick } from "./experiment_pick.js";

export function Lines({ experiment, model, measure, setMeasure, chosen, choose, place, setPlace }) {
  const [logs, setLogs] = useState({});
  const axis = model.axes[model.load];
  const lines = linesOf(model, place, measure, experiment.answer, markOf);
  const log = logs[measure.key] ?? measure.log;
  const title = t("{measure} against {axis}", { measure: measure.title(), axis: axis.title });
  const unit = axis.unit ? ` ${axis.unit}` : "";
  return html`<section class="panel" aria-labelledby="lines-title">
    <div class="experiment-caption">
      <h2 id="lines-title">${title}</h2>
      <div class="row">
        <${PlacePick} model=${model} place=${place} setPlace=${setPlace} which=${model.rest} />
        <${MeasurePick} measure=${measure} setMeasure=${setMeasure} />
        <label class="chart-switch"><input type="checkbox" checked=${log} onChange=${() => setLogs({ ...logs, [measure.key]: !log })} /> ${t("log scale")}</label>
      </div>
    </div>
    <${Chart} lines=${lines} log=${log} title=${title} xTitle=${`${axis.title}${axis.unit ? ` (${axis.unit})` : ""}`} chosen=${chosen} pick=${choose}
      xTick=${(value) => number(value, 6) + unit} yTick=${(value) => tick(measure, value)} say=${(point) => said(measure, point)} load=${(value) => number(value, 6)} />
    <p class="field-help">${t("Bands and bars: 95 % intervals over the seeds. A ring marks the knee, where throughput over latency is largest; a bar after a point marks the largest stable load; a cross above the plot is an unstable cell, which gets no number. Click a point to look into its cell.")}</p>
  </section>`;
}

function tick(measure, value) {
  if (measure.latency) return value === 0 ? "0" : span(value * 1e6);
  return measure.units[0][1] === "%" ? `${number(100 * value, 3)} %` : value >= 10000 ? three(value / 1000) + "k" : number(value, 4);
}

function said(measure, { est, unstable, y }) {
  if (unstable) return t("unstable");
  return y === null ? "–" : interval(measure, est);
}
