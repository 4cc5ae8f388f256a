// The inspector's first page of a load balancer: counters of all lanes at the cursor, what to look for, the servers that stand out.

import { number, percent, three } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { carriedText, frontCondition } from "../marks/balancer.js";
import { condition } from "../marks/server.js";
import { frontsOf, strategyTitle } from "../systems/hubs.js";
import { LaneTable } from "./lane_table.js";

const STANDING_OUT = 6;

export function Overview({ desk, node }) {
  const lanes = desk.lanes.value;
  const frames = lanes.map((_, index) => desk.frame(index));
  const each = (name, value) => ({ name, values: frames.map((one) => (one ? value(one) : null)) });
  const rows = [
    each(t("sent"), ({ totals }) => number(totals.sent)), each(t("ok"), ({ totals }) => number(totals.ok)),
    each(t("failed"), ({ totals }) => number(totals.failed)), each(t("in the system"), (one) => number(one.in_system)),
    each(t("waiting"), (one) => number(one.queued)), each(t("in service"), (one) => number(one.busy_total)),
    each(t("slots in use"), (one) => percent(one.busy_total / slotsOf(one))),
    each(t("arrivals"), (one) => t("{rate}/s", { rate: three(one.rate_per_s) })),
  ];
  return html`<${LaneTable} lanes=${lanes} rows=${rows} caption=${t("Counters at this moment")} />
    ${node === "balancer" && html`<${Strategy} lanes=${lanes} />`}
    ${node === "balancer" && lanes.map((lane, index) => frames[index]?.balancers.length > 1 && html`<${Balancers} key=${index} desk=${desk} lane=${lane} frame=${frames[index]} many=${lanes.length > 1} />`)}
    ${node === null && desk.scenario && html`<${Scenario} scenario=${desk.scenario} />`}
    ${lanes.map((lane, index) => frames[index] && html`<${StandingOut} key=${index} desk=${desk} lane=${lane} frame=${frames[index]} many=${lanes.length > 1} />`)}`;
}

function slotsOf({ servers }) {
  return servers.reduce((sum, server) => sum + (server.state === "removed" ? 0 : server.slots), 0) || 1;
}

function Strategy({ lanes }) {
  const options = (run) => Object.entries(run.config.strategy).filter(([name]) => name !== "name").map(([name, value]) => `${name}: ${value}`).join(", ");
  return html`<section><h3>${t("Strategy")}</h3>
    <ul class="plain">${lanes.map(({ run }) => html`<li key=${run.id}>${strategyTitle(run)} <span class="quiet-text">${options(run)}</span></li>`)}</ul></section>`;
}

/** Each of several balancers, to be picked. */
function Balancers({ desk, lane, frame, many }) {
  return html`<section><h3>${many ? t("Balancers: {lane}", { lane: lane.title }) : t("Balancers")}</h3>
    <ul class="plain pick">${frontsOf(lane.store, frame).map((front) => html`<li key=${front.balancer.id}><button type="button" onClick=${() => desk.select({ node: front.balancer.id })}>
      <span>${front.balancer.id}</span><span class="quiet-text">${frontCondition(front.balancer)}</span><b>${carriedText(front)}</b></button></li>`)}</ul></section>`;
}

function Scenario({ scenario }) {
  const watch = scenario.watch_for ?? [];
  return html`<section class="inspector-text"><h3>${t("What to look for")}</h3>
    ${watch.length ? html`<ul>${watch.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>` : html`<p>${scenario.text}</p>`}</section>`;
}

/** The servers in trouble and those with the longest queues. */
function StandingOut({ desk, lane, frame, many }) {
  const rank = frame.servers.map((server, index) => ({ server, queue: frame.queue[index], ill: server.state !== "up" || server.slow > 1 ? 1 : 0 }))
    .filter(({ server }) => server.state !== "removed");
  const shown = rank.sort((a, b) => b.ill - a.ill || b.queue - a.queue).slice(0, STANDING_OUT);
  return html`<section><h3>${many ? t("Servers that stand out: {lane}", { lane: lane.title }) : t("Servers that stand out")}</h3>
    <ul class="plain pick">${shown.map(({ server, queue }) => html`<li key=${server.id}><button type="button" onClick=${() => desk.select({ node: server.id })}>
      <span>${server.id}</span><span class="quiet-text">${condition(server)}</span><b>${number(Math.round(queue))}</b></button></li>`)}</ul></section>`;
}
