// One balancer of several, with as much detail as its box has room for.

import { fitText, roundRect, textWidth } from "../lib/canvas.js";
import { brief, number, percent, short } from "../lib/format.js";
import { t } from "../lib/text.js";
import { cross } from "./badge.js";
import { slotBoxes } from "./queue.js";

/** The state of a balancer in words. */
export function frontCondition({ state }) {
  return state === "down" ? t("crashed") : t("up");
}

/** Draw balancer `view` = {balancer, carried: number or null, exact, most, hits: share or null, selected, hovered} into `box` at
 *  `level`; most: what a full bar or square stands for. */
export function drawBalancer(context, box, level, view, theme) {
  const down = view.balancer.state === "down";
  roundRect(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, level === "cell" ? 3 : 7);
  context.fillStyle = down ? theme.stoppedSoft : theme.raised;
  context.fill();
  context.strokeStyle = view.selected ? theme.focus : view.hovered ? theme.ink3 : down ? theme.stopped : theme.line2;
  context.lineWidth = view.selected ? 2.5 : 1;
  context.stroke();
  context.textBaseline = "middle";
  ({ card: drawCard, compact: drawCompact, cell: drawCell })[level](context, box, view, theme);
}

/** Requests that a balancer carries, as text: about so many where not all were kept; "" where nobody knows. */
export function carriedText({ carried, exact }, as = number) {
  return carried === null ? "" : exact ? as(carried) : `≈${as(carried)}`;
}

function drawCard(context, box, view, theme) {
  const { balancer } = view;
  const [left, right] = [box.x + 10, box.x + box.width - 10];
  const tall = box.height >= 46;
  const line = box.y + (tall ? Math.min(18, box.height * 0.3) : box.height / 2);
  const count = write(context, right, line, shortest(context, view, box.width * 0.4, theme), "right", `600 12px ${theme.font}`, theme.ink);
  let from = left;
  if (balancer.state === "down") {
    cross(context, left + 5, line, 4.5, theme.stopped);
    from += 16;
  }
  context.font = `540 12.5px ${theme.font}`;
  write(context, from, line, fitText(context, balancer.id, right - count - 6 - from), "left", context.font, balancer.state === "down" ? theme.ink2 : theme.ink);
  if (tall) drawWords(context, box, view, theme);
}

/** What else there is to say: how many cores work, how many answers come from the cache. */
function drawWords(context, box, view, theme) {
  const { balancer, hits } = view;
  const base = box.y + box.height - Math.min(16, box.height * 0.28);
  let from = box.x + 10;
  const right = box.x + box.width - 10;
  const words = [];
  if (balancer.state === "down") words.push(frontCondition(balancer));
  else {
    if (balancer.cores) from += slotBoxes(context, { x: from, y: base - 3.5, width: Math.min(64, (right - from) * 0.45), height: 7 }, balancer.busy_cores, balancer.cores, theme) + 7;
    if (balancer.cores && hits === null) words.push(t("{busy} of {cores} cores", { busy: number(balancer.busy_cores), cores: number(balancer.cores) }));
    if (hits !== null) words.push(t("{share} from cache", { share: percent(hits) }));
    if (!words.length) words.push(t("in flight"));
  }
  context.font = `400 11px ${theme.font}`;
  write(context, right, base, fitText(context, words[0], right - from), "right", context.font, theme.ink3);
}

function drawCompact(context, box, view, theme) {
  const line = box.y + box.height / 2;
  const right = box.x + box.width - 6;
  const down = view.balancer.state === "down";
  if (down) cross(context, box.x + 11, line, 3.5, theme.stopped);
  const from = box.x + (down ? 19 : 7);
  context.font = `540 11px ${theme.font}`;
  const whole = textWidth(context, view.balancer.id) <= right - from - 34;
  const name = write(context, from, line, whole ? view.balancer.id : shortId(view.balancer.id), "left", context.font, theme.ink2);
  const count = shortest(context, view, right - from - name - 5, theme);
  write(context, right, line, count, "right", `600 11px ${theme.font}`, theme.ink);
}

/** A square that fills as the balancer carries more. */
function drawCell(context, { x, y, width: side }, view, theme) {
  if (view.balancer.state === "down") return cross(context, x + side / 2, y + side / 2, Math.min(5, side * 0.28), theme.stopped);
  const level = (side - 2) * Math.min(1, (view.carried ?? 0) / (view.most || 1));
  context.globalAlpha = 0.45;
  context.fillStyle = theme.accent;
  context.fillRect(x + 1, y + side - 1 - level, side - 2, level);
  context.globalAlpha = 1;
  if (side < 22) return;
  context.font = `540 10.5px ${theme.font}`;
  write(context, x + side / 2, y + side / 2, shortId(view.balancer.id), "center", context.font, theme.ink2);
}

function shortest(context, view, room, theme) {
  context.font = `600 12px ${theme.font}`;
  const forms = [number, short, brief].map((as) => carriedText(view, as));
  return forms.find((text) => context.measureText(text).width <= room) ?? "";
}

/** Write a text and return its width. */
function write(context, x, y, text, align, font, colour) {
  context.font = font;
  context.textAlign = align;
  context.fillStyle = colour;
  context.fillText(text, x, y);
  return context.measureText(text).width;
}

function shortId(id) {
  return id.match(/\d+$/)?.[0] ?? id;
}
