// The values of the keys that a replica keeps, a chip each. Where replicas hold different values of a key, each value
// has a hue and a shape of its own: the same shape is the same value.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { t } from "../lib/text.js";
import { number } from "../lib/format.js";
import { hueColour } from "./hue.js";

const HEIGHT = 14;
const STEP = 17;
const SIGN = 9;
const SIDES = [0, 3, 4, 2];

/** Whether a replica holds something that others hold otherwise. */
export function differs({ keys }) {
  return keys.some(({ group }) => group >= 0);
}

/** Draw `copies` = {keys: [{key, text, group: -1 where all agree, else which of the values it is}], hints, fields: Set of
 *  those that this says} at the top of a box; returns the height that it takes. Keys that differ stand first. */
export function drawCopies(context, { x, y, width, height }, { keys, hints }, theme) {
  const lines = Math.max(1, Math.floor((height + STEP - HEIGHT) / STEP));
  const chips = [...keys].sort((a, b) => (b.group >= 0) - (a.group >= 0));
  if (hints) chips.unshift({ key: "", text: t("hints: {count}", { count: number(hints) }), group: -2 });
  let [from, line] = [x, 0];
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const [nth, chip] of chips.entries()) {
    const wide = Math.min(width, chipWidth(context, chip, theme));
    if (from > x && from + wide > x + width) [from, line] = [x, line + 1];
    const last = line === lines - 1 && nth < chips.length - 1 && from + wide + chipWidth(context, chips[nth + 1], theme) + 26 > x + width;
    if (line >= lines) break;
    drawChip(context, from, y + line * STEP, wide, Math.min(HEIGHT, height), chip, theme);
    from += wide + 4;
    if (!last) continue;
    more(context, from, y + line * STEP, chips.length - nth - 1, theme);
    break;
  }
  return chips.length ? Math.min(lines, line + 1) * STEP : 0;
}

const fontOf = (theme) => `560 10px ${theme.font}`;

function chipWidth(context, { key, text, group }, theme) {
  context.font = fontOf(theme);
  return textWidth(context, label(key, text)) + 10 + (group >= 0 ? SIGN : 0);
}

function label(key, text) {
  return key ? `${key} ${text}` : text;
}

function drawChip(context, x, y, width, height, { key, text, group }, theme) {
  const colour = group === -2 ? theme.unknown : group >= 0 ? hueColour(theme, group) : theme.line2;
  const alpha = context.globalAlpha;
  roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, 4);
  context.fillStyle = colour;
  context.globalAlpha = alpha * (group >= 0 ? 0.24 : group === -2 ? 0.14 : 0);
  context.fill();
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = group >= 0 ? 1.5 : 1;
  context.stroke();
  if (group >= 0) sign(context, x + 8, y + height / 2, group, colour);
  context.font = fontOf(theme);
  context.fillStyle = theme.ink;
  const from = x + 5 + (group >= 0 ? SIGN : 0);
  context.fillText(fitText(context, label(key, text), x + width - from - 2), from, y + height / 2 + 0.5);
}

/** The sign of a value: a disc, a triangle, a square, a bar, and again. */
function sign(context, x, y, group, colour) {
  const sides = SIDES[group % SIDES.length];
  context.fillStyle = colour;
  context.beginPath();
  if (sides === 0) context.arc(x, y, 3, 0, 2 * Math.PI);
  else if (sides === 2) context.rect(x - 1.5, y - 4, 3, 8);
  else if (sides === 4) context.rect(x - 2.8, y - 2.8, 5.6, 5.6);
  else {
    context.moveTo(x, y - 3.6);
    context.lineTo(x + 3.6, y + 3);
    context.lineTo(x - 3.6, y + 3);
  }
  context.fill();
}

function more(context, x, y, count, theme) {
  context.font = `500 10px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.fillText(`+${number(count)}`, x, y + HEIGHT / 2 + 0.5);
}
