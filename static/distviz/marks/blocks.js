// The blocks that a node holds, a small square each: in the hue of its number, crossed where it is corrupt, hollow
// while it arrives, with a corner where it has moved here, solid where it is the one that is looked for.

import { roundRect, textWidth } from "../lib/canvas.js";
import { cross } from "./badge.js";
import { hueColour } from "./hue.js";

const NUMBERED_FROM = 10;
const BLOCK = { most: 24, least: 4 };

/** [{block, corrupt, arriving}] of what a node shows; null where it shows only how many there are. */
export function blocksOf({ blocks, corrupt, arriving }) {
  if (!Array.isArray(blocks)) return null;
  const bad = new Set(listOf(corrupt));
  const coming = listOf(arriving).filter((block) => !blocks.includes(block));
  const all = [...blocks, ...[...bad].filter((block) => !blocks.includes(block) && !coming.includes(block)), ...coming];
  const still = new Set(coming);
  return all.map((block) => ({ block, corrupt: bad.has(block), arriving: still.has(block) }));
}

function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** Draw `list` (see `blocksOf`) into a box, small enough for `most` of them; chosen: the block that is looked for, or
 *  undefined; moved: Set of those that have moved here, or undefined. Returns false where there is no room. */
export function drawBlocks(context, box, list, { chosen, moved, most }, theme) {
  const grid = blockGrid(most, box);
  if (!grid) return false;
  const alpha = context.globalAlpha;
  context.font = `600 ${Math.max(7.5, Math.min(11, grid.side * 0.52))}px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  list.forEach((one, nth) => {
    const place = blockBox(grid, nth);
    context.globalAlpha = chosen === undefined || chosen === one.block ? alpha : alpha * 0.45;
    const here = moved?.has(one.block) ?? false;
    drawBlock(context, place, one, { chosen: chosen === one.block, moved: here }, theme);
    if (here) corner(context, place, theme);
  });
  context.globalAlpha = alpha;
  context.textAlign = "left";
  return true;
}

function drawBlock(context, { x, y, side }, { block, corrupt, arriving }, { chosen, moved }, theme) {
  const colour = corrupt ? theme.failed : hueColour(theme, block % theme.hues.length);
  const alpha = context.globalAlpha;
  roundRect(context, x + 0.5, y + 0.5, side - 1, side - 1, side > 8 ? 2.5 : 1);
  context.fillStyle = colour;
  context.globalAlpha = alpha * (chosen ? 1 : arriving ? 0 : moved || side < 8 ? 0.6 : 0.24);
  context.fill();
  context.globalAlpha = alpha;
  context.strokeStyle = chosen ? theme.focus : colour;
  context.lineWidth = chosen ? 2 : 1;
  if (arriving) context.setLineDash([2, 2]);
  if (side >= 5) context.stroke();
  context.setLineDash([]);
  if (corrupt) return cross(context, x + side / 2, y + side / 2, side * 0.26, chosen ? theme.ground : theme.failed, side > 8 ? 1.75 : 1.25);
  const text = String(block);
  if (side < NUMBERED_FROM || textWidth(context, text) > side - 1) return undefined;
  context.fillStyle = chosen ? theme.ground : theme.ink;
  return context.fillText(text, x + side / 2, y + side / 2 + 0.5);
}

/** The corner of a block that has moved. */
function corner(context, { x, y, side }, theme) {
  const size = Math.max(2.5, side * 0.42);
  context.fillStyle = theme.ink;
  context.beginPath();
  context.moveTo(x + side - size, y);
  context.lineTo(x + side, y);
  context.lineTo(x + side, y + size);
  context.fill();
}

/** How `count` blocks stand in a box, as squares from left to right, as large as they can be: {side, columns, x, y};
 *  null where they do not fit. Where other boxes of this size hold more, give their count: then all squares are alike. */
export function blockGrid(count, { x, y, width, height }) {
  for (let side = BLOCK.most; side >= BLOCK.least; side -= 0.5) {
    const columns = Math.floor(width / side);
    if (columns * Math.floor(height / side) >= count) return { side, columns, x, y };
  }
  return null;
}

/** The square of block number `nth`. */
function blockBox({ side, columns, x, y }, nth) {
  return { x: x + (nth % columns) * side, y: y + Math.floor(nth / columns) * side, side: side - Math.max(1, side * 0.14) };
}

/** The place of the block at a point, or -1. */
export function blockAt(grid, count, x, y) {
  const column = Math.floor((x - grid.x) / grid.side);
  const line = Math.floor((y - grid.y) / grid.side);
  if (column < 0 || line < 0 || column >= grid.columns) return -1;
  const nth = line * grid.columns + column;
  return nth < count ? nth : -1;
}
