// The top of an Experiment: the sentence that sums it up, how far it is, and the way to stop it.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, short, span } from "../lib/format.js";
import { ask } from "../lib/rest.js";
import { asks } from "./experiment_sizing.js";

const STATES = {
  queued: ["stopped", () => t("queued")], running: ["", () => t("running")], done: ["ok", () => t("done")],
  cancelled: ["stopped", () => t("cancelled")], failed: ["failed", () => t("failed")], budget: ["unknown", () => t("budget reached")],
};
const PHASES = { warm_up: () => t("finding the warm-up of each cell"), replications: () => t("running the seeds"), probes: () => t("trying numbers of servers") };

export function Head({ experiment, url, put }) {
  const [wrong, setWrong] = useState("");
  const going = ["queued", "running"].includes(experiment.state);
  const cancel = () => ask("POST", `${url}cancel/`).then(put, (error) => {
    if (error.field === undefined) throw error;
    setWrong(error.message);
  });
  const [tone, title] = STATES[experiment.state];
  return html`<section class=${`panel experiment-answer ${experiment.state}`} aria-labelledby="answer">
    <h2 id="answer" class="visually-hidden">${t("Answer")}</h2>
    <div class="hunt-progress">
      <span class=${`tag ${tone}`}>${experiment.state === "running" && experiment.phase ? PHASES[experiment.phase]() : title()}</span>
      ${going && html`<progress class="progress" max=${Math.max(1, experiment.total)} value=${experiment.done} aria-label=${t("Replications done")}></progress>`}
      <span class="number small">${progress(experiment)}</span>
      ${going && experiment.mine && html`<button type="button" class="button small" onClick=${cancel}>${t("Cancel")}</button>`}
    </div>
    ${experiment.sizing && html`<p class="experiment-asked">${asks(experiment.sizing)}</p>`}
    <p class="experiment-sentence" role="status">${sentence(experiment, going)}</p>
    ${going && experiment.answer && html`<p class="quiet-text small">${t("So far: every interval gets narrower as more seeds come in.")}</p>`}
    ${(wrong || experiment.error) && html`<p class="note warning" role="alert">${wrong || experiment.error}</p>`}
  </section>`;
}

function sentence({ answer, state }, going) {
  if (answer?.sentence) return answer.sentence.replace(/(\d) (%|ns|µs|ms|s|min|h)(?![a-z])/g, "$1\u00a0$2");
  if (going) return t("The answer follows as soon as every cell has been run with two seeds.");
  return state === "done" ? "" : t("It ended before every cell had been run with two seeds; what was found stands below.");
}

function progress({ done, total, requests, seconds, kind, state }) {
  const parts = [kind === "sizing" && state === "running" ? t("{done} replications so far", { done: number(done) }) : t("{done} of {total} replications", { done: number(done), total: number(total) })];
  if (requests) parts.push(t("{requests} requests", { requests: short(requests) }));
  if (seconds) parts.push(span(seconds * 1e9));
  return parts.join(" · ");
}
