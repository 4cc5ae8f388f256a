// How far the simulation of some Runs is, and the way to stop it.

import { percent, span } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { ask } from "../lib/rest.js";
import { t } from "../lib/text.js";

/** True while a Run waits for a worker or is being simulated. */
export function isGoing(run) {
  return run.state === "queued" || run.state === "running";
}

/** Why a Run ended before its time, in a word or two. */
export function stopped(run) {
  if (run.state === "cancelled") return t("cancelled at {time}", { time: span(run.progress_ns) });
  if (run.state === "budget") return t("budget reached at {time}", { time: span(run.progress_ns) });
  return t("failed");
}

/** runs: RUNs that belong together; nothing is shown once all are done. */
export function Progress({ runs }) {
  const [refused, setRefused] = useState("");
  const going = runs.filter(isGoing);
  if (going.length === 0) return html`<${Stopped} runs=${runs} />`;
  const queued = going.every((run) => run.state === "queued");
  const [done, whole] = ["progress_ns", "duration_ns"].map((name) => going.reduce((sum, run) => sum + run[name], 0) / going.length);
  const label = queued ? t("Waiting for a free worker") : t("Simulated {done} of {whole}", { done: span(done), whole: span(whole) });
  const cancel = () => Promise.all(going.map((run) => ask("POST", `/api/runs/${run.id}/cancel/`)))
    .then(() => setRefused(""), (error) => setRefused(error.message));
  return html`<div class="busy results-progress">
    <span>${label}</span>
    <progress class="progress" aria-label=${label} max="1" value=${queued ? null : done / whole}></progress>
    <span class="number">${percent(done / whole)}</span>
    ${going.every((run) => run.mine) && html`<button type="button" class="button small" onClick=${cancel}>${t("Cancel")}</button>`}
    ${refused && html`<span class="field-error" role="alert">${refused}</span>`}
  </div>`;
}

function Stopped({ runs }) {
  const ended = runs.filter((run) => run.state !== "done");
  if (ended.length === 0) return null;
  const words = [...new Set(ended.map(stopped))];
  const tone = ended.some((run) => run.state === "failed") ? "failed" : "stopped";
  return html`<div class="busy" role="status"><span class=${`tag ${tone}`}>${words.slice(0, 2).join(" · ")}</span></div>`;
}
