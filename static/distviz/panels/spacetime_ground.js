// What the diagram stands on: the scale of time, lanes, shortened stretches, and the faults across them.

import { t } from "../lib/text.js";
import { ticksOf } from "./spacetime_ruler.js";

const LANE_BAND = 15;

/** `nodes`: the ids of the processes that are chosen. */
export function paintGround(paper, model, scene, nodes) {
  paintHeld(paper, model);
  paintGaps(paper);
  paintNetwork(paper, model, scene);
  paintTicks(paper);
  paintLanes(paper, model, scene, nodes);
}

/** What was not received yet, or lies outside of the Run. */
function paintHeld(paper, model) {
  const { view, theme } = paper;
  let from = 0;
  for (const [begin, until] of [...model.store.ranges(), [view.end_ns, view.end_ns]]) {
    if (begin > from && begin >= view.from_ns && from <= view.until_ns) paper.hatch(view.along(from), view.ruler, view.along(begin), view.breadth, theme.line, 9);
    from = until;
  }
  for (const [a0, a1] of [[-40, view.along(0)], [view.along(view.end_ns), view.length + 40]]) {
    if (a1 > a0) paper.rect(a0, 0, a1, view.breadth, theme.sunken);
  }
}

function paintTicks(paper) {
  const { pen, view, theme } = paper;
  for (const { along, words } of ticksOf(view)) {
    paper.line(along, view.ruler, along, view.breadth, theme.line, 1, 0.8);
    const [x, y] = view.vertical ? [view.ruler - 18, along] : [along, view.ruler / 2];
    pen.text(x, y, words, { size: 10.5, colour: theme.ink3, align: view.vertical ? "right" : "center" });
  }
}

/** [gap, from, until] of the shortened stretches on the paper that are large enough to be seen. */
export function gapsSeen(view) {
  return view.warp.gaps.map((gap) => [gap, view.along(gap.from_ns), view.along(gap.until_ns)])
    .filter(([, a0, a1]) => a1 >= 0 && a0 <= view.length && a1 - a0 >= 3);
}

function paintGaps(paper) {
  const { view, theme } = paper;
  for (const [gap, a0, a1] of gapsSeen(view)) {
    paper.rect(a0, view.ruler, a1, view.breadth, theme.sunken, gap.kind === "idle" ? 0.7 : 0.4);
    for (const along of [a0, a1]) paper.line(along, view.ruler, along, view.breadth, theme.line2, 1, 0.8, gap.kind === "idle" ? [3, 3] : [8, 4]);
  }
}

function paintLanes(paper, model, scene, nodes) {
  const { view, theme } = paper;
  const [near, far] = [Math.max(0, view.along(0)), Math.min(view.length, view.along(view.end_ns))];
  for (const { index, id, from_ns } of view.lanes) {
    const lane = scene.laneOf.get(index);
    const chosen = nodes.has(id);
    if (chosen) paper.rect(near, lane - view.apart / 2 + 2, far, lane + view.apart / 2 - 2, theme.accentSoft, 0.7, 4);
    paper.line(Math.max(near, view.along(from_ns)), lane, far, lane, chosen ? theme.accent : theme.line2, chosen ? 2 : 1.5);
  }
  for (const band of model.bands) {
    const lane = scene.laneOf.get(band.node);
    if (lane === undefined || band.until_ns < scene.from_ns || band.from_ns > scene.until_ns) continue;
    paintBand(paper, lane, band);
  }
}

/** Each ill has a look of its own: nothing is told by colour alone. */
function paintBand(paper, lane, { kind, from_ns, until_ns }) {
  const { pen, view, theme } = paper;
  const [a0, a1] = [view.along(from_ns), Math.max(view.along(from_ns) + 2, view.along(until_ns))];
  const half = LANE_BAND / 2;
  if (kind === "down" || kind === "removed") {
    paper.rect(a0, lane - half, a1, lane + half, theme.stoppedSoft, 1, 3);
    paper.hatch(a0, lane - half, a1, lane + half, theme.stopped, 5);
  } else if (kind === "paused") {
    paper.rect(a0, lane - half, a1, lane + half, theme.stoppedSoft, 1, 3);
    for (const side of [-3, 3]) paper.line(Math.max(-40, a0), lane + side, Math.min(view.length + 40, a1), lane + side, theme.stopped, 2.5);
  } else {
    const side = { slow: -1, skewed: 1, slow_disk: 1 }[kind] ?? 1;
    paper.rect(a0, lane + side * half - 1.5, a1, lane + side * half + 1.5, theme.unknown, 0.9);
  }
  if (a1 - a0 < 16 || a0 < 0) return;
  const signs = { down: t("crashed"), removed: t("removed"), paused: t("paused"), slow: t("slow"), skewed: t("clock"), slow_disk: t("disk") };
  const [x, y] = view.vertical ? [lane + half + 4, a0 + 7] : [a0 + 2, lane - half - 7];
  pen.text(x, y, signs[kind], { size: 10, weight: 560, colour: theme.ink2, halo: theme.surface });
}

/** The faults of the network that are on the paper. */
export function networkSeen(model, scene) {
  return model.network.filter((band) => band.until_ns >= scene.from_ns && band.from_ns <= scene.until_ns);
}

function paintNetwork(paper, model, scene) {
  const { view, theme } = paper;
  for (const band of networkSeen(model, scene)) {
    const [a0, a1] = [view.along(band.from_ns), view.along(band.until_ns)];
    const [soft, strong] = band.cut.length ? [theme.failedSoft, theme.failed] : [theme.unknownSoft, theme.unknown];
    paper.rect(a0, view.ruler, a1, view.breadth, soft, 0.6);
    for (const along of [a0, a1]) paper.line(along, view.ruler, along, view.breadth, strong, 1, 0.7, [6, 3]);
  }
}
