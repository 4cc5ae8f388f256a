// The clients and the balancer: a title and a few counters, each with the sign that its requests carry.

import { fitText, roundRect } from "../lib/canvas.js";
import { dot } from "./dots.js";

/** Draw a hub into `box`: {title, under, rows: [{label, value, sign: "" | "out" | "home" | "failed"}], selected, hovered}. */
export function drawHub(context, box, hub, theme) {
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 9);
  context.fillStyle = theme.raised;
  context.fill();
  context.strokeStyle = hub.selected ? theme.focus : hub.hovered ? theme.ink3 : theme.line2;
  context.lineWidth = hub.selected ? 2.5 : 1;
  context.stroke();
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
