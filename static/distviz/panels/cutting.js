// Cutting the network by hand: a line across links cuts them, a stroke around nodes parts these from the others.

import { number } from "../lib/format.js";
import { computed, html, useMemo } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { barred } from "./faults.js";
import { useCalm } from "./feed.js";
import { against, groupsText, groupsWithout, partsOf } from "./groups.js";

const CALM_MS = 120;
const TOLD_AT_MOST = 7;
const CLOSED_PX = 44;
const LASSO_FROM_PX = 220; // a shorter stroke that ends where it began is a line that was drawn back

/** Whether this system has a network that can be cut. */
export function cutAllowed(desk) {
  return desk.system.actions.some(({ kind }) => kind === "partition") && !desk.system.refuses?.partition;
}

/** A stroke through `points` over a picture that shows `frame`: {points, lasso, groups: null where it cuts nothing,
 *  pairs: the links that it crosses}. */
export function strokeAt(points, entry, frame, lasso = false) {
  const closed = lasso || isClosed(points);
  const cuts = entry && frame ? (closed ? around(points, entry, frame) : across(points, entry, frame)) : {};
  return { points, lasso: closed, groups: cuts.groups ?? null, pairs: cuts.pairs ?? [] };
}

function isClosed(points) {
  const [first, last] = [points[0], points.at(-1)];
  const length = points.slice(1).reduce((sum, [x, y], at) => sum + Math.hypot(x - points[at][0], y - points[at][1]), 0);
  return length > LASSO_FROM_PX && Math.hypot(first[0] - last[0], first[1] - last[1]) < CLOSED_PX;
}

/** The ids of the nodes that can be parted: those that are there. */
export function present(frame) {
  return frame.nodes.filter(({ state }) => state !== "removed").map(({ id }) => id);
}

function around(points, { picture }, frame) {
  return { groups: against(present(frame), picture.nodesInside(points)) };
}

function across(points, { picture }, frame) {
  const crossed = new Set();
  points.slice(1).forEach(([x, y], at) => {
    for (const link of picture.linksCrossed(points[at][0], points[at][1], x, y)) crossed.add(link);
  });
  const pairs = [...crossed].map((link) => link.split("->"));
  const ids = present(frame).filter((id) => pairs.some((pair) => pair.includes(id)));
  return { pairs: pairs.filter(([a, b]) => ids.indexOf(a) < ids.indexOf(b)), groups: pairs.length ? groupsWithout(ids, pairs) : null };
}

/** Do what a finished stroke asks for. */
export function cut(desk, acting, { groups }) {
  desk.cutting.value = false;
  if (groups) acting.act({ kind: "partition", params: { groups: groupsText(groups) } });
}

/** Part `nodes` from all others; without any, wait for a stroke. */
export function partition(desk, acting, nodes) {
  const reason = barred(desk);
  if (reason) return desk.toast(reason, { bad: true });
  const frame = desk.frame();
  const groups = frame && nodes.length ? against(present(frame), nodes) : null;
  if (groups) return cut(desk, acting, { groups });
  desk.cutting.value = !desk.cutting.peek();
  if (desk.cutting.peek()) desk.toast(t("Draw a line across links, or a loop around nodes: that cuts the network. Escape gives up."));
}

/** The stroke while it is being drawn, and what it would do. */
export function Stroke({ stroke }) {
  const drawn = stroke.value;
  if (!drawn) return null;
  const [x, y] = drawn.points.at(-1);
  const words = strokeWords(drawn);
  return html`<svg class=${`stroke ${drawn.lasso ? "lasso" : ""} ${drawn.groups ? "cuts" : ""}`} aria-hidden="true">
      <polyline points=${drawn.points.map((point) => point.map((place) => place.toFixed(1)).join(",")).join(" ")} /></svg>
    <div class="stroke-words" aria-hidden="true" style=${{ left: `${Math.max(8, Math.min(x + 16, innerWidth - 320))}px`, top: `${Math.max(4, y - 34)}px` }}>${words}</div>`;
}

/** What a stroke would do: the groups where it parts the nodes, else the links one by one. */
function strokeWords({ groups, pairs }) {
  if (!groups) return pairs.length ? t("this cannot be said as one cut: draw a shorter line") : t("cuts nothing yet");
  const named = groups.flat();
  return new Set(named).size === named.length ? said(groups) : linksWords(pairs.map(([a, b]) => ({ a, b, both: true })));
}

function linksWords(links) {
  return links.map(({ a, b, both }) => `${a} ${both ? "↮" : "↛"} ${b}`).join(", ");
}

/** The groups one after the other; the largest is not told node by node where there are many. */
function said(groups) {
  const largest = groups.reduce((most, group) => (group.length > most.length ? group : most));
  const told = (group) => (group === largest && group.length > TOLD_AT_MOST ? t("the other {count}", { count: number(group.length) }) : group.join(", "));
  return [...groups].sort((a, b) => (a === largest && a.length > TOLD_AT_MOST) - (b === largest && b.length > TOLD_AT_MOST)).map(told).join("  |  ");
}

/** Says that the network is cut, and heals it. */
export function CutChip({ desk, acting, index }) {
  const now_ns = useCalm(desk.cursor, CALM_MS);
  const words = useMemo(() => computed(() => {
    const { store } = desk.lanes.value[index];
    return cutWords(now_ns.value === null || store.revision.value === null ? null : desk.frame(index));
  }), [index]).value;
  if (!words) return null;
  return html`<p class="cut-chip" role="status">
    <span title=${words}>${words}</span>
    <button type="button" class="button small" onClick=${() => acting.act({ kind: "heal" })}>${icon("check")} ${t("Heal")}</button>
  </p>`;
}

function cutWords(frame) {
  if (!frame?.cut?.length) return "";
  const { groups, links } = partsOf(present(frame), frame.cut);
  if (groups) return t("network cut: {groups}", { groups: said(groups) });
  if (links.length > 3) return t("{count} links are cut", { count: number(links.length) });
  return t("network cut: {links}", { links: linksWords(links) });
}
