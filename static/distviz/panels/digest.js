// What proves a result: seed, events, engine version and digest, the same on every machine.

import { number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Copy } from "./copy.js";

export function Digest({ run, summary }) {
  return html`<p>${t("Seed {seed}, {events} events, engine {version}.", { seed: run.seed, events: number(summary.events), version: summary.engine_version })}</p>
    <p class="results-digest"><span>${t("Digest")}</span> <code>${summary.digest}</code>
      <${Copy} text=${() => summary.digest} label=${t("Copy the digest")} /></p>`;
}
