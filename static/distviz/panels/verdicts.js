// The verdicts of all consistency models in a table with words, and the operations that one of them speaks of.

import { moment, number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { operationWords, outcomeWords } from "./spacetime_words.js";

const LISTED_AT_MOST = 300;
const TONES = { yes: "ok", no: "failed", unknown: "unknown" };

/** `answer`: {verdicts, anomalies}; `operations`: all of the history; `marked`: a signal that holds what the chart marks:
 *  {key, title, places: Map of an operation's id to its number}; choose(operation) goes there. */
export function Verdicts({ answer, operations, marked, choose, duration }) {
  const toggle = (key, title, ids) => {
    marked.value = marked.value?.key === key ? null : { key, title, places: new Map(ids.map((id, place) => [id, String(place + 1)])) };
  };
  return html`<section class="verdicts" aria-label=${t("Verdicts")}>
    <div class="table-wrap verdict-rows" tabindex="0" role="region" aria-label=${t("What each consistency model says")}><table class="table">
      <thead><tr><th scope="col">${t("Model")}</th><th scope="col">${t("Verdict")}</th><th scope="col">${t("Why")}</th><th scope="col">${t("Shown")}</th></tr></thead>
      <tbody>${answer.verdicts.map((row) => html`<${Row} key=${row.model} row=${row} open=${marked.value?.key} toggle=${toggle} />`)}</tbody>
    </table></div>
    <${Anomalies} anomalies=${answer.anomalies} open=${marked.value?.key} toggle=${toggle} />
    <${Part} marked=${marked} operations=${operations} choose=${choose} duration=${duration} />
  </section>`;
}

/** The operations that are marked, one a line; nothing where none are. */
export function Part({ marked, ...rest }) {
  return html`<div aria-live="polite">${marked.value && html`<${Marked} marked=${marked.value} close=${() => (marked.value = null)} ...${rest} />`}</div>`;
}

function Row({ row, open, toggle }) {
  const { model, title, verdict, said, conflict, witness, smallest } = row;
  const ids = conflict ?? witness ?? [];
  const shown = open === model;
  const label = conflict ? t("Smallest part ({count})", { count: number(ids.length) }) : t("Order ({count})", { count: number(ids.length) });
  const head = conflict ? t("{title}: the smallest part that cannot be explained", { title }) : t("{title}: an order that explains it", { title });
  return html`<tr><th scope="row">${title}<small>${meaning(model)}</small></th>
    <td><span class="tag ${TONES[verdict]}">${verdictWords(verdict)}</span></td>
    <td>${said}${conflict && !smallest && html` <span class="quiet-text">${t("It may be possible to leave some of them out.")}</span>`}</td>
    <td>${ids.length > 0 && html`<button type="button" class="button small" aria-label=${`${title}: ${label}`} aria-pressed=${shown ? "true" : "false"} onClick=${() => toggle(model, head, ids)}>${label}</button>`}</td></tr>`;
}

function Anomalies({ anomalies, open, toggle }) {
  const kinds = [
    ["stale", t("Stale reads"), t("of what had been overwritten before they began")],
    ["lost", t("Lost writes"), t("acknowledged, and gone for good")],
    ["duplicated", t("Duplicated writes"), t("back for good after a newer one was seen")],
  ];
  return html`<ul class="verdict-counts">${kinds.map(([key, title, meant]) => html`<li key=${key}><span>${title}: <b>${number(anomalies[key].length)}</b><small>${meant}</small></span>${anomalies[key].length > 0 && html`
    <button type="button" class="button small" aria-label=${t("Show {what}", { what: title })} aria-pressed=${open === key ? "true" : "false"} onClick=${() => toggle(key, title, anomalies[key])}>${t("Show")}</button>`}</li>`)}</ul>`;
}

function Marked({ marked, operations, choose, duration, close }) {
  const byId = new Map(operations.map((one) => [one.id, one]));
  const listed = [...marked.places.keys()].map((id) => byId.get(id)).filter(Boolean);
  return html`<div class="verdict-part">
    <div class="verdict-part-head"><h3>${marked.title}</h3><button type="button" class="button small quiet" onClick=${close}>${t("Close")}</button></div>
    <ol>${listed.slice(0, LISTED_AT_MOST).map((one) => html`<li key=${one.id}><button type="button" class="link-button" onClick=${() => choose(one)}>${lineOf(one, duration)}</button></li>`)}</ol>
    ${listed.length > LISTED_AT_MOST && html`<p class="quiet-text small">${t("and {count} more", { count: number(listed.length - LISTED_AT_MOST) })}</p>`}
  </div>`;
}

/** One operation in words: who asked for what, when, and what came back. */
function lineOf(operation, duration) {
  const { client, f, outcome, result, invoked_ns } = operation;
  const answer = outcome !== "ok" ? outcomeWords(outcome) : f === "read" || f === "propose" ? t("got {value}", { value: JSON.stringify(result) }) : outcomeWords(outcome);
  const who = /^\d+$/.test(client) ? t("process {number}", { number: client }) : client;
  return t("{client}: {operation}, {answer}, begun at {time}", { client: who, operation: operationWords(operation), answer, time: moment(invoked_ns, duration) });
}

export function verdictWords(verdict) {
  return { yes: t("holds"), no: t("broken"), unknown: t("nobody can say") }[verdict];
}

/** What a model promises. */
function meaning(model) {
  return {
    linearizable: t("As if there were one copy, at every moment."),
    sequential: t("As if there were one copy; each client in its own order."),
    causal: t("Who sees an effect sees its causes."),
    read_your_writes: t("Each client sees what it wrote."),
    monotonic_reads: t("No client goes back in time."),
    monotonic_writes: t("Writes of one client are seen in their order."),
    writes_follow_reads: t("A write is seen after what its writer had read."),
    convergence: t("In the end all clients read the same."),
  }[model];
}
