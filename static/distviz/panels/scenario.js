// The set-up of a scenario: its form, its Actions, and what can be made of it: a run, a comparison, a scenario, a file.

import { effect, html, render, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { changes, complete, problems, same, said } from "../lib/schema.js";
import { ActionsEditor, actionProblems } from "./actions_editor.js";
import { Busy, useTask } from "./busy.js";
import { Field, idOf } from "./fields.js";
import { Options } from "./form.js";
import { FormState } from "./formstate.js";
import { icon } from "../lib/icons.js";
import { download, readJson } from "./files.js";
import { SaveDialog } from "./save_dialog.js";
import { Load } from "./load.js";
import { drawSketches } from "./sketch.js";

/** The simple fields of a document around its config. */
export const FRAME = {
  duration_s: { type: "number", title: t("Duration"), unit: "s", minimum: 0.001, maximum: 7776000, default: 60, description: t("How much simulated time the run covers.") },
  warm_up_s: { type: "number", title: t("Warm-up"), unit: "s", minimum: 0, maximum: 7776000, default: 0, description: t("The statistics leave out requests sent before this time, when the queues are still filling.") },
  seed: { type: "integer", title: t("Seed"), unit: "", minimum: 0, maximum: 2 ** 53 - 1, default: 1, description: t("The same seed gives the same arrivals, the same demands and the same run, on every machine. Another seed is another day.") },
};

/** `document` with every default of its system spelled out. */
export function whole(document, system) {
  return { seed: 1, duration_s: 60, warm_up_s: 0, actions: [], ...document, config: complete(system.schema, system.schema, document.config ?? {}) };
}

/** [{path, sentence}] for a whole document. */
export function documentProblems(document, system) {
  const frame = Object.entries(FRAME).flatMap(([key, node]) => problems(node, {}, document[key], key));
  return [...frame, ...problems(system.schema, system.schema, document.config, "config"), ...actionProblems(document, system.actions)];
}

/** The ids that the groups of servers get. */
export function serverIds(config) {
  const count = (config.servers ?? []).reduce((sum, group) => sum + (Number.isInteger(group.count) ? group.count : 0), 0);
  return Array.from({ length: Math.min(Math.max(0, count), 1000) }, (ignored, index) => `server-${index}`);
}

/** Puts the keyboard on the field of a path; false where it is not on the page. */
export function focusField(path) {
  const field = document.getElementById(idOf(path)) ?? document.querySelector(`[data-path="${CSS.escape(path)}"] :is(input, select, button)`);
  field?.focus();
  field?.scrollIntoView({ block: "center" });
  return Boolean(field);
}

export function isShown(path) {
  return Boolean(document.getElementById(idOf(path)) ?? document.querySelector(`[data-path="${CSS.escape(path)}"]`));
}

function sorted(document) {
  const order = [...document.actions].sort((a, b) => a.at_ns - b.at_ns);
  return same(order, document.actions) ? document : { ...document, actions: order };
}

function Setup({ data, form }) {
  const { system, scenario, who } = data;
  const [task, start] = useTask();
  const [refusal, setRefusal] = useState("");
  const [saving, setSaving] = useState(false);
  const current = form.document.value;
  const fail = (error) => {
    if (error.name !== "Refusal" && error.field === undefined) throw error;
    const path = error.field ? form.refuse(error.field, error.message, isShown) : "";
    setRefusal(path ? "" : error.message);
    if (path) requestAnimationFrame(() => focusField(path));
  };
  const attempt = (label, work) => {
    setRefusal("");
    form.tried.value = true;
    form.document.value = sorted(form.document.value);
    const [first] = form.problems();
    if (first) return requestAnimationFrame(() => focusField(first.path));
    return start(label, async (tools) => {
      await work(form.document.value, tools).catch((error) => {
        if (error.name === "AbortError") throw error;
        fail(error);
      });
    });
  };
  const run = () => attempt(t("Starting the run"), async (document, { signal }) => {
    const made = await ask("POST", data.urls.runs, unchanged(form) ? { scenario: scenario.key } : { document }, { signal });
    window.location.assign(made.url ?? `/runs/${made.id}/`);
  });
  const compare = () => attempt(t("Opening the comparison"), async (document) => {
    sessionStorage.setItem("distviz-draft", JSON.stringify(document));
    window.location.assign(`${scenario.compare_url}&draft=1`);
  });
  const upload = async (file) => {
    const [document, sentence] = await readJson(file);
    if (sentence || document.system !== system.key) return setRefusal(sentence || t("This file is not a scenario of {system}.", { system: system.title }));
    setRefusal("");
    return form.replace(whole(document, system));
  };
  return html`<form class="setup-sheet" noValidate onSubmit=${(event) => { event.preventDefault(); run(); }}>
    <${Frame} form=${form} />
    <${Options} form=${form} node=${system.schema} path="config" />
    <${ActionsEditor} form=${form} specs=${system.actions} targets=${serverIds(current.config)} />
    <div class="setup-bar">
      ${refusal && html`<p class="note error" role="alert">${refusal}</p>`}
      <${Busy} task=${task} />
      <div class="setup-do"><div class="row">
        <button type="submit" class="button primary" disabled=${!who.may_create || Boolean(task)}>${icon("play")}${t("Run")}</button>
        <button type="button" class="button" disabled=${!who.may_create} onClick=${compare}>${t("Compare…")}</button>
        <button type="button" class="button" disabled=${!who.may_create} onClick=${() => setSaving(true)}>${t("Save as scenario…")}</button>
        <button type="button" class="button quiet" onClick=${() => download(`${scenario.key}.json`, form.document.value)}>${t("Download JSON")}</button>
        <label class="button quiet">${t("Upload JSON")}<input class="visually-hidden" type="file" accept=".json,application/json"
          onChange=${(event) => { const [file] = event.target.files; event.target.value = ""; if (file) upload(file); }} /></label>
      </div>
      <${Load} config=${current.config} recordings=${form.recordings} /></div>
      ${!who.may_create && html`<p class="small quiet-text"><a href="/accounts/login/?next=${encodeURIComponent(window.location.pathname)}">${t("Sign in to run and to save")}</a></p>`}
      <${Changes} form=${form} system=${system} />
    </div>
    ${saving && html`<${SaveDialog} url=${data.urls.scenarios} document=${form.document.value} scenario=${scenario} close=${() => setSaving(false)} fail=${fail} />`}
  </form>`;
}

function Frame({ form }) {
  return html`<section class="group" aria-label=${t("Time and chance")}><div class="fields">
    ${Object.entries(FRAME).map(([key, node]) => html`<${Field} key=${key} form=${form} node=${node} path=${key} value=${form.get(key)} />`)}
  </div></section>`;
}

function unchanged(form) {
  return same(form.document.value, form.base.value);
}

/** What differs from the scenario as it was, each with a way back. */
function Changes({ form, system }) {
  const now = form.document.value;
  const before = form.base.value;
  const config = changes(system.schema, system.schema, before.config, now.config, "config");
  const frame = Object.entries(FRAME).filter(([key]) => !same(before[key], now[key])).map(([key, node]) => ({ path: key, titles: [node.title], node, before: before[key], after: now[key] }));
  const actions = same(before.actions, now.actions) ? [] : [{ path: "actions", titles: [t("Actions")], before: before.actions, after: now.actions }];
  const all = [...frame, ...config, ...actions];
  if (!all.length) return html`<p class="small quiet-text changes-none">${t("Nothing is changed: it runs as the scenario says.")}</p>`;
  return html`<details class="changes">
    <summary>${all.length === 1 ? t("One change") : t("{count} changes", { count: all.length })}
      <button type="button" class="link-button small" onClick=${(event) => { event.preventDefault(); form.replace(before); }}>${t("Undo all")}</button></summary>
    <ul>${all.map((change) => html`<li key=${change.path}>
      <button type="button" class="link-button" onClick=${() => focusField(change.path)}>${change.titles.join(" › ")}</button>
      <span>${told(change, system, change.before)} → <strong>${told(change, system, change.after)}</strong></span>
    </li>`)}</ul>
  </details>`;
}

function told(change, system, value) {
  return change.path === "actions" ? (value.length === 1 ? t("one action") : t("{count} actions", { count: value.length })) : said(change.node, system.schema, value);
}

/** Keeps what is typed while this tab is open: another page, another language and a crash of the browser lose nothing. */
function keepDraft(form, key) {
  const place = `distviz-setup-${key}`;
  const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
  if (kept && same(kept.base, form.base.value)) form.document.value = kept.document;
  effect(() => {
    if (unchanged(form)) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify({ base: form.base.value, document: form.document.value }));
  });
}

export function start(root, data) {
  const document = whole(data.scenario.document, data.system);
  const form = new FormState({
    root: data.system.schema, document, recordings: data.recordings,
    check: (now) => documentProblems(now, data.system),
  });
  keepDraft(form, data.scenario.key);
  const place = root.querySelector("#form");
  place.replaceChildren();
  render(html`<${Setup} data=${data} form=${form} />`, place);
  effect(() => drawSketches(root, [{ ...form.document.value, key: data.scenario.key }]));
}
