// The row above the diagram: search, filters, direction, zoom, following, the file.

import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { saveText } from "./files.js";
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
      ${labelled("fit", t("Whole run"), fit)}
      ${labelled("turn", t("Time to the right"), () => state.set({ vertical: !options.vertical }), options.vertical ? "false" : "true")}
      <${Follow} desk=${desk} state=${state} diagram=${diagram} />
      ${labelled("save", t("Save as SVG"), () => save(desk, state, diagram))}
    </span>
  </div>`;
}

function tool(name, label, press) {
  return html`<button type="button" class="button quiet icon" aria-label=${label} title=${label} onClick=${press}>${icon(name)}</button>`;
}

/** A button that is its icon alone where room is scarce. */
function labelled(name, label, press, pressed = null) {
  return html`<button type="button" class="button small" title=${label} aria-pressed=${pressed} onClick=${press}>${icon(name)}<span>${label}</span></button>`;
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
    if (!search.trim() || diagram.neighbour(direction)) return;
    desk.toast(direction > 0 ? t("No later message holds these words.") : t("No earlier message holds these words."));
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
