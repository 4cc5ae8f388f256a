// The diagram as a file: one SVG that needs nothing else.

import { span } from "../lib/format.js";
import { t } from "../lib/text.js";
import { escaped, SvgPen } from "../marks/pen.js";
import { Shown } from "../trace/spacetime_shown.js";
import { warpOf } from "../trace/spacetime_warp.js";
import { paint } from "./spacetime_paint.js";
import { tickWords } from "./spacetime_ruler.js";
import { Scene } from "./spacetime_scene.js";
import { View } from "./spacetime_view.js";

const ARROWS_AT_MOST = 8000;
const MARGIN = 16;
const TITLE = 44;
const HEAD = { vertical: 34, horizontal: 110 };

/** Colours of a file that nobody gave a theme. */
export const PRINT = {
  ground: "#f5f6f8", surface: "#ffffff", raised: "#ffffff", ink: "#12161d", ink2: "#454e5c", ink3: "#5f6978", sunken: "#eceef2", line: "#dfe3e9", line2: "#c3cad4",
  accent: "#0c6470", accentInk: "#ffffff", accentSoft: "#e0f0f1", ok: "#1c66cf", okSoft: "#e3eefc", unknown: "#a85a00", unknownSoft: "#fdf0dd",
  failed: "#c4281f", failedSoft: "#fce8e6", stopped: "#6c7684", stoppedSoft: "#e9ecf0",
  hues: ["#2464d6", "#c06a00", "#007f63", "#a33c97", "#0b8fb3", "#b8433a", "#6d7a00", "#5b4bc4"], font: "system-ui, sans-serif", mono: "monospace",
};

/** `model` (SpaceTime) as the text of an SVG file. options: title, system (SYSTEM), and as far as they are given: theme; vertical;
 *  width and height of the drawing in px; from_ns and until_ns, or from_ns and px_per_u (else the whole Run is shown);
 *  look {shown, warp}: what is hidden and skipped. */
export function spacetimeSvg(model, { title, system, theme = PRINT, vertical = true, width = 1000, height = 1400, from_ns = 0, until_ns = null, px_per_u = null, look = null }) {
  const shown = look?.shown ?? new Shown();
  const warp = look?.warp ?? warpOf(model, shown, { idle: true, quiet: false });
  const lanes = model.lanes.filter(({ index }) => shown.node(index));
  const view = new View();
  const end_ns = model.store.duration_ns;
  view.set({ width, height, vertical, warp, lanes, end_ns, unit_ns: model.unit_ns });
  const last_ns = until_ns ?? end_ns;
  view.px_per_u = px_per_u ?? view.length / Math.max(1, warp.to(last_ns) - warp.to(from_ns));
  view.near_u = warp.to(from_ns);
  const scene = new Scene(ARROWS_AT_MOST).gather(model, view, shown);
  const pen = new SvgPen(theme);
  const [left, top] = vertical ? [MARGIN, TITLE + HEAD.vertical] : [MARGIN + HEAD.horizontal, TITLE];
  pen.clip(0, 0, width, height);
  paint(pen, { model, view, scene, system, theme });
  pen.unclip();
  const body = pen.done();
  const whole = [left + width + MARGIN, top + height + MARGIN];
  const words = t("{title}, {from} to {until}", { title, from: said(view.from_ns, view), until: said(Math.min(view.until_ns, end_ns), view) });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole[0]}" height="${whole[1]}" viewBox="0 0 ${whole[0]} ${whole[1]}" role="img" font-family="${escaped(theme.font)}">`,
    `<title>${escaped(words)}</title>`,
    `<desc>${escaped(t("Space-time diagram of {count} messages between {lanes} processes", { count: scene.messages, lanes: lanes.length }))}</desc>`,
    `<rect width="${whole[0]}" height="${whole[1]}" fill="${theme.surface}"/>`,
    heading(words, scene, theme), headsOf(view, lanes, theme, left, top),
    `<g transform="translate(${left} ${top})">`, body, "</g>", "</svg>", "",
  ].join("\n");
}

function said(t_ns, view) {
  return tickWords(Math.max(0, t_ns), 1 / view.px_per_u, view.end_ns);
}

function heading(words, scene, theme) {
  const pen = new SvgPen(theme);
  pen.text(MARGIN, 22, words, { size: 15, weight: 600, colour: theme.ink });
  const more = scene.dense ? t("{count} messages, drawn as densities", { count: scene.messages }) : t("{count} messages over {length}", { count: scene.messages, length: span(scene.until_ns - scene.from_ns) });
  pen.text(MARGIN, 38, more, { size: 10.5, colour: theme.ink3 });
  return pen.done();
}

function headsOf(view, lanes, theme, left, top) {
  const pen = new SvgPen(theme);
  lanes.forEach(({ id }, place) => {
    const across = view.across(place);
    if (view.vertical) pen.text(left + across, top - 12, id, { size: view.apart < 70 ? 9 : 12, weight: 600, colour: theme.ink, align: "center" });
    else pen.text(left - 8, top + across, id, { size: 12, weight: 600, colour: theme.ink, align: "right" });
  });
  return pen.done();
}
