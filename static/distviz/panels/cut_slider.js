// One slider cuts the network: from all joined through 4 | 1 to 3 | 2. Each step does what a hand could do: heal, partition.

import { computed, effect, html, useMemo } from "../lib/html.js";
import { t } from "../lib/text.js";
import { cutAllowed, present } from "./cutting.js";
import { barred } from "./faults.js";
import { useCalm } from "./feed.js";
import { groupsText, partsOf } from "./groups.js";

const CALM_MS = 120;
const CUTS_AT_MOST = 25_000; // as the engine has it

export function CutSlider({ desk, acting }) {
  const now_ns = useCalm(desk.cursor, CALM_MS);
  const found = useMemo(() => computed(() => {
    const { store } = desk.lanes.value[0];
    return now_ns.value === null || store.revision.value === null ? null : stateOf(desk);
  }), []).value;
  if (!cutAllowed(desk) || !found || found.count < 2) return null;
  const { count, at, words } = found;
  const reason = barred(desk);
  const set = (event) => cutTo(desk, acting, found.groups(Number(event.target.value)));
  return html`<label class="cut-slider" title=${reason || t("Cut the network: how many {role} on each side", { role: found.role })}>
    <span>${t("Network")}</span>
    <input type="range" min="0" max=${count - 1} step="1" value=${at} aria-label=${t("Network")} aria-valuetext=${words}
      disabled=${reason !== "" || desk.acting.value !== null} onKeyDown=${(event) => event.stopPropagation()} onChange=${set} />
    <output>${words}</output>
  </label>`;
}

/** {count: of the steps, step 0 is the whole network; at: which of them is in force or most like what is; words: what is;
 *  groups(step), role} at the cursor; null before there is a picture. Groups are built when they are asked for: there may be a thousand nodes. */
function stateOf(desk) {
  const frame = desk.frame();
  if (!frame?.nodes) return null;
  const ids = present(frame);
  const { role, members } = principal(desk.system, frame.nodes.filter(({ state }) => state !== "removed"));
  const side = sideOf(members);
  const groups = (few) => {
    if (few === 0) return null;
    const small = (id) => side(id) >= members.length - few;
    return [ids.filter((id) => !small(id)), ids.filter(small)];
  };
  const half = members.length >> 1;
  const most = half * 2 * (ids.length - half) > CUTS_AT_MOST ? Math.floor(CUTS_AT_MOST / (2 * ids.length)) : half;
  return { count: most + 1, ...standing(ids, frame.cut ?? [], members), groups, role };
}

/** Where the slider stands: {at, words}. */
function standing(ids, cut, members) {
  const groups = cut.length ? partsOf(ids, cut).groups : [ids];
  const known = new Set(members);
  const sizes = groups?.map((group) => group.filter((id) => known.has(id)).length).sort((a, b) => b - a);
  if (sizes?.length === 1) return { at: 0, words: t("whole") };
  const plain = sizes?.length === 2 && sizes[0] + sizes[1] === members.length; // else there is a bridge, or there are more than two sides
  return plain ? { at: sizes[1], words: sizes.join(" | ") } : { at: 0, words: t("cut otherwise") };
}

/** The role with most nodes, those who only ask left out: whose number decides. */
function principal(system, nodes) {
  const roles = Object.keys(system.roles).filter((role) => role !== "client");
  const of = (role) => nodes.filter((node) => node.role === role).map(({ id }) => id);
  const role = roles.reduce((best, one) => (of(one).length > of(best).length ? one : best), roles[0]);
  return { role: system.roles[role] ?? role, members: of(role) };
}

/** For an id the place of the member with whom a node stands: its own, or that of the member with its number. */
function sideOf(members) {
  const places = new Map(members.map((id, place) => [id, place]));
  return (id) => places.get(id) ?? Number(id.slice(id.lastIndexOf("-") + 1)) % members.length;
}

/** Heal what is cut, then part `groups`, at the moment that is shown. */
function cutTo(desk, acting, groups) {
  const part = () => groups && acting.act({ kind: "partition", params: { groups: groupsText(groups) } });
  if (!desk.frame().cut.length) return part();
  const before = desk.lanes.peek()[0].run.id;
  acting.act({ kind: "heal" });
  if (!groups) return;
  desk.pause();
  const stop = effect(() => {
    if (desk.acting.value) return;
    queueMicrotask(() => {
      stop();
      if (desk.lanes.peek()[0].run.id !== before) part();
    });
  });
}
