// Queues that fill and slots that are taken.

import { roundRect } from "../lib/canvas.js";

const LINEAR_UP_TO = 32;

/** How much of a bar that holds `scale` a queue of `length` fills, 0 to 1. On a long scale it is the
 *  square root: a short queue must still be seen beside a very long one. */
export function filled(length, scale) {
  const share = Math.min(1, length / scale);
  return scale <= LINEAR_UP_TO ? share : Math.sqrt(share);
}

/** A queue of `length` waiting requests, drawn against a bar that holds `scale`. */
export function queueBar(context, box, length, scale, theme) {
  const { x, y, width, height } = box;
  context.fillStyle = theme.sunken;
  roundRect(context, x, y, width, height, 2);
  context.fill();
  if (length < 0.05) return;
  const unit = width / scale;
  context.fillStyle = theme.unknown;
  if (unit < 4 || scale > LINEAR_UP_TO) {
    roundRect(context, x, y, Math.max(2, width * filled(length, scale)), height, 2);
    context.fill();
    return;
  }
  const whole = Math.min(scale, Math.floor(length));
  for (let i = 0; i < whole; i += 1) context.fillRect(x + i * unit, y, unit - 1, height);
  const rest = Math.min(length, scale) - whole;
  if (rest > 0.05) context.fillRect(x + whole * unit, y, Math.max(0, unit * rest - 1), height);
}

/** The slots of a server, `busy` of them taken: one box each where there is room, else a bar. */
export function slotBoxes(context, box, busy, slots, theme) {
  const { x, y, width, height } = box;
  const side = Math.min(height, (width + 2) / slots - 2);
  if (side < 4) return slotBar(context, box, busy / slots, theme);
  for (let i = 0; i < slots; i += 1) {
    const taken = Math.max(0, Math.min(1, busy - i));
    roundRect(context, x + i * (side + 2) + 0.5, y + 0.5, side - 1, height - 1, 2);
    context.fillStyle = theme.sunken;
    context.fill();
    if (taken > 0.05) {
      context.globalAlpha = 0.25 + 0.75 * taken;
      context.fillStyle = theme.accent;
      context.fill();
      context.globalAlpha = 1;
    }
    context.strokeStyle = taken > 0.05 ? theme.accent : theme.line2;
    context.lineWidth = 1;
    context.stroke();
  }
  return slots * (side + 2) - 2;
}

function slotBar(context, { x, y, width, height }, share, theme) {
  context.fillStyle = theme.sunken;
  roundRect(context, x, y, width, height, 2);
  context.fill();
  if (share > 0.01) {
    context.fillStyle = theme.accent;
    roundRect(context, x, y, width * Math.min(1, share), height, 2);
    context.fill();
  }
  return width;
}
