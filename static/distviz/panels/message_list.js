// Messages, one line each: a click selects one.

import { span } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";

const SHOWN = 10;

/** `messages`: as a frame holds them, under way or waiting. */
export function MessageList({ desk, messages, lane }) {
  if (!messages.length) return null;
  const now_ns = desk.cursor.peek();
  return html`<ul class="plain pick">${messages.slice(0, SHOWN).map((message) => html`<li key=${message.id}><button type="button"
      onClick=${() => desk.select({ message: message.id, t_ns: now_ns, lane })}>
    <span>${message.title}</span><span class="quiet-text">${t("{src} to {dst}", { src: message.src ?? t("outside"), dst: message.dst })}</span>
    <b>${message.fate === "waiting" ? t("waiting") : message.arrive_ns > now_ns ? t("in {span}", { span: span(message.arrive_ns - now_ns) }) : ""}</b></button></li>`)}
    ${messages.length > SHOWN && html`<li class="quiet-text">${t("and {count} more", { count: messages.length - SHOWN })}</li>`}</ul>`;
}
