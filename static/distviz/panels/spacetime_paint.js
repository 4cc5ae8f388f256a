// The space-time diagram on paper: its ground, then what happened, then words where there is room for them.

import { hueColour } from "../marks/hue.js";
import { arrowHead, cross, deed, flag, hook, notch, timerTick } from "../marks/arrow.js";
import { IN_FLIGHT, WAITING } from "../trace/spacetime.js";
import { paintGround } from "./spacetime_ground.js";
import { paintWords } from "./spacetime_labels.js";
import { Paper } from "./spacetime_paper.js";
import { failed, foundNobody } from "./spacetime_scene.js";

const HEADS_AT_MOST = 900;
const FAINT = 0.32;
const UNFOUND = 0.14;
const BAR = 11;

const OUTCOMES = { ok: "ok", info: "unknown", fail: "failed" };

/** Draw `scene` of `model` with `pen`. marks, each of which may be missing: nodes, a Set of ids of processes that are chosen; what
 *  is kept clear while all else fades: near, a Set of ids, link(messages, row) and found(part, row), whether a message is one. */
export function paint(pen, { model, view, scene, system, theme }, marks = {}) {
  const paper = new Paper(pen, view, theme);
  paintGround(paper, model, scene, marks.nodes ?? new Set());
  paintOperations(paper, model, scene);
  if (scene.dense) paintDensity(paper, scene);
  else paintArrows(paper, scene, marks);
  paintSigns(paper, scene);
  paintWords(paper, model, scene, system);
  paintDeeds(paper, model, scene);
}

function paintArrows(paper, scene, { near = null, link = null, found = null }) {
  const many = scene.count > HEADS_AT_MOST;
  const width = many ? 1 : 1.35;
  for (let place = 0; place < scene.count; place += 1) {
    const part = scene.parts[place];
    const row = scene.rows[place];
    const chosen = (near === null || near.has(part.index.messages.id[row])) && (link === null || link(part.index.messages, row));
    const alpha = found && !found(part, row) ? UNFOUND : chosen ? 1 : FAINT;
    paintArrow(paper, scene, place, { width, head: !many, alpha });
  }
}

/** One arrow; in another colour where one is given. */
export function paintArrow(paper, scene, place, { width, head, alpha, colour = null }) {
  const { pen, theme } = paper;
  const { messages } = scene.parts[place].index;
  const row = scene.rows[place];
  const fate = messages.fate[row];
  const ink = colour ?? hueColour(theme, messages.hue[row], theme.ink2);
  const [x0, y0, x1, y1] = scene.places.subarray(place * 4, place * 4 + 4);
  if (messages.src[row] === messages.dst[row]) return hook(pen, x0, y0, 7, scaled(paper.onward, 1.5), paper.aside, ink, alpha);
  const open = fate === IN_FLIGHT || failed(fate);
  pen.line(x0, y0, x1, y1, ink, width, alpha, open && head ? [5, 3] : null);
  if (failed(fate)) cross(pen, x1, y1, head ? 3.6 : 2, theme.failed, alpha);
  if (head && (!failed(fate) || foundNobody(fate)) && fate !== IN_FLIGHT) arrowHead(pen, x0, y0, x1, y1, 5.2, ink, alpha);
  if (head && !failed(fate)) paintWaiting(paper, scene, place, ink, alpha);
}

/** What waited at its node until it could be handled: along the lane, to a ring. */
function paintWaiting(paper, scene, place, ink, alpha) {
  const { pen, view, theme } = paper;
  const { index } = scene.parts[place];
  const row = scene.rows[place];
  const lane = scene.laneOf.get(index.messages.dst[row]);
  const [came, handled] = [index.cameAt(row), index.messages.arrive_ns[row]].map((at_ns) => view.along(at_ns));
  if (lane === undefined || (handled - came < 5 && index.messages.fate[row] !== WAITING)) return;
  paper.line(came, lane + 3, handled, lane + 3, ink, 1.4, alpha, [2, 2]);
  pen.ring(...paper.point(handled, lane + 3), 2.6, ink, 1.4, theme.surface);
}

function scaled([dx, dy], factor) {
  return [dx * factor, dy * factor];
}

/** What each process sent (before its lane) and received (behind it), as wide as it was much; red: sent and lost.
 *  One colour after the other, and none that lets another shine through: both are dear without a GPU. */
function paintDensity(paper, scene) {
  const { theme } = paper;
  paintBins(paper, scene, scene.bins.sent, -1, theme.accent);
  paintBins(paper, scene, scene.bins.failed, -1, theme.failed);
  paintBins(paper, scene, scene.bins.received, 1, theme.stopped);
}

function paintBins({ pen, view }, { density, bins, laneOf }, counts, side, colour) {
  const half = Math.max(6, view.apart / 2 - 5);
  const high = density.bin_u * view.px_per_u;
  for (const [node, lane] of laneOf) {
    for (let bin = 0; bin < bins.count; bin += 1) {
      const count = counts[bin * density.nodes + node];
      if (count === 0) continue;
      const a0 = Math.round(((bins.first + bin) * density.bin_u - view.near_u) * view.px_per_u);
      const deep = Math.max(1, Math.round(high - 0.5));
      const wide = Math.round(Math.min(half, Math.max(2, half * Math.sqrt(count / density.most))));
      const near = Math.round(side < 0 ? lane - wide : lane);
      if (view.vertical) pen.rect(near, a0, wide, deep, colour);
      else pen.rect(a0, near, deep, wide, colour);
    }
  }
}

function paintOperations(paper, model, scene) {
  const { view, theme } = paper;
  const covered = new Map(); // how far the bars on each lane reach: one that lies wholly in the last pixel is not seen
  for (const operation of model.operations) {
    const lane = scene.laneOf.get(operation.node);
    const until_ns = operation.completed_ns ?? view.end_ns;
    if (lane === undefined || until_ns < scene.from_ns || operation.invoked_ns > scene.until_ns) continue;
    const a0 = view.along(operation.invoked_ns);
    const a1 = Math.max(a0 + 2, view.along(until_ns));
    if (operation.outcome === "ok" && a1 < (covered.get(lane) ?? -Infinity) + 1) continue;
    covered.set(lane, a1);
    const colour = theme[OUTCOMES[operation.outcome] ?? "stopped"];
    paper.rect(a0, lane - BAR / 2, a1, lane + BAR / 2, colour, operation.outcome ? 0.85 : 0.4, a1 - a0 > 5 ? 3 : 0);
    if (operation.outcome === "fail" || operation.outcome === "info") paper.hatch(a0, lane - BAR / 2, a1, lane + BAR / 2, theme.surface, operation.outcome === "fail" ? 5 : 9);
  }
}

function paintSigns(paper, scene) {
  const { pen, view, theme, onward, aside } = paper;
  const size = scene.timers.length + scene.changes.length > 300 ? 4 : 6;
  for (const { at_ns, node } of scene.timers) {
    const lane = scene.laneOf.get(node);
    if (lane !== undefined) timerTick(pen, ...paper.point(view.along(at_ns), lane), size, onward, aside, theme.ink3);
  }
  for (const { at_ns, node } of scene.changes) {
    const lane = scene.laneOf.get(node);
    if (lane !== undefined) notch(pen, ...paper.point(view.along(at_ns), lane), aside, theme.ink);
  }
}

/** Actions in the margin, breaches where they were seen. */
function paintDeeds(paper, model, scene) {
  const { pen, view, theme } = paper;
  for (const { at_ns } of model.rows("actions", scene.from_ns, scene.until_ns, 400)) {
    const along = view.along(at_ns);
    deed(pen, ...paper.point(along, view.ruler - 8), 4.5, theme.ink2);
    paper.line(along, view.ruler - 3, along, view.breadth, theme.ink3, 1, 0.35, [2, 4]);
  }
  for (const { at_ns, node } of model.rows("breaches", scene.from_ns, scene.until_ns, 100)) {
    const along = view.along(at_ns);
    paper.line(along, view.ruler, along, view.breadth, theme.failed, 1.2, 0.6);
    flag(pen, ...paper.point(along, scene.laneOf.get(node) ?? view.ruler + 10), theme.failed, theme.surface);
  }
}
