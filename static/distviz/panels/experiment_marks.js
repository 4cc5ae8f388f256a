// How the lines of an Experiment are told apart: a hue, a shape at each point, and dashes once the shapes are used up.

import { html } from "../lib/html.js";
import { DASHES } from "./plot.js";

const HUES = 8;

const SHAPES = [
  (x, y, r) => `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`,
  (x, y, r) => `M${x - r},${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  (x, y, r) => `M${x},${y - 1.2 * r}L${x + 1.15 * r},${y + 0.9 * r}H${x - 1.15 * r}z`,
  (x, y, r) => `M${x},${y - 1.3 * r}L${x + 1.3 * r},${y}L${x},${y + 1.3 * r}L${x - 1.3 * r},${y}z`,
  (x, y, r) => `M${x},${y + 1.2 * r}L${x + 1.15 * r},${y - 0.9 * r}H${x - 1.15 * r}z`,
  (x, y, r) => `M${x - 0.4 * r},${y - 1.2 * r}h${0.8 * r}v${0.8 * r}h${0.8 * r}v${0.8 * r}h${-0.8 * r}v${0.8 * r}h${-0.8 * r}v${-0.8 * r}h${-0.8 * r}v${-0.8 * r}h${0.8 * r}z`,
  (x, y, r) => `M${x - 1.2 * r},${y}l${0.6 * r},${-r}h${1.2 * r}l${0.6 * r},${r}l${-0.6 * r},${r}h${-1.2 * r}z`,
  (x, y, r) => `M${x - 1.3 * r},${y - 0.5 * r}h${2.6 * r}v${r}h${-2.6 * r}z`,
];

/** {colour (token), shape, dash} of the line at `place`. */
export function markOf(place) {
  return { colour: `--hue-${place % HUES}`, shape: place % SHAPES.length, dash: DASHES[Math.floor(place / HUES) % DASHES.length] };
}

/** One point of a line. */
export function Point({ mark, x, y, size = 3.4, hollow = false }) {
  const colour = `var(${mark.colour})`;
  return html`<path d=${SHAPES[mark.shape](x, y, size)} fill=${hollow ? "var(--surface)" : colour} stroke=${hollow ? colour : "var(--surface)"} stroke-width=${hollow ? 2 : 0.8} />`;
}

/** A short piece of the line as it is drawn. */
export function LineSample({ mark }) {
  return html`<svg class="chart-sample" width="30" height="12" viewBox="0 0 30 12" aria-hidden="true">
    <line x1="1" y1="6" x2="29" y2="6" stroke-width="2.2" stroke=${`var(${mark.colour})`} stroke-dasharray=${mark.dash.join(" ") || "none"} />
    <${Point} mark=${mark} x=${15} y=${6} size=${3.6} />
  </svg>`;
}
