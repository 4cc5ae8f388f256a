// The inspector: everything about the selected node or request at the cursor, every lane beside the others.

import { computed, html, useMemo } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { useCalm } from "./feed.js";
import { roleOf } from "./faults.js";
import { Overview } from "./inspect_overview.js";
import { Request } from "./inspect_request.js";
import { Server } from "./inspect_server.js";

const CALM_MS = 160;

/** `open`: signal whether it is shown. */
export function Inspector({ desk, open }) {
  const selection = desk.selection.value;
  const t_ns = useCalm(desk.cursor, CALM_MS).value;
  const arrived = useMemo(() => computed(() => desk.lanes.value.map(({ store }) => store.revision.value).join()), []);
  const version = useCalm(arrived, CALM_MS).value;
  if (!open.value) return null;
  return html`<aside class="inspector" aria-label=${t("Inspector")}>
    <header class="inspector-head">
      <h2>${titleOf(selection)}</h2>
      ${selection && html`<button type="button" class="button quiet small" onClick=${() => desk.select(null)}>${t("Overview")}</button>`}
      <button type="button" class="button quiet icon small" aria-label=${t("Hide the inspector")} onClick=${() => (open.value = false)}>${icon("close")}</button>
    </header>
    <div class="inspector-body" tabindex="0" role="group" aria-label=${titleOf(selection)}>${bodyOf(desk, selection, { t_ns, version })}</div>
  </aside>`;
}

function titleOf(selection) {
  if (!selection) return t("Overview");
  if (selection.request !== undefined) return t("Request {number}", { number: selection.request });
  return { clients: t("Clients"), balancer: t("Balancer") }[selection.node] ?? selection.node;
}

/** `moment`: {t_ns, version}; a panel shows something new whenever one of them changes. */
function bodyOf(desk, selection, moment) {
  if (selection?.request !== undefined) return html`<${Request} key=${selection.request} desk=${desk} k=${selection.request} chosen_ns=${selection.t_ns} ...${moment} />`;
  if (selection && roleOf(selection.node)) return html`<${Server} desk=${desk} id=${selection.node} ...${moment} />`;
  return html`<${Overview} desk=${desk} node=${selection?.node ?? null} ...${moment} />`;
}
