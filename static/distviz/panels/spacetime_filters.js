// What the diagram shows: processes, kinds of message, timers, and how time is laid out.

import { html, useEffect, useRef } from "../lib/html.js";
import { t } from "../lib/text.js";

export function Filters({ desk, state, seen }) {
  seen.value; // nodes may have joined
  const box = useRef(null);
  useClosing(box);
  const { nodes, kinds, timers, idle, quiet } = state.options.value;
  const lanes = state.model.lanes;
  const hidden = nodes.size + kinds.size;
  const toggled = (set, index) => new Set(set.has(index) ? [...set].filter((one) => one !== index) : [...set, index]);
  const both = (name, indices) => html`<span class="spacetime-both">
    <button type="button" class="link-button" onClick=${() => state.set({ [name]: new Set() })}>${t("all")}</button>
    <button type="button" class="link-button" onClick=${() => state.set({ [name]: new Set(indices) })}>${t("none")}</button></span>`;
  const check = (label, on, press, key) => html`<label class="check" key=${key}><input type="checkbox" checked=${on} onChange=${press} />${label}</label>`;
  return html`<details class="spacetime-filters" ref=${box} onKeyDown=${closeOnEscape}>
    <summary class="button small">${t("Show")}${hidden > 0 && html` <span class="tag plain">${t("{count} hidden", { count: hidden })}</span>`}</summary>
    <div class="spacetime-choices">
      <fieldset><legend>${t("Time")}</legend>
        ${check(t("Skip idle time"), idle, () => state.set({ idle: !idle }))}
        ${check(t("Collapse quiet stretches"), quiet, () => state.set({ quiet: !quiet }))}
        ${check(t("Timers"), timers, () => state.set({ timers: !timers }))}
      </fieldset>
      <fieldset><legend>${t("Processes")} ${both("nodes", lanes.map(({ index }) => index))}</legend>
        ${lanes.map(({ index, id }) => check(id, !nodes.has(index), () => state.set({ nodes: toggled(nodes, index) }), id))}
      </fieldset>
      <fieldset><legend>${t("Messages")} ${both("kinds", desk.system.messages.keys())}</legend>
        ${desk.system.messages.map(({ kind, title }, index) => check(title, !kinds.has(index), () => state.set({ kinds: toggled(kinds, index) }), kind))}
      </fieldset>
      ${hidden > 0 && html`<button type="button" class="button small" onClick=${() => state.set({ nodes: new Set(), kinds: new Set() })}>${t("Show everything")}</button>`}
    </div>
  </details>`;
}

function closeOnEscape(event) {
  if (event.key !== "Escape" || !event.currentTarget.open) return;
  event.stopPropagation();
  event.currentTarget.open = false;
  event.currentTarget.querySelector("summary").focus();
}

/** A press anywhere else closes it. */
function useClosing(box) {
  useEffect(() => {
    const pressed = ({ target }) => {
      if (!box.current.contains(target)) box.current.open = false;
    };
    document.addEventListener("pointerdown", pressed);
    return () => document.removeEventListener("pointerdown", pressed);
  }, []);
}
