// Four charts of the same moments: rate, latency percentiles, queue lengths, utilisation; one cursor for all.

import { moment } from "../lib/format.js";
import { html, signal, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { valueAt } from "../trace/series.js";
import { useCalm, useFeed, useSteady, useTheme } from "./feed.js";
import { DASHES, Plot } from "./plot.js";
import { Stalenesses } from "./staleness.js";

const LEGEND_MS = 100;
const TABLE_ROWS = 40;
const SPOKEN_MS = 1000; // a screen reader is not to be interrupted ten times a second

/** lanes: signal of [{run, store, colour, title}]; cursor: signal of the playback time (ns); seek(t_ns); kernel: see kernels.js. */
export function Charts({ lanes, cursor, seek: given, kernel, system }) {
  const list = lanes.value;
  const seek = useSteady(given);
  const feed = useFeed(list, kernel);
  const metrics = useMemo(() => kernel.metrics(system), [system]);
  const legend_ns = useCalm(cursor, LEGEND_MS);
  const spoken_ns = useCalm(cursor, SPOKEN_MS);
  const hovered_ns = useMemo(() => signal(null), []);
  const [asTable, setAsTable] = useState(false);
  if (list.length === 0) return html`<p class="charts-empty">${t("There is nothing to chart yet.")}</p>`;
  const shared = { list, feed, cursor, legend_ns, spoken_ns, hovered_ns, asTable, seek };
  return html`<section class="charts" aria-label=${t("Charts")}>
    <div class="charts-tools">
      <p class="charts-note">${note(list, feed)}</p>
      <button type="button" class="button small" aria-pressed=${asTable} onClick=${() => setAsTable(!asTable)}>${t("Show as tables")}</button>
    </div>
    <div class="charts-grid">
      <${Stalenesses} lanes=${list} />
      ${metrics.filter((metric) => !metric.in || list.some(({ store }) => metric.in(store))).map((metric) => html`<${Chart} key=${metric.key} metric=${metric} ...${shared} />`)}
    </div>
  </section>`;
}

function note(list, { series, version }) {
  if (version.value === 0) return waiting(list[0].run);
  if (series.some((one) => one.sampled)) {
    return t("Percentiles of busy windows come from an even sample of their requests; counts are exact.");
  }
  return t("Click or drag in a chart to go to that moment.");
}

function waiting(run) {
  if (run.state === "queued") return t("The run waits for a free worker.");
  if (run.state === "failed") return t("The run failed before it had anything to show.");
  return t("Waiting for the first samples…");
}

function Chart({ metric, list, feed, cursor, legend_ns, spoken_ns, hovered_ns, asTable, seek }) {
  const [choice, setChoice] = useState(metric.choices[0].key);
  const [log, setLog] = useState(false);
  const drawn = list.map((lane) => [lane.run.id, lane.title, lane.colour].join("\t")).join("\n");
  const lines = useMemo(() => linesOf(metric, list, choice), [metric, drawn, choice]); // news of a run draws nothing anew
  const folded = feed.fold(metric.fold);
  const at = (t_ns) => lines.map((line) => metric.say(valueAt(folded[line.lane].t, folded[line.lane][line.name], t_ns / 1e9)));
  const { duration_ns } = list[0].run;
  const shown_ns = hovered_ns.value ?? legend_ns.value;
  const title = metric.title();
  const spoken = speak(title, moment(spoken_ns.value, duration_ns), lines, at(spoken_ns.value));
  return html`<figure class="chart">
    <figcaption class="chart-caption">
      <span class="chart-title">${title}</span> <span class="chart-unit">${metric.unit()}</span>
      ${list.length > 1 && html`<${Choice} metric=${metric} title=${title} choice=${choice} setChoice=${setChoice} />`}
      ${metric.log && html`<label class="chart-switch"><input type="checkbox" checked=${log} onChange=${() => setLog(!log)} /> ${t("log scale")}</label>`}
    </figcaption>
    ${asTable
      ? html`<${Table} ...${{ metric, title, lines, folded, shown_ns, duration_ns, seek }} />`
      : html`<${Canvas} ...${{ metric, list, lines, folded, log, cursor, hovered_ns, seek, title, spoken }} />`}
    <${Legend} lines=${lines} values=${at(shown_ns)} time=${moment(shown_ns, duration_ns)} />
  </figure>`;
}

function speak(title, time, lines, values) {
  const said = lines.map((line, i) => `${line.label} ${values[i]}`).join(", ");
  return t("{title} at {time}: {values}", { title, time, values: said });
}

function Choice({ metric, title, choice, setChoice }) {
  if (metric.choices.length < 2) return null;
  return html`<select class="chart-choice" aria-label=${t("{title}: which line", { title })} value=${choice} onChange=${(event) => setChoice(event.target.value)}>
    ${metric.choices.map((one) => html`<option key=${one.key} value=${one.key}>${one.label()}</option>`)}
  </select>`;
}

/** What is drawn: every choice of the metric for one lane, the chosen one for each of several. */
function linesOf(metric, list, choice) {
  if (list.length > 1) {
    return list.map((lane, i) => ({ lane: i, name: choice, label: lane.title, colour: lane.colour, dash: DASHES[i % DASHES.length] }));
  }
  return metric.choices.map(({ key, label, colour, dash }) => ({ lane: 0, name: key, label: label(), colour, dash: DASHES[dash ?? 0] }));
}

function Canvas({ metric, list, lines, folded, log, cursor, hovered_ns, seek, title, spoken }) {
  const host = useRef(null);
  const plot = useRef(null);
  const theme = useTheme();
  const { duration_ns, sample_ns } = list[0].run;
  useEffect(() => {
    plot.current = new Plot(host.current, specOf(metric, list, lines, log), {
      seek: (t_s) => seek(Math.round(t_s * 1e9)),
      hover: (t_s) => { hovered_ns.value = t_s === null ? null : t_s * 1e9; },
    });
    plot.current.show(dataOf(lines, folded));
    return () => plot.current.destroy();
  }, [lines, log, theme, duration_ns, seek]);
  useEffect(() => plot.current.show(dataOf(lines, folded)), [folded]);
  useEffect(() => cursor.subscribe((t_ns) => plot.current.moveTo(t_ns / 1e9)), [cursor, lines, log, theme, duration_ns, seek]);
  const blank = lines.every((line) => folded[line.lane][line.name].every((value) => value === null));
  return html`<div class="chart-body" role="slider" tabindex="0" aria-label=${title} aria-valuetext=${spoken}
      aria-valuemin="0" aria-valuemax=${duration_ns / 1e9} aria-valuenow=${(cursor.peek() / 1e9).toFixed(3)}
      onKeyDown=${(event) => step(event, cursor.peek(), sample_ns, duration_ns, seek)}>
    <div class="chart-canvas" ref=${host}></div>
    ${blank && html`<p class="chart-blank">${waiting(list[0].run)}</p>`}
  </div>`;
}

function specOf(metric, list, lines, log) {
  return {
    duration_s: list[0].run.duration_ns / 1e9,
    lines,
    band: list.length === 1 && metric.band ? metric.band.map((name) => metric.choices.findIndex((one) => one.key === name) + 1) : null,
    bandColour: "--accent",
    log,
    ceiling: metric.ceiling,
    tick: metric.tick,
    marks: [...list[0].run.actions, ...list[0].run.journal].map((action) => action.at_ns / 1e9),
  };
}

/** All lanes of a Comparison share their Plan, so the first lane's times serve all. */
function dataOf(lines, folded) {
  return [folded[lines[0].lane].t, ...lines.map((line) => folded[line.lane][line.name])];
}

function step(event, t_ns, sample_ns, duration_ns, seek) {
  const jumps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  const ends = { Home: 0, End: duration_ns };
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.key in jumps) && !(event.key in ends)) return;
  event.preventDefault();
  event.stopPropagation(); // the page's own arrow keys would move the cursor a second time
  const wanted = ends[event.key] ?? t_ns + jumps[event.key] * sample_ns;
  seek(Math.min(Math.max(wanted, 0), duration_ns));
}

function Legend({ lines, values, time }) {
  return html`<ul class="chart-legend" aria-hidden="true">
    <li class="chart-time">${time}</li>
    ${lines.map((line, i) => html`<li key=${i}>
      <${Sample} colour=${line.colour} dash=${line.dash} /> <span>${line.label}</span> <b>${values[i]}</b>
    </li>`)}
  </ul>`;
}

/** A short piece of the line as it is drawn: colour and dashes. */
export function Sample({ colour, dash }) {
  return html`<svg class="chart-sample" width="26" height="8" aria-hidden="true">
    <line x1="1" y1="4" x2="25" y2="4" stroke-width="2.5" stroke=${`var(${colour})`} stroke-dasharray=${dash.join(" ") || "none"} />
  </svg>`;
}

function Table({ metric, title, lines, folded, shown_ns, duration_ns, seek }) {
  const times = folded[lines[0].lane].t;
  const every = Math.max(1, Math.ceil(times.length / TABLE_ROWS));
  const rows = times.map((t_s, i) => i).filter((i) => i % every === every - 1 || i === times.length - 1);
  const current = rows.find((i) => times[i] >= shown_ns / 1e9) ?? rows[rows.length - 1];
  const cells = (i) => lines.map((line) => html`<td key=${line.label}>${metric.say(folded[line.lane][line.name][i])}</td>`);
  return html`<div class="chart-table" tabindex="0" role="region" aria-label=${title}>
    <table>
      <thead><tr><th scope="col">${t("until")}</th>${lines.map((line) => html`<th scope="col" key=${line.label}>${line.label}</th>`)}</tr></thead>
      <tbody>${rows.map((i) => html`<tr key=${i} aria-current=${i === current ? "time" : null}>
        <th scope="row"><button type="button" class="chart-moment" onClick=${() => seek(Math.round(times[i] * 1e9))}>${moment(times[i] * 1e9, duration_ns)}</button></th>
        ${cells(i)}
      </tr>`)}</tbody>
    </table>
  </div>`;
}
