// What the clients asked and what they heard: each operation a bar in time, and a row of a list.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";

/** The view of the clients' operations; it shares cursor and selection with all others through `desk`. */
export function History({ desk }) {
  return html`<section class="history" aria-label=${t("History")} data-lanes=${desk.lanes.value.length}></section>`;
}
