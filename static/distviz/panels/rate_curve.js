// The rate of arrivals as a curve to draw: with the mouse, with the keyboard, as numbers, or from a ready-made shape.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, three } from "../lib/format.js";
import { get } from "../lib/schema.js";
import { expected, isDrawable, shapes, tidy } from "../lib/curve.js";
import { icon } from "../lib/icons.js";
import { Field, idOf } from "./fields.js";
import { capacityPerS } from "./load.js";
import { CurvePlot } from "./rate_curve_plot.js";

const STEPS_KEPT = 100;

/** `form`, `node`, `path` of the points: what lies beside them is the shape and the repetition. */
export function RateCurve({ form, node, path }) {
  const home = path.slice(0, path.lastIndexOf("."));
  const arrivals = form.get(home);
  const history = useHistory(form, home);
  const end_s = endOf(form, arrivals);
  const id = idOf(path);
  const error = form.errorAt(path);
  const drawable = isDrawable(arrivals.points);
  const capacity = capacityPerS(get(form.document.value, home.slice(0, home.lastIndexOf("."))) ?? {}, form.recordings);
  return html`<div role="group" class="group curve" data-path=${path} aria-labelledby="${id}-title">
    <div class="group-head"><h3 id="${id}-title">${t("Rate over time, in requests/s")}</h3>
      <button type="button" class="button quiet small push" disabled=${!history.can.undo} onClick=${history.undo}>${icon("undo")}${t("Undo")}</button>
      <button type="button" class="button quiet small" disabled=${!history.can.redo} onClick=${history.redo}>${t("Redo")}</button></div>
    <${Shapes} end_s=${end_s} rate=${meanRate(arrivals, end_s)} take=${(shape) => history.change({ ...arrivals, ...shape })} />
    ${drawable ? html`<${CurvePlot} ...${{ id, arrivals, end_s, capacity, history }} />
      <p class="field-help curve-said">${sum(arrivals, end_s, capacity)}</p>
      <p class="field-help">${t("Drag to draw. Click to add a point, drag it to move it, double-click to remove it. With the keyboard: arrows move a point, Page Up and Page Down go to another, Insert adds one, Delete removes it.")}</p>`
    : html`<p class="note">${t("These numbers make no curve: each point must be later than the one before it, and no rate below 0.")}</p>`}
    ${error && html`<p class="field-error" id="${id}-error" role="alert">${error}</p>`}
    <${Numbers} ...${{ form, node, path, arrivals, history }} />
  </div>`;
}

/** Changes that can be taken back; a drag is one change. */
function useHistory(form, home) {
  const [past, setPast] = useState([]);
  const [future, setFuture] = useState([]);
  const begun = useRef(null);
  const now = () => form.get(home);
  const keep = (before) => {
    setPast((all) => [...all.slice(1 - STEPS_KEPT), before]);
    setFuture([]);
  };
  const go = (from, setFrom, setTo) => () => {
    if (from.length === 0) return;
    setFrom(from.slice(0, -1));
    setTo((all) => [...all, now()]);
    form.set(home, from.at(-1));
  };
  return {
    can: { undo: past.length > 0, redo: future.length > 0 },
    change(next) {
      keep(now());
      form.set(home, next);
    },
    begin() {
      begun.current = now();
    },
    during(next) {
      form.set(home, next);
    },
    end() {
      if (begun.current && begun.current !== now()) keep(begun.current);
      begun.current = null;
    },
    undo: go(past, setPast, setFuture),
    redo: go(future, setFuture, setPast),
  };
}

/** The time up to which the curve is shown: the whole run, where the form says how long that is. */
function endOf(form, arrivals) {
  const { duration_s } = form.document.value;
  const last = Math.max(...arrivals.points.map(([at]) => (Number.isFinite(at) ? at : 0)), arrivals.repeat_s || 0, 1e-3);
  return duration_s > 0 && Number.isFinite(duration_s) ? Math.max(duration_s, last) : last * 1.05;
}

function meanRate(arrivals, end_s) {
  const mean = isDrawable(arrivals.points) ? expected(arrivals, end_s) / end_s : 0;
  return mean > 0 ? Number(mean.toPrecision(2)) : 100;
}

function sum(arrivals, end_s, capacity) {
  const most = Math.max(...arrivals.points.map(([, rate]) => rate));
  const said = t("{count} requests are to be expected in {seconds} s: {mean}/s on average, {most}/s at most.", {
    count: number(Math.round(expected(arrivals, end_s))), seconds: number(end_s, 1), mean: three(expected(arrivals, end_s) / end_s), most: three(most),
  });
  return capacity ? `${said} ${t("The servers can do {capacity}/s.", { capacity: three(capacity) })}` : said;
}

function Shapes({ end_s, rate, take }) {
  const made = shapes(end_s, rate);
  const titles = { diurnal: t("A day"), flash: t("Flash crowd"), ramp: t("Ramp"), step: t("Step"), attack: t("Attack") };
  return html`<div class="curve-shapes" role="group" aria-label=${t("Ready-made shapes")}>
    ${Object.entries(titles).map(([key, title]) => html`<button type="button" class="button small" key=${key} onClick=${() => take(made[key])}>${title}</button>`)}
  </div>`;
}

/** The same as a table of numbers. */
function Numbers({ form, node, path, arrivals, history }) {
  const { points } = arrivals;
  const [time, rate] = [{ type: "number", title: t("Time"), unit: "s", minimum: 0 }, { type: "number", title: t("Rate"), unit: "1/s", minimum: 0 }];
  const put = (next) => history.change({ ...arrivals, points: next });
  const add = () => put([...points, after(points)]);
  return html`<details class="curve-numbers"><summary>${t("Points as numbers ({count})", { count: points.length })}</summary>
    <table><thead><tr><th scope="col">${t("Time")}</th><th scope="col">${t("Rate")}</th><th></th></tr></thead><tbody>
      ${points.map((point, index) => html`<tr key=${index}>
        <td><${Field} form=${form} node=${time} path="${path}.${index}.0" value=${point[0]} bare label=${t("Time of point {number}", { number: index + 1 })} /></td>
        <td><${Field} form=${form} node=${rate} path="${path}.${index}.1" value=${point[1]} bare label=${t("Rate of point {number}", { number: index + 1 })} /></td>
        <td><button type="button" class="button quiet icon" disabled=${points.length < 2} onClick=${() => put(points.filter((ignored, other) => other !== index))}
          aria-label=${t("Remove point {number}", { number: index + 1 })}>${icon("close")}</button></td></tr>`)}
    </tbody></table>
    <button type="button" class="button small" id=${idOf(path)} disabled=${points.length >= (node.maxItems ?? Infinity)} onClick=${add}>${icon("plus")}${t("Add a point")}</button>
  </details>`;
}

/** A point after the last one, as far from it as that is from the one before. */
function after(points) {
  const [at, rate] = points.at(-1);
  const gap = points.length > 1 ? at - points.at(-2)[0] : 10;
  return [tidy(Number(at) + (gap > 0 ? gap : 1)), rate];
}
