// The question of a sizing: the smallest number of servers for which almost all requests are answered soon enough.

import { html } from "../lib/html.js";
import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { problems } from "../lib/schema.js";
import { fieldTitle, fieldsOf } from "./experiment_axes.js";
import { Field } from "./fields.js";
import { offered } from "./load.js";

const GENEROUS = 6; // times the mean service: what an exponential one alone exceeds in 1 of 400 requests
const COUNT = /^servers\.\d+\.count$/;
const PERCENTILES = { 0.5: "p50", 0.9: "p90", 0.95: "p95", 0.99: "p99", 0.999: "p99.9" };

const NODES = {
  percentile: { type: "number", title: t("Percentile"), unit: "", enum: Object.keys(PERCENTILES).map(Number).sort((a, b) => a - b), labels: PERCENTILES, description: t("The share of the requests that must be fast enough: p99 is all but one in a hundred.") },
  below_ms: { type: "number", title: t("Latency below"), unit: "ms", exclusiveMinimum: 0, maximum: 86400000, description: t("The latency that the percentile must stay below.") },
  lost: { type: "integer", title: t("Servers lost"), unit: "", minimum: 0, maximum: 100, description: t("As many servers are crashed during the whole time that is measured.") },
  low: { type: "integer", title: t("From"), unit: t("servers"), minimum: 1, maximum: 1000, description: t("The smallest number of servers that is tried.") },
  high: { type: "integer", title: t("To"), unit: t("servers"), minimum: 1, maximum: 1000, description: t("The largest number of servers that is tried.") },
};

/** The fields that count servers. */
function counts(schema, config) {
  return fieldsOf(schema, schema, config).filter(({ path }) => COUNT.test(path));
}

/** A sizing as it is first offered: a limit of a few times the mean service, one server lost. `proposed`: the server's, or nothing. */
export function newSizing(fields, config, recordings, proposed) {
  const [first] = fields.filter(({ path }) => COUNT.test(path));
  const count = Number(first ? config.servers?.[0]?.count ?? 10 : 10);
  return { servers: first?.path ?? "servers.0.count", high: Math.min(1000, Math.max(16, 4 * count)), percentile: 0.99, ...proposed, below_ms: limitOf(config, recordings), lost: 1, low: Math.max(2, proposed?.low ?? 2) };
}

function limitOf(config, recordings) {
  const mean_ms = offered(config, recordings)?.mean_ms ?? 20;
  return Number((GENEROUS * mean_ms).toPrecision(1));
}

export function Sizing({ form, schema }) {
  const now = form.document.value;
  const groups = counts(schema, now.config);
  const field = (key) => html`<${Field} form=${form} node=${NODES[key]} path=${`sizing.${key}`} value=${now.sizing[key]} />`;
  return html`<section class="panel experiment-question" aria-labelledby="question-title">
    <h2 id="question-title">${t("The question")}</h2>
    <p class="experiment-asked">${asks(now.sizing)}</p>
    <div class="fields">${field("percentile")}${field("below_ms")}${field("lost")}${field("low")}${field("high")}
      ${groups.length > 1 && html`<${Field} form=${form} path="sizing.servers" value=${now.sizing.servers}
        node=${{ type: "string", title: t("Which servers"), unit: "", enum: groups.map(({ path }) => path), labels: Object.fromEntries(groups.map((group) => [group.path, fieldTitle(group)])) }} />`}
    </div>
  </section>`;
}

/** The question as a sentence, as it stands in the form. */
export function asks({ percentile, below_ms, lost }) {
  const values = { percentile: PERCENTILES[percentile] ?? `p${100 * percentile}`, below: typeof below_ms === "number" ? number(below_ms, 6) : below_ms, lost };
  if (lost === 0) return t("What is the smallest number of servers such that {percentile} stays below {below} ms?", values);
  if (lost === 1) return t("What is the smallest number of servers such that {percentile} stays below {below} ms with one server lost?", values);
  return t("What is the smallest number of servers such that {percentile} stays below {below} ms with {lost} servers lost?", values);
}

/** [{path, sentence}] for the question. */
export function sizingProblems(sizing) {
  const found = Object.entries(NODES).flatMap(([key, node]) => (node.enum ? [] : problems(node, {}, sizing[key], `sizing.${key}`)));
  if (sizing.lost >= sizing.low) found.push({ path: "sizing.low", sentence: t("This must be more than the servers that are lost.") });
  return sizing.high < sizing.low ? [...found, { path: "sizing.high", sentence: t("This must not be below the smallest number.") }] : found;
}

/** The name of a percentile: 0.999 is "p99.9". */
export function percentileName(share) {
  return PERCENTILES[share] ?? `p${Number((100 * share).toPrecision(6))}`;
}

/** The key of a percentile among the latencies of a cell; null where cells do not have it. */
export function percentileKey(share) {
  return { 0.5: "p50", 0.9: "p90", 0.99: "p99", 0.999: "p99_9" }[share] ?? null;
}
