// The checklist of an axis whose values are groups of options: every strategy that there is, each with its own options.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { chosen, families, same, union } from "../lib/schema.js";
import { icon } from "../lib/icons.js";
import { valueWords } from "./experiment_axes.js";
import { idOf } from "./fields.js";
import { Options } from "./form.js";

/** `field`: of experiment_axes.js; `path`: of the axis within the form. */
export function Choices({ form, field, axis, path }) {
  const id = idOf(`${path}.options`);
  const error = form.errorAt(`${path}.options`);
  const put = (options) => form.set(`${path}.options`, options);
  const all = (on) => put(axis.options.map((option) => ({ ...option, on })));
  const both = union(field.node, form.root);
  const numbered = axis.options.map((option, index) => ({ option, index }));
  const grouped = families(numbered, ({ option }) => chosen(both, option.value).node.family ?? "");
  const chosenCount = axis.options.filter(({ on }) => on).length;
  return html`<div class="experiment-choices" id=${id} tabindex="-1" role="group" aria-label=${field.node.title} aria-describedby=${error ? `${id}-error` : undefined}>
    <div class="row experiment-choices-tools">
      <span class="quiet-text small" role="status">${t("{count} of {all} chosen", { count: chosenCount, all: axis.options.length })}</span>
      <button type="button" class="button quiet small" disabled=${chosenCount === axis.options.length} onClick=${() => all(true)}>${t("All")}</button>
      <button type="button" class="button quiet small" disabled=${chosenCount === 0} onClick=${() => all(false)}>${t("None")}</button>
    </div>
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
    ${grouped.map(({ family, choices }, place) => html`<div role="group" key=${family} aria-labelledby=${family ? `${id}-${place}` : undefined}>
      ${family && html`<h3 id="${id}-${place}">${family}</h3>`}
      <ul>${choices.map(({ option, index }) => html`<${Choice} key=${index} ...${{ form, field, axis, option, index, path: `${path}.options.${index}`, put }} />`)}</ul></div>`)}
  </div>`;
}

function Choice({ form, field, axis, option, index, path, put }) {
  const both = union(field.node, form.root);
  const choice = chosen(both, option.value);
  const words = valueWords(field, form.root, option.value);
  const has = Object.values(choice.node.properties ?? {}).some((child) => !("const" in child));
  const twins = axis.options.filter(({ value }) => value[both.tag] === choice.name).length;
  const variant = () => put([...axis.options.slice(0, index + 1), { on: true, value: { ...option.value } }, ...axis.options.slice(index + 1)]);
  const turn = (event) => form.set(path, { ...option, on: event.target.checked });
  return html`<li class=${option.on ? "chosen" : ""}>
    <label class="check"><input type="checkbox" checked=${option.on} onChange=${turn} /> <span>${words}</span></label>
    <details><summary aria-label=${t("About {title}, and its options", { title: words })}>${has ? t("options") : t("about")}</summary>
      <div class="experiment-choice-more">
        ${choice.node.description && html`<p class="field-help">${choice.node.description}</p>`}
        <${Options} form=${form} node=${choice.node} path="${path}.value" />
        <div class="row">
          ${has && html`<button type="button" class="button small" onClick=${variant}>${icon("plus")}${t("Once more, with other options")}</button>`}
          ${twins > 1 && html`<button type="button" class="button quiet small" onClick=${() => put(axis.options.filter((other) => other !== option))}>${t("Remove")}</button>`}
        </div>
      </div>
    </details>
  </li>`;
}

/** [{path, sentence}]: two values of an axis that are the same. */
export function twinProblems(axis, place) {
  const on = axis.options?.filter((option) => option.on) ?? [];
  const twin = on.some((option, index) => on.some((other, before) => before < index && same(other.value, option.value)));
  return twin ? [{ path: `axes.${place}.options`, sentence: t("Two of them are the same: change an option of one.") }] : [];
}
