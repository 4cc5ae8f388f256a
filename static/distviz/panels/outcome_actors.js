// What a run of a protocol came to: the promises, the operations, the messages, and the numbers of the system itself.

import { number, span, three } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Digest } from "./digest.js";
import { Figure, time } from "./figures.js";
import { said } from "./measures_actors.js";
import { Properties, verdictWords } from "./properties.js";

/** Promises, also while the run goes on. */
export function Verdict({ lane, system, open }) {
  const words = verdictWords(lane, system);
  const broken = (lane.run.summary?.breaches ?? lane.store.segments().flatMap(({ tables }) => tables.breaches ?? [])).length > 0;
  return html`<section class="verdict" aria-label=${t("Verdict")}>
    <p class=${`note ${broken ? "error" : "success"}`}>${words}</p>
    <${Properties} lane=${lane} system=${system} open=${open} /></section>`;
}

export function Outcome({ lane }) {
  const { run } = lane;
  const { summary } = run;
  const { messages, operations, latency_ms: latency } = summary;
  const lost = messages.lost + messages.cut + messages.down + messages.dropped;
  return html`<div class="figures-groups">
    ${summary.metrics?.length > 0 && html`<dl class="figures" aria-label=${t("Numbers of the system")}>
      ${summary.metrics.map(({ key, title, value, unit }) => html`<${Figure} key=${key} name=${title} value=${said(value, unit)} />`)}</dl>`}
    <dl class="figures" aria-label=${t("Operations")}>
      <${Figure} name=${t("answered")} value=${number(operations.ok)} />
      <${Figure} name=${t("refused")} value=${number(operations.fail)} tone=${operations.fail > 0 ? "failed" : ""} />
      <${Figure} name=${t("outcome unknown")} value=${number(operations.info)} tone=${operations.info > 0 ? "unknown" : ""} more=${[t("it may have happened")]} />
      <${Figure} name=${t("still waiting")} value=${number(operations.open)} tone=${operations.open > 0 ? "unknown" : ""} />
      <${Figure} name=${t("throughput")} value=${t("{rate}/s", { rate: three(summary.throughput_per_s) })} />
    </dl>
    ${latency?.count > 0 && html`<dl class="figures" aria-label=${t("Latency")}>
      <${Figure} name=${t("mean")} value=${time(latency.mean)} /><${Figure} name="p50" value=${time(latency.p50)} more=${[t("half within")]} />
      <${Figure} name="p90" value=${time(latency.p90)} more=${[t("90 % within")]} /><${Figure} name="p99" value=${time(latency.p99)} more=${[t("99 % within")]} strong />
      <${Figure} name=${t("slowest")} value=${time(latency.max)} /></dl>`}
    <dl class="figures" aria-label=${t("Messages")}>
      <${Figure} name=${t("sent")} value=${number(messages.sent)} /><${Figure} name=${t("delivered")} value=${number(messages.delivered)} />
      <${Figure} name=${t("lost on the way")} value=${number(lost)} more=${losses(messages)} /></dl></div>
    <div class="results-proof"><p>${t("Simulated: {span}.", { span: span(summary.span_s * 1e9) })}</p><${Digest} run=${run} summary=${summary} /></div>`;
}

/** How messages were lost, most first. */
function losses(messages) {
  const ways = [["lost", t("lost by the network")], ["cut", t("where a link was cut")], ["down", t("at a node that was down")], ["dropped", t("dropped by hand")]];
  return ways.filter(([key]) => messages[key] > 0).sort(([a], [b]) => messages[b] - messages[a]).map(([key, words]) => t("{count} {reason}", { count: number(messages[key]), reason: words }));
}
