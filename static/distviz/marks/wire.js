// Links of an actor system: hairlines; cut ones broken, with a chip that says so; altered ones with what was altered.

import { roundRect } from "../lib/canvas.js";
import { number, percent } from "../lib/format.js";
import { t } from "../lib/text.js";
import { cross } from "./badge.js";

/** Stroke a way's points. */
export function drawWire(context, points, colour, width = 1, dash = []) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.lineCap = "butt";
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let at = 2; at < points.length; at += 2) context.lineTo(points[at], points[at + 1]);
  context.stroke();
  context.setLineDash([]);
}

/** The chip of a link that is cut both ways: a cross in a disc. */
export function cutChip(context, x, y, size, theme) {
  chip(context, x, y, size, theme);
  cross(context, x, y, size * 0.42, theme.failed, 1.8);
}

/** The chip of a link that is cut one way only: an arrow against a bar, in the direction of those that do not get through. */
export function oneWayChip(context, x, y, size, angle, theme) {
  chip(context, x, y, size, theme);
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.strokeStyle = theme.failed;
  context.lineWidth = 1.8;
  context.lineCap = "round";
  context.lineJoin = "round";
  const reach = size * 0.55;
  context.beginPath();
  context.moveTo(-reach, 0);
  context.lineTo(reach * 0.45, 0);
  context.moveTo(-reach * 0.15, -reach * 0.55);
  context.lineTo(reach * 0.45, 0);
  context.lineTo(-reach * 0.15, reach * 0.55);
  context.moveTo(reach * 0.95, -reach * 0.8);
  context.lineTo(reach * 0.95, reach * 0.8);
  context.stroke();
  context.restore();
}

function chip(context, x, y, size, theme) {
  context.fillStyle = theme.failedSoft;
  context.strokeStyle = theme.failed;
  context.lineWidth = 1;
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** What was altered about a link, in few words: "+50 ms, 20 % lost". */
export function alteration({ extra_ms: extra, loss, duplicate }) {
  const words = [];
  if (extra) words.push(t("+{ms} ms", { ms: number(extra, 1) }));
  if (loss) words.push(t("{share} lost", { share: percent(loss) }));
  if (duplicate) words.push(t("{share} twice", { share: percent(duplicate) }));
  return words.join(t(", ")) || t("mended");
}

/** A label in a pill, centred at x, y. */
export function pill(context, x, y, text, theme) {
  context.font = `500 10px ${theme.font}`;
  const width = context.measureText(text).width + 10;
  roundRect(context, x - width / 2, y - 7.5, width, 15, 7.5);
  context.fillStyle = theme.unknownSoft;
  context.fill();
  context.strokeStyle = theme.unknown;
  context.lineWidth = 1;
  context.stroke();
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = theme.unknown;
  context.fillText(text, x, y + 0.5);
  context.textAlign = "left";
}
