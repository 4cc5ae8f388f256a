// One server, with as much detail as its box has room for.

import { fitText, roundRect } from "../lib/canvas.js";
import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { bars, cross, hatch, tortoise } from "./badge.js";
import { filled, queueBar, slotBoxes } from "./queue.js";

/** The condition of a server in words: "up", "crashed", "slow, 5×", ... */
export function condition({ state, slow, known_down: noticed }) {
  const words = [];
  if (state === "down") words.push(noticed ? t("crashed") : t("crashed, not noticed yet"));
  else if (state === "paused") words.push(t("paused"));
  else if (state === "draining") words.push(t("draining"));
  else if (state === "removed") words.push(t("removed"));
  else if (state === "starting") words.push(t("starting"));
  else if (noticed) words.push(t("up, not used yet"));
  if (slow > 1) words.push(t("{factor}× slower", { factor: number(slow, 1) }));
  if (slow < 1) words.push(t("{factor}× faster", { factor: number(1 / slow, 1) }));
  return words.join(t(", ")) || t("up");
}

/** Draw server `view` = {server, queue, busy, scale, selected, hovered} into `box` at `level`. */
export function drawServer(context, box, level, view, theme) {
  context.globalAlpha = view.server.state === "removed" ? 0.35 : 1;
  const draw = { card: drawCard, compact: drawCompact, cell: drawCell }[level];
  draw(context, box, view, theme);
  context.globalAlpha = 1;
  if (view.selected || view.hovered) outline(context, box, level, view.selected, theme);
}

function outline(context, box, level, selected, theme) {
  const out = level === "cell" ? 0.5 : 1.5;
  roundRect(context, box.x - out, box.y - out, box.width + 2 * out, box.height + 2 * out, level === "cell" ? 3 : 8);
  context.strokeStyle = selected ? theme.focus : theme.ink3;
  context.lineWidth = selected ? 2.5 : 1.25;
  context.stroke();
}

function body(context, box, { server }, theme, radius) {
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  context.fillStyle = ["down", "removed", "starting"].includes(server.state) ? theme.stoppedSoft : theme.raised;
  context.fill();
  if (server.state === "draining") {
    const { x, y, width, height } = box;
    hatch(context, { x: x + 1, y: y + 1, width: width - 2, height: height - 2 }, theme.line2);
    roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, radius);
  }
  context.strokeStyle = server.state === "up" ? theme.line2 : theme.stopped;
  if (server.slow > 1) context.strokeStyle = theme.unknown;
  context.lineWidth = 1;
  if (server.state === "removed" || server.state === "starting") context.setLineDash([3, 3]);
  context.stroke();
  context.setLineDash([]);
}

/** The sign of a server's condition, centred at x, y. Returns false where it needs none. */
function badge(context, x, y, size, server, theme) {
  if (server.state === "down") cross(context, x, y, size, theme.stopped);
  else if (server.state === "paused") bars(context, x, y, size, theme.stopped);
  else if (server.slow > 1) tortoise(context, x, y, size * 1.15, theme.unknown);
  else return false;
  return true;
}

function drawCard(context, box, view, theme) {
  const { server, queue, busy, scale } = view;
  body(context, box, view, theme, 7);
  const tall = box.height >= 52;
  const inset = tall ? 10 : 8;
  const left = box.x + inset;
  const right = box.x + box.width - inset;
  const line = box.y + (tall ? 18 : 12.5);
  let text = left;
  if (badge(context, left + 5, line, 4.5, server, theme)) text += 16;
  context.textBaseline = "middle";
  const count = number(Math.round(queue));
  context.font = `600 ${tall ? 13 : 12}px ${theme.font}`;
  context.textAlign = "right";
  context.fillStyle = queue >= 0.5 ? theme.ink : theme.ink3;
  context.fillText(count, right, line);
  const room = right - context.measureText(count).width - 10 - text;
  label(context, text, line, room, view, theme);
  const base = box.y + box.height - (tall ? 16 : 12);
  const slots = slotBoxes(context, { x: left, y: base, width: Math.min(56, box.width * 0.28), height: 7 }, busy, server.slots, theme);
  const from = left + slots + 7;
  queueBar(context, { x: from, y: base, width: right - from, height: 7 }, queue, scale, theme);
  if (box.height >= 60) details(context, left, box.y + box.height / 2 + 1, right - left, view, theme);
  if (server.queue_limit !== null && queue >= server.queue_limit) full(context, right, base, theme);
}

/** A red edge at the end of a queue that takes no more. */
function full(context, right, base, theme) {
  context.fillStyle = theme.failed;
  context.fillRect(right - 2, base - 3, 3, 13);
}

function label(context, x, y, room, { server }, theme) {
  context.textAlign = "left";
  context.font = `540 12.5px ${theme.font}`;
  context.fillStyle = server.state === "up" ? theme.ink : theme.ink2;
  const name = fitText(context, server.id, room);
  context.fillText(name, x, y);
  const rest = room - context.measureText(name).width - 8;
  if (rest < 24) return;
  const words = server.state === "up" && server.slow > 1 ? `×${number(server.slow, 1)}` : condition(server);
  if (words === t("up")) return;
  const from = x + context.measureText(name).width + 8;
  context.font = `500 11.5px ${theme.font}`;
  context.fillStyle = server.state === "up" && server.slow > 1 ? theme.unknown : theme.ink3;
  const shown = fitText(context, words, rest);
  if (shown === words || shown.length > 8) context.fillText(shown, from, y);
}

function details(context, x, y, width, { server, busy }, theme) {
  context.font = `400 11px ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.ink3;
  const words = [t("{busy} of {slots} busy", { busy: Math.round(busy), slots: server.slots })];
  if (server.speed !== 1) words.push(t("speed {speed}", { speed: number(server.speed, 2) }));
  context.fillText(fitText(context, words.join(" · "), width), x, y);
}

function drawCompact(context, box, view, theme) {
  const { server, queue, busy, scale } = view;
  body(context, box, view, theme, 5);
  const line = box.y + box.height / 2 - 2;
  let text = box.x + 6;
  if (badge(context, text + 4, line, 3.5, server, theme)) text += 13;
  context.textBaseline = "middle";
  context.font = `540 11px ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.ink2;
  const right = box.x + box.width - 6;
  const count = queue >= 0.5 ? number(Math.round(queue)) : "";
  const room = right - text - (count ? context.measureText(count).width + 6 : 0);
  context.fillText(fitText(context, shortId(server.id), room), text, line);
  context.textAlign = "right";
  context.fillStyle = theme.ink;
  context.fillText(count, right, line);
  const base = box.y + box.height - 6;
  const share = Math.min(1, busy / server.slots);
  context.fillStyle = theme.accent;
  context.globalAlpha *= 0.15 + 0.85 * share;
  context.fillRect(box.x + 6, base, 6, 3);
  context.globalAlpha = server.state === "removed" ? 0.35 : 1;
  queueBar(context, { x: box.x + 15, y: base, width: right - box.x - 15, height: 3 }, queue, scale, theme);
}

/** "server-12" is "12" where room is scarce. */
function shortId(id) {
  return id.match(/\d+$/)?.[0] ?? id;
}

function drawCell(context, { x, y, width: side }, view, theme) {
  const { server, queue, busy, scale } = view;
  const gone = server.state === "down" || server.state === "removed";
  context.fillStyle = gone ? theme.stoppedSoft : theme.line;
  context.fillRect(x, y, side, side);
  if (!gone) {
    context.globalAlpha = 0.45 * Math.min(1, busy / server.slots);
    context.fillStyle = theme.accent;
    context.fillRect(x, y, side, side);
    context.globalAlpha = 1;
    const level = side * filled(queue, scale);
    context.fillStyle = theme.unknown;
    if (level > 0.4) context.fillRect(x, y + side - level, side, level);
  }
  if (server.state === "draining") hatch(context, { x, y, width: side, height: side }, theme.ink3, 4);
  if (server.state === "up" && server.slow > 1) {
    context.strokeStyle = theme.unknown;
    context.lineWidth = 1.5;
    context.strokeRect(x + 0.75, y + 0.75, side - 1.5, side - 1.5);
  }
  if (side >= 7) badge(context, x + side / 2, y + side / 2, Math.min(5, side * 0.28), server, theme);
  if (side < 26 || queue < 0.5 || server.state !== "up" || server.slow > 1) return;
  context.font = `600 10.5px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = filled(queue, scale) > 0.5 ? theme.accentInk : theme.ink;
  context.fillText(number(Math.round(queue)), x + side / 2, y + side / 2);
}
