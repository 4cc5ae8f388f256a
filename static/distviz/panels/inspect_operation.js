// One operation of a client: what it asked for, when, and what came back.

import { moment, span } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { fullText } from "./values.js";

export function Operation({ desk, id, lane, t_ns }) {
  const { store } = desk.lanes.value[lane] ?? desk.lanes.value[0];
  const operation = findOperation(store, id);
  if (!operation) return html`<p class="quiet-text">${t("This operation is not among those received so far.")}</p>`;
  const { client, f, key, value, invoked_ns: invoked, completed_ns: completed, outcome, result } = operation;
  const over = completed !== null && completed <= t_ns;
  const time = (at_ns) => html`<button type="button" class="link-button" onClick=${() => desk.seek(at_ns)}>${moment(at_ns, desk.duration_ns)}</button>`;
  const text = (part) => (part === null || part === undefined ? null : fullText(part));
  const rows = [
    [t("client"), html`<button type="button" class="link-button" onClick=${() => desk.select({ node: client })}>${client}</button>`],
    [t("asks for"), f], [t("of"), text(key)], [t("value"), text(value)], [t("begun"), time(invoked)],
    [t("over"), completed === null ? t("not yet") : time(completed)], [t("took"), span((over ? completed : t_ns) - invoked)],
    [t("outcome"), over ? html`<span class=${`outcome ${outcome}`}>${outcomeWord(outcome)}</span>` : t("waiting")], [t("answer"), over ? text(result) : null],
  ];
  return html`<table class="facts"><caption class="visually-hidden">${t("Operation {number}", { number: id })}</caption><tbody>
    ${rows.filter(([, cell]) => cell !== null).map(([name, cell]) => html`<tr key=${name}><th scope="row">${name}</th><td>${cell}</td></tr>`)}
  </tbody></table>`;
}

/** How an operation ended, in a word. */
export function outcomeWord(outcome) {
  return { ok: t("ok"), fail: t("failed"), info: t("unknown") }[outcome] ?? t("waiting");
}

function findOperation(store, id) {
  let found = null;
  for (const { tables, keyframe } of store.segments()) {
    found = tables.operations.find((one) => one.id === id) ?? found ?? keyframe.open.find((one) => one.id === id) ?? null;
    if (found && found.completed_ns !== null) break;
  }
  return found;
}
