// What a run of a load balancer came to: its numbers, the distribution, the servers one by one.

import { number, percent, span, three } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ClassTable, ClosedBalance } from "./classes_traffic.js";
import { Digest } from "./digest.js";
import { Figure, time } from "./figures.js";
import { Histogram } from "./histogram.js";
import { failures } from "./measures_traffic.js";
import { ServerTable } from "./servers.js";

/** `alone`: no other lane stands beside it. */
export function Outcome({ lane, alone }) {
  const { run } = lane;
  const { summary } = run;
  return html`<p class=${`note ${summary.stable ? "success" : "warning"}`}>${summary.stability}</p>
    <${Numbers} summary=${summary} />
    ${alone && summary.stable && html`<${Histogram} lanes=${[{ title: lane.title, colour: lane.colour, histogram: summary.histogram }]} />`}
    <${ClassTable} summary=${summary} />
    <${ServerTable} servers=${summary.servers} />
    <${Proof} run=${run} summary=${summary} />`;
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
    <${ClosedBalance} summary=${summary} />
    <${Digest} run=${run} summary=${summary} />
  </div>`;
}
