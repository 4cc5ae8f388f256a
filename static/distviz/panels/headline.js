// What matters most of a lane, in a line over its picture.

import { computed, html, useMemo } from "../lib/html.js";
import { t } from "../lib/text.js";
import { useCalm } from "./feed.js";

const CALM_MS = 120;

export function Headline({ desk, index }) {
  const now_ns = useCalm(desk.cursor, CALM_MS);
  const rows = useMemo(() => computed(() => {
    const { store } = desk.lanes.value[index];
    const known = now_ns.value !== null && store.revision.value !== null;
    return known ? desk.kernel.headline(desk.system, desk.frame(index), store) : [];
  }), [index]).value;
  if (!rows.length) return null;
  return html`<dl class="lane-headline" aria-label=${t("How the whole is")}>${rows.map(({ key, title, value, tone = "", hint }) => html`<div key=${key} class=${tone} title=${hint}>
    <dt>${title}</dt><dd>${value}</dd></div>`)}</dl>`;
}
