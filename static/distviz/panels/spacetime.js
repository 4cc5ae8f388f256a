// The space-time diagram of a Run: one lane a process, an arrow from each send to its receipt.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";

/** The view beside the topology; it shares cursor and selection with all others through `desk`. */
export function Spacetime({ desk }) {
  return html`<section class="spacetime" aria-label=${t("Space-time diagram")} data-lanes=${desk.lanes.value.length}></section>`;
}
