// Values of a node's fields and sentences of the Trace, in full: what the picture shortens, the inspector spells out.

import { number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { fill, t } from "../lib/text.js";
import { fieldNumber, partOf } from "../marks/times.js";
import { fieldWords } from "../marks/value.js";
import { isBallot } from "../trace/hue.js";

const ROWS_AT_MOST = 24;
const DEEPEST = 3;
const INLINE_AT_MOST = 64;
const RECORDS_SHOWN = 6;
const RECORDS_AT_MOST = 100;

/** A value in one line, nothing left out; `name`: of the field that holds it. */
export function fullText(value, name = "") {
  if (value === null || value === undefined) return t("none");
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "number") return fieldNumber(value, name);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.length ? value.map((one) => fullText(one, name)).join(", ") : t("nothing");
  if (isBallot(value)) return t("{number} of {node}", { number: number(value.number), node: value.node });
  const entries = Object.entries(value);
  if (entries.length && entries.every(([, one]) => one === true)) return entries.map(([name]) => name).join(", "); // a set
  return entries.length ? entries.map(([key, one]) => `${fieldWords(key)}: ${fullText(one, partOf(name, key))}`).join(", ") : t("nothing");
}

/** A value with its parts below each other where one line would not do. */
export function Value({ value, name = "", depth = 0 }) {
  const parts = partsOf(value);
  const text = fullText(value, name);
  if (!parts || depth >= DEEPEST || text.length <= INLINE_AT_MOST) return html`<span class="value">${text}</span>`;
  return html`<dl class="value-parts">${parts.slice(-ROWS_AT_MOST).map(([key, part]) => html`<div key=${key}><dt>${fieldWords(key)}</dt><dd><${Value} value=${part} name=${partOf(name, key)} depth=${depth + 1} /></dd></div>`)}
    ${parts.length > ROWS_AT_MOST && html`<div><dt>…</dt><dd>${t("{count} earlier ones", { count: number(parts.length - ROWS_AT_MOST) })}</dd></div>`}</dl>`;
}

/** A log: the newest entries first, each in a few words; older ones on demand. */
export function Records({ list }) {
  const newest = list.map((record, index) => ({ record, index })).reverse();
  const rows = (some) => html`<ol class="records">${some.map(({ record, index }) => html`<${Record} key=${index} index=${index} record=${record} />`)}</ol>`;
  return html`${rows(newest.slice(0, RECORDS_SHOWN))}
    ${list.length > RECORDS_SHOWN && html`<details class="small"><summary>${t("{count} earlier ones", { count: number(list.length - RECORDS_SHOWN) })}</summary>
      ${rows(newest.slice(RECORDS_SHOWN, RECORDS_SHOWN + RECORDS_AT_MOST))}</details>`}`;
}

function Record({ index, record }) {
  return html`<li><span class="record-index">${index}</span> <${Flow} record=${record} /></li>`;
}

/** A record as running text; what is empty is left out. */
export function Flow({ record, name: of = "" }) {
  const told = Object.entries(record).filter(([, part]) => !isEmpty(part));
  return told.map(([name, part], at) => html`<span key=${name}>${at > 0 && html`<i>${fieldWords(name)}</i> `}${fullText(part, partOf(of, name))}</span> `);
}

/** Whether a value says nothing: none, no, an empty text, list or record. */
export function isEmpty(value) {
  return value === null || value === false || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

/** Whether a value is a list of records, such as a log. */
export function isLog(value) {
  return Array.isArray(value) && value.length > 0 && value.every((one) => partsOf(one) && !Array.isArray(one));
}

/** The named parts of a value; null where it has none. */
export function partsOf(value) {
  if (value === null || typeof value !== "object" || isBallot(value)) return null;
  return Object.entries(value);
}

/** A sentence of the Trace, {template, values}, in the page's language. */
export function say(template, values = {}) {
  const translated = globalThis.django?.gettext ? globalThis.django.gettext(template) : template;
  return fill(translated, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fullText(value, name)])));
}
