// What a recording holds: its numbers, its rate over time, what to be careful about.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, span, three } from "../lib/format.js";
import { RatePlot } from "./rate_plot.js";

/** `look`: the preview of a file, or of a recording that is kept. */
export function RecordingFacts({ look, rows }) {
  return html`<div class="stack">
    <dl class="stats">
      <${Stat} name=${t("Requests")} value=${number(rows)} />
      <${Stat} name=${t("Span")} value=${span(look.span_ns)} />
      <${Stat} name=${t("Mean rate")} value=${three(look.mean_rate_per_s)} unit="1/s" />
      <${Stat} name=${t("Burstiness cv²")} value=${three(look.cv2)} unit=${burstiness(look.cv2)} />
      ${look.demand && html`<${Stat} name=${t("Mean demand")} value=${span(look.demand.mean_ms * 1e6)} />
        <${Stat} name=${t("Largest demand")} value=${span(look.demand.max_ms * 1e6)} />
        <${Stat} name=${t("Mean work offered")} value=${three((look.demand.mean_ms / 1000) * look.mean_rate_per_s)} unit=${t("servers")} />`}
    </dl>
    <section class="panel"><h2>${t("Requests over time")}</h2><${RatePlot} rate=${look.rate} /></section>
  </div>`;
}

function Stat({ name, value, unit }) {
  return html`<div><dt>${name}</dt><dd>${value} ${unit && html`<small>${unit}</small>`}</dd></div>`;
}

function burstiness(cv2) {
  if (cv2 === null || cv2 === undefined) return "";
  if (cv2 < 0.7) return t("more even than Poisson");
  return cv2 <= 1.3 ? t("about Poisson") : t("bursty");
}

/** The warnings and the refused rows of a preview. */
export function Doubts({ warnings = [], refused = [], refused_total = 0 }) {
  return html`
    ${warnings.length > 0 && html`<ul class="notes">${warnings.map((sentence) => html`<li class="note warning">${sentence}</li>`)}</ul>`}
    ${refused_total > 0 && html`<details class="panel refused"><summary>${refused_total === 1 ? t("One row was refused") : t("{count} rows were refused", { count: number(refused_total) })}</summary>
      ${refused.length > 0 && html`<div class="table-wrap" tabindex="0" role="region" aria-label=${t("Refused rows")}><table class="table">
        <thead><tr><th scope="col" class="number">${t("Line")}</th><th scope="col">${t("Why")}</th></tr></thead>
        <tbody>${refused.map((row) => html`<tr><td class="number">${number(row.line)}</td><td>${row.reason}</td></tr>`)}</tbody>
      </table></div>`}
      ${refused.length < refused_total && html`<p class="field-help">${t("The first {count} are shown.", { count: refused.length })}</p>`}
    </details>`}`;
}
