// One balancer at the cursor: its state in every lane, what it carries, its cores, connections and cache.

import { moment, number, percent } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { carriedText, frontCondition } from "../marks/balancer.js";
import { frontsOf } from "../systems/hubs.js";
import { hitsAround } from "../trace/balancers.js";
import { openMenu } from "./commands.js";
import { LaneTable } from "./lane_table.js";
import { Overview } from "./overview_traffic.js";

export function Balancer({ desk, id, t_ns }) {
  const lanes = desk.lanes.value;
  const views = lanes.map((lane, index) => viewOf(lane, desk.frame(index), id));
  const told = views.find(Boolean);
  return html`<div class="row"><button type="button" class="button small" onClick=${() => openMenu(desk, { node: id })}>${t("Act on it…")}</button></div>
    <${LaneTable} lanes=${lanes} rows=${now(views, desk.duration_ns)} caption=${id} />
    ${told?.balancer.in_flight !== undefined && html`<section><h3>${t("As it stood at {time}", { time: moment(told.from_ns, desk.duration_ns) })}</h3>
      <${LaneTable} lanes=${lanes} rows=${before(views)} caption=${t("{node} at the beginning of this window", { node: id })} /></section>`}
    ${told?.alone && html`<section><h3>${t("All together")}</h3><${Overview} desk=${desk} node="balancer" t_ns=${t_ns} /></section>`}`;
}

/** What one lane knows of the balancer; null where it has none of that name. */
function viewOf({ store, run }, shown, id) {
  const index = shown ? shown.balancers.findIndex((balancer) => balancer.id === id) : -1;
  if (index < 0) return null;
  const { kind, cache, count } = run.config?.balancers ?? {};
  return {
    ...frontsOf(store, shown)[index], from_ns: shown.from_ns, around: hitsAround(store, shown.t_ns, index), kind: kind?.name ?? "ideal",
    cached: Boolean(cache?.on), alone: (count ?? 1) === 1, servers: shown.servers.length,
  };
}

/** Rows of the table; one that no lane has anything to say to is left out. */
function rowsOf(views, entries) {
  return entries.map(([name, value]) => ({ name, values: views.map((view) => (view ? value(view) : null)) })).filter(({ values }) => values.some((value) => value !== null));
}

function now(views, duration_ns) {
  const window = views.find((view) => view?.around)?.around;
  return rowsOf(views, [
    [t("state"), ({ balancer }) => frontCondition(balancer)],
    [t("requests it carries"), (view) => carriedText(view) || null],
    ...(window ? [[t("answers from its cache, {from} to {until}", { from: moment(window.from_ns, duration_ns), until: moment(window.until_ns, duration_ns) }), ({ around }) => around && percent(around.share, 1)]] : []),
  ]);
}

function before(views) {
  const connected = (view, value) => (view.kind === "ideal" ? null : value);
  const cached = (view, value) => (view.cached ? value : null);
  return rowsOf(views, [
    [t("requests at its servers, as it counts"), ({ balancer }) => number(balancer.in_flight)],
    [t("servers it may choose"), ({ balancer, servers }) => t("{count} of {all}", { count: number(balancer.may_choose), all: number(servers) })],
    [t("requests it works on, or that wait for a core"), (view) => connected(view, number(view.balancer.inside))],
    [t("busy cores"), ({ balancer }) => (balancer.cores ? t("{busy} of {cores}", { busy: number(balancer.busy_cores), cores: number(balancer.cores) }) : null)],
    [t("requests that wait for a connection to a server"), ({ balancer }) => (balancer.pending === undefined ? null : number(balancer.pending))],
    [t("connections in its table"), (view) => connected(view, number(view.balancer.entries))],
    [t("connections made since the start"), (view) => connected(view, number(view.balancer.made))],
    [t("requests dropped since the start"), (view) => connected(view, number(view.balancer.dropped))],
    [t("answers kept in its cache"), (view) => cached(view, number(view.balancer.held))],
    [t("look-ups in its cache since the start"), (view) => cached(view, number(view.balancer.lookups))],
    [t("of these found"), (view) => cached(view, view.balancer.lookups ? percent(view.balancer.hits / view.balancer.lookups, 1) : null)],
  ]);
}
