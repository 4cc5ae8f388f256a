// The choices above a chart or a table of an Experiment: which measure, and where on the axes that are not drawn.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { MEASURES } from "./experiment_measures.js";

export function MeasurePick({ measure, setMeasure, label = t("Measure") }) {
  return html`<label class="experiment-pick"><span>${label}</span>
    <select class="chart-choice" value=${measure.key} onChange=${(event) => setMeasure(event.target.value)}>
      ${MEASURES.map((one) => html`<option key=${one.key} value=${one.key} selected=${one.key === measure.key}>${one.title()}</option>`)}
    </select></label>`;
}

/** A select for each axis of `which` with more than one value. */
export function PlacePick({ model, place, setPlace, which }) {
  const put = (axis, index) => setPlace(place.map((one, other) => (other === axis ? index : one)));
  return which.filter((axis) => model.axes[axis].values.length > 1).map((axis) => html`<label class="experiment-pick" key=${axis}><span>${model.axes[axis].title}</span>
    <select class="chart-choice" value=${place[axis]} onChange=${(event) => put(axis, Number(event.target.value))}>
      ${model.axes[axis].values.map((value, index) => html`<option key=${index} value=${index} selected=${index === place[axis]}>${model.title(axis, index)}</option>`)}
    </select></label>`);
}
