// The tails of chosen cells on log-log axes: the share of the requests that took longer.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { percent, span } from "../lib/format.js";
import { icon } from "../lib/icons.js";
import { logTicks } from "./distribution.js";
import { titleOf, useCell } from "./experiment_cell.js";
import { LineSample, markOf } from "./experiment_marks.js";

const HEIGHT = 320;
const BOX = { left: 64, right: 14, top: 12, bottom: 42 };
const AT_MOST = 8;
const FIRST = 0.97; // where the curves begin: before that nearly all requests are still to come

export function Tails({ experiment, model, place, chosen, url }) {
  const [added, setAdded] = useState(null);
  const listed = (added ?? offered(experiment, model, place)).filter((number) => model.byNumber.get(number)?.stable);
  const able = chosen !== null && model.byNumber.get(chosen)?.stable && !listed.includes(chosen);
  const put = (list) => setAdded(list.slice(-AT_MOST));
  return html`<section class="panel" aria-labelledby="tail-title">
    <div class="experiment-caption"><h2 id="tail-title">${t("Tail: the share of requests slower than")}</h2>
      <div class="row">
        ${able && html`<button type="button" class="button small" onClick=${() => put([...listed, chosen])}>${icon("plus")}${t("Add the chosen cell")}</button>`}
        ${added && html`<button type="button" class="button quiet small" onClick=${() => setAdded(null)}>${t("As the table above")}</button>`}
      </div></div>
    ${listed.length === 0 ? html`<p class="results-quiet">${t("No stable cell is chosen here, so there is no tail.")}</p>`
      : html`<${Loaded} key=${listed.join()} numbers=${listed} model=${model} url=${url} remove=${(number) => put(listed.filter((other) => other !== number))} />`}
  </section>`;
}

/** The cells that the table shows; of a sizing, the answers. */
function offered(experiment, model, place) {
  if (experiment.kind === "sizing") {
    const sizes = experiment.answer?.sizes ?? [];
    return sizes.map((size) => size.probes.find(({ servers }) => servers === size.servers)?.cell).filter((number) => number !== undefined).slice(0, AT_MOST);
  }
  const { compared, axes } = model;
  const indices = compared === null ? [null] : axes[compared].values.map((value, index) => index);
  return indices.map((index) => model.cellAt(place.map((one, axis) => (axis === compared ? index : one)))?.number).filter((number) => number !== undefined).slice(0, AT_MOST);
}

/** One loader a cell: each asks for its own tail. */
function Loaded({ numbers, model, url, remove }) {
  const [tails, setTails] = useState({});
  const keep = (number, tail) => setTails((now) => ({ ...now, [number]: tail }));
  const lines = numbers.map((number, index) => {
    const cell = model.byNumber.get(number);
    const place = model.compared === null || numbers.length === 1 ? index : sameColumn(model, numbers) ? cell.at[model.compared] : index;
    return { number, title: titleOf(model, cell), mark: markOf(place), tail: tails[number] };
  });
  return html`${numbers.map((number) => html`<${Loader} key=${number} cell=${model.byNumber.get(number)} url=${url} keep=${keep} />`)}
    <${Plot} lines=${lines} remove=${numbers.length > 1 ? remove : null} />`;
}

/** Whether the cells differ in what is compared only: then each has the colour that it has in the other charts. */
function sameColumn(model, numbers) {
  const places = numbers.map((number) => model.byNumber.get(number).at);
  return new Set(places.map((at) => at[model.compared])).size === places.length;
}

function Loader({ cell, url, keep }) {
  const whole = useCell(url, cell);
  useEffect(() => {
    if (whole) keep(cell.number, whole.tail);
  }, [whole]);
  return null;
}

function Plot({ lines, remove }) {
  const box = useRef(null);
  const [width, setWidth] = useState(640);
  const [at, setAt] = useState(null);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(260, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const known = lines.filter(({ tail }) => tail?.ms.length);
  const scale = known.length ? scaleOf(known, width) : null;
  const point = (event) => setAt(scale.ms(event.clientX - event.currentTarget.getBoundingClientRect().left));
  return html`<div class="experiment-chart"><div class="experiment-plot" ref=${box}>
    ${scale && html`<svg width=${width} height=${HEIGHT} role="img" aria-label=${described(known)} onPointerMove=${point} onPointerLeave=${() => setAt(null)}>
      <${Axes} scale=${scale} width=${width} />
      ${known.map((line) => html`<path key=${line.number} fill="none" stroke=${`var(${line.mark.colour})`} stroke-width="2" stroke-dasharray=${line.mark.dash.join(" ") || "none"} stroke-linejoin="round" d=${pathOf(line.tail, scale)} />`)}
      ${at !== null && html`<line class="experiment-at" x1=${scale.x(at)} x2=${scale.x(at)} y1=${BOX.top} y2=${HEIGHT - BOX.bottom} />`}
    </svg>`}
  </div>
  <table class="experiment-legend">
    <thead><tr><th scope="col"><span class="visually-hidden">${t("Cell")}</span></th><th scope="col" class="number at">${at === null ? t("at the pointer") : t("slower than {time}", { time: span(at * 1e6) })}</th><th></th></tr></thead>
    <tbody>${lines.map((line) => html`<tr key=${line.number}><th scope="row"><span class="experiment-legend-title"><${LineSample} mark=${line.mark} /> ${line.title}</span></th>
      <td class="number at">${at !== null && line.tail ? share(beyond(line.tail, at)) : ""}</td>
      <td>${remove && html`<button type="button" class="button quiet icon small" aria-label=${t("Take out: {title}", { title: line.title })} onClick=${() => remove(line.number)}>${icon("close")}</button>`}</td></tr>`)}</tbody>
  </table></div>`;
}

function scaleOf(lines, width) {
  const times = lines.flatMap(({ tail }) => tail.ms.filter((ms, index) => ms > 0 && tail.share[index] <= FIRST));
  const shares = lines.flatMap(({ tail }) => tail.share).filter((one) => one > 0);
  const [low, high, least] = [Math.min(...times), Math.max(...times) * 1.02, Math.min(...shares, 0.1)];
  const [left, right, top, bottom] = [BOX.left, width - BOX.right, BOX.top, HEIGHT - BOX.bottom];
  return {
    low, high, least, left, right,
    x: (ms) => left + ((right - left) * Math.log(Math.max(ms, low) / low)) / Math.log(high / low),
    y: (one) => top + (bottom - top) * (Math.log(Math.max(one, least)) / Math.log(least)),
    ms: (x) => low * (high / low) ** Math.min(Math.max((x - left) / (right - left), 0), 1),
  };
}

function Axes({ scale, width }) {
  const bottom = HEIGHT - BOX.bottom;
  const shares = logTicks(scale.least, 1).filter((one) => Number.isInteger(Math.round(Math.log10(one) * 1e6) / 1e6));
  const times = logTicks(scale.low, scale.high);
  const every = Math.max(1, Math.ceil((times.length * 66) / (scale.right - scale.left)));
  return html`<g class="histogram-axes">
    ${shares.map((one) => html`<g key=${one}><line x1=${scale.left} x2=${scale.right} y1=${scale.y(one)} y2=${scale.y(one)} /><text x=${scale.left - 7} y=${scale.y(one) + 4} text-anchor="end">${share(one)}</text></g>`)}
    ${times.filter((ms, index) => index % every === 0).map((ms) => html`<g key=${ms}><line x1=${scale.x(ms)} x2=${scale.x(ms)} y1=${bottom} y2=${bottom + 4} /><text x=${scale.x(ms)} y=${bottom + 17} text-anchor="middle">${span(ms * 1e6)}</text></g>`)}
    <text class="experiment-x-title" x=${(scale.left + width - BOX.right) / 2} y=${HEIGHT - 5} text-anchor="middle">${t("latency")}</text>
  </g>`;
}

function share(one) {
  return one <= 0 ? "0 %" : percent(one, one >= 0.1 ? 1 : Math.min(7, Math.ceil(-Math.log10(one))));
}

function pathOf({ ms, share: shares }, scale) {
  const points = ms.map((one, index) => [one, shares[index]]).filter(([one, rest]) => one >= scale.low && rest > 0);
  return points.length ? `M${points.map(([one, rest]) => `${scale.x(one).toFixed(1)},${scale.y(rest).toFixed(1)}`).join("L")}` : "";
}

/** The share at `at`, read off on the log axis. */
function beyond({ ms, share: shares }, at) {
  const next = ms.findIndex((one) => one >= at);
  if (next < 0) return 0;
  if (next === 0) return 1;
  const along = Math.log(at / ms[next - 1]) / Math.log(ms[next] / ms[next - 1]);
  return shares[next - 1] + (Number.isFinite(along) ? along : 0) * (shares[next] - shares[next - 1]);
}

function described(lines) {
  const parts = lines.map(({ title, tail }) => t("{title}: one in a hundred slower than {time}", { title, time: span(1e6 * (tail.ms.find((one, index) => tail.share[index] <= 0.01) ?? tail.ms.at(-1))) }));
  return parts.join("; ");
}
