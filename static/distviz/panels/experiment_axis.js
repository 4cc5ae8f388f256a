// One axis of a grid in the form: from, to and steps, or a list; boxes for words; and the values that come of it.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, percent } from "../lib/format.js";
import { boundsText, set } from "../lib/schema.js";
import { icon } from "../lib/icons.js";
import { fieldTitle, isLoad, valueWords, valuesOf, wordTitle, wordsOf } from "./experiment_axes.js";
import { Choices } from "./experiment_choices.js";
import { Field, idOf } from "./fields.js";
import { offered } from "./load.js";

const SHOWN = 24;

export function Axis({ form, field, axis, place, remove }) {
  const path = `axes.${place}`;
  const title = fieldTitle(field);
  const id = idOf(path);
  const Editor = axis.options ? Choices : axis.some ? Words : Numbers;
  return html`<section class="panel experiment-axis" data-path=${path} aria-labelledby="${id}-title">
    <div class="experiment-axis-head">
      <h2 id="${id}-title">${title}${isLoad(field.path) && html` <span class="tag plain">${t("load")}</span>`}</h2>
      ${remove && html`<button type="button" class="button quiet icon" onClick=${remove} aria-label=${t("Do not vary {title}", { title })} title=${t("Do not vary {title}", { title })}>${icon("close")}</button>`}
    </div>
    ${field.kind !== "choice" && field.node.description && field.node.description !== field.node.title && html`<p class="field-help">${field.node.description}</p>`}
    <${Editor} form=${form} field=${field} axis=${axis} path=${path} />
    ${form.errorAt(`${path}.path`) && html`<p class="field-error" role="alert">${form.errorAt(`${path}.path`)}</p>`}
  </section>`;
}

function Words({ form, field, axis, path }) {
  const id = idOf(`${path}.some`);
  const error = form.errorAt(`${path}.some`);
  const turn = (index) => form.set(`${path}.some`, axis.some.map((on, other) => (other === index ? !on : on)));
  return html`<div class="some-of" id=${id} tabindex="-1" role="group" aria-label=${fieldTitle(field)} aria-describedby=${error ? `${id}-error` : undefined}>
    ${wordsOf(field.node).map((word, index) => html`<label class="check" key=${String(word)}><input type="checkbox" checked=${axis.some[index]} onChange=${() => turn(index)} /> ${wordTitle(field.node, word)}</label>`)}
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
  </div>`;
}

function Numbers({ form, field, axis, path }) {
  const { unit = "", type } = field.node;
  const bound = { type: "number", unit, description: boundsText(field.node) };
  const pick = (how) => () => {
    const list = how === "list" && !axis.list ? valuesOf(axis, field).join(", ") : axis.list;
    form.set(path, { ...axis, how, list });
  };
  return html`<div class="experiment-numbers">
    <div class="experiment-how" role="radiogroup" aria-label=${t("How the values are given: {title}", { title: fieldTitle(field) })}>
      <label class="check"><input type="radio" name=${path} checked=${axis.how === "range"} onChange=${pick("range")} /> ${t("from … to … in steps")}</label>
      <label class="check"><input type="radio" name=${path} checked=${axis.how === "list"} onChange=${pick("list")} /> ${t("a list")}</label>
    </div>
    ${axis.how === "range"
      ? html`<div class="fields">
          <${Field} form=${form} node=${{ ...bound, type, title: t("From") }} path="${path}.from" value=${axis.from} />
          <${Field} form=${form} node=${{ ...bound, type, title: t("To") }} path="${path}.to" value=${axis.to} />
          <${Field} form=${form} node=${{ type: "integer", unit: "", title: t("Values"), minimum: 1, maximum: 200, description: t("How many values, evenly spaced, both ends included.") }} path="${path}.steps" value=${axis.steps} />
        </div>`
      : html`<${Field} form=${form} node=${{ type: "string", unit, title: t("Values"), description: t("Numbers with commas or spaces between them.") }} path="${path}.list" value=${axis.list} />`}
    <${Values} form=${form} field=${field} axis=${axis} />
  </div>`;
}

/** The values as they will be run; of a load, with the share of what the servers can do. */
function Values({ form, field, axis }) {
  const values = valuesOf(axis, field).filter((value) => typeof value === "number");
  const { config } = form.document.value;
  const load = isLoad(field.path);
  const shares = values.map((value) => (load ? offered(set(config, field.path, value), form.recordings)?.share : undefined));
  if (values.length === 0) return null;
  return html`<ul class="experiment-values" aria-label=${t("The values: {title}", { title: fieldTitle(field) })}>
    ${values.slice(0, SHOWN).map((value, index) => html`<li key=${index} class=${shares[index] >= 1 ? "over" : ""}>
      <b>${valueWords({ ...field, node: { ...field.node, unit: "" } }, form.root, value)}</b>${shares[index] !== undefined && html` <span>${percent(shares[index], 0)}</span>`}</li>`)}
    ${values.length > SHOWN && html`<li>${t("and {count} more", { count: number(values.length - SHOWN) })}</li>`}
    ${shares.some((share) => share !== undefined) && html`<li class="plain">${t("percent: of what the servers can do")}</li>`}
  </ul>`;
}
