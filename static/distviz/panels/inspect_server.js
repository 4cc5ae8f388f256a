// One server at the cursor: its state in every lane, its queue over the last while, its latest requests.

import { number, percent, span } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/server.js";
import { lastRequests } from "../trace/request.js";
import { lately } from "../trace/lately.js";
import { openMenu } from "./commands.js";
import { LaneTable } from "./lane_table.js";

const REQUESTS_SHOWN = 8;
const SAMPLES = 60;

export function Server({ desk, id, t_ns }) {
  const lanes = desk.lanes.value;
  const views = lanes.map((lane, index) => viewOf(desk, lane, index, id, t_ns));
  const each = (name, value) => ({ name, values: views.map((view) => (view ? value(view) : null)) });
  const rows = [
    each(t("state"), ({ server }) => condition(server)),
    each(t("waiting"), ({ queue, server }) => (server.queue_limit === null ? number(queue) : t("{queue} of {limit}", { queue: number(queue), limit: number(server.queue_limit) }))),
    each(t("in service"), ({ busy, server }) => t("{busy} of {slots}", { busy: number(busy), slots: number(server.slots) })),
    each(t("in flight, as the balancer counts"), ({ flying }) => number(flying)),
    each(t("busy lately"), ({ recent }) => percent(recent.utilisation)),
    each(t("mean queue lately"), ({ recent }) => number(recent.mean, 1)),
    each(t("speed"), ({ server }) => number(server.speed / (server.slow || 1), 3)),
  ];
  return html`<div class="row"><button type="button" class="button small" onClick=${() => openMenu(desk, { node: id })}>${t("Act on it…")}</button></div>
    <${LaneTable} lanes=${lanes} rows=${rows} caption=${id} />
    ${views.map((view, index) => view && html`<${Lately} key=${index} lane=${lanes[index]} index=${index} view=${view} many=${lanes.length > 1} />`)}
    ${views.map((view, index) => view && html`<${Latest} key=${index} desk=${desk} lane=${lanes[index]} view=${view} many=${lanes.length > 1} t_ns=${t_ns} />`)}`;
}

function viewOf(desk, { store }, index, id, t_ns) {
  const shown = desk.frame(index);
  const at = shown ? shown.servers.findIndex((server) => server.id === id) : -1;
  if (at < 0) return null;
  const server = shown.servers[at];
  return {
    at, server, queue: Math.round(shown.queue[at]), busy: Math.round(shown.busy[at]),
    flying: Math.round(shown.in_flight[at]), recent: lately(store, at, server.slots, t_ns, SAMPLES),
  };
}

/** The queue over the last samples, as a small area. */
function Lately({ lane, view, many, index }) {
  const { queues, span_ns: length } = view.recent;
  if (queues.length < 2) return null;
  const most = Math.max(4, ...queues);
  const points = queues.map((queue, at) => `${((200 * at) / (queues.length - 1)).toFixed(1)},${(38 - (36 * queue) / most).toFixed(1)}`);
  const title = many ? t("{lane}: queue over the last {span}", { lane: lane.title, span: span(length) }) : t("Queue over the last {span}", { span: span(length) });
  return html`<figure class="lately"><figcaption>${title} <b>${t("at most {count}", { count: number(Math.max(...queues)) })}</b></figcaption>
    <svg viewBox="0 0 200 40" preserveAspectRatio="none" class=${`lane-line-${index + 1}`} role="img" aria-label=${title}>
      <polygon points=${`0,38 ${points.join(" ")} 200,38`} /><polyline points=${points.join(" ")} /></svg></figure>`;
}

function Latest({ desk, lane, view, many, t_ns }) {
  const requests = lane.store.requests(lane.store.shownAt(t_ns));
  const latest = requests ? lastRequests(requests, view.at, t_ns, REQUESTS_SHOWN) : [];
  return html`<section><h3>${many ? t("Latest requests: {lane}", { lane: lane.title }) : t("Latest requests")}</h3>
    ${latest.length === 0 && html`<p class="quiet-text small">${t("None in this window.")}</p>`}
    <ul class="plain pick">${latest.map((request) => html`<li key=${request.k}><button type="button" onClick=${() => desk.select({ request: request.k, t_ns })}>
      <span class=${`sign ${request.outcome}`} aria-hidden="true"></span><span>${number(request.k)}</span>
      <span class="quiet-text">${statusOf(request)}</span><b>${span(request.took_ns)}</b></button></li>`)}</ul></section>`;
}

/** How a request stands: where it is, or how it ended. */
export function statusOf({ outcome, leg }) {
  const ended = {
    ok: t("ok"), timeout: t("timed out"), crashed: t("crashed"), refused: t("refused"), rejected: t("rejected"), no_server: t("no server"),
    overflow: t("breaker open"), limited: t("rate limited"), shed: t("shed"), cancelled: t("cancelled"),
    dropped: t("dropped"), lost: t("lost"),
  };
  const going = { TO_BALANCER: t("on its way"), TO_SERVER: t("on its way"), QUEUED: t("waiting"), IN_SERVICE: t("in service"), TO_CLIENTS: t("coming back") };
  return ended[outcome] ?? going[leg] ?? t("in the system");
}
