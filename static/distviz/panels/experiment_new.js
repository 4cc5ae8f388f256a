// A new Experiment: a grid of strategies, loads and other options times many seeds; or a sizing, which looks for the
// smallest number of servers. Before it starts, it says how much that is.

import { html, render, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { problems, same } from "../lib/schema.js";
import { icon } from "../lib/icons.js";
import { useAttempt } from "./attempt.js";
import { Busy } from "./busy.js";
import { FRAME, frameProblems, whole } from "./document.js";
import { Axis } from "./experiment_axis.js";
import { AXES_AT_MOST, axisProblems, fieldTitle, fieldsOf, isLoad, loadField, mainChoice, newAxis, valuesOf } from "./experiment_axes.js";
import { Amount } from "./experiment_amount.js";
import { twinProblems } from "./experiment_choices.js";
import { Sizing, newSizing, sizingProblems } from "./experiment_sizing.js";
import { Field } from "./fields.js";
import { Options } from "./form.js";
import { FormState } from "./formstate.js";
import { kernelOf } from "./kernels.js";

const SEEDS = {
  seeds: { type: "integer", title: t("Seeds"), unit: "", minimum: 2, maximum: 1000, default: 10, description: t("How many times each cell is run, each time with other arrivals and demands. More seeds give narrower intervals: four times as many, half as wide.") },
  first_seed: { type: "integer", title: t("First seed"), unit: "", minimum: 0, maximum: 2 ** 53 - 1, default: 1, description: t("Every cell is run with the same seeds, so that a difference between two of them is the choice and not the luck.") },
};
const PROBE_SEEDS = { ...SEEDS.seeds, title: t("Seeds at most"), default: 30, description: t("A number of servers is tried with more and more seeds until it is clear whether it holds; after this many, it is called undecided and counted as no.") };
const { duration_s: LENGTH } = FRAME;
const WARM_UP = { ...FRAME.warm_up_s, default: undefined, empty: t("automatic"), description: t("The statistics leave out what was sent before this time. Left empty, the time is found for each cell, on a run of its own (MSER-5).") };

function NewExperiment({ data, form }) {
  const { system, who, urls } = data;
  const { task, refusal, attempt } = useAttempt(form);
  const { kind } = form.document.value;
  const submit = (event) => {
    event.preventDefault();
    attempt(t("Starting the experiment"), async ({ signal }) => {
      const made = await ask("POST", urls.experiments, asked(form.document.value, data), { signal });
      window.location.assign(made.url);
    });
  };
  return html`<form class="experiment-form" noValidate onSubmit=${submit}>
    <${Kinds} form=${form} kind=${kind} />
    <div class="stack" role="tabpanel" id="kind-panel" aria-labelledby=${`kind-${kind}`}>
      <${Axes} form=${form} schema=${system.schema} sizing=${kind === "sizing"} />
      ${kind === "sizing" && html`<${Sizing} form=${form} schema=${system.schema} />`}
      <${SetUp} form=${form} system=${system} />
      <section class="panel" aria-labelledby="seeds-title"><h2 id="seeds-title">${t("Seeds and length")}</h2>
        <div class="fields">
          ${Object.entries(seedsOf(kind)).map(([key, node]) => html`<${Field} key=${key} form=${form} node=${node} path=${key} value=${form.get(key)} />`)}
          <${Field} form=${form} node=${LENGTH} path="duration_s" value=${form.get("duration_s")} />
          <${Field} form=${form} node=${WARM_UP} path="warm_up" value=${form.get("warm_up")} nullable />
        </div>
      </section>
    </div>
    <div class="setup-bar">
      ${refusal && html`<p class="note error" role="alert">${refusal}</p>`}
      <${Busy} task=${task} />
      <div class="setup-do">
        <button type="submit" class="button primary" disabled=${!who.may_create || Boolean(task)}>${icon("play")}${kind === "sizing" ? t("Find the number of servers") : t("Start the experiment")}</button>
        ${!who.may_create && html`<a class="small" href="/accounts/login/?next=${encodeURIComponent(window.location.pathname + window.location.search)}">${t("Sign in to experiment")}</a>`}
        <${Amount} form=${form} schema=${system.schema} budget=${data.proposal?.budget} />
      </div>
    </div>
  </form>`;
}

function seedsOf(kind) {
  return kind === "sizing" ? { probe_seeds: PROBE_SEEDS, first_seed: SEEDS.first_seed } : SEEDS;
}

/** The two questions, as tabs. */
function Kinds({ form, kind }) {
  const kinds = [["grid", t("Compare over a grid")], ["sizing", t("Sizing")]];
  const walk = (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const [next] = kinds.find(([key]) => key !== kind);
    form.set("kind", next);
    requestAnimationFrame(() => document.getElementById(`kind-${next}`)?.focus());
  };
  return html`<div class="experiment-kinds" role="tablist" aria-label=${t("What is asked")} onKeyDown=${walk}>
    ${kinds.map(([key, title]) => html`<button type="button" role="tab" key=${key} id=${`kind-${key}`} aria-controls="kind-panel" aria-selected=${key === kind ? "true" : "false"}
      tabindex=${key === kind ? "0" : "-1"} onClick=${() => form.set("kind", key)}>${title}</button>`)}
  </div>`;
}

/** The axes one after the other, and a choice of what else is varied. A sizing asks its question for every choice of the first one. */
function Axes({ form, schema, sizing }) {
  const { axes, config } = form.document.value;
  const fields = fieldsOf(schema, schema, config);
  const rest = fields.filter((field) => !axes.some(({ path }) => path === field.path));
  const put = (next) => form.set("axes", next);
  const add = (event) => {
    const field = rest.find(({ path }) => path === event.target.value);
    event.target.value = "";
    if (field) put([...axes, newAxis(field, schema, config, form.recordings)]);
  };
  return html`${axes.map((axis, place) => {
    const field = fields.find(({ path }) => path === axis.path);
    if (!field || (sizing && place > 0)) return null;
    return html`<${Axis} key=${axis.path} ...${{ form, field, axis, place }} remove=${sizing || axes.length < 2 ? null : () => put(axes.filter((other) => other !== axis))} />`;
  })}
  ${!sizing && axes.length < AXES_AT_MOST && html`<label class="field experiment-add"><span>${t("Vary something else too")}</span>
    <select class="select" value="" onChange=${add}><option value="" selected>${t("Choose an option…")}</option>
      ${rest.map((field) => html`<option key=${field.path} value=${field.path}>${fieldTitle(field)}</option>`)}</select></label>`}`;
}

/** All options of the Config, folded away: what is not varied is the same in every cell. */
function SetUp({ form, system }) {
  const [open, setOpen] = useState(false);
  const changed = !same(form.baseAt("config"), form.get("config"));
  return html`<details class="setup-section" onToggle=${(event) => event.target === event.currentTarget && setOpen(event.target.open)}>
    <summary>${t("The set-up that all cells share")} ${changed && html`<span class="tag plain">${t("changed")}</span>`}</summary>
    ${open && html`<div class="setup-sheet-part setup-sheet"><p class="field-help experiment-wide">${t("As the scenario has it. What is varied above has its own values in each cell.")}</p>
      ${kernelOf(system).sections(system.schema).map((section) => html`<${Section} key=${section.title} form=${form} schema=${system.schema} ...${section} />`)}</div>`}
  </details>`;
}

function Section({ form, schema, title, keys, about = "" }) {
  const options = html`<${Options} form=${form} node=${schema} path="config" only=${keys} />`;
  return title ? html`<details class="setup-section"><summary>${title}${about && html` <span class="quiet-text small">${about}</span>`}</summary><div class="setup-sheet-part">${options}</div></details>` : options;
}

/** What the server is asked: the scenario (the document where it was changed), the axes, the seeds; or the sizing. */
export function asked({ kind, axes, seeds, probe_seeds, first_seed, warm_up, sizing, duration_s, ...rest }, { system, scenario, document: saved }) {
  const known = whole(saved, system);
  const document = { ...rest, duration_s: known.duration_s };
  const fields = fieldsOf(system.schema, system.schema, document.config);
  const wanted = (kind === "sizing" ? axes.slice(0, 1) : axes).map((axis) => ({ path: axis.path, values: valuesOf(axis, fields.find(({ path }) => path === axis.path)) }));
  return {
    ...(scenario && alike(document, known) ? { scenario: scenario.key } : { document }),
    kind, axes: wanted, seeds: kind === "sizing" ? probe_seeds : seeds, first_seed, duration_s, warm_up_s: warm_up, ...(kind === "sizing" ? { sizing } : {}),
  };
}

/** Whether two documents say the same, whatever the order of their fields. */
function alike(one, other) {
  return same(sorted(one), sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function check(now, data) {
  const { schema } = data.system;
  const { kind, axes, seeds, probe_seeds, first_seed, warm_up, sizing, ...document } = now;
  const fields = fieldsOf(schema, schema, document.config);
  const used = kind === "sizing" ? axes.slice(0, 1) : axes;
  return [
    ...used.flatMap((axis, place) => [...axisProblems(axis, fields.find(({ path }) => path === axis.path), place), ...twinProblems(axis, place)]),
    ...(kind === "sizing" ? sizingProblems(sizing) : []),
    ...Object.entries(seedsOf(kind)).flatMap(([key, node]) => problems(node, {}, now[key], key)),
    ...(warm_up === null ? [] : problems(WARM_UP, {}, warm_up, "warm_up")),
    ...frameProblems(document).filter(({ path }) => path === "duration_s"),
    ...problems(schema, schema, document.config, "config"),
  ];
}

/** The document to vary: as changed on the set-up page just now, else as the scenario says. */
function drafted(data) {
  const draft = new URLSearchParams(window.location.search).has("draft") ? sessionStorage.getItem("distviz-draft") : null;
  const document = draft === null ? data.document : JSON.parse(draft);
  return document.system === data.system.key ? document : data.document;
}

/** The form as it is first offered: as the experiment before, else as the server proposes, else strategies against load. */
function offered(document, data) {
  const { schema } = data.system;
  const { before, proposal } = data;
  const fields = fieldsOf(schema, schema, document.config);
  const asked = new URLSearchParams(window.location.search).get("kind");
  return {
    ...document, duration_s: before ? before.duration_ns / 1e9 : proposal?.duration_s ?? document.duration_s,
    kind: (asked ?? before?.kind) === "sizing" ? "sizing" : "grid", axes: firstAxes(fields, document.config, data),
    seeds: (before?.kind === "grid" ? before.seeds : null) ?? proposal?.seeds ?? SEEDS.seeds.default, probe_seeds: before?.kind === "sizing" ? before.seeds : PROBE_SEEDS.default, first_seed: before?.first_seed ?? proposal?.first_seed ?? 1, warm_up: before?.warm_up_s ?? null,
    sizing: before?.sizing ?? newSizing(fields, document.config, data.recordings, proposal?.sizing),
  };
}

function firstAxes(fields, config, { system: { schema }, before, proposal, recordings }) {
  const axis = (field, values = null) => newAxis(field, schema, config, recordings, values);
  const known = (before ?? proposal)?.axes.map(({ path, values }) => [fields.find((field) => field.path === path), values]).filter(([field]) => field) ?? [];
  if (before) return known.map(([field, values]) => axis(field, values.map(({ value }) => value)));
  const load = loadField(fields);
  const missing = load && !known.some(([field]) => isLoad(field.path)) ? [axis(load)] : [];
  if (known.length) return [...known.map(([field, values]) => axis(field, isLoad(field.path) ? null : values)), ...missing];
  const usual = [mainChoice(fields, schema), loadField(fields)].filter(Boolean);
  return (usual.length ? usual : fields.slice(0, 1)).map((field) => axis(field));
}

export function start(root, data) {
  const place = root.querySelector("#form");
  if (!place) return; // no scenario chosen yet: the page is a list of links
  const document = whole(drafted(data), data.system);
  const form = new FormState({
    root: data.system.schema, document: offered(document, data), recordings: data.recordings,
    check: (now) => check(now, data), base: { config: document.config },
  });
  place.replaceChildren();
  render(html`<${NewExperiment} data=${data} form=${form} />`, place);
}
