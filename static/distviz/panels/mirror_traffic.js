// The picture of a load balancer in words: a sentence and a table of its servers.

import { moment, number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { carriedText, frontCondition } from "../marks/balancer.js";
import { condition } from "../marks/server.js";
import { frontsOf } from "../systems/hubs.js";

/** `frame`: the state to be told; `store`: the lane's. */
export function Told({ desk, title, frame, store }) {
  const { servers, queue, busy, in_flight: flying } = frame;
  return html`<p aria-live="polite">${sentence(title, frame, desk.duration_ns)}</p>
    <table>
      <caption>${t("Servers of {lane} at {time}", { lane: title, time: moment(frame.t_ns, desk.duration_ns) })}</caption>
      <thead><tr>${[t("Server"), t("State"), t("Waiting"), t("In service"), t("In flight")].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${servers.map((server, at) => html`<tr key=${server.id}>
        <th scope="row">${server.id}</th><td>${condition(server)}</td>
        ${[queue, busy, flying].map((column) => html`<td>${number(Math.round(column[at]))}</td>`)}
      </tr>`)}</tbody>
    </table>
    ${frame.balancers.length > 1 && html`<table>
      <caption>${t("Balancers of {lane} at {time}", { lane: title, time: moment(frame.t_ns, desk.duration_ns) })}</caption>
      <thead><tr>${[t("Balancer"), t("State"), t("In flight")].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${frontsOf(store, frame).map((front) => html`<tr key=${front.balancer.id}>
        <th scope="row">${front.balancer.id}</th><td>${frontCondition(front.balancer)}</td><td>${carriedText(front)}</td>
      </tr>`)}</tbody>
    </table>`}`;
}

function sentence(title, { t_ns, totals, in_system: inside, queued, servers, balancers }, duration_ns) {
  const fronts = balancers.filter(({ state }) => state !== "up").map((balancer) => `${balancer.id} ${frontCondition(balancer)}`);
  const ill = [...fronts, ...servers.filter((server) => server.state !== "up" || server.slow > 1).map((server) => `${server.id} ${condition(server)}`)];
  const counts = t("{lane} at {time}: {sent} sent, {ok} ok, {failed} failed, {inside} in the system, {queued} waiting.", {
    lane: title, time: moment(t_ns, duration_ns), sent: number(totals.sent), ok: number(totals.ok),
    failed: number(totals.failed), inside: number(inside), queued: number(queued),
  });
  return ill.length ? `${counts} ${ill.slice(0, 8).join("; ")}.` : counts;
}
