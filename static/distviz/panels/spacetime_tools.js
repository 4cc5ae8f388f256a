// The row above the diagram: search, filters, direction, zoom, following, the file.

import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { saveText } from "./files.js";
import { neighbourOf } from "./spacetime_search.js";
import { Filters } from "./spacetime_filters.js";
import { spacetimeSvg } from "./spacetime_svg.js";

const ZOOM = 1.6;

export function Tools({ desk, state, diagram, seen }) {
  const options = state.options.value;
  const lanes = desk.lanes.value;
  const zoom = (factor) => () => {
    const along = state.view.along(desk.cursor.peek());
    state.view.zoom(factor, along >= 0 && along <= state.view.length ? along : undefined);
    diagram.redraw();
  };
  const fit = () => {
    state.view.fit();
    diagram.redraw();
  };
  return html`<div class="spacetime-tools" role="toolbar" aria-label=${t("Diagram")}>
    ${lanes.length > 1 && html`<select class="select" aria-label=${t("Lane")} onChange=${(event) => (state.lane.value = Number(event.target.value))}>
      ${lanes.map((lane, index) => html`<option key=${index} value=${index} selected=${index === state.lane.value}>${lane.title}</option>`)}</select>`}
    <${Finder} desk=${desk} state=${state} diagram=${diagram} />
    <${Filters} desk=${desk} state=${state} seen=${seen} />
    <span class="spacetime-buttons">
      ${tool("minus", t("Zoom out"), zoom(1 / ZOOM))}${tool("plus", t("Zoom in"), zoom(ZOOM))}
      <button type="button" class="button small" onClick=${fit}>${t("Whole run")}</button>
      <button type="button" class="button small" aria-pressed=${options.vertical ? "false" : "true"} onClick=${() => state.set({ vertical: !options.vertical })}>${t("Time to the right")}</button>
      <${Follow} desk=${desk} state=${state} diagram=${diagram} />
      <button type="button" class="button small" onClick=${() => save(desk, state, diagram)}>${t("Save as SVG")}</button>
    </span>
  </div>`;
}

function tool(name, label, press) {
  return html`<button type="button" class="button quiet icon" aria-label=${label} title=${label} onClick=${press}>${icon(name)}</button>`;
}

/** Offered where the paper was pulled away from a moving cursor. */
function Follow({ desk, state, diagram }) {
  if (state.following.value || !desk.playing.value) return null;
  const follow = () => {
    state.following.value = true;
    state.view.reveal(desk.cursor.peek());
    diagram.redraw();
  };
  return html`<button type="button" class="button small primary" onClick=${follow}>${t("Follow")}</button>`;
}

function Finder({ desk, state, diagram }) {
  const { search } = state.options.value;
  const go = (direction) => {
    if (!diagram.look || !search.trim()) return;
    const { model, shown } = diagram.look;
    const from = model.message(desk.selection.peek()?.message ?? -1) ?? { sent_ns: desk.cursor.peek(), id: direction > 0 ? -1 : Infinity };
    const found = neighbourOf(model, shown, from, direction, diagram.finder());
    if (!found) return desk.toast(direction > 0 ? t("No later message holds these words.") : t("No earlier message holds these words."));
    desk.pause();
    desk.select({ message: found.id, t_ns: found.sent_ns });
    return desk.seek(found.sent_ns);
  };
  const keys = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  };
  return html`<span class="spacetime-finder">
    <input class="input" type="search" placeholder=${t("Find messages")} aria-label=${t("Find messages by kind, process or field")} value=${search}
      onInput=${(event) => state.set({ search: event.target.value })} onKeyDown=${keys} />
    ${search.trim() && html`${tool("back", t("Previous match"), () => go(-1))}${tool("forward", t("Next match"), () => go(1))}`}
  </span>`;
}

function save(desk, state, diagram) {
  const { view } = state;
  const { title } = state.current.run;
  const svg = spacetimeSvg(state.model, {
    title, system: desk.system, theme: diagram.theme, vertical: view.vertical, look: diagram.look,
    width: view.width, height: view.height, from_ns: view.from_ns, px_per_u: view.px_per_u,
  });
  saveText(`${title.replace(/[^\p{L}\p{N}]+/gu, "-")}-space-time.svg`, svg, "image/svg+xml");
}
