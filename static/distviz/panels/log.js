// What happened, in order: Actions, changes of state, what the system itself says. A click leads to the moment.

import { moment, number } from "../lib/format.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { useCalm } from "./feed.js";

const ROWS_AT_MOST = 400;
const CALM_MS = 150;
const DRAW_MS = 200;

export function Log({ desk }) {
  const lanes = desk.lanes.value;
  const [index, setIndex] = useState(0);
  const [search, setSearch] = useState("");
  const kinds = desk.kernel.logKinds();
  const [hidden, setHidden] = useState(() => new Set(kinds.filter(({ first }) => !first).map(({ key }) => key)));
  const lane = Math.min(index, lanes.length - 1);
  const { store, run } = lanes[lane];
  const rows = useRows(desk, store, search, hidden);
  const now = useCalm(desk.cursor, CALM_MS).value;
  const current = lastUpTo(rows, now);
  const from = Math.max(0, Math.min(rows.length - ROWS_AT_MOST, current - ROWS_AT_MOST / 2));
  const shown = rows.slice(from, from + ROWS_AT_MOST);
  const turn = (key) => setHidden((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  return html`<section class="log" aria-label=${t("Log")}>
    <div class="row log-tools">
      <input class="input" type="search" placeholder=${t("Search the log")} aria-label=${t("Search the log")} value=${search} onInput=${(event) => setSearch(event.target.value)} />
      ${lanes.length > 1 && html`<select class="select" aria-label=${t("Lane")} onChange=${(event) => setIndex(Number(event.target.value))}>
        ${lanes.map((one, at) => html`<option key=${at} value=${at} selected=${at === index}>${one.title}</option>`)}</select>`}
      ${kinds.length > 0 && html`<div class="log-kinds" role="group" aria-label=${t("What to show")}>${kinds.map(({ key, title }) => html`<button type="button" key=${key}
        class=${`chip ${key}`} aria-pressed=${hidden.has(key) ? "false" : "true"} onClick=${() => turn(key)}>${title}</button>`)}</div>`}
    </div>
    ${rows.length === 0 && html`<p class="quiet-text log-none">${search ? t("Nothing in the log holds these words.") : desk.kernel.hands().quiet}</p>`}
    ${from > 0 && html`<p class="quiet-text small">${t("{count} earlier: go back in time, or search.", { count: number(from) })}</p>`}
    <ol class="log-rows">${shown.map((row, at) => html`<${Row} key=${from + at} row=${row} now=${from + at === current} past=${row.at_ns <= now} duration=${run.duration_ns}
      go=${() => go(desk, row)} why=${row.event !== undefined && row.event !== null ? () => desk.explain({ ...row, node: row.target?.node, lane }) : null} />`)}</ol>
    ${from + shown.length < rows.length && html`<p class="quiet-text small">${t("{count} more: go on in time, or search.", { count: number(rows.length - from - shown.length) })}</p>`}
  </section>`;
}

function Row({ row, now, past, duration, go, why }) {
  const box = useRef(null);
  useEffect(() => now && box.current.scrollIntoView({ block: "nearest" }), [now]);
  return html`<li class=${`log-row is-${row.kind} ${row.tone === undefined ? "" : `is-${row.tone}`} ${past ? "" : "future"}`} ref=${box} aria-current=${now ? "true" : null}>
    <button type="button" class="log-go" onClick=${go}><time>${moment(row.at_ns, duration)}</time>${row.who !== undefined && html`<span class="log-who">${row.who}</span>`}<span>${row.words}</span></button>
    ${why && html`<button type="button" class="log-why" onClick=${why}>${t("Why?")}</button>`}</li>`;
}

function go(desk, row) {
  desk.seek(row.at_ns);
  if (row.target) desk.select(row.target);
}

function useRows(desk, store, search, hidden) {
  const revision = useCalm(store.revision, DRAW_MS).value;
  const all = useMemo(() => desk.kernel.log(store, desk.system), [store, revision]);
  const wanted = search.trim().toLowerCase();
  return useMemo(() => {
    const kept = hidden.size ? all.filter(({ kind }) => !hidden.has(kind)) : all;
    return wanted ? kept.filter(({ words, who = "" }) => `${who} ${words}`.toLowerCase().includes(wanted)) : kept;
  }, [all, wanted, hidden]);
}

/** The place of the last row at or before `t_ns`; -1 for none. */
function lastUpTo(rows, t_ns) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at_ns <= t_ns) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
