// A rack as a cabinet: its number, how many of its nodes are up, and a frame that is broken where none is.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { cross } from "./badge.js";

/** Draw `cabinet` (see layouts/racks.js), of whose nodes `up` are up; selected: it was chosen. */
export function drawCabinet(context, { rack, x, y, width, height, head, places }, up, selected, theme) {
  const lost = up === 0;
  roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, head >= 14 ? 8 : 3);
  context.fillStyle = lost ? theme.stoppedSoft : theme.sunken;
  context.fill();
  context.strokeStyle = selected ? theme.focus : lost ? theme.stopped : theme.line;
  context.lineWidth = selected ? 2 : 1;
  if (lost) context.setLineDash([5, 3]);
  context.stroke();
  context.setLineDash([]);
  if (head >= 14) title(context, { rack, x: x + 8, right: x + width - 8, line: y + head / 2 + 0.5 }, up, places.length, theme);
  else if (head >= 8) small(context, { rack, x: x + width / 2, line: y + head / 2 + 0.5, width }, lost, theme);
}

function title(context, { rack, x, right, line }, up, all, theme) {
  let from = x;
  if (up === 0) {
    cross(context, from + 4, line, 3.5, theme.stopped, 1.75);
    from += 13;
  }
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.font = `600 11px ${theme.font}`;
  context.fillStyle = theme.ink2;
  const name = fitText(context, t("Rack {number}", { number: rack }), right - from);
  context.fillText(name, from, line);
  const room = right - from - textWidth(context, name) - 8;
  if (up === all) return;
  context.font = `500 10px ${theme.font}`;
  context.fillStyle = theme.ink3;
  context.textAlign = "right";
  const words = t("{up} of {all} up", { up: number(up), all: number(all) });
  if (textWidth(context, words) <= room) context.fillText(words, right, line);
  context.textAlign = "left";
}

function small(context, { rack, x, line, width }, lost, theme) {
  context.font = `600 8px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = lost ? theme.stopped : theme.ink3;
  const text = String(rack);
  if (textWidth(context, text) <= width - 2) context.fillText(text, x, line);
  context.textAlign = "left";
}
