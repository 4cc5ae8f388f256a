// The scenario's own Actions: what happens to the system at which second, without anybody clicking.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number } from "../lib/format.js";
import { fitsPattern, isText } from "./faults.js";
import { Field, idOf } from "./fields.js";
import { icon } from "../lib/icons.js";

const SECOND = 1e9;

/** A param of an Action, as the schema of a Config would say it. */
function paramNode(param) {
  if (param.choices?.length) return { type: "string", title: param.title, default: param.default, enum: param.choices, labels: param.labels };
  if (param.pattern) return { type: "string", title: param.title, default: param.default };
  const type = param.integer ? "integer" : "number";
  return { type, title: param.title, unit: param.unit, default: param.default, minimum: param.minimum, maximum: param.maximum };
}

/** [{path, sentence}] for the Actions of `document`, as far as can be seen here. */
export function actionProblems(document, specs) {
  return document.actions.flatMap((action, index) => {
    const spec = specs.find((other) => other.kind === action.kind);
    const path = `actions.${index}`;
    const found = [];
    if (typeof action.at_ns !== "number") found.push({ path: `${path}.at_ns`, sentence: t("This must be a number.") });
    else if (action.at_ns < 0 || action.at_ns >= document.duration_s * SECOND) found.push({ path: `${path}.at_ns`, sentence: t("This must be from 0 to before the end of the run.") });
    if (spec?.role && !action.target) found.push({ path: `${path}.target`, sentence: t("Say which one.") });
    return [...found, ...(spec?.params ?? []).flatMap((param) => paramProblems(param, action, path))];
  });
}

function paramProblems(param, action, path) {
  const value = action.params[param.name];
  if (isText(param)) return textProblems(param, value, `${path}.params.${param.name}`);
  const fits = typeof value === "number" && value >= param.minimum && value <= param.maximum;
  const limits = { least: number(param.minimum, 6), most: number(param.maximum, 6) };
  return fits ? [] : [{ path: `${path}.params.${param.name}`, sentence: t("This must be a number from {least} to {most}.", limits) }];
}

function textProblems(param, value, path) {
  if (param.choices?.length) return param.choices.includes(value) ? [] : [{ path, sentence: t("Choose one.") }];
  return fitsPattern(param, value) ? [] : [{ path, sentence: param.example ? t("This must be a text such as “{example}”.", { example: param.example }) : t("This text is not of the right form.") }];
}

/** Rows of Actions, and a strip of the run's time on which they stand. */
/** `targets(spec)`: the ids to which an Action of that kind can be done. */
export function ActionsEditor({ form, specs, targets }) {
  const actions = form.get("actions");
  const { duration_s: typed, warm_up_s } = form.document.value;
  const duration_s = typed > 0 ? typed : form.base.value.duration_s; // while a wrong one is being mended
  const add = () => form.set("actions", [...actions, fresh(specs[0], targets, nextTime(actions, duration_s))]);
  const remove = (index) => form.set("actions", actions.filter((action, other) => other !== index));
  return html`<section class="group" data-path="actions" aria-labelledby="actions-title">
    <div class="group-head">
      <h2 id="actions-title">${t("Actions")}</h2>
      <button type="button" class="button small push" id=${idOf("actions")} onClick=${add}>${icon("plus")}${t("Add an action")}</button>
    </div>
    ${form.errorAt("actions") && html`<p class="field-error" role="alert">${form.errorAt("actions")}</p>`}
    <${Strip} actions=${actions} specs=${specs} duration_s=${duration_s} warm_up_s=${warm_up_s} />
    ${actions.length === 0 && html`<p class="field-help">${t("Nothing happens by itself. You can still act by hand while you watch: every click makes a branch.")}</p>`}
    <ol class="action-rows">
      ${actions.map((action, index) => html`<${ActionRow} key=${index} ...${{ form, specs, targets, action, index }} remove=${() => remove(index)} />`)}
    </ol>
  </section>`;
}

function fresh(spec, targets, at_ns) {
  const params = Object.fromEntries(spec.params.map((param) => [param.name, param.default]));
  return { at_ns, kind: spec.kind, target: spec.role ? targets(spec)[0] ?? "" : "", params };
}

function nextTime(actions, duration_s) {
  const last = Math.max(0, ...actions.map((action) => Number(action.at_ns) || 0));
  const whole = Math.round((last / SECOND + duration_s / 4) * 10) / 10;
  return Math.round(Math.min(whole, Number((duration_s * 0.9).toPrecision(2))) * SECOND);
}

function ActionRow({ form, specs, targets, action, index, remove }) {
  const spec = specs.find((other) => other.kind === action.kind);
  const path = `actions.${index}`;
  const become = (event) => {
    const next = specs.find((other) => other.kind === event.target.value);
    const made = fresh(next, targets, action.at_ns);
    form.set(path, { ...made, target: next.role && targets(next).includes(action.target) ? action.target : made.target });
  };
  const say = (title) => t("{title}, action {number}", { title, number: index + 1 });
  return html`<li class="action-row" data-path=${path}>
    <${TimeField} form=${form} path="${path}.at_ns" value=${action.at_ns} label=${say(t("At"))} />
    <${Field} form=${form} path="${path}.kind" value=${action.kind} bare label=${say(t("What happens"))} node=${{ title: t("What happens") }}>
      <select class="select" id=${idOf(`${path}.kind`)} value=${action.kind} onChange=${become}>
        ${specs.map((other) => html`<option value=${other.kind} selected=${other === spec}>${other.title}</option>`)}
      </select>
    </${Field}>
    ${spec?.role ? html`<${Field} form=${form} path="${path}.target" value=${action.target} bare label=${say(t("To which one"))} node=${{ title: t("To which one") }}>
      <datalist id=${`action-targets-${index}`}>${targets(spec).map((target) => html`<option value=${target} />`)}</datalist>
      <input class="input" id=${idOf(`${path}.target`)} list=${`action-targets-${index}`} value=${action.target} autocomplete="off" spellcheck=${false}
        aria-invalid=${form.errorAt(`${path}.target`) ? "true" : undefined}
        onInput=${(event) => form.set(`${path}.target`, event.target.value.trim())} onBlur=${() => form.touch(`${path}.target`)} />
    </${Field}>` : html`<span class="action-gap"></span>`}
    <div class="action-params">
      ${(spec?.params ?? []).map((param) => html`<${Param} key=${param.name} ...${{ form, param, path, action, say }} />`)}
    </div>
    <button type="button" class="button quiet icon" onClick=${remove} aria-label=${t("Remove action {number}", { number: index + 1 })}>${icon("close")}</button>
  </li>`;
}

function Param({ form, param, path, action, say }) {
  return html`<span class="param"><span class="param-name" aria-hidden="true">${param.title}</span>
    <${Field} form=${form} node=${paramNode(param)} path="${path}.params.${param.name}" value=${action.params[param.name]} bare label=${say(param.title)} /></span>`;
}

function TimeField({ form, path, value, label }) {
  const seconds = typeof value === "number" ? value / SECOND : value;
  const proxy = {
    root: form.root,
    errorAt: () => form.errorAt(path),
    baseAt: () => undefined,
    touch: () => form.touch(path),
    set: (ignored, next) => form.set(path, typeof next === "number" ? Math.round(next * SECOND) : next),
  };
  return html`<${Field} form=${proxy} node=${{ type: "number", title: label, unit: "s", minimum: 0 }} path=${path} value=${seconds} bare label=${label} />`;
}

/** The run's time from left to right: the warm-up shaded, one mark for each Action. */
function Strip({ actions, specs, duration_s, warm_up_s }) {
  const end = typeof duration_s === "number" && duration_s > 0 ? duration_s : 1;
  const at = (seconds) => `${Math.min(100, Math.max(0, (100 * seconds) / end))}%`;
  const titled = (action) => `${specs.find((spec) => spec.kind === action.kind)?.title ?? action.kind} ${action.target}`;
  return html`<div class="strip" aria-hidden="true">
    <span class="strip-warm" style=${{ width: at(Number(warm_up_s) || 0) }}></span>
    ${actions.map((action) => html`<span class="strip-mark ${tone(action.kind)}" style=${{ left: at(action.at_ns / SECOND) }} title=${titled(action)}></span>`)}
    <span class="strip-label from">0 s</span><span class="strip-label until">${number(end, 3)} s</span>
  </div>`;
}

function tone(kind) {
  if (["crash", "remove"].includes(kind)) return "failed";
  if (["slow", "pause", "drain"].includes(kind)) return "unknown";
  return "ok";
}
