// What a Run came to: its numbers, in the words of its kernel, and everything to take away.

import { span, urlSeconds } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Comparison } from "./compare.js";
import { Copy } from "./copy.js";
import { isGoing } from "./progress.js";

/** lanes: signal of [{run, store, colour, title}]; cursor: signal of the playback time (ns); kernel: see kernels.js;
 *  `open`: what the results can lead to, {flag(row)}; absent where there is no stage; `experiment`: where one of them begins, or null. */
export function Results({ lanes, cursor, kernel, system, open, experiment = null }) {
  const list = lanes.value;
  const [chosen, setChosen] = useState(0);
  if (list.length === 0) return html`<p class="results-quiet">${t("There is no result yet.")}</p>`;
  const lane = list[Math.min(chosen, list.length - 1)];
  return html`<section class="results" aria-label=${t("Results")}>
    ${list.length > 1 && html`<${Comparison} lanes=${list} cursor=${cursor} kernel=${kernel} system=${system} />
      <div class="results-lanes" role="group" aria-label=${t("Details of one lane")}>
        ${list.map((one, i) => html`<button type="button" class="button small" key=${one.run.id} aria-pressed=${one === lane} onClick=${() => setChosen(i)}>${one.title}</button>`)}
      </div>`}
    ${experiment && html`<p class="results-quiet">${t("This is one day of many.")} <a href=${experiment}>${t("Make an experiment of it: many seeds, with intervals")}</a></p>`}
    <${kernel.Verdict} lane=${lane} system=${system} open=${open} />
    <${Ending} key=${lane.run.id} ...${{ lane, cursor, kernel, system, open }} alone=${list.length === 1} />
  </section>`;
}

function Ending({ lane, cursor, kernel, system, open, alone }) {
  const { run } = lane;
  if (!run.summary && isGoing(run)) return alone && html`<p class="results-quiet" role="status">${t("The numbers follow when the run is done.")}</p>`;
  if (!run.summary) return html`<p class="note warning">${ended(run)}</p>`;
  return html`<div class="results-one">
    ${run.state !== "done" && html`<p class="note warning">${ended(run)}</p>`}
    <${kernel.Outcome} lane=${lane} system=${system} open=${open} alone=${alone} />
    <${Takeaway} run=${run} cursor=${cursor} files=${kernel.files(run)} />
  </div>`;
}

function ended(run) {
  if (run.state === "cancelled") return t("This run was cancelled at {time}; what was computed stays.", { time: span(run.progress_ns) });
  if (run.state === "budget") return t("Budget reached at {time}; what was computed stays.", { time: span(run.progress_ns) });
  return run.error || t("The run failed.");
}

/** Files of the whole Run, recomputed by the server, and a link to this moment. */
function Takeaway({ run, cursor, files }) {
  const all = [...files, [`/api/runs/${run.id}/document.json`, t("everything (JSON)")]];
  const link = () => new URL(`/runs/${run.id}/?t=${urlSeconds(cursor.peek())}`, location.href).href;
  return html`<div class="results-files">
    <span>${t("Export")}</span>
    ${all.map(([url, label]) => html`<a key=${url} class="button small" href=${url} download>${label}</a>`)}
    <${Copy} text=${link} label=${t("Copy the link")} />
  </div>`;
}
