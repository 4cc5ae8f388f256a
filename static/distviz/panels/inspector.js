// The inspector: everything about the selected node or request at the cursor, every lane beside the others.

import { computed, html, useMemo } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { useCalm } from "./feed.js";

const CALM_MS = 160;

/** `open`: signal whether it is shown. */
export function Inspector({ desk, open }) {
  const selection = desk.selection.value;
  const t_ns = useCalm(desk.cursor, CALM_MS).value;
  const arrived = useMemo(() => computed(() => desk.lanes.value.map(({ store }) => store.revision.value).join()), []);
  const version = useCalm(arrived, CALM_MS).value;
  if (!open.value) return null;
  const title = desk.kernel.titleOf(desk, selection ?? {});
  return html`<aside class="inspector" aria-label=${t("Inspector")}>
    <header class="inspector-head">
      <h2>${title}</h2>
      ${selection && html`<button type="button" class="button quiet small" onClick=${() => desk.select(null)}>${t("Overview")}</button>`}
      <button type="button" class="button quiet icon small" aria-label=${t("Hide the inspector")} onClick=${() => (open.value = false)}>${icon("close")}</button>
    </header>
    <div class="inspector-body" tabindex="0" role="group" aria-label=${title}><${desk.kernel.Body} desk=${desk} selection=${selection} t_ns=${t_ns} version=${version} /></div>
  </aside>`;
}
