// What a Run came to: its numbers, the servers one by one, the distribution, the digest, and everything to take away.

import { number, percent, span, three, urlSeconds } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Comparison } from "./compare.js";
import { Copy } from "./copy.js";
import { Histogram } from "./histogram.js";
import { failures } from "./measures.js";
import { isGoing } from "./progress.js";
import { ServerTable } from "./servers.js";

/** lanes: signal of [{run, store, colour, title}]; cursor: signal of the playback time (ns). */
export function Results({ lanes, cursor }) {
  const list = lanes.value;
  const [chosen, setChosen] = useState(0);
  if (list.length === 0) return html`<p class="results-quiet">${t("There is no result yet.")}</p>`;
  const lane = list[Math.min(chosen, list.length - 1)];
  return html`<section class="results" aria-label=${t("Results")}>
    ${list.length > 1 && html`<${Comparison} lanes=${list} cursor=${cursor} />
      <div class="results-lanes" role="group" aria-label=${t("Details of one lane")}>
        ${list.map((one, i) => html`<button type="button" class="button small" key=${one.run.id} aria-pressed=${one === lane} onClick=${() => setChosen(i)}>${one.title}</button>`)}
      </div>`}
    <${Outcome} key=${lane.run.id} lane=${lane} cursor=${cursor} alone=${list.length === 1} />
  </section>`;
}

function Outcome({ lane, cursor, alone }) {
  const { run } = lane;
  if (!run.summary && isGoing(run)) return alone && html`<p class="results-quiet" role="status">${t("The numbers follow when the run is done.")}</p>`;
  if (!run.summary) return html`<p class="note warning">${ended(run)}</p>`;
  const { summary } = run;
  return html`<div class="results-one">
    ${run.state !== "done" && html`<p class="note warning">${ended(run)}</p>`}
    <p class=${`note ${summary.stable ? "success" : "warning"}`}>${summary.stability}</p>
    <${Numbers} summary=${summary} />
    ${alone && summary.stable && html`<${Histogram} lanes=${[{ title: lane.title, colour: lane.colour, histogram: summary.histogram }]} />`}
    <${ServerTable} servers=${summary.servers} />
    <${Proof} run=${run} summary=${summary} />
    <${Takeaway} run=${run} cursor=${cursor} />
  </div>`;
}

function ended(run) {
  if (run.state === "cancelled") return t("This run was cancelled at {time}; what was computed stays.", { time: span(run.progress_ns) });
  if (run.state === "budget") return t("Budget reached at {time}; what was computed stays.", { time: span(run.progress_ns) });
  return run.error || t("The run failed.");
}

function Numbers({ summary }) {
  const latency = summary.latency_ms;
  const share = (count) => percent(summary.sent > 0 ? count / summary.sent : null, 2);
  return html`<div class="figures-groups">
    <dl class="figures" aria-label=${t("Requests")}>
      <${Figure} name=${t("sent")} value=${number(summary.sent)} />
      <${Figure} name=${t("answered")} value=${number(summary.ok)} more=${[share(summary.ok)]} />
      <${Figure} name=${t("failed")} value=${number(summary.failed)} tone=${summary.failed > 0 ? "failed" : ""}
        more=${[share(summary.failed), ...failures(summary).map((one) => t("{count} {reason}", { count: number(one.count), reason: one.label }))]} />
      <${Figure} name=${t("still in the system")} value=${number(summary.in_system)} />
    </dl>
    ${summary.stable ? html`<dl class="figures" aria-label=${t("Latency")}>
      <${Figure} name=${t("mean")} value=${time(latency.mean)} />
      <${Figure} name="p50" value=${time(latency.p50)} more=${[t("half within")]} />
      <${Figure} name="p90" value=${time(latency.p90)} more=${[t("90 % within")]} />
      <${Figure} name="p99" value=${time(latency.p99)} more=${[t("99 % within")]} strong />
      <${Figure} name="p99.9" value=${time(latency.p99_9)} more=${[t("99.9 % within")]} />
      <${Figure} name=${t("slowest")} value=${time(latency.max)} />
    </dl>` : html`<dl class="figures" aria-label=${t("Latency")}>
      <${Figure} name=${t("latency")} value=${t("unstable")} tone="unknown"
        more=${[t("a percentile would only say when the run stopped")]} strong />
    </dl>`}
    <dl class="figures" aria-label=${t("Servers")}>
      <${Figure} name=${t("throughput")} value=${t("{rate}/s", { rate: three(summary.throughput_per_s) })} />
      <${Figure} name=${t("utilisation")} value=${percent(summary.utilisation, 1)} more=${[t("of all slots, on average")]} />
      <${Figure} name=${t("fairness (Jain)")} value=${number(summary.fairness, 3)} more=${[t("1: every server did its share")]} />
    </dl>
  </div>`;
}

function time(ms) {
  return ms === null ? "–" : span(ms * 1e6);
}

function Figure({ name, value, more = [], tone = "", strong = false }) {
  return html`<div class=${`figure ${tone} ${strong ? "strong" : ""}`}>
    <dt>${name}</dt><dd>${value}</dd>
    ${more.map((line) => html`<dd class="figure-more" key=${line}>${line}</dd>`)}
  </div>`;
}

function Proof({ run, summary }) {
  const { little } = summary;
  const measured = t("Measured over {span} after a warm-up of {warm_up}, from {count} answers.", {
    span: span(summary.span_s * 1e9), warm_up: span(summary.warm_up_s * 1e9), count: number(summary.latency_ms.count),
  });
  const balance = little && little.error !== null
    ? t("Little's law: {l} requests in the system = {rate}/s × {wait}; the two sides differ by {error}.", {
      l: three(little.l), rate: three(little.lambda_per_s), wait: span(little.w_s * 1e9), error: percent(little.error, 2),
    })
    : "";
  return html`<div class="results-proof">
    <p>${measured}</p>
    <p>${balance}</p>
    <p>${t("Seed {seed}, {events} events, engine {version}.", { seed: run.seed, events: number(summary.events), version: summary.engine_version })}</p>
    <p class="results-digest"><span>${t("Digest")}</span> <code>${summary.digest}</code>
      <${Copy} text=${() => summary.digest} label=${t("Copy the digest")} /></p>
  </div>`;
}

/** Files of the whole Run, recomputed by the server, and a link to this moment. */
function Takeaway({ run, cursor }) {
  const base = `/api/runs/${run.id}`;
  const files = [
    [`${base}/requests.csv`, t("requests (CSV)")],
    [`${base}/requests.json`, t("requests (JSON)")],
    [`${base}/series.csv`, t("time series (CSV)")],
    [`${base}/series.json`, t("time series (JSON)")],
    [`${base}/document.json`, t("everything (JSON)")],
  ];
  const link = () => new URL(`/runs/${run.id}/?t=${urlSeconds(cursor.peek())}`, location.href).href;
  return html`<div class="results-files">
    <span>${t("Export")}</span>
    ${files.map(([url, label]) => html`<a key=${url} class="button small" href=${url} download>${label}</a>`)}
    <${Copy} text=${link} label=${t("Copy the link")} />
  </div>`;
}
