// The picture of an actor system in words: a sentence and a table of its nodes.

import { moment, number } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/node.js";
import { illsOf } from "../trace/usual.js";
import { fullText } from "./values.js";

/** `frame`: the state to be told. */
export function Told({ desk, title, frame }) {
  return html`<p aria-live="polite">${sentence(title, frame, desk.duration_ns)}</p>
    <table>
      <caption>${t("Nodes of {lane} at {time}", { lane: title, time: moment(frame.t_ns, desk.duration_ns) })}</caption>
      <thead><tr>${[t("Node"), t("Role"), t("State"), t("Fields")].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${frame.nodes.map((node) => html`<tr key=${node.id}>
        <th scope="row">${node.id}</th><td>${desk.system.roles[node.role] ?? node.role}</td><td>${condition(node, illsOf(node))}</td><td>${fullText(node.fields)}</td>
      </tr>`)}</tbody>
    </table>`;
}

function sentence(title, { t_ns, totals, messages, open, nodes, cut, breaches }, duration_ns) {
  const counts = t("{lane} at {time}: {flying} messages under way, {open} operations wait, {sent} messages sent, {lost} lost.", {
    lane: title, time: moment(t_ns, duration_ns), flying: number(messages.length), open: number(open.length), sent: number(totals.sent),
    lost: number(totals.lost + totals.cut + totals.down + totals.dropped),
  });
  const ill = nodes.map((node) => [node, illsOf(node)]).filter(([, ills]) => ills.length).map(([node, ills]) => `${node.id} ${condition(node, ills)}`);
  const more = [...ill.slice(0, 8), cut.length ? t("the network is cut") : "", breaches.length ? t("a promise is broken") : ""].filter(Boolean);
  return more.length ? `${counts} ${more.join("; ")}.` : counts;
}
