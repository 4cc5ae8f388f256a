// One node at the cursor, in every lane: its health, every field in memory and on its disk, what it waits for, what it did.

import { moment, span } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/node.js";
import { liveWord } from "../marks/slot.js";
import { partOf } from "../marks/times.js";
import { fieldWords, same } from "../marks/value.js";
import { livenessOf, rackOf } from "../trace/files.js";
import { illsOf, usualHealth } from "../trace/usual.js";
import { openMenu } from "./commands.js";
import { LaneTable } from "./lane_table.js";
import { log } from "./log_actors.js";
import { MessageList } from "./message_list.js";
import { Blocks, hasBlocks } from "./node_blocks.js";
import { sinceWhen } from "./node_facts.js";
import { Flow, fullText, isEmpty, isLog, partsOf, Records, Value } from "./values.js";

const LATELY = 8;
const TIMERS = 8;
const SHORT = 36; // letters that fit on the line

export function Node({ desk, id, t_ns }) {
  const lanes = desk.lanes.value;
  const frames = desk.frames();
  const nodes = frames.map((frame) => frame?.nodes[frame.index.get(id)] ?? null);
  const known = nodes.find(Boolean);
  if (!known) return html`<p class="quiet-text">${t("This node is not there at this moment.")}</p>`;
  const each = (name, value) => ({ name, values: nodes.map((node, index) => (node ? value(node, index) : null)) });
  const rows = [
    each(t("role"), ({ role }) => desk.system.roles[role] ?? role),
    each(t("condition"), (node, index) => condition(node, illsOf(node, usualHealth(lanes[index].store).get(id)))),
    ...(rackOf(known) === null ? [] : [each(t("taken for"), (_, index) => liveWord(livenessOf(frames[index].nodes)[id]) || t("alive"))]),
  ];
  return html`<div class="row"><button type="button" class="button small" onClick=${() => openMenu(desk, { node: id })}>${t("Act on it…")}</button></div>
    <${LaneTable} lanes=${lanes} rows=${rows} caption=${id} />
    ${nodes.map((node, index) => node && html`<${InLane} key=${index} ...${{ desk, id, t_ns, node, index }} frame=${frames[index]} lane=${lanes[index]} many=${lanes.length > 1} />`)}`;
}

function InLane({ desk, id, t_ns, node, index, frame, lane, many }) {
  const heading = (text) => (many ? t("{title}: {lane}", { title: text, lane: lane.title }) : text);
  return html`<${Blocks} desk=${desk} node=${node} /><${Fields} ...${{ desk, id, t_ns, node, index }} store=${lane.store} title=${heading(t("What it knows"))} />
    <${Waits} desk=${desk} id=${id} frame=${frame} index=${index} title=${heading(t("What it waits for"))} />
    <${Lately} ...${{ desk, id, t_ns, index }} store=${lane.store} title=${heading(t("What it did lately"))} />`;
}

/** Every field: in memory, on the disk, since when, and why. */
function Fields({ desk, id, t_ns, node, index, store, title }) {
  const gone = node.state === "down" || node.state === "removed";
  const held = (name) => (gone ? node.durable[name] : node.fields[name]);
  const rank = (name) => rankOf(name, held(name), desk.system);
  const names = [...new Set([...Object.keys(node.fields), ...Object.keys(node.durable)])].filter((name) => !(name === "blocks" && hasBlocks(node))).sort((a, b) => rank(a) - rank(b));
  if (!names.length) return null;
  const since = sinceWhen(store, id, t_ns, node.fields);
  return html`<section><h3>${title}</h3>
    ${gone && html`<p class="quiet-text small">${t("What was in memory is lost; the disk holds what is left.")}</p>`}
    <dl class="node-fields">${names.map((name) => html`<${Field} key=${name} ...${{ desk, name, node, gone, index }} since=${since.get(name)} />`)}</dl></section>`;
}

/** What the system measures stands first, ballots and terms after it, then what is short; logs are last. */
function rankOf(name, value, { gauges = [], hue = [] }) {
  if (gauges.some((gauge) => gauge.name === name) && !isEmpty(value)) return 0;
  if (hue.includes(name)) return 1;
  return isLog(value) ? 4 : fullText(value).length > SHORT ? 3 : 2;
}

function Field({ desk, name, node, gone, index, since }) {
  const durable = name in node.durable;
  const value = gone ? node.durable[name] : node.fields[name];
  const differs = !gone && durable && !same(node.fields[name], node.durable[name]);
  const parts = partsOf(value);
  const log = isLog(value);
  const apart = parts?.length > 0 && !log && (!Array.isArray(value) || fullText(value).length > SHORT);
  return html`<div class=${`${gone && !durable ? "lost" : ""} ${log ? "wide" : ""}`}>
    <dt>${fieldWords(name)}${durable && html`<small class=${`disk ${differs ? "behind" : ""}`}>${differs ? t("not on disk yet") : t("on disk")}</small>`}</dt>
    <dd>${gone && !durable ? html`<span class="quiet-text">${t("lost")}</span>` : log ? html`<${Records} list=${value} />` : apart ? html`<${Parts} ...${{ desk, parts, of: name, since, index, node }} />` : html`<span class="value">${fullText(value, name)}</span>`}
      ${differs && html`<p class="on-disk"><span>${t("disk")}</span> ${log ? t("{count} entries", { count: node.durable[name]?.length ?? 0 }) : html`<${Value} value=${node.durable[name]} name=${name} depth=${2} />`}</p>`}
      ${!gone && since && !apart && html`<${Since} ...${{ desk, since, index, node }} />`}</dd></div>`;
}

/** The parts of a record, each with the moment since which it is so: who is in doubt, and since when. */
function Parts({ desk, parts, of, since, index, node }) {
  return html`<ul class="plain node-parts">${parts.slice(-20).map(([name, part]) => html`<li key=${name}><b>${name}</b> ${partsOf(part) && !Array.isArray(part) ? html`<span class="flow"><${Flow} record=${part} name=${partOf(of, name)} /></span>` : html`<${Value} value=${part} name=${partOf(of, name)} depth=${1} />`}
    ${since?.parts.has(name) && html`<${Since} desk=${desk} since=${since.parts.get(name)} index=${index} node=${node} />`}</li>`)}
    ${parts.length > 20 && html`<li class="quiet-text">${t("and {count} before them", { count: parts.length - 20 })}</li>`}</ul>`;
}

function Since({ desk, since, index, node }) {
  const { at_ns, event } = since;
  return html`<span class="since"><button type="button" class="link-button" onClick=${() => desk.seek(at_ns)}>${t("since {time}", { time: moment(at_ns, desk.duration_ns) })}</button>
    ${event >= 0 && html`<button type="button" class="link-button" onClick=${() => desk.explain({ event, at_ns, node: node.id, lane: index })}>${t("Why?")}</button>`}</span>`;
}

/** Timers that are set, messages that wait at it or are on their way to it, operations that it began. */
function Waits({ desk, id, frame, index, title }) {
  const timers = frame.timers.filter(({ node }) => node === id);
  const coming = frame.messages.filter(({ dst }) => dst === id);
  const open = frame.open.filter(({ client }) => client === id);
  if (!timers.length && !coming.length && !open.length) return null;
  return html`<section><h3>${title}</h3>
    <ul class="plain pick">
      ${open.map((operation) => html`<li key=${`o${operation.id}`}><button type="button" onClick=${() => desk.select({ operation: operation.id, t_ns: frame.t_ns, lane: index })}>
        <span>${operationText(operation)}</span><b>${t("since {time}", { time: moment(operation.invoked_ns, desk.duration_ns) })}</b></button></li>`)}
      ${timers.slice(0, TIMERS).map((timer) => html`<li key=${`t${timer.id}`}><button type="button" onClick=${() => desk.seek(Math.min(desk.duration_ns, timer.due_ns))}>
        <span>${t("timer {name}", { name: timer.about === null ? timer.name : `${timer.name} (${fullText(timer.about)})` })}</span><b>${t("in {span}", { span: span(Math.max(0, timer.due_ns - frame.t_ns)) })}</b></button></li>`)}
      ${timers.length > TIMERS && html`<li class="quiet-text">${t("and {count} more timers", { count: timers.length - TIMERS })}</li>`}
    </ul>
    <${MessageList} desk=${desk} messages=${coming} lane=${index} /></section>`;
}

/** What an operation asks for, in one line. */
export function operationText({ f, key, value }) {
  return [f, key, value].filter((part) => part !== null && part !== undefined).map((part) => fullText(part)).join(" ");
}

function Lately({ desk, id, t_ns, index, store, title }) {
  const rows = log(store, desk.system).filter((row) => row.at_ns <= t_ns && row.kind !== "change" && row.target?.node === id).slice(-LATELY).reverse();
  if (!rows.length) return null;
  return html`<section><h3>${title}</h3><ol class="plain lately-rows">${rows.map((row, at) => html`<li key=${at} class=${`is-${row.kind}`}>
    <button type="button" class="link-button" onClick=${() => desk.seek(row.at_ns)}>${moment(row.at_ns, desk.duration_ns)}</button> <span>${row.words}</span>
    ${row.event !== null && html` <button type="button" class="link-button" onClick=${() => desk.explain({ ...row, node: id, lane: index })}>${t("Why?")}</button>`}</li>`)}</ol></section>`;
}
