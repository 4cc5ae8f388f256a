// What happened, in order: Actions and changes of state. A click leads to the moment.

import { moment, number } from "../lib/format.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { events } from "../trace/events.js";
import { deedWords, stateWord } from "./faults.js";
import { useCalm } from "./feed.js";

const ROWS_AT_MOST = 400;
const CALM_MS = 150;

export function Log({ desk }) {
  const lanes = desk.lanes.value;
  const [index, setIndex] = useState(0);
  const [search, setSearch] = useState("");
  const { store, run } = lanes[Math.min(index, lanes.length - 1)];
  const rows = useRows(store, desk.system, search);
  const now = useCalm(desk.cursor, CALM_MS).value;
  const current = rows.findLastIndex((row) => row.at_ns <= now);
  return html`<section class="log" aria-label=${t("Log")}>
    <div class="row log-tools">
      <input class="input" type="search" placeholder=${t("Search the log")} aria-label=${t("Search the log")} value=${search} onInput=${(event) => setSearch(event.target.value)} />
      ${lanes.length > 1 && html`<select class="select" aria-label=${t("Lane")} onChange=${(event) => setIndex(Number(event.target.value))}>
        ${lanes.map((lane, at) => html`<option key=${at} value=${at} selected=${at === index}>${lane.title}</option>`)}</select>`}
    </div>
    ${rows.length === 0 && html`<p class="quiet-text log-none">${search ? t("Nothing in the log holds these words.") : t("Nothing has happened to the system so far: no action, no fault.")}</p>`}
    <ol class="log-rows">${rows.slice(0, ROWS_AT_MOST).map((row, at) => html`<${Row} key=${at} row=${row} now=${at === current} past=${row.at_ns <= now} duration=${run.duration_ns} go=${() => go(desk, row)} />`)}</ol>
    ${rows.length > ROWS_AT_MOST && html`<p class="quiet-text">${t("{count} more: search to narrow them.", { count: number(rows.length - ROWS_AT_MOST) })}</p>`}
  </section>`;
}

function Row({ row, now, past, duration, go }) {
  const box = useRef(null);
  useEffect(() => now && box.current.scrollIntoView({ block: "nearest" }), [now]);
  return html`<li class=${`log-row ${row.what} ${past ? "" : "future"}`} ref=${box} aria-current=${now ? "true" : null}>
    <button type="button" onClick=${go}><time>${moment(row.at_ns, duration)}</time><span>${row.words}</span></button></li>`;
}

function go(desk, row) {
  desk.seek(row.at_ns);
  const node = row.target || row.id;
  if (node) desk.select({ node });
}

function useRows(store, system, search) {
  const revision = store.revision.value;
  const rows = useMemo(() => events(store).map((row) => ({ ...row, words: wordsOf(row, system) })), [store, revision]);
  const wanted = search.trim().toLowerCase();
  return wanted ? rows.filter(({ words }) => words.toLowerCase().includes(wanted)) : rows;
}

/** A row of the log in words. */
function wordsOf(row, system) {
  if (row.what === "action") return deedWords(system, row);
  const slow = row.slow > 1 ? t("{factor}× slower", { factor: number(row.slow, 2) }) : "";
  const noticed = row.known_down ? t("the balancer does not choose it") : "";
  return [`${row.id}: ${stateWord(row.state)}`, slow, noticed].filter(Boolean).join(", ");
}
