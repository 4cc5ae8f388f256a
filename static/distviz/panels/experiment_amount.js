// How much an Experiment is, before it starts: cells, replications, requests, and whether the budget allows them.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, short } from "../lib/format.js";
import { set } from "../lib/schema.js";
import { fieldsOf, valuesOf } from "./experiment_axes.js";
import { offered } from "./load.js";

const WEIGHED_AT_MOST = 4000; // cells looked at one by one to count their requests

/** {sizes (values on each axis), cells, replications, requests (null where it cannot be told)} of what the form holds. */
export function amountOf(now, schema, recordings) {
  const fields = fieldsOf(schema, schema, now.config);
  const sizing = now.kind === "sizing";
  const axes = (sizing ? now.axes.slice(0, 1) : now.axes).map((axis) => ({ path: axis.path, values: valuesOf(axis, fields.find(({ path }) => path === axis.path) ?? { node: {} }) }));
  const sizes = axes.map(({ values }) => values.length);
  const probes = sizing ? probesOf(now.sizing) : 1;
  const cells = sizes.reduce((product, size) => product * size, 1) * probes;
  const seeds = sizing ? now.probe_seeds : now.seeds;
  const replications = cells * (Number.isInteger(seeds) ? seeds : 0);
  const each = cells <= WEIGHED_AT_MOST ? sum(configs(now.config, axes).map((config) => requestsOf(config, now.duration_s, recordings))) * probes : NaN;
  return { sizes, cells, replications, probes, seeds, requests: Number.isFinite(each * seeds) ? each * seeds : null };
}

/** How many numbers of servers a bisection tries at most. */
function probesOf({ low, high }) {
  return Number.isFinite(high - low) && high >= low ? Math.ceil(Math.log2(high - low + 2)) + 1 : 1;
}

function configs(config, axes) {
  return axes.reduce((all, { path, values }) => all.flatMap((one) => values.map((value) => set(one, path, value))), [config]);
}

function requestsOf(config, duration_s, recordings) {
  const rate = offered(config, recordings)?.rate_per_s ?? NaN;
  const recording = config.arrivals?.law === "recorded" ? recordings.find(({ key }) => key === config.arrivals.recording) : NaN;
  return Math.min(rate * duration_s, recording ? recording.rows : Infinity);
}

function sum(list) {
  return list.reduce((total, one) => total + one, 0);
}

/** budget: {cells, replications, requests}, the most that this person may ask for. */
export function Amount({ form, schema, budget }) {
  const now = form.document.value;
  const amount = amountOf(now, schema, form.recordings);
  const over = overOf(amount, budget);
  return html`<div class=${`experiment-amount ${over ? "over" : ""}`} role="status">
    <p><strong>${sentence(now, amount)}</strong></p>
    <p class="field-help">${over || within(amount, budget)}</p>
  </div>`;
}

function sentence({ kind }, { sizes, seeds, cells, replications, probes, requests }) {
  const product = [...sizes, seeds].map((size) => (Number.isInteger(size) ? number(size) : "?")).join(" × ");
  const about = requests === null ? "" : ` ${t("About {requests} requests.", { requests: short(requests) })}`;
  if (kind === "sizing") return `${t("At most {probes} numbers of servers for each of {count}, {seeds} seeds each at most.", { probes: number(probes), count: number(sizes[0] ?? 0), seeds: number(seeds) })}${about}`;
  return `${t("{product} seeds = {replications} replications in {cells} cells.", { product, replications: number(replications), cells: number(cells) })}${about}`;
}

const NOUNS = { cells: () => t("cells"), replications: () => t("replications"), requests: () => t("requests") };

/** The sentence that says what is too much; "" where nothing is. */
export function overOf(amount, budget) {
  const [key] = Object.keys(NOUNS).filter((noun) => budget?.[noun] !== undefined && amount[noun] > budget[noun]);
  if (!key) return "";
  return t("Over budget: {asked} {what}, and at most {most} may be asked for.", { asked: short(amount[key]), what: NOUNS[key](), most: short(budget[key]) });
}

function within(amount, budget) {
  const parts = Object.entries(NOUNS).filter(([noun]) => budget?.[noun] !== undefined && amount[noun] !== null)
    .map(([noun, title]) => t("{asked} of {most} {what}", { asked: short(amount[noun]), most: short(budget[noun]), what: title() }));
  return parts.length ? t("Within budget: {parts}.", { parts: parts.join(t(", ")) }) : "";
}
