// What a node knows, compactly: a log as cells, everything else as a name and a value; and what of it is on its disk.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { hueOf, isBallot } from "../trace/hue.js";
import { hueColour } from "./hue.js";
import { fieldWords, same, valueText } from "./value.js";

const NAMES_OF_STATUS = ["standing", "status", "phase", "mode", "state"];
const COMMITTED = /^commit(ted)?(_index)?$/;
const CELL = 15;
const CELL_LEAST = 5;

/** The field that says in a word what a node is doing ("leader"), or null. */
export function statusOf(fields) {
  const name = NAMES_OF_STATUS.find((one) => typeof fields[one] === "string");
  return name ? { name, value: fields[name] } : null;
}

/** The rows that a node's card shows, most important first: [{name, value, log: its entries or null, committed: up to which of
 *  them, hue, disk, held}]. disk: null where the field never goes to the disk, else whether the disk holds this
 *  very value; `held` is what it holds. Of a node that is down only the disk is left. */
export function rowsOf({ state, fields, durable }, hues) {
  const { names } = hues;
  const gone = state === "down" || state === "removed";
  const shown = gone ? durable : fields;
  const status = statusOf(shown)?.name;
  const committed = Object.entries(shown).find(([name, value]) => COMMITTED.test(name) && typeof value === "number")?.[1] ?? null;
  const rows = Object.entries(shown).filter(([name]) => name !== status).map(([name, value]) => ({
    name, value, log: logOf(value), committed, hue: names.includes(name) || isBallot(value) ? hueOf(value, hues) : -1,
    disk: name in durable ? gone || same(value, durable[name]) : null, held: durable[name],
  }));
  const rank = ({ name, log }) => (names.includes(name) ? 0 : log ? 1 : 2);
  return rows.sort((a, b) => rank(a) - rank(b));
}

/** [[key, entry], ...] of a list of records, or of records by the number of their slot; null of anything else. */
function logOf(value) {
  if (value === null || typeof value !== "object") return null;
  const entries = Object.entries(value);
  const slots = entries.length > 0 && entries.every(([key, one]) => /^\d+$/.test(key) && one !== null && typeof one === "object" && !Array.isArray(one));
  return slots ? entries : null;
}

/** Draw as many of `rows` as the box has room for, in two columns where it is wide. */
export function drawRows(context, box, rows, hues, theme) {
  const step = box.height >= 74 ? 15 : 13.5;
  const lines = Math.floor((box.height + 3) / step);
  const columns = box.width >= 176 ? 2 : 1;
  const width = (box.width - (columns - 1) * 10) / columns;
  let [line, column] = [0, 0];
  for (const row of rows) {
    const sizes = measured(context, row, theme);
    const whole = row.log !== null || sizes.whole > width;
    if (whole && column > 0) [line, column] = [line + 1, 0];
    if (line >= lines) break;
    const place = { x: box.x + column * (width + 10), y: box.y + (line + 0.5) * step, width: whole ? box.width : width };
    drawRow(context, place, row, sizes, hues, theme);
    column = whole ? 0 : (column + 1) % columns;
    if (column === 0) line += 1;
  }
}

const fontOfName = (theme) => `400 10px ${theme.font}`;
const fontOfValue = (theme) => `560 10.5px ${theme.font}`;

/** {text: the value's, value: its width, whole: of all that a row shows}. */
function measured(context, row, theme) {
  const text = row.log ? "" : valueText(row.value, row.name);
  context.font = fontOfValue(theme);
  const value = textWidth(context, text) + (row.hue >= 0 ? 12 : 0);
  context.font = fontOfName(theme);
  return { text, value, whole: (row.disk === null ? 0 : 10) + textWidth(context, fieldWords(row.name)) + (row.name ? 5 : 0) + value };
}

function drawRow(context, { x, y, width }, row, { text, value }, hues, theme) {
  let from = x;
  context.textBaseline = "middle";
  context.textAlign = "left";
  if (row.disk !== null) {
    drum(context, from + 3, y, row.disk, theme);
    from += 10;
  }
  context.font = fontOfName(theme);
  context.fillStyle = theme.ink3;
  const room = Math.max(0.32 * width, x + width - from - value - 5);
  const name = fitText(context, fieldWords(row.name), row.log ? 0.62 * width : room);
  context.fillText(name, from, y);
  if (name) from += textWidth(context, name) + 5;
  if (row.log) return drawLog(context, { x: from, y: y - 5, width: x + width - from, height: 10 }, row, hues, theme);
  if (row.hue >= 0) {
    context.fillStyle = hueColour(theme, row.hue);
    context.fillRect(from, y - 4, 8, 8);
    from += 12;
  }
  context.font = fontOfValue(theme);
  context.fillStyle = row.value === null ? theme.ink3 : theme.ink;
  context.fillText(fitText(context, text, x + width - from), from, y);
}

/** A disk: full where it holds what the memory holds, hollow where it does not yet. */
function drum(context, x, y, full, theme) {
  context.lineWidth = 1;
  context.strokeStyle = full ? theme.ink2 : theme.unknown;
  context.fillStyle = theme.ink2;
  context.beginPath();
  context.ellipse(x, y - 2.6, 3, 1.5, 0, 0, 2 * Math.PI);
  context.moveTo(x - 3, y - 2.6);
  context.lineTo(x - 3, y + 2.6);
  context.ellipse(x, y + 2.6, 3, 1.5, 0, Math.PI, 0, true);
  context.lineTo(x + 3, y - 2.6);
  if (full) context.fill();
  context.stroke();
}

/** The last entries of a log, a cell each: in the hue of the entry's ballot or term, hollow until the disk has it,
 *  underlined where it is committed. */
export function drawLog(context, { x, y, width, height }, { log: entries, committed, held, disk }, hues, theme) {
  const side = Math.max(CELL_LEAST, Math.min(CELL, width / entries.length));
  const fitting = Math.max(1, Math.floor(width / side));
  const first = Math.max(0, entries.length - fitting);
  for (let place = first; place < entries.length; place += 1) {
    const [key, entry] = entries[place];
    const stored = disk === null || same(entry, held?.[key]);
    const cell = { x: x + (place - first) * side, y, width: side - 1.5, height };
    drawCell(context, cell, entry, stored, hues, theme);
    if (committed === null || !(entry.index <= committed)) continue;
    context.fillStyle = theme.ink2;
    context.fillRect(cell.x, y + height + 1, side - (place === entries.length - 1 ? 1.5 : 0), 1.25);
  }
  if (first > 0) {
    context.fillStyle = theme.ink3;
    for (const dot of [0, 3]) context.fillRect(x - 4 + dot * 0.7, y + height - 2, 1.4, 1.4);
  }
}

function drawCell(context, { x, y, width, height }, entry, stored, hues, theme) {
  context.fillStyle = hueColour(theme, hueOf(entry, hues));
  context.strokeStyle = context.fillStyle;
  roundRect(context, x, y, width, height, 2);
  if (stored) context.fill();
  else {
    roundRect(context, x + 0.5, y + 0.5, width - 1, height - 1, 2);
    context.lineWidth = 1;
    context.stroke();
  }
  if (width < 11) return;
  const text = entryText(entry, hues.names);
  context.font = `600 8.5px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = stored ? theme.ground : theme.ink2;
  context.fillText(text.slice(0, width > 12 ? 2 : 1), x + width / 2, y + height / 2 + 0.5);
  context.textAlign = "left";
}

/** What an entry is about, in a letter or two: the key that it writes, or the first letters of what it does. */
function entryText(entry, names) {
  for (const name of ["key", "value", "kind", "f"]) if (typeof entry[name] === "string") return entry[name];
  const inner = Object.entries(entry).filter(([name, value]) => !names.includes(name) && value !== null && typeof value !== "number").at(-1)?.[1];
  if (inner === undefined) return "";
  return typeof inner === "object" && !Array.isArray(inner) ? entryText(inner, names) : valueText(inner);
}
