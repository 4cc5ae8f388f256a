// Lines against a load with their 95 % bands. What is unstable has no number: it is a cross above the plot.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { LineSample, Point } from "./experiment_marks.js";
import { scaleOf } from "./experiment_scale.js";

const LOWEST = 360;
const HIGHEST = 520;
const A_LINE = 31; // the list of lines beside the chart: about as high as the chart
const BOX = { left: 58, right: 14, top: 34, bottom: 44 };
const APART = 9; // pixels between the crosses of two lines at the same load, at most
const ABREAST = 48; // pixels that all crosses of a load may take

/** lines: [{key, title, mark, points: [{x, y, low, high, unstable, cell}], knee (a point or null), last (the last stable point or null)}];
 *  xTitle, xTick(value), yTick(value), say(point): texts; at: index of the load pointed at or null; pick(cell). */
export function Chart({ lines, log, title, xTitle, xTick, yTick, say, load, pick, chosen }) {
  const [box, width] = useWidth();
  const [at, setAt] = useState(null);
  const [hidden, setHidden] = useState(new Set());
  const [lit, setLit] = useState(null);
  const height = Math.min(HIGHEST, Math.max(LOWEST, A_LINE * (lines.length + 2)));
  const shown = lines.filter(({ key }) => !hidden.has(key));
  const points = lines.flatMap((line) => line.points);
  const scale = scaleOf(points, { ...BOX, width, height }, { log });
  const turn = (key) => setHidden((now) => new Set(now.has(key) ? [...now].filter((other) => other !== key) : [...now, key]));
  const place = at === null ? null : Math.min(at, scale.stops.length - 1);
  const spoken = place === null ? t("Point at the chart, or use the arrow keys, to read it.") : spokenAt(shown, scale.stops[place], xTick, say);
  return html`<div class="experiment-chart">
    <div class="experiment-plot" ref=${box} role="slider" tabindex="0" aria-label=${title} aria-valuemin="0" aria-valuemax=${scale.stops.length - 1} aria-valuenow=${place ?? 0} aria-valuetext=${spoken}
        onKeyDown=${(event) => step(event, place, scale.stops.length, setAt)}>
      <svg width=${width} height=${height} aria-hidden="true" onPointerMove=${(event) => setAt(nearest(event, scale))} onPointerLeave=${() => setAt(null)}
          onClick=${(event) => pick(cellAt(event, scale, shown))}>
        <${Axes} scale=${scale} width=${width} height=${height} xTitle=${xTitle} xTick=${xTick} yTick=${yTick} />
        ${place !== null && html`<line class="experiment-at" x1=${scale.x(scale.stops[place])} x2=${scale.x(scale.stops[place])} y1=${scale.top} y2=${scale.bottom} />`}
        ${shown.map((line) => html`<${Band} key=${line.key} line=${line} scale=${scale} dim=${lit !== null && lit !== line.key} />`)}
        ${shown.map((line, index) => html`<${Line} key=${line.key} line=${line} scale=${scale} shift=${Math.min(APART, ABREAST / shown.length) * (index - (shown.length - 1) / 2)} chosen=${chosen} dim=${lit !== null && lit !== line.key} />`)}
      </svg>
    </div>
    <${Legend} ...${{ lines, hidden, turn, say, xTick, load, setLit }} x=${place === null ? null : scale.stops[place]} />
  </div>`;
}

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(260, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

function Axes({ scale, width, height, xTitle, xTick, yTick }) {
  return html`<g class="histogram-axes">
    ${scale.yTicks.map((value) => html`<g key=${`y${value}`}><line x1=${BOX.left} x2=${width - BOX.right} y1=${scale.y(value)} y2=${scale.y(value)} />
      <text x=${BOX.left - 7} y=${scale.y(value) + 4} text-anchor="end">${yTick(value)}</text></g>`)}
    ${scale.xTicks.map((value) => html`<g key=${`x${value}`}><line x1=${scale.x(value)} x2=${scale.x(value)} y1=${scale.bottom} y2=${scale.bottom + 4} />
      <text x=${scale.x(value)} y=${scale.bottom + 17} text-anchor="middle">${xTick(value)}</text></g>`)}
    <text class="experiment-x-title" x=${(BOX.left + width - BOX.right) / 2} y=${height - 6} text-anchor="middle">${xTitle}</text>
    <text x=${BOX.left - 7} y=${15} text-anchor="end">${t("unstable")}</text>
    <line class="experiment-ceiling" x1=${BOX.left} x2=${width - BOX.right} y1=${22} y2=${22} />
  </g>`;
}

function Band({ line, scale, dim }) {
  const known = line.points.filter(({ y, low }) => y !== null && low !== null);
  if (known.length < 2) return null;
  const at = (point, name) => `${scale.x(point.x).toFixed(1)},${scale.y(point[name]).toFixed(1)}`;
  const edge = [...known.map((point) => at(point, "high")), ...[...known].reverse().map((point) => at(point, "low"))];
  return html`<path d=${`M${edge.join("L")}z`} fill=${`var(${line.mark.colour})`} fill-opacity=${dim ? 0.03 : 0.15} />`;
}

function Line({ line, scale, shift, chosen, dim }) {
  const known = line.points.filter(({ y }) => y !== null);
  const colour = `var(${line.mark.colour})`;
  const at = (point) => `${scale.x(point.x).toFixed(1)},${scale.y(point.y).toFixed(1)}`;
  const lost = known.length ? line.points.find(({ x, unstable }) => unstable && x > known.at(-1).x) : null;
  return html`<g class=${`experiment-line ${dim ? "dim" : ""}`}>
    <path d=${known.length ? `M${known.map(at).join("L")}` : ""} fill="none" stroke=${colour} stroke-width="2" stroke-dasharray=${line.mark.dash.join(" ") || "none"} stroke-linejoin="round" />
    ${lost && html`<path class="experiment-lost" d=${`M${at(known.at(-1))}L${scale.x(lost.x) + shift},22`} stroke=${colour} />`}
    ${known.map((point) => html`<g key=${point.x}>
      ${point.low !== null && html`<path d=${`M${scale.x(point.x)},${scale.y(point.low)}V${scale.y(point.high)}`} stroke=${colour} stroke-width="1.4" />`}
      <${Point} mark=${line.mark} x=${scale.x(point.x)} y=${scale.y(point.y)} size=${point.cell === chosen ? 6 : 3.4} hollow=${point === line.knee} />
      ${point === line.knee && html`<circle class="experiment-knee" cx=${scale.x(point.x)} cy=${scale.y(point.y)} r="9" stroke=${colour} />`}
      ${point === line.last && html`<path class="experiment-last" d=${`M${scale.x(point.x) + 7},${scale.y(point.y) - 7}v14`} stroke=${colour} />`}</g>`)}
    ${line.points.filter(({ unstable }) => unstable).map((point) => html`<path key=${point.x} class="experiment-cross" stroke=${colour}
      d=${`M${scale.x(point.x) + shift - 3.5},${8.5}l7,7m0,-7l-7,7`} />`)}
  </g>`;
}

/** The lines with what each carries, and their values where one points; a button each, to take a line out of the picture. */
function Legend({ lines, hidden, turn, say, xTick, load, setLit, x }) {
  const of = (line) => line.points.find((point) => point.x === x);
  const told = lines.some(({ said }) => said);
  return html`<table class="experiment-legend">
    <thead><tr><th scope="col"><span class="visually-hidden">${t("Choice")}</span></th>${told && html`<th scope="col" class="number">${t("knee")}</th><th scope="col" class="number">${t("largest stable")}</th>`}
      <th scope="col" class="number at">${x === null ? t("at the pointer") : t("at {load}", { load: xTick(x) })}</th></tr></thead>
    <tbody>${lines.map((line) => html`<tr key=${line.key} onPointerEnter=${() => setLit(line.key)} onPointerLeave=${() => setLit(null)} onFocusIn=${() => setLit(line.key)} onFocusOut=${() => setLit(null)}>
      <th scope="row"><button type="button" aria-pressed=${!hidden.has(line.key)} title=${t("Show or hide this line")} onClick=${() => turn(line.key)}><${LineSample} mark=${line.mark} /> <span>${line.title || t("all")}</span></button></th>
      ${told && html`<td class="number">${carried(line.said, "knee", "knee_open", load)}</td><td class="number">${carried(line.said, "largest_stable", "open", load)}</td>`}
      <td class="number at">${x === null ? "" : of(line) ? say(of(line)) : "–"}</td>
    </tr>`)}</tbody>
  </table>`;
}

/** A load; one that lies beyond all that were tried is said to be at least the last of them. */
function carried(said, name, open, load) {
  if (!said) return "–";
  return said[name] === null ? t("none") : `${said[open] ? "≥ " : ""}${load(said[name])}`;
}

function spokenAt(lines, x, xTick, say) {
  const values = lines.map((line) => [line, line.points.find((point) => point.x === x)]).filter(([, point]) => point);
  return [xTick(x), ...values.map(([line, point]) => `${line.title} ${say(point)}`)].join("; ");
}

function nearest(event, scale) {
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
  const away = scale.stops.map((stop) => Math.abs(scale.x(stop) - x));
  return away.indexOf(Math.min(...away));
}

/** The cell of the point nearest to the pointer. */
function cellAt(event, scale, lines) {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  const [x, y] = [event.clientX - left, event.clientY - top];
  const points = lines.flatMap((line) => line.points).filter((point) => point.y !== null || point.unstable);
  const far = (point) => Math.hypot(scale.x(point.x) - x, (point.unstable ? 12 : scale.y(point.y)) - y);
  return points.sort((a, b) => far(a) - far(b))[0]?.cell ?? null;
}

function step(event, place, count, setAt) {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const end = { Home: 0, End: count - 1 }[event.key];
  if ((!way && end === undefined) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  setAt(end ?? Math.min(Math.max((place ?? (way > 0 ? -1 : count)) + way, 0), count - 1));
}
