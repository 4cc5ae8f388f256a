// The set-up of a scenario: its form, its Actions, and what can be made of it: a run, a comparison, a scenario, a file.

import { effect, html, render, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { complete, same } from "../lib/schema.js";
import { icon } from "../lib/icons.js";
import { ActionsEditor } from "./actions_editor.js";
import { useAttempt } from "./attempt.js";
import { Busy } from "./busy.js";
import { Changes } from "./changes.js";
import { FRAME, documentProblems, inOrder, whole } from "./document.js";
import { Field } from "./fields.js";
import { download, readJson } from "./files.js";
import { Options } from "./form.js";
import { FormState } from "./formstate.js";
import { kernelOf } from "./kernels.js";
import { OwnScenario } from "./own_scenario.js";
import { PresetChoice } from "./preset_choice.js";
import { SaveDialog } from "./save_dialog.js";
import { drawSketches } from "./sketch.js";

const DRAFT = "distviz-draft"; // the set-up on its way to the comparison page

function unchanged(form) {
  return same(form.document.value, form.base.value);
}

/** What the buttons do, each with the form as it stands. */
function deeds({ data, form, tools }) {
  const { scenario, system, urls } = data;
  const ready = (label, work) => {
    form.document.value = inOrder(form.document.value);
    return tools.attempt(label, work);
  };
  return {
    run: () => ready(t("Starting the run"), async ({ signal }) => {
      const made = await ask("POST", urls.runs, unchanged(form) ? { scenario: scenario.key } : { document: form.document.value }, { signal });
      window.location.assign(made.url);
    }),
    compare: () => ready(t("Opening the comparison"), async () => {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.document.value));
      window.location.assign(`${scenario.compare_url}&draft=1`);
    }),
    experiment: () => ready(t("Opening the experiment"), async () => {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.document.value));
      window.location.assign(`${scenario.experiment_url}&draft=1`);
    }),
    keep: () => ready(t("Saving"), async ({ signal }) => {
      await ask("PATCH", `${urls.scenarios}${scenario.key}/`, { document: form.document.value }, { signal });
      form.base.value = form.document.value;
    }),
    upload: async (file) => {
      const [document, sentence] = await readJson(file);
      const other = document && document.system !== system.key && t("This file is not a scenario of {system}.", { system: system.title });
      tools.setRefusal(sentence || other || "");
      if (document && !other) form.replace(whole(document, system));
    },
  };
}

function Setup({ data, form }) {
  const { system } = data;
  const tools = useAttempt(form);
  const [saving, setSaving] = useState(false);
  const does = deeds({ data, form, tools });
  const submit = (event) => {
    event.preventDefault();
    does.run();
  };
  return html`<form class="setup-sheet" noValidate onSubmit=${submit}>
    <section class="group" aria-label=${t("Time and chance")}><div class="fields">
      ${Object.entries(FRAME).map(([key, node]) => html`<${Field} key=${key} form=${form} node=${node} path=${key} value=${form.get(key)} />`)}
    </div></section>
    ${system.presets?.length > 0 && html`<${PresetChoice} form=${form} system=${system} />`}
    ${kernelOf(system).sections(system.schema).map((section) => html`<${Section} key=${section.title} form=${form} system=${system} ...${section} />`)}
    <${ActionsEditor} form=${form} ...${kernelOf(system).schedule(system, form.get("config"), data.scenario.nodes)} />
    <div class="setup-bar">
      ${tools.refusal && html`<p class="note error" role="alert">${tools.refusal}</p>`}
      <${Busy} task=${tools.task} />
      <div class="setup-do"><${Buttons} ...${{ data, form, does, tools }} save=${() => setSaving(true)} />
        <${kernelOf(system).Load} config=${form.get("config")} recordings=${form.recordings} /></div>
      <${Changes} form=${form} system=${system} />
    </div>
    ${saving && html`<${SaveDialog} url=${data.urls.scenarios} document=${form.document.value} scenario=${data.scenario} close=${() => setSaving(false)} fail=${tools.refuse} />`}
  </form>`;
}

/** Some of the options; those with a title are folded away until they are wanted, or hold something wrong or changed. */
function Section({ form, system, title, keys, about = "", used = false }) {
  const options = html`<${Options} form=${form} node=${system.schema} path="config" only=${keys} />`;
  if (!title) return options;
  const wanted = keys.some((key) => !same(form.baseAt(`config.${key}`), form.get(`config.${key}`))) || [...form.problems().map(({ path }) => path), ...form.refused.value.keys()].some((path) => keys.some((key) => path.startsWith(`config.${key}`)))
    || (used && keys.some((key) => !same(usual(system.schema, key), form.baseAt(`config.${key}`))));
  return html`<details class="setup-section" open=${wanted || undefined}><summary>${title}${about && html` <span class="quiet-text small">${about}</span>`}</summary><div class="setup-sheet-part">${options}</div></details>`;
}

/** The value of an option that a scenario does not speak of. */
function usual(schema, key) {
  return complete(schema.properties[key], schema, undefined);
}

function Buttons({ data, form, does, tools, save }) {
  const may = data.who.may_create;
  const pick = (event) => {
    const [file] = event.target.files;
    event.target.value = ""; // the same file can be chosen again after it was changed
    if (file) does.upload(file);
  };
  return html`<div class="row">
    <button type="submit" class="button primary" disabled=${!may || Boolean(tools.task)}>${icon("play")}${t("Run")}</button>
    <button type="button" class="button" disabled=${!may} onClick=${does.compare}>${t("Compare…")}</button>
    ${data.scenario.experiment_url && html`<button type="button" class="button" disabled=${!may} onClick=${does.experiment} title=${t("Run many seeds of many choices, and see what differs and how sure that is")}>${t("Experiment…")}</button>`}
    ${data.scenario.hunt_url && html`<a class="button" href=${huntOf(data, form)} title=${t("Try many seeds of this scenario, with faults by chance, until a promise breaks")}>${t("Hunt…")}</a>`}
    ${data.scenario.mine && !data.scenario.builtin && html`<button type="button" class="button" disabled=${unchanged(form)} onClick=${does.keep}>${t("Save")}</button>`}
    <button type="button" class="button" disabled=${!may} onClick=${save}>${t("Save as scenario…")}</button>
    <button type="button" class="button quiet" onClick=${() => download(`${data.scenario.key}.json`, form.document.value)}>${t("Download JSON")}</button>
    <label class="button quiet">${t("Upload JSON")}<input class="visually-hidden" type="file" accept=".json,application/json" onChange=${pick} /></label>
    ${!may && html`<a class="small" href="/accounts/login/?next=${encodeURIComponent(window.location.pathname)}">${t("Sign in to run and to save")}</a>`}
  </div>`;
}

/** Where a hunt for the bug that is chosen here begins. */
function huntOf({ scenario }, form) {
  const { faulty = "none" } = form.document.value.config;
  return faulty === (form.base.value.config.faulty ?? "none") ? scenario.hunt_url : `${scenario.hunt_url}&faulty=${encodeURIComponent(faulty)}`;
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
  const form = new FormState({
    root: data.system.schema, document: whole(data.scenario.document, data.system), recordings: data.recordings,
    check: (now) => documentProblems(now, data.system, data.scenario.nodes),
  });
  keepDraft(form, data.scenario.key);
  const own = root.querySelector("#own");
  if (own) render(html`<${OwnScenario} scenario=${data.scenario} url=${`${data.urls.scenarios}${data.scenario.key}/`} />`, own);
  const place = root.querySelector("#form");
  place.replaceChildren();
  render(html`<${Setup} data=${data} form=${form} />`, place);
  effect(() => drawSketches(root, [{ ...data.scenario, ...form.document.value, key: data.scenario.key, kernel: data.system.kernel }]));
}
