// What the picture shows, as a table and a sentence, for a screen reader. Told anew when the picture comes to rest.

import { moment, number } from "../lib/format.js";
import { html, useEffect, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/server.js";

const REST_MS = 350;

export function Mirror({ desk, index }) {
  const told = useRest(desk, index);
  const { title } = desk.lanes.value[index];
  if (!told) return null;
  const { servers, queue, busy, in_flight: flying } = told;
  return html`<div class="visually-hidden">
    <p aria-live="polite">${sentence(title, told, desk.duration_ns)}</p>
    <table>
      <caption>${t("Servers of {lane} at {time}", { lane: title, time: moment(told.t_ns, desk.duration_ns) })}</caption>
      <thead><tr>${[t("Server"), t("State"), t("Waiting"), t("In service"), t("In flight")].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${servers.map((server, at) => html`<tr key=${server.id}>
        <th scope="row">${server.id}</th><td>${condition(server)}</td>
        ${[queue, busy, flying].map((column) => html`<td>${number(Math.round(column[at]))}</td>`)}
      </tr>`)}</tbody>
    </table>
  </div>`;
}

function sentence(title, { t_ns, totals, in_system: inside, queued, servers }, duration_ns) {
  const ill = servers.filter((server) => server.state !== "up" || server.slow > 1).map((server) => `${server.id} ${condition(server)}`);
  const counts = t("{lane} at {time}: {sent} sent, {ok} ok, {failed} failed, {inside} in the system, {queued} waiting.", {
    lane: title, time: moment(t_ns, duration_ns), sent: number(totals.sent), ok: number(totals.ok),
    failed: number(totals.failed), inside: number(inside), queued: number(queued),
  });
  return ill.length ? `${counts} ${ill.slice(0, 8).join("; ")}.` : counts;
}

/** The state at the cursor, once the cursor has come to rest. */
function useRest(desk, index) {
  const [told, setTold] = useState(null);
  const settled = desk.settled.value;
  const { store } = desk.lanes.value[index];
  const first = store.segments().length > 0 || store.revision.value > 0;
  useEffect(() => {
    const timer = setTimeout(() => setTold(desk.frame(index)), REST_MS);
    return () => clearTimeout(timer);
  }, [settled, first, store]);
  return told;
}
