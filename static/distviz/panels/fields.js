// One input each for a number, a text, a choice, a yes or no; with label, unit, help on demand, error and a way back.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { boundsText, same, said, valueTitle } from "../lib/schema.js";
import { icon } from "../lib/icons.js";

/** The id of the input for a path: errors and labels are tied by it. */
export function idOf(path) {
  return `field-${path.replaceAll(".", "-")}`;
}

function fieldAt(path) {
  return document.getElementById(idOf(path)) ?? document.querySelector(`[data-path="${CSS.escape(path)}"] :is(input, select, button)`);
}

/** Whether the page has a place for the field of a path. */
export function isShown(path) {
  return Boolean(fieldAt(path));
}

/** Puts the keyboard on the field of a path; false where it is not on the page. */
export function focusField(path) {
  const field = fieldAt(path);
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return Boolean(field);
}

/** What a person typed as a number, or their text where it is none; null for nothing where that is allowed. */
export function typed(text, nullable) {
  const bare = text.trim().replace(/^([+-]?\d{1,3})((?:,\d{3})+)(?=\.|$)/, (whole) => whole.replaceAll(",", ""));
  if (bare === "") return nullable ? null : "";
  const value = Number(bare);
  return Number.isFinite(value) ? value : text;
}

/** `form`: see formstate.js. `node.empty`: what an empty field means, where it is not "none". `bare`: the label is read aloud but not shown (in tables). */
export function Field({ form, node, path, value, nullable = false, bare = false, label, children }) {
  const error = form.errorAt(path);
  const [open, setOpen] = useState(false);
  const id = idOf(path);
  const before = form.baseAt(path);
  const changed = before !== undefined && !same(before, value);
  return html`<div class="field ${changed ? "changed" : ""}" data-path=${path}>
    <div class=${bare ? "visually-hidden" : "field-head"}>
      <label for=${id}>${label ?? node.title}</label>
      ${!bare && html`<${HelpButton} open=${open} id=${id} title=${node.title} toggle=${() => setOpen(!open)} />`}
      ${!bare && changed && html`<${Back} form=${form} path=${path} node=${node} before=${before} />`}
    </div>
    ${children ?? html`<${Input} ...${{ form, node, path, value, nullable, id, error, open, bare }} />`}
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
    ${open && html`<${Help} node=${node} nullable=${nullable} id=${id} />`}
  </div>`;
}

function Back({ form, path, node, before }) {
  const text = t("Back to {value}", { value: said(node, form.root, before) });
  return html`<button type="button" class="mini" title=${text} aria-label="${node.title}: ${text}"
    onClick=${() => form.set(path, before)}>${icon("undo")}</button>`;
}

function HelpButton({ open, id, title, toggle }) {
  return html`<button type="button" class="mini help" aria-expanded=${open} aria-controls="${id}-help"
    aria-label=${t("Help: {title}", { title })} onClick=${toggle}>${icon("help")}</button>`;
}

/** Description, bounds, default and source of one option. */
export function Help({ node, nullable, id }) {
  const bounds = boundsText(node);
  const fallback = nullable && node.default === undefined ? null : node.default;
  const simple = fallback === null || ["number", "string", "boolean"].includes(typeof fallback);
  return html`<div class="field-more" id="${id}-help">
    ${node.description && node.description !== node.title && html`<p>${node.description}</p>`}
    <dl>
      ${bounds && html`<div><dt>${t("Bounds")}</dt><dd>${bounds} ${node.unit}</dd></div>`}
      ${simple && html`<div><dt>${t("Default")}</dt><dd>${fallback === null ? node.empty ?? t("none") : String(fallback)} ${fallback === null ? "" : node.unit}</dd></div>`}
      ${node.source && html`<div><dt>${t("Source")}</dt><dd>${node.source}</dd></div>`}
    </dl>
  </div>`;
}

function Input(props) {
  const { node } = props;
  if (node.enum) return html`<${Choice} ...${props} />`;
  if (node.type === "boolean") return html`<${YesNo} ...${props} />`;
  if (node.type === "number" || node.type === "integer") return html`<${NumberInput} ...${props} />`;
  return html`<${TextInput} ...${props} />`;
}

function described({ id, error, open }) {
  return [error && `${id}-error`, open && `${id}-help`].filter(Boolean).join(" ") || undefined;
}

function NumberInput(props) {
  const { form, node, path, value, nullable, id, error } = props;
  const [draft, setDraft] = useState(null);
  const shown = draft !== null && same(typed(draft, nullable), value) ? draft : value === null || value === undefined ? "" : String(value);
  const change = (text) => {
    setDraft(text);
    form.set(path, typed(text, nullable));
  };
  const step = (event) => {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction || typeof value !== "number") return;
    event.preventDefault();
    change(String(stepped(node, value, direction * (event.shiftKey ? 10 : 1))));
  };
  return html`<span class="with-unit">
    <input class="input" type="text" inputmode="decimal" autocomplete="off" spellcheck=${false} id=${id} value=${shown}
      placeholder=${nullable ? node.empty ?? t("none") : ""} aria-invalid=${error ? "true" : undefined} aria-describedby=${described(props)}
      onInput=${(event) => change(event.target.value)} onBlur=${() => form.touch(path)} onKeyDown=${step} />
    ${node.unit && html`<span class="unit" aria-hidden="true">${node.unit}</span>`}
  </span>`;
}

/** One step up or down: a tenth of the number's size, whole for whole numbers, never over the bounds. */
function stepped(node, value, steps) {
  const size = 10 ** Math.floor(Math.log10(Math.abs(value) || 1) - 0.3);
  const step = node.type === "integer" ? Math.max(1, Math.round(size)) : size;
  const next = Number((value + steps * step).toPrecision(12));
  return Math.min(node.maximum ?? Infinity, Math.max(node.minimum ?? (node.exclusiveMinimum !== undefined ? step : -Infinity), next));
}

function TextInput(props) {
  const { form, path, value, id, error, node } = props;
  return html`<input class="input" type="text" id=${id} value=${value ?? ""} maxlength=${node.maxLength} spellcheck=${false}
    aria-invalid=${error ? "true" : undefined} aria-describedby=${described(props)}
    onInput=${(event) => form.set(path, event.target.value)} onBlur=${() => form.touch(path)} />`;
}

function Choice(props) {
  const { form, node, path, value, id, error } = props;
  const pick = (event) => form.set(path, node.enum.find((item) => String(item) === event.target.value));
  return html`<select class="select" id=${id} value=${String(value)} aria-invalid=${error ? "true" : undefined}
    aria-describedby=${described(props)} onChange=${pick}>
    ${node.enum.map((item) => html`<option value=${String(item)} selected=${item === value}>${valueTitle(node, item)}</option>`)}
  </select>`;
}

function YesNo(props) {
  const { form, node, path, value, id } = props;
  return html`<span class="check"><input type="checkbox" id=${id} checked=${value} aria-describedby=${described(props)}
    onChange=${(event) => form.set(path, event.target.checked)} /><span aria-hidden="true">${value ? t("yes") : t("no")}</span></span>`;
}
