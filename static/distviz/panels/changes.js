// What differs from the scenario as it was, each with a way back.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { changes, said, same } from "../lib/schema.js";
import { FRAME } from "./document.js";
import { focusField } from "./fields.js";

function all(form, system) {
  const now = form.document.value;
  const before = form.base.value;
  const frame = Object.entries(FRAME).filter(([key]) => !same(before[key], now[key])).map(([key, node]) => ({ path: key, titles: [node.title], node, before: before[key], after: now[key] }));
  const actions = same(before.actions, now.actions) ? [] : [{ path: "actions", titles: [t("Actions")], before: before.actions, after: now.actions }];
  return [...frame, ...changes(system.schema, system.schema, before.config, now.config, "config"), ...actions];
}

function told(change, system, value) {
  if (change.path !== "actions") return said(change.node, system.schema, value);
  return value.length === 1 ? t("one action") : t("{count} actions", { count: value.length });
}

/** A line that opens into the list of changes. */
export function Changes({ form, system }) {
  const list = all(form, system);
  if (!list.length) return html`<p class="small quiet-text changes-none">${t("Nothing is changed: it runs as the scenario says.")}</p>`;
  return html`<div class="changes"><details>
    <summary>${list.length === 1 ? t("One change") : t("{count} changes", { count: list.length })}</summary>
    <ul>${list.map((change) => html`<li key=${change.path}>
      <button type="button" class="link-button" onClick=${() => focusField(change.path)}>${change.titles.join(" › ")}</button>
      <span>${told(change, system, change.before)} → <strong>${told(change, system, change.after)}</strong></span>
    </li>`)}</ul>
  </details><button type="button" class="link-button small" onClick=${() => form.replace(form.base.value)}>${t("Undo all")}</button></div>`;
}
