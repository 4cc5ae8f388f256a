// Why something happened: the events that led to it, each a sentence that leads to its moment.

import { moment } from "../lib/format.js";
import { html, useEffect, useState } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { ask } from "../lib/rest.js";
import { t } from "../lib/text.js";

/** Shown while desk.why holds {event, at_ns, lane}. */
export function Why({ desk }) {
  const why = desk.why.value;
  return why ? html`<${Causes} key=${`${why.event}/${why.lane ?? 0}`} desk=${desk} why=${why} />` : null;
}

function Causes({ desk, why }) {
  const { run } = desk.lanes.value[why.lane ?? 0] ?? desk.lanes.value[0];
  const [told, setTold] = useState(null);
  useEffect(() => {
    const leaving = new AbortController();
    ask("GET", `/api/runs/${run.id}/why/?event=${why.event}`, undefined, { signal: leaving.signal })
      .then(setTold, (error) => error.name !== "AbortError" && setTold({ error: error.message }));
    return () => leaving.abort();
  }, [run.id, why.event]);
  return html`<section class="why" aria-labelledby="why-title">
    <header class="why-head"><h3 id="why-title">${t("Why?")}</h3>
      <button type="button" class="button quiet icon small" aria-label=${t("Close the explanation")} onClick=${() => (desk.why.value = null)}>${icon("close")}</button></header>
    ${!told && html`<p class="quiet-text small" role="status">${t("Looking for the causes…")}</p>`}
    ${told?.error && html`<p class="field-error" role="alert">${told.error}</p>`}
    ${told?.slice && html`<ol class="why-slice">${told.slice.map((step) => html`<${Step} key=${`${step.event}/${step.what}`} desk=${desk} step=${step} last=${step.event === told.event} lane=${why.lane ?? 0} />`)}</ol>
      <${Clocks} told=${told} />`}
  </section>`;
}

function Step({ desk, step, last, lane }) {
  const go = () => {
    desk.pause();
    desk.seek(step.at_ns);
    desk.select(step.node ? { node: step.node } : { event: step.event, t_ns: step.at_ns, lane }, desk.why.peek());
  };
  return html`<li class=${`why-step ${step.what}`} aria-current=${last ? "step" : null}><button type="button" onClick=${go}>
    <time>${moment(step.at_ns, desk.duration_ns)}</time><span>${step.sentence}</span></button></li>`;
}

/** Logical time: what the event can know of at most. */
function Clocks({ told }) {
  if (told.lamport === undefined || told.lamport === null) return null;
  const vector = Object.entries(told.vector ?? {}).map(([node, count]) => `${node} ${count}`).join(", ");
  return html`<dl class="why-clocks"><div><dt>${t("Lamport time")}</dt><dd>${told.lamport}</dd></div>
    ${vector && html`<div><dt>${t("Vector time")}</dt><dd>${vector}</dd></div>`}</dl>`;
}
