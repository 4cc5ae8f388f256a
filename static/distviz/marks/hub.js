// The clients, and the only balancer or all of them: a title and a few counters, each with the sign that its requests carry.

import { fitText, roundRect } from "../lib/canvas.js";
import { cross } from "./badge.js";
import { dot } from "./dots.js";

/** Draw a hub into `box`: {title, under, rows: [{label, value, shorter: the value in fewer letters,
 *  sign: "" | "out" | "home" | "failed", minor: left out where room is scarce}], selected, hovered, down: it has crashed}. */
export function drawHub(context, box, hub, theme) {
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 9);
  context.fillStyle = hub.down ? theme.stoppedSoft : theme.raised;
  context.fill();
  context.strokeStyle = hub.selected ? theme.focus : hub.hovered ? theme.ink3 : hub.down ? theme.stopped : theme.line2;
  context.lineWidth = hub.selected ? 2.5 : 1;
  context.stroke();
  if (hub.down && box.height >= STRIP) cross(context, box.x + box.width - 15, box.y + 16, 4.5, theme.stopped);
  if (box.height < STRIP) drawStrip(context, box, hub, theme);
  else drawColumn(context, box, hub, theme);
}

const STRIP = 72;

function drawColumn(context, box, hub, theme) {
  const inset = box.width < 130 ? 10 : 13;
  const width = box.width - 2 * inset;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `620 13px ${theme.font}`;
  context.fillStyle = theme.ink;
  context.fillText(fitText(context, hub.title, width), box.x + inset, box.y + 17);
  context.font = `400 11px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.fillText(fitText(context, hub.under, width), box.x + inset, box.y + 33);
  const first = box.y + 46;
  const step = Math.min(22, (box.height - 50) / hub.rows.length);
  hub.rows.forEach((row, index) => drawRow(context, box.x + inset, first + step * (index + 0.5), width, row, theme));
}

/** Two lines: title and what is under it, then the counters side by side. */
function drawStrip(context, box, hub, theme) {
  const inset = 9;
  const width = box.width - 2 * inset;
  const line = box.y + box.height * 0.32;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `620 12.5px ${theme.font}`;
  context.fillStyle = theme.ink;
  const title = fitText(context, hub.title, width);
  context.fillText(title, box.x + inset, line);
  const room = width - context.measureText(title).width - 6;
  context.textAlign = "right";
  context.font = `400 10.5px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.fillText(fitText(context, hub.under, room), box.x + inset + width, line);
  const rows = hub.rows.filter(({ minor }) => !minor);
  const each = width / rows.length;
  rows.forEach((row, index) => drawCounter(context, box.x + inset + index * each, box.y + box.height * 0.7, each - 7, row, theme));
}

function drawCounter(context, x, y, width, { label, value: whole, shorter, sign }, theme) {
  let from = x;
  if (sign) {
    dot(context, x + 4, y, sign, 3, theme);
    from += 12;
  }
  context.font = `600 11.5px ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.ink;
  const value = [whole, ...shorter].find((one) => context.measureText(one).width <= x + width - from) ?? shorter.at(-1);
  context.fillText(value, from, y);
  from += context.measureText(value).width + 4;
  context.font = `400 11px ${theme.font}`;
  context.fillStyle = theme.ink3;
  if (fitText(context, label, x + width - from) === label) context.fillText(label, from, y);
}

function drawRow(context, x, y, width, { label, value, sign }, theme) {
  let from = x;
  if (sign) {
    dot(context, x + 4, y, sign, 3.2, theme);
    from += 14;
  }
  context.font = `600 12px ${theme.font}`;
  context.textAlign = "right";
  context.fillStyle = theme.ink;
  context.fillText(value, x + width, y);
  const room = x + width - from - context.measureText(value).width - 6;
  context.font = `400 12px ${theme.font}`;
  context.textAlign = "left";
  context.fillStyle = theme.ink2;
  context.fillText(fitText(context, label, room), from, y);
}
