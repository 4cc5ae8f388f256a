// Short confirmations, with a way back.

import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";

export function Toasts({ desk }) {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${desk.toasts.value.map((toast) => html`<div class=${`toast ${toast.bad ? "bad" : ""}`} key=${toast.id}>
      <span>${toast.text}</span>
      ${toast.undo && html`<button type="button" class="button small" onClick=${() => undo(desk, toast)}>${icon("undo")} ${t("Undo")}</button>`}
      ${toast.also && html`<button type="button" class="button small" onClick=${() => also(desk, toast)}>${toast.also.title}</button>`}
      <button type="button" class="button quiet icon small" aria-label=${t("Dismiss")} onClick=${() => desk.untoast(toast.id)}>${icon("close")}</button>
    </div>`)}
  </div>`;
}

function also(desk, toast) {
  desk.untoast(toast.id);
  toast.also.run();
}

function undo(desk, toast) {
  desk.untoast(toast.id);
  toast.undo();
}
