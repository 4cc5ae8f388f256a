// One message: what it says, where it goes, what becomes of it, and what made it.

import { moment, span } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { fieldWords } from "../marks/value.js";
import { findMessage } from "../trace/messages.js";
import { openMenu } from "./commands.js";
import { Value } from "./values.js";

export function Message({ desk, id, chosen_ns, lane, t_ns }) {
  const { store } = desk.lanes.value[lane] ?? desk.lanes.value[0];
  const message = findMessage(store, id, chosen_ns);
  if (!message) return html`<p class="quiet-text">${t("This message is not among those kept near this moment.")}</p>`;
  const { sent_ns, arrive_ns, cause, src, dst, body } = message;
  const about = desk.system.messages[message.kind_index]?.about;
  const settled = arrive_ns <= t_ns;
  return html`<div class="row">
      <button type="button" class="button small" onClick=${() => openMenu(desk, { message: id, t_ns: chosen_ns, lane })}>${t("Act on it…")}</button>
      ${settled && message.fate === "delivered" && html`<button type="button" class="button small" onClick=${() => desk.explain({ event: id, at_ns: arrive_ns, node: dst, lane })}>${t("Why?")}</button>`}
    </div>
    ${about && html`<p class="inspector-text">${about}</p>`}
    <table class="facts"><caption class="visually-hidden">${message.title}</caption><tbody>
      <${Row} name=${t("from")} value=${html`<${NodeLink} desk=${desk} id=${src} />`} />
      <${Row} name=${t("to")} value=${html`<${NodeLink} desk=${desk} id=${dst} />`} />
      <${Row} name=${t("sent")} value=${html`<${TimeLink} desk=${desk} at_ns=${sent_ns} />`} />
      <${Row} name=${settled || message.fate !== "in_flight" ? t("arrives") : t("due")} value=${html`<${TimeLink} desk=${desk} at_ns=${arrive_ns} />`} future=${!settled} />
      <${Row} name=${t("on its way for")} value=${span(Math.max(0, Math.min(t_ns, arrive_ns) - sent_ns))} />
      <${Row} name=${t("fate")} value=${fateWords(message, t_ns)} future=${!settled} />
    </tbody></table>
    ${Object.keys(body).length > 0 && html`<section><h3>${t("What it says")}</h3><dl class="node-fields">${Object.entries(body).map(([name, value]) => html`<div key=${name}><dt>${fieldWords(name)}</dt><dd><${Value} value=${value} name=${name} /></dd></div>`)}</dl></section>`}
    <section><h3>${t("Why it was sent")}</h3><${Cause} desk=${desk} store=${store} cause=${cause} at_ns=${sent_ns} src=${src} lane=${lane} /></section>`;
}

function Row({ name, value, future }) {
  return html`<tr class=${future ? "future" : ""}><th scope="row">${name}</th><td>${value}</td></tr>`;
}

function NodeLink({ desk, id }) {
  if (id === null) return t("outside");
  return html`<button type="button" class="link-button" onClick=${() => desk.select({ node: id })}>${id}</button>`;
}

function TimeLink({ desk, at_ns }) {
  return html`<button type="button" class="link-button" onClick=${() => desk.seek(Math.min(desk.duration_ns, at_ns))}>${moment(at_ns, desk.duration_ns)}</button>`;
}

/** What becomes of a message, as it stands at `t_ns`. */
export function fateWords({ fate, arrive_ns, src, dst }, t_ns) {
  if (t_ns < arrive_ns && fate !== "waiting") return t("in flight");
  const words = {
    in_flight: t("in flight"), delivered: t("delivered"), lost: t("lost by the network"), cut: t("lost: the link from {src} to {dst} was cut", { src, dst }),
    down: t("lost: {dst} was down", { dst }), dropped: t("dropped by hand"), waiting: t("waits at {dst}", { dst }),
  };
  return words[fate] ?? fate;
}

/** The event that made it, in a line; the whole chain behind it on demand. */
function Cause({ desk, store, cause, at_ns, src, lane }) {
  const before = cause === null ? null : findMessage(store, cause, at_ns);
  return html`<p class="inspector-text">${before
      ? html`<button type="button" class="link-button" onClick=${() => desk.select({ message: before.id, t_ns: at_ns, lane })}>${t("{kind} from {src} had arrived at {dst}", { kind: before.title, src: before.src ?? t("outside"), dst: before.dst })}</button>`
      : cause === null ? t("Nothing before it is known.") : t("A timer, a start or an action at {node}.", { node: src ?? t("outside") })}
    ${cause !== null && html` <button type="button" class="link-button" onClick=${() => desk.explain({ event: cause, at_ns, node: src, lane })}>${t("Why?")}</button>`}</p>`;
}
