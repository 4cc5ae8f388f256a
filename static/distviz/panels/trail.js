// Where the stage stands: title, and for a Branch the Actions that made it, each with its way back.

import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { actionAt } from "./faults.js";

export function Trail({ desk, acting }) {
  const { run } = desk.lanes.value[0];
  const comparison = desk.comparison.value;
  return html`<div class="trail">
    <h1>${comparison?.title || run.title}</h1>
    ${run.parent && html`<${Branch} desk=${desk} acting=${acting} run=${run} />`}
    <span class="quiet-text small trail-seed">${t("seed {seed}", { seed: run.seed })}</span>
  </div>`;
}

function Branch({ desk, acting, run }) {
  const last = run.journal.at(-1);
  const words = last ? actionAt(desk.system, last, desk.duration_ns) : t("Branch");
  const more = run.journal.length > 1 ? t("and {count} before it", { count: run.journal.length - 1 }) : "";
  return html`<span class="branch-chip">
    ${icon("branch")}
    <button type="button" class="link-button" title=${t("Go to the moment of the branch")} onClick=${() => desk.seek(run.branch_at_ns ?? 0)}>${words}</button>
    ${more && html`<span class="quiet-text">${more}</span>`}
    <button type="button" class="button quiet small" onClick=${() => acting.toParent()}>${icon("undo")} <span class="branch-back">${t("To the parent run")}</span></button>
  </span>`;
}
