// Words on the diagram, as far as they cover neither each other nor too much: what holds for all lanes, then what
// clients asked, notes and changes beside their lanes, then the names of messages along their arrows.

import { hueColour } from "../marks/hue.js";
import { gapsSeen, networkSeen } from "./spacetime_ground.js";
import { gapWords } from "./spacetime_ruler.js";
import { changeWords, kindWords, networkWords, noteWords, operationWords } from "./spacetime_words.js";

const WORDS_AT_MOST = 90;
const SIZE = 10.5;
const BESIDE_PX = { vertical: 100, horizontal: 60 }; // lanes must be so far apart to have words beside them
const CHANGES_AT_ONCE = 3;

/** Write on `paper` what there is room for. */
export function paintWords(paper, model, scene, system) {
  const taken = new Taken();
  paintNetworkWords(paper, model, scene, taken);
  paintGapWords(paper, taken);
  if (scene.dense) return;
  paintLaneWords(paper, model, scene, taken);
  if (scene.count <= WORDS_AT_MOST) for (let place = 0; place < scene.count; place += 1) paintName(paper, scene, place, system, taken);
}

function paintNetworkWords({ pen, view, theme }, model, scene, taken) {
  for (const band of networkSeen(model, scene)) {
    const [a0, a1] = [view.along(band.from_ns), view.along(band.until_ns)];
    if (a1 - a0 < 14) continue;
    const [x, y] = view.vertical ? [view.ruler + 6, Math.max(9, a0 + 10)] : [Math.max(4, a0 + 4), view.breadth - 9];
    const words = fitted(pen, networkWords(band, model.lanes), view.vertical ? view.breadth - view.ruler - 12 : a1 - x - 4, 560);
    if (!words || !taken.take(x, y - 7, pen.width(words, SIZE, 560), 14)) continue;
    pen.text(x, y, words, { size: SIZE, weight: 560, colour: band.cut.length ? theme.failed : theme.unknown, halo: theme.surface });
  }
}

function paintGapWords(paper, taken) {
  const { pen, view, theme } = paper;
  for (const [gap, a0, a1] of gapsSeen(view)) {
    const words = gapWords(gap);
    const width = pen.width(words, 10);
    if (view.vertical ? a1 - a0 < 12 : a1 - a0 < width + 8) continue;
    const [x, y] = paper.point((a0 + a1) / 2, view.ruler + (view.vertical ? 6 : 10));
    if (!taken.take(view.vertical ? x : x - width / 2, y - 6, width, 12)) continue;
    pen.text(x, y, words, { size: 10, colour: theme.ink3, align: view.vertical ? "left" : "center", halo: theme.surface });
  }
}

function paintLaneWords(paper, model, scene, taken) {
  const { view, theme } = paper;
  if (view.apart < (view.vertical ? BESIDE_PX.vertical : BESIDE_PX.horizontal)) return;
  for (const operation of model.operations) {
    if (operation.invoked_ns < scene.from_ns || operation.invoked_ns > scene.until_ns) continue;
    paintBeside(paper, scene, taken, operationWords(operation), { at_ns: operation.invoked_ns, node: operation.node }, { colour: theme.ink2, weight: 560, down: 6 });
  }
  const notes = model.rows("notes", scene.from_ns, scene.until_ns, WORDS_AT_MOST + 1);
  if (scene.changes.length + notes.length > 3 * WORDS_AT_MOST) return;
  for (const row of notes) paintBeside(paper, scene, taken, noteWords(row), row, { colour: theme.ink, weight: 560 });
  for (const rows of atOnce(scene.changes)) {
    const words = rows.slice(0, CHANGES_AT_ONCE).map(changeWords).join("; ");
    paintBeside(paper, scene, taken, rows.length > CHANGES_AT_ONCE ? `${words}; …` : words, rows[0], { colour: theme.ink3, weight: 400 });
  }
}

/** Rows of one process and one moment together. */
function atOnce(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.node}/${row.at_ns}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return groups.values();
}

function paintBeside({ pen, view, theme }, scene, taken, whole, { at_ns, node }, { colour, weight, down = 0 }) {
  const lane = scene.laneOf.get(node);
  if (lane === undefined) return;
  const words = fitted(pen, whole, view.vertical ? view.apart - 26 : 190, weight);
  const [x, y] = view.vertical ? [lane, view.along(at_ns) + down] : [view.along(at_ns) + down, lane];
  const width = pen.width(words, SIZE, weight);
  const [left, top] = view.vertical ? [x + 9 + width > view.width ? x - 9 - width : x + 9, y] : [x + 3, y + 13];
  if (!words || !taken.take(left, top - 7, width, 13)) return;
  pen.rect(left - 2, top - 6, width + 4, 12, theme.surface, 0.8, 3);
  pen.text(left, top, words, { size: SIZE, weight, colour });
}

/** The name of a message along its arrow. */
function paintName({ pen, theme }, scene, place, system, taken) {
  const { messages } = scene.parts[place].index;
  const row = scene.rows[place];
  if (messages.src[row] === messages.dst[row]) return;
  const [x0, y0, x1, y1] = scene.places.subarray(place * 4, place * 4 + 4);
  const words = kindWords(system, messages.kind[row]);
  const width = pen.width(words, SIZE);
  if (Math.hypot(x1 - x0, y1 - y0) < width + 34) return;
  const [x, y] = [x0 + (x1 - x0) * 0.6, y0 + (y1 - y0) * 0.6];
  let angle = Math.atan2(y1 - y0, x1 - x0);
  if (angle > Math.PI / 2 || angle <= -Math.PI / 2) angle += Math.PI; // never upside down
  const [wide, high] = [Math.abs(width * Math.cos(angle)) + 10, Math.abs(width * Math.sin(angle)) + 12];
  if (!taken.take(x - wide / 2, y - high / 2, wide, high)) return;
  pen.text(x, y, words, { size: SIZE, align: "center", angle, colour: hueColour(theme, messages.hue[row], theme.ink2), halo: theme.surface });
}

/** `words` cut to the room; nothing where too little would be left. */
function fitted(pen, words, room, weight) {
  if (pen.width(words, SIZE, weight) <= room) return words;
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.width(`${words.slice(0, middle)}…`, SIZE, weight) <= room) low = middle;
    else high = middle - 1;
  }
  return low > 5 ? `${words.slice(0, low)}…` : "";
}

/** Boxes that hold words already. */
class Taken {
  constructor() {
    this.boxes = [];
  }

  take(x, y, width, height) {
    if (this.boxes.some((box) => x < box[2] && x + width > box[0] && y < box[3] && y + height > box[1])) return false;
    this.boxes.push([x, y, x + width, y + height]);
    return true;
  }
}
