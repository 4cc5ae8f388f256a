// A form made from a JSON Schema: sections for groups and choices, rows for lists, one Field for everything else.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, span } from "../lib/format.js";
import { chosen, choiceTitle, complete, families, same, union, unwrap, valueTitle } from "../lib/schema.js";
import { BugChoice } from "./bug_choice.js";
import { Field, Help, idOf } from "./fields.js";
import { icon } from "../lib/icons.js";
import { RateCurve } from "./rate_curve.js";

/** All options of an object: runs of simple ones side by side, groups and choices as sections of their own. */
export function Options({ form, node, path, only }) {
  const entries = Object.entries(node.properties ?? {}).filter(([key, child]) => !("const" in child) && (!only || only.includes(key)));
  const parts = entries.map(([key, raw]) => ({ path: `${path}.${key}`, ...unwrap(raw, form.root) }));
  const simple = parts.filter((part) => !isGroup(part.node));
  const groups = parts.filter((part) => isGroup(part.node));
  return html`
    ${groups.map((part) => html`<${Group} key=${part.path} form=${form} ...${part} />`)}
    ${simple.length > 0 && html`<div class="fields">${simple.map((part) => html`<${Simple} key=${part.path} form=${form} ...${part} />`)}</div>`}`;
}

function isGroup(node) {
  return Boolean(node.oneOf || node.properties || (node.type === "array" && !node.items?.enum));
}

function Simple({ form, node, path, nullable }) {
  const value = form.get(path);
  if (path === "config.faulty" && node.enum) return html`<${BugChoice} form=${form} node=${node} path=${path} value=${value} />`;
  if (node.type === "array") return html`<${SomeOf} form=${form} node=${node} path=${path} value=${value} />`;
  if (path.endsWith(".recording")) return html`<${RecordingChoice} form=${form} node=${node} path=${path} value=${value} />`;
  return html`<${Field} form=${form} node=${node} path=${path} value=${value} nullable=${nullable} />`;
}

function Group({ form, node, path, nullable }) {
  if (node.input === "curve") return html`<${RateCurve} form=${form} node=${node} path=${path} />`;
  if (node.type === "array") return html`<${Rows} form=${form} node=${node} path=${path} />`;
  const both = union(node, form.root);
  if (both) return html`<${Union} form=${form} node=${node} path=${path} both=${both} />`;
  return html`<fieldset class="group"><legend>${node.title}</legend><${Options} form=${form} node=${node} path=${path} /></fieldset>`;
}

function Heading({ form, node, path, changed, children }) {
  const [open, setOpen] = useState(false);
  const id = idOf(path);
  const error = form.errorAt(path);
  return html`<div class="group-head">
      <h2 id="${id}-title">${node.title}</h2>
      <button type="button" class="mini help" aria-expanded=${open} aria-controls="${id}-help" aria-label=${t("Help: {title}", { title: node.title })}
        onClick=${() => setOpen(!open)}>${icon("help")}</button>
      ${changed && html`<button type="button" class="mini" title=${t("Back to what it was")} aria-label="${node.title}: ${t("Back to what it was")}"
        onClick=${() => form.set(path, form.baseAt(path))}>${icon("undo")}</button>`}
      ${children}
    </div>
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
    ${open && html`<${Help} node=${{ ...node, default: undefined }} id=${id} />`}`;
}

function changedAt(form, path) {
  return form.baseAt(path) !== undefined && !same(form.baseAt(path), form.get(path));
}

/** A choice between several groups of options. What was typed into one is kept while another is chosen. */
function Union({ form, node, path, both }) {
  const value = form.get(path);
  const choice = chosen(both, value);
  const pick = (event) => {
    const next = both.choices.find((each) => each.name === event.target.value);
    form.others.set(`${path}=${choice.name}`, value);
    form.set(path, form.others.get(`${path}=${next.name}`) ?? complete(node, form.root, { [both.tag]: next.name }));
  };
  const id = idOf(path);
  const other = form.baseAt(path) !== undefined && form.baseAt(path)?.[both.tag] !== value?.[both.tag];
  return html`<div role="group" class="group ${other ? "other" : ""}" data-path=${path} aria-labelledby="${id}-title">
    <${Heading} form=${form} node=${node} path=${path} changed=${other}>
      <select class="select choice" id=${id} aria-labelledby="${id}-title" value=${choice.name} onChange=${pick}>
        ${families(both.choices).map(({ family, choices }) => {
          const options = choices.map((each) => html`<option value=${each.name} selected=${each === choice}>${choiceTitle(each)}</option>`);
          return family ? html`<optgroup label=${family}>${options}</optgroup>` : options;
        })}
      </select>
    </${Heading}>
    ${choice.node.description && html`<p class="field-help">${choice.node.description}</p>`}
    <${Options} form=${form} node=${choice.node} path=${path} />
  </div>`;
}

/** A list of alike groups: one row each of what is simple, and below it, folded, what has parts of its own. */
function Rows({ form, node, path }) {
  const rows = form.get(path);
  const item = unwrap(node.items, form.root).node;
  const columns = Object.entries(item.properties ?? {}).map(([key, raw]) => ({ key, ...unwrap(raw, form.root) }));
  const simple = columns.filter((column) => !isGroup(column.node));
  const more = columns.filter((column) => isGroup(column.node));
  const id = idOf(path);
  const says = words(path, node);
  const add = () => form.set(path, [...rows, { ...complete(node.items, form.root, {}), ...rows.at(-1) }]);
  const remove = (index) => form.set(path, rows.filter((row, other) => other !== index));
  const style = { "--columns": simple.length };
  return html`<div role="group" class="group" data-path=${path} aria-labelledby="${id}-title">
    <${Heading} form=${form} node=${node} path=${path} changed=${changedAt(form, path)}>
      <button type="button" class="button small push" id=${id} aria-label=${says.addLabel} onClick=${add} disabled=${rows.length >= (node.maxItems ?? Infinity)}>${icon("plus")}${says.add}</button>
    </${Heading}>
    ${rows.length === 0 && html`<p class="field-help">${node.description}</p>`}
    <div class="rows" role="group" aria-labelledby="${id}-title">
      ${rows.length > 0 && html`<div class="row-head" style=${style} aria-hidden="true">${simple.map((column) => html`<span>${column.node.title}</span>`)}<span></span></div>`}
      ${rows.map((row, index) => html`<div role="group" class="row" aria-label=${says.row(index)} key=${index}>
        <div class="row-fields" style=${style}>
        ${simple.map((column) => html`<div class="cell"><span class="cell-label" aria-hidden="true">${column.node.title}</span><${Field} form=${form} node=${column.node} nullable=${column.nullable} bare
          label=${says.cell(column.node.title, index)} path="${path}.${index}.${column.key}" value=${row[column.key]} /></div>`)}
        <button type="button" class="button quiet icon" disabled=${rows.length <= (node.minItems ?? 0)} onClick=${() => remove(index)}
          aria-label=${says.remove(index)}>${icon("close")}</button>
        </div>
        ${more.length > 0 && html`<details class="row-more"><summary>${more.map((column) => column.node.title).join(", ")}</summary>
          <div class="row-groups"><${Options} form=${form} node=${item} path="${path}.${index}" only=${more.map((column) => column.key)} /></div></details>`}
      </div>`)}
    </div>
  </div>`;
}

/** What the parts of a list are called: servers come in groups, everything else by the list's own title. */
function words(path, node) {
  const list = node.title;
  if (path.endsWith(".servers")) {
    return {
      add: t("Add a group"), row: (index) => t("Group {number}", { number: index + 1 }), remove: (index) => t("Remove group {number}", { number: index + 1 }),
      cell: (title, index) => t("{title}, group {number}", { title, number: index + 1 }),
    };
  }
  return {
    add: t("Add"), addLabel: t("Add: {title}", { title: list }), row: (index) => `${list} ${index + 1}`,
    remove: (index) => t("Remove {title} {number}", { title: list, number: index + 1 }), cell: (title, index) => `${title}, ${list} ${index + 1}`,
  };
}

/** Any of some words, each with its box. */
function SomeOf({ form, node, path, value }) {
  const chosen = Array.isArray(value) ? value : [];
  const turn = (item) => form.set(path, node.items.enum.filter((one) => (one === item ? !chosen.includes(one) : chosen.includes(one))));
  return html`<${Field} form=${form} node=${node} path=${path} value=${value}>
    <div class="some-of" id=${idOf(path)} role="group" aria-label=${node.title} tabindex="-1">${node.items.enum.map((item) => html`<label class="check" key=${item}>
      <input type="checkbox" checked=${chosen.includes(item)} onChange=${() => turn(item)} /> ${valueTitle(node.items, item)}</label>`)}</div>
  </${Field}>`;
}

/** Which recording is replayed: those that this person may see. */
function RecordingChoice({ form, node, path, value }) {
  const known = form.recordings.some((recording) => recording.key === value);
  return html`<${Field} form=${form} node=${node} path=${path} value=${value}>
    <select class="select" id=${idOf(path)} value=${value} onChange=${(event) => form.set(path, event.target.value)}>
      ${!known && html`<option value=${value ?? ""} selected>${value ? t("{key} (not here)", { key: value }) : t("Choose one")}</option>`}
      ${form.recordings.map((recording) => html`<option value=${recording.key} selected=${recording.key === value}>
        ${recording.name} (${t("{rows} requests, {span}", { rows: number(recording.rows), span: span(recording.span_ns) })})</option>`)}
    </select>
    ${form.recordings.length === 0 && html`<p class="field-help"><a href="/recordings/">${t("Import a log first")}</a></p>`}
  </${Field}>`;
}
