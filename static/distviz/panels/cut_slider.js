// One slider cuts the network: from all joined through 4 | 1 to 3 | 2. Each step does what a hand could do: heal, partition.

import { computed, effect, html, useMemo } from "../lib/html.js";
import { t } from "../lib/text.js";
import { cutAllowed, present } from "./cutting.js";
import { barred } from "./faults.js";
import { useCalm } from "./feed.js";
import { groupsText, partsOf } from "./groups.js";

const CALM_MS = 120;

export function CutSlider({ desk, acting }) {
  const now_ns = useCalm(desk.cursor, CALM_MS);
  const found = useMemo(() => computed(() => {
    const { store } = desk.lanes.value[0];
    return now_ns.value === null || store.revision.value === null ? null : stateOf(desk);
  }), []).value;
  if (!cutAllowed(desk) || !found || found.splits.length < 2) return null;
  const { splits, at, words } = found;
  const reason = barred(desk);
  const set = (event) => cutTo(desk, acting, splits[Number(event.target.value)].groups);
  return html`<label class="cut-slider" title=${reason || t("Cut the network: how many {role} on each side", { role: found.role })}>
    <span>${t("Network")}</span>
    <input type="range" min="0" max=${splits.length - 1} step="1" value=${at} aria-label=${t("Network")} aria-valuetext=${words}
      disabled=${reason !== "" || desk.acting.value !== null} onKeyDown=${(event) => event.stopPropagation()} onChange=${set} />
    <output>${words}</output>
  </label>`;
}

/** {splits: [{words, groups: null for none}], at: which of them is in force or most like what is, words: what is, role} at the cursor; null before there is a picture. */
function stateOf(desk) {
  const frame = desk.frame();
  if (!frame?.nodes) return null;
  const ids = present(frame);
  const { role, members } = principal(desk.system, frame.nodes.filter(({ state }) => state !== "removed"));
  const splits = [{ words: t("whole"), groups: null }];
  for (let few = 1; few <= members.length >> 1; few += 1) {
    const least = members.length - few;
    const small = ids.filter((id) => side(id, members) >= least);
    splits.push({ words: `${least} | ${few}`, groups: [ids.filter((id) => !small.includes(id)), small] });
  }
  const groups = frame.cut?.length ? partsOf(ids, frame.cut).groups : [ids];
  const sizes = groups?.map((group) => group.filter((id) => members.includes(id)).length).sort((a, b) => b - a);
  if (sizes?.length === 1) return { splits, at: 0, words: splits[0].words, role };
  const plain = sizes?.length === 2 && sizes[0] + sizes[1] === members.length; // else there is a bridge, or there are more than two sides
  return { splits, at: plain ? Math.min(sizes[1], splits.length - 1) : 0, words: plain ? sizes.join(" | ") : t("cut otherwise"), role };
}

/** The role with most nodes, those who only ask left out: whose number decides. */
function principal(system, nodes) {
  const roles = Object.keys(system.roles).filter((role) => role !== "client");
  const of = (role) => nodes.filter((node) => node.role === role).map(({ id }) => id);
  const role = roles.reduce((best, one) => (of(one).length > of(best).length ? one : best), roles[0]);
  return { role: system.roles[role] ?? role, members: of(role) };
}

/** The place of the member with whom a node stands: its own, or that of the member with its number. */
function side(id, members) {
  const own = members.indexOf(id);
  return own >= 0 ? own : Number(id.slice(id.lastIndexOf("-") + 1)) % members.length;
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
