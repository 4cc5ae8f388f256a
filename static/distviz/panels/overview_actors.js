// The inspector's first page of an actor system: the verdict so far, counters at the cursor, who is ill, who waits.

import { moment, number, three } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/node.js";
import { liveWord } from "../marks/slot.js";
import { fieldWords } from "../marks/value.js";
import { livenessOf } from "../trace/files.js";
import { hasGauge } from "../trace/gauges.js";
import { illsOf, usualHealth } from "../trace/usual.js";
import { operationText } from "./inspect_node.js";
import { LaneTable } from "./lane_table.js";
import { Properties, standing } from "./properties.js";
import { fullText, isEmpty } from "./values.js";

const WAITING = 8;
const NODES = 40;

export function Overview({ desk }) {
  const lanes = desk.lanes.value;
  const frames = desk.frames();
  const many = lanes.length > 1;
  const titled = (text, lane) => (many ? t("{title}: {lane}", { title: text, lane: lane.title }) : text);
  return html`${desk.scenario && html`<${Scenario} scenario=${desk.scenario} />`}
    ${lanes.map((lane, index) => html`<section key=${index}><h3>${titled(t("Promises"), lane)}</h3>
      <${Promises} desk=${desk} lane=${lane} index=${index} /></section>`)}
    <${LaneTable} lanes=${lanes} rows=${counters(desk, frames)} caption=${t("Counters at this moment")} />
    ${frames.map((frame, index) => frame && html`<${Waiting} key=${index} desk=${desk} frame=${frame} index=${index} title=${titled(t("Waiting for an answer"), lanes[index])} />`)}
    ${frames.map((frame, index) => frame && html`<${Nodes} key=${index} desk=${desk} frame=${frame} store=${lanes[index].store} title=${titled(t("Nodes"), lanes[index])} />`)}`;
}

/** What is broken stands open; all else in a line that opens. */
function Promises({ desk, lane, index }) {
  const shared = { lane, system: desk.system, open: (row) => desk.explain({ ...row, lane: index }), seek: (t_ns) => desk.seek(t_ns) };
  const all = standing(lane, desk.system);
  const count = (state) => all.filter((one) => one.state === state).length;
  const words = [[count("held"), "held"], [count("reached"), "reached"], [count("open"), "open"]].filter(([number_]) => number_ > 0).map(([number_, state]) => tally(number_, state));
  return html`${count("broken") > 0 && html`<${Properties} ...${shared} only=${["broken"]} />`}
    ${words.length > 0 && html`<details class="promises-rest"><summary>${words.join(t(", "))}</summary><${Properties} ...${shared} only=${["held", "reached", "open"]} /></details>`}`;
}

function tally(count, state) {
  if (state === "held") return t("{count} held", { count: number(count) });
  return state === "reached" ? t("{count} reached", { count: number(count) }) : t("{count} not reached", { count: number(count) });
}

function counters(desk, frames) {
  const each = (name, value) => ({ name, values: frames.map((frame) => (frame ? value(frame) : null)) });
  const stores = desk.lanes.value.map(({ store }) => store);
  const up = ({ nodes }) => t("{up} of {all}", { up: nodes.filter(({ state }) => state === "up").length, all: nodes.filter(({ state }) => state !== "removed").length }).replaceAll(" ", "\u00a0");
  return [
    ...(desk.system.gauges ?? []).filter(({ name }) => stores.some((store) => hasGauge(store, name))).map(({ name, title, unit }) => each(title, ({ gauges }) => (name in gauges ? `${three(gauges[name])}${unit ? ` ${unit}` : ""}` : null))),
    each(t("operations under way"), ({ open }) => number(open.length)),
    each(t("messages under way"), ({ messages }) => number(messages.length)),
    each(t("sent so far"), ({ totals }) => number(totals.sent)), each(t("delivered"), ({ totals }) => number(totals.delivered)),
    each(t("lost on the way"), ({ totals }) => number(totals.lost + totals.cut + totals.down + totals.dropped)),
    each(t("nodes up"), up),
  ];
}

function Scenario({ scenario }) {
  const watch = scenario.watch_for ?? [];
  return html`<section class="inspector-text"><h3>${t("What to look for")}</h3>
    ${watch.length ? html`<ul>${watch.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>` : html`<p>${scenario.text}</p>`}</section>`;
}

/** The oldest operations that were begun and not answered. */
function Waiting({ desk, frame, index, title }) {
  if (!frame.open.length) return null;
  const oldest = [...frame.open].sort((a, b) => a.invoked_ns - b.invoked_ns);
  return html`<section><h3>${title}</h3><ul class="plain pick">${oldest.slice(0, WAITING).map((operation) => html`<li key=${operation.id}><button type="button"
      onClick=${() => desk.select({ operation: operation.id, t_ns: frame.t_ns, lane: index })}>
    <span>${operation.client}</span><span class="quiet-text">${operationText(operation)}</span><b>${t("since {time}", { time: moment(operation.invoked_ns, desk.duration_ns) })}</b></button></li>`)}
    ${oldest.length > WAITING && html`<li class="quiet-text">${t("and {count} more", { count: oldest.length - WAITING })}</li>`}</ul></section>`;
}

/** All nodes, the ill ones first. */
function Nodes({ desk, frame, store, title }) {
  const usual = usualHealth(store);
  const live = livenessOf(frame.nodes);
  const rows = frame.nodes.map((node) => ({ node, ills: illsOf(node, usual.get(node.id)), taken: liveWord(live[node.id]) })).sort((a, b) => isIll(b) - isIll(a));
  return html`<section><h3>${title}</h3><ul class="plain pick">${rows.slice(0, NODES).map((row) => html`<li key=${row.node.id}><button type="button" class=${isIll(row) ? "ill" : ""}
      onClick=${() => desk.select({ node: row.node.id })}><span>${row.node.id}</span><span class="quiet-text">${standsOut(row.node, desk.system)}</span><b>${conditionOf(row)}</b></button></li>`)}
    ${rows.length > NODES && html`<li class="quiet-text">${t("and {count} more", { count: number(rows.length - NODES) })}</li>`}</ul></section>`;
}

function isIll({ ills, taken }) {
  return Number(ills.length > 0 || taken !== "");
}

/** How a node is, and what it is taken for; of one that is up and is not taken for live only that. */
function conditionOf({ node, ills, taken }) {
  return taken && !ills.length ? taken : [condition(node, ills), taken].filter(Boolean).join(t(", "));
}

/** The fields that the system itself measures (they are named like a gauge), where they hold anything. */
function standsOut({ state, fields, durable }, { gauges = [] }) {
  const held = state === "down" || state === "removed" ? durable : fields;
  const names = gauges.map(({ name }) => name).filter((name) => name in held && !isEmpty(held[name]) && held[name] !== 0);
  return names.map((name) => `${fieldWords(name)} ${fullText(held[name], name)}`).join(", ");
}
