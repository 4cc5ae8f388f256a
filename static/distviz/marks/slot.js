// A node in its slot of a rack: how full it is, how it is, and, where there is room, what it holds.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { number, percent } from "../lib/format.js";
import { t } from "../lib/text.js";
import { cross, hatch } from "./badge.js";
import { blocksOf, drawBlocks } from "./blocks.js";
import { badges, condition } from "./node.js";
import { shortId } from "./value.js";

const NEARLY_FULL = 0.9;

/** How much of its capacity a node uses, 0 to 1; null where it does not say. */
export function fullness({ used_mb: used, capacity_mb: capacity }) {
  return typeof used === "number" && capacity > 0 ? Math.min(1, used / capacity) : null;
}

const SCALES = [0.02, 0.05, 0.1, 0.25, 0.5, 1];

/** The share of its capacity at which a bar is to be full, so that something is seen of nearly empty nodes: a round one. */
export function scaleOf(nodes) {
  const most = Math.max(0, ...nodes.map(({ fields }) => fullness(fields) ?? 0));
  return SCALES.find((scale) => scale >= most) ?? 1;
}

function scaled({ fields }, scale) {
  return Math.min(1, (fullness(fields) ?? 0) / scale);
}

/** What the name node thinks of a data node, in a word; "" where it takes it for live. */
export function liveWord(live) {
  const words = { stale: () => t("stale"), dead: () => t("taken for dead"), decommissioning: () => t("decommissioning"), decommissioned: () => t("decommissioned"), leaving: () => t("leaving") };
  return live ? words[live]?.() ?? live : "";
}

/** How a data node is, in words: what is wrong with it, and what the name node thinks; "" where all is well. */
export function slotWords(node, ills, live) {
  const known = liveWord(live);
  const own = ills.length ? condition(node, ills) : "";
  if (own && !known && node.state === "down") return t("crashed, not noticed yet");
  return [own, known].filter(Boolean).join(t(", "));
}

/** The part of a slot where the blocks stand. */
export function blockArea({ x, y, width, height }) {
  return { x: x + 7, y: y + 25, width: width - 14, height: height - 28 };
}

/** Draw `view` = {node, ills, live: "stale", ..., chosen: a block, moved: Set, most: blocks in any slot,
 *  scale: the share at which a bar is full, selected, hovered, apart: it is cut off} at `level`. */
export function drawSlot(context, box, level, view, theme) {
  context.globalAlpha = view.node.state === "removed" ? 0.35 : 1;
  ({ blocks: drawFull, bar: drawBar, cell: drawCell })[level](context, box, view, theme);
  context.globalAlpha = 1;
  if (view.apart) edge(context, box, theme.failed, level === "cell" ? 1.25 : 1.5, [3, 2]);
  if (level === "bar" && view.chosen !== undefined && view.node.fields.blocks?.includes(view.chosen)) edge(context, box, theme.focus, 2);
  if (view.selected || view.hovered) edge(context, box, view.selected ? theme.focus : theme.ink3, view.selected ? 2 : 1.25);
}

function edge(context, { x, y, width, height }, colour, line, dash = []) {
  roundRect(context, x + line / 2, y + line / 2, width - line, height - line, height < 14 ? 1.5 : 4);
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

function fillOf(node) {
  return { gone: isGone(node), nearly: fullness(node.fields) >= NEARLY_FULL };
}

function isGone({ state }) {
  return state === "down" || state === "removed";
}

function body(context, box, { node, ills, live }, theme) {
  const { x, y, width, height } = box;
  roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, 4);
  context.fillStyle = isGone(node) ? theme.stoppedSoft : live === "dead" ? theme.failedSoft : live === "stale" ? theme.unknownSoft : theme.raised;
  context.fill();
  if (live?.startsWith("decom") || live === "leaving") hatch(context, { x: x + 1, y: y + 1, width: width - 2, height: height - 2 }, theme.line, 7);
  roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, 4);
  context.strokeStyle = live === "dead" ? theme.failed : isGone(node) || node.state === "paused" ? theme.stopped : live === "stale" || ills.length ? theme.unknown : theme.line2;
  context.lineWidth = 1;
  if (isGone(node)) context.setLineDash([4, 3]);
  context.stroke();
  context.setLineDash([]);
}

/** The signs of what is wrong, from x on; returns where they end. */
function signs(context, x, y, size, { ills, live }, theme) {
  const from = badges(context, x, y, size, ills.slice(0, 2), theme);
  if (!live) return from;
  liveSign(context, from + size, y, size, live, theme);
  return from + 2 * size + 5;
}

/** The sign of what the name node thinks: "?" it has been silent, a crossed disc dead, an arrow it goes, an arrow at a wall it is gone. */
function liveSign(context, x, y, size, live, theme) {
  const colour = { stale: theme.unknown, dead: theme.failed }[live] ?? theme.ink2;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.lineCap = "round";
  context.beginPath();
  if (live === "stale") {
    context.font = `700 ${Math.max(8, size * 2.5)}px ${theme.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText("?", x, y + 0.5);
    context.textAlign = "left";
    return;
  }
  if (live === "dead") {
    context.arc(x, y, size + 0.5, 0, 2 * Math.PI);
    context.fill();
    return void cross(context, x, y, size * 0.5, theme.ground, 1.5);
  }
  context.moveTo(x - size, y);
  context.lineTo(x + size * 0.7, y);
  context.moveTo(x, y - size * 0.7);
  context.lineTo(x + size * 0.7, y);
  context.lineTo(x, y + size * 0.7);
  if (live === "decommissioned") {
    context.moveTo(x + size, y - size);
    context.lineTo(x + size, y + size);
  }
  context.stroke();
}

/** A bar that fills; hatched at its end where the node is nearly full. */
function bar(context, { x, y, width, height }, share, { gone, nearly }, theme) {
  roundRect(context, x, y, width, height, height / 2);
  context.fillStyle = theme.line;
  context.fill();
  if (!share) return;
  roundRect(context, x, y, Math.max(height, width * share), height, height / 2);
  context.fillStyle = gone ? theme.stopped : nearly ? theme.unknown : theme.accent;
  context.fill();
  if (nearly && !gone) hatch(context, { x: x + width * 0.8, y, width: width * 0.2, height }, theme.ground, 3);
}

function drawFull(context, box, view, theme) {
  const { node } = view;
  body(context, box, view, theme);
  const [left, right, line] = [box.x + 7, box.x + box.width - 7, box.y + 11];
  const from = signs(context, left, line, 3.6, view, theme);
  const share = fullness(node.fields);
  const words = slotWords(node, view.ills, view.live);
  const figures = [countText(node.fields), share === null ? "" : percent(share)].filter(Boolean).join(" · ");
  const name = nameOf(context, node, right - from, theme);
  context.fillStyle = isGone(node) ? theme.ink3 : theme.ink;
  context.fillText(name, from, line);
  said(context, right, line, right - from - textWidth(context, name) - 8, [words, figures], view, theme);
  bar(context, { x: left, y: box.y + 19, width: right - left, height: 3.5 }, share, fillOf(node), theme);
  const list = blocksOf(node.fields);
  context.globalAlpha *= isGone(node) ? 0.45 : 1;
  const area = blockArea(box);
  if (list && drawBlocks(context, area, list, view, theme)) return;
  context.font = `400 10.5px ${theme.font}`;
  context.textBaseline = "middle";
  context.fillStyle = theme.ink3;
  context.fillText(fitText(context, sizeText(node.fields), area.width), area.x, area.y + Math.min(9, area.height / 2));
}

/** The name whole where it fits beside some words, else short. */
function nameOf(context, { id }, room, theme) {
  context.font = `600 11px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  return textWidth(context, id) <= room - 50 ? id : fitText(context, shortId(id), room);
}

/** At the right end: the first of `texts`, as far as there is room. */
function said(context, right, line, room, texts, { live, ills }, theme) {
  const text = texts.find(Boolean);
  if (!text || room < 16) return;
  context.font = `500 10px ${theme.font}`;
  context.textAlign = "right";
  context.fillStyle = text === texts[0] ? (live === "dead" ? theme.failed : live === "stale" || ills.some((ill) => ill !== "down" && ill !== "removed") ? theme.unknown : theme.ink2) : theme.ink3;
  const shown = fitText(context, text, room);
  if (shown === text || shown.length > 4) context.fillText(shown, right, line);
  context.textAlign = "left";
}

function countText({ replicas }) {
  return typeof replicas === "number" ? number(replicas) : "";
}

function sizeText({ used_mb: used, capacity_mb: capacity }) {
  return typeof used === "number" && capacity > 0 ? t("{used} of {capacity} GB", { used: number(used / 1000, 1), capacity: number(capacity / 1000, 1) }) : "";
}

function drawBar(context, box, view, theme) {
  const { node } = view;
  body(context, box, view, theme);
  const line = box.y + box.height / 2 + 0.5;
  const right = box.x + box.width - 5;
  const from = signs(context, box.x + 5, line, 3, view, theme);
  context.font = `600 10px ${theme.font}`;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillStyle = isGone(node) ? theme.ink3 : theme.ink;
  const name = fitText(context, shortId(node.id), right - from);
  context.fillText(name, from, line);
  const after = from + textWidth(context, name) + 5;
  context.font = `500 9.5px ${theme.font}`;
  const count = countText(node.fields);
  const room = right - after - textWidth(context, count) - 5;
  if (room < 12) return;
  context.textAlign = "right";
  context.fillStyle = theme.ink3;
  context.fillText(count, right, line);
  context.textAlign = "left";
  bar(context, { x: after, y: line - 2.5, width: room, height: 4 }, scaled(node, view.scale), fillOf(node), theme);
}

/** A cell of a heat map: filled along its longer side as far as the node is full, the darker the fuller. */
function drawCell(context, { x, y, width, height }, { node, ills, live, chosen, scale }, theme) {
  const gone = isGone(node);
  context.fillStyle = live === "dead" ? theme.failedSoft : gone ? theme.stoppedSoft : theme.line;
  context.fillRect(x, y, width, height);
  const share = scaled(node, scale);
  context.fillStyle = gone ? theme.stopped : fullness(node.fields) >= NEARLY_FULL ? theme.unknown : theme.accent;
  context.globalAlpha *= gone ? 0.3 : 0.3 + 0.55 * share;
  if (width > height) context.fillRect(x, y, width * share, height);
  else context.fillRect(x, y + height * (1 - share), width, height * share);
  context.globalAlpha = node.state === "removed" ? 0.35 : 1;
  if (live?.startsWith("decom") || live === "leaving") hatch(context, { x, y, width, height }, theme.ink2, 4);
  const size = Math.min(4, width * 0.3, height * 0.3);
  if (gone || live === "dead") return cross(context, x + width / 2, y + height / 2, size, live === "dead" ? theme.failed : theme.stopped, size < 2.5 ? 1.1 : 1.6);
  const holds = chosen !== undefined && node.fields.blocks?.includes(chosen);
  if (!holds && live !== "stale" && !ills.length) return undefined;
  context.strokeStyle = holds ? theme.focus : theme.unknown;
  context.lineWidth = 1.5;
  context.strokeRect(x + 0.75, y + 0.75, width - 1.5, height - 1.5);
  return live === "stale" && size >= 3 ? liveSign(context, x + width / 2, y + height / 2, size * 0.9, live, theme) : undefined;
}
