// One node of an actor system: who it is, how it is, whose ballot it follows, what it knows and what of that is on its disk.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { bars, cross, hatch, tortoise } from "./badge.js";
import { drawLog, drawRows, rowsOf, statusOf } from "./fields.js";
import { hueColour } from "./hue.js";
import { differs, drawCopies } from "./copies.js";
import { shortId, valueText } from "./value.js";

/** The least size of a box that is drawn as a card, and as a compact card. */
const CARD = [84, 40];
const COMPACT = [40, 18];
export const TIMER_ROOM = 17;

/** "card", "compact" or "cell": with how much detail a box is drawn. */
export function levelOf({ width, height }) {
  if (width >= CARD[0] && height >= CARD[1]) return "card";
  return width >= COMPACT[0] && height >= COMPACT[1] ? "compact" : "cell";
}

/** What is wrong with a node, in words; `ills` as `illsOf` finds them. "up" where nothing is. */
export function condition(node, ills) {
  const words = {
    down: () => t("crashed"), removed: () => t("removed"), paused: () => t("paused"),
    slow: () => t("slow: +{ms} ms", { ms: number(node.slow_ms, 1) }), skewed: () => clockWords(node),
    slow_disk: () => t("slow disk: {ms} ms", { ms: number(node.fsync_ms, 1) }),
  };
  return ills.map((ill) => words[ill]()).join(t(", ")) || t("up");
}

function clockWords({ skew_ms: skew, drift_ppm: drift }) {
  const words = [];
  if (skew) words.push(t("clock {ms} ms", { ms: `${skew > 0 ? "+" : ""}${number(skew, 1)}` }));
  if (drift) words.push(t("drift {ppm} ppm", { ppm: `${drift > 0 ? "+" : ""}${number(drift)}` }));
  return words.join(t(", ")) || t("clock set right");
}

/** Draw `view` = {node, ills, hues (see trace/hue.js), timers: how many are pending,
 *  selected, hovered, copies: see marks/copies.js, of nodes that keep keys} into `box`. */
export function drawNode(context, box, view, theme) {
  const level = levelOf(box);
  context.globalAlpha = view.node.state === "removed" ? 0.4 : 1;
  ({ card: drawCard, compact: drawCompact, cell: drawCell })[level](context, box, view, theme);
  context.globalAlpha = 1;
  if (view.selected || view.hovered) outline(context, box, level, view.selected, theme);
}

function outline(context, box, level, selected, theme) {
  const out = level === "cell" ? 0.5 : 1.5;
  roundRect(context, box.x - out, box.y - out, box.width + 2 * out, box.height + 2 * out, level === "cell" ? 3 : 9);
  context.strokeStyle = selected ? theme.focus : theme.ink3;
  context.lineWidth = selected ? 2.5 : 1.25;
  context.stroke();
}

function isGone({ state }) {
  return state === "down" || state === "removed";
}

function body(context, box, { node, ills }, theme, radius) {
  const gone = isGone(node);
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  context.fillStyle = gone ? theme.stoppedSoft : theme.raised;
  context.fill();
  if (node.state === "paused") {
    hatch(context, { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 }, theme.line, 7);
    roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  }
  context.strokeStyle = gone || node.state === "paused" ? theme.stopped : ills.length ? theme.unknown : theme.line2;
  context.lineWidth = 1;
  if (gone) context.setLineDash(node.state === "removed" ? [2, 4] : [5, 3]);
  context.stroke();
  context.setLineDash([]);
  if (node.hue >= 0 && !gone) stripe(context, box, node.hue, theme, radius);
}

/** The left edge in the colour of the ballot or term that the node follows. */
function stripe(context, box, hue, theme, radius) {
  context.save();
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  context.clip();
  context.fillStyle = hueColour(theme, hue);
  context.fillRect(box.x, box.y, box.height < 40 ? 3.5 : 5, box.height);
  context.restore();
}

const BADGES = {
  down: (context, x, y, size, theme) => cross(context, x, y, size, theme.stopped),
  removed: (context, x, y, size, theme) => cross(context, x, y, size * 0.8, theme.stopped, 1.25),
  paused: (context, x, y, size, theme) => bars(context, x, y, size, theme.stopped),
  slow: (context, x, y, size, theme) => tortoise(context, x, y, size * 1.15, theme.unknown),
  skewed: (context, x, y, size, theme) => clockFace(context, x, y, size, theme.unknown),
  slow_disk: (context, x, y, size, theme) => tortoise(context, x, y, size * 1.15, theme.unknown),
};

function clockFace(context, x, y, size, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineCap = "round";
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.moveTo(x, y - size * 0.6);
  context.lineTo(x, y);
  context.lineTo(x + size * 0.5, y + size * 0.2);
  context.stroke();
}

/** The signs of what is wrong, side by side from x on; returns where they end. */
export function badges(context, x, y, size, ills, theme) {
  let from = x;
  for (const ill of ills) {
    BADGES[ill](context, from + size, y, size, theme);
    from += 2 * size + 5;
  }
  return from;
}

function drawCard(context, box, view, theme) {
  const { node, hues } = view;
  body(context, box, view, theme, 8);
  const tall = box.height >= 66;
  const left = box.x + (node.hue >= 0 ? 12 : 10);
  const right = box.x + box.width - 9;
  const line = box.y + (tall ? 16 : 13);
  const said = header(context, left, right, line, view, theme);
  const status = said ? null : statusOf(node.fields);
  const top = line + (tall ? 13 : 10);
  const area = { x: left, y: top, width: right - left, height: box.y + box.height - 5 - top };
  if (view.copies) shorten(area, drawCopies(context, area, view.copies, theme));
  const rows = rowsOf(node, hues).filter(({ name }) => !view.copies?.fields.has(name));
  if (status) rows.unshift({ name: "", value: status.value, log: null, committed: null, hue: -1, disk: null });
  if (area.height <= 9) return;
  if (rows.length) return drawRows(context, area, rows, hues, theme);
  if (node.state !== "down") return;
  context.font = `400 10.5px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.fillText(fitText(context, t("nothing on its disk"), area.width), left, top + 7);
}

function shorten(area, by) {
  area.y += by;
  area.height -= by;
}

/** The signs, the id, how it is or what it is doing, and room for its timers at the right end. Returns whether there
 *  was room to say so. */
function header(context, left, right, line, { node, ills, timers }, theme) {
  const from = badges(context, left, line, 4.5, ills, theme);
  const end = right - Math.min(3, timers) * TIMER_ROOM;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `620 12.5px ${theme.font}`;
  context.fillStyle = isGone(node) ? theme.ink2 : theme.ink;
  const name = fitText(context, textWidth(context, node.id) <= end - from ? node.id : shortId(node.id), end - from);
  context.fillText(name, from, line);
  const words = from + textWidth(context, name) + 7;
  const status = ills.length ? condition(node, ills) : statusOf(node.fields)?.value;
  if (!status) return true;
  if (end - words < 22) return isGone(node);
  context.font = `${ills.length ? 500 : 560} 11px ${theme.font}`;
  context.fillStyle = ills.length && !isGone(node) ? theme.unknown : node.hue >= 0 && !ills.length ? hueColour(theme, node.hue) : theme.ink3;
  const said = fitText(context, status, end - words);
  if (said !== status && said.length < 6) return false;
  context.fillText(said, words, line);
  return true;
}

function drawCompact(context, box, view, theme) {
  const { node, ills, hues } = view;
  body(context, box, view, theme, 5);
  const left = box.x + (node.hue >= 0 ? 8 : 6);
  const right = box.x + box.width - 5;
  const second = box.height >= 32 && box.width >= 54;
  const line = box.y + (second ? 11 : box.height / 2);
  const from = badges(context, left, line, 3.4, ills.slice(0, 1), theme);
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `600 11px ${theme.font}`;
  context.fillStyle = isGone(node) ? theme.ink3 : theme.ink;
  const whole = textWidth(context, node.id) <= right - from;
  context.fillText(fitText(context, whole ? node.id : shortId(node.id), right - from), from, line);
  const area = { x: left, y: box.y + 18, width: right - left, height: box.height - 22 };
  if (second && view.copies) drawCopies(context, area, view.copies, theme);
  else if (second) underName(context, area, node, hues, theme);
}

/** One line of a small card: the log, or what it is doing, or the ballot. */
function underName(context, area, node, hues, theme) {
  const rows = rowsOf(node, hues);
  const log = rows.find((row) => row.log);
  if (log) return drawLog(context, { ...area, height: Math.min(9, area.height) }, log, hues, theme);
  const text = statusOf(node.fields)?.value ?? (rows.length ? valueText(rows[0].value, rows[0].name) : "");
  context.font = `400 10px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.fillText(fitText(context, text, area.width), area.x, area.y + Math.min(6, area.height / 2));
}

function drawCell(context, { x, y, width, height }, { node, ills, copies }, theme) {
  const gone = isGone(node);
  roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, 2);
  context.fillStyle = gone ? theme.stoppedSoft : node.hue >= 0 ? hueColour(theme, node.hue) : theme.line2;
  context.fill();
  if (ills.length && !gone) {
    context.strokeStyle = theme.unknown;
    context.lineWidth = 1.5;
    context.stroke();
  }
  const size = Math.min(5, width * 0.28, height * 0.28);
  if (copies && differs(copies)) {
    context.fillStyle = theme.failed;
    context.fillRect(x + width * 0.6, y, width * 0.4, height * 0.4);
  }
  if (ills.length && size >= 2) return BADGES[ills[0]](context, x + width / 2, y + height / 2, size, theme);
  if (width < 24) return;
  context.font = `600 9.5px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = node.hue >= 0 ? theme.ground : theme.ink2;
  context.fillText(fitText(context, shortId(node.id), width - 4), x + width / 2, y + height / 2 + 0.5);
  context.textAlign = "left";
}
