// The names of the lanes: always in sight, a button each.

import { html } from "../lib/html.js";
import { t } from "../lib/text.js";

const ROOM_PX = 84; // from here on there is room for a whole name and its role
const LETTER_PX = 7;

/** `view`: see spacetime_view.js; `seen`: changes whenever the lanes may stand elsewhere. */
export function Heads({ desk, view, seen }) {
  seen.value; // drawn anew
  const chosen = desk.selection.value;
  const room = view.vertical ? view.apart : Infinity;
  return html`<div class="spacetime-heads" role="group" aria-label=${t("Processes")}>
    ${view.lanes.map((lane, place) => {
      const across = view.across(place);
      if (lane.bare) return html`<span key=${lane.id} class="spacetime-head" hidden=${lane.hidden} style=${{ top: `${across}px` }}>${lane.node ? html`<b>${lane.id}</b>` : lane.id}</span>`;
      const role = desk.system.roles?.[lane.role] ?? lane.role;
      const picked = chosen?.node === lane.id || chosen?.nodes?.includes(lane.id);
      return html`<button type="button" key=${lane.id} class="spacetime-head" aria-pressed=${picked ? "true" : "false"} title=${`${lane.id} (${role})`} aria-label=${`${lane.id}, ${role}`}
        hidden=${across < view.ruler - 8 || across > view.breadth} style=${view.vertical ? { left: `${across}px`, maxWidth: `${Math.floor(room) - 2}px` } : { top: `${across}px` }}
        onClick=${() => desk.select(picked ? null : { node: lane.id })} onContextMenu=${(event) => menu(desk, lane, event)}
        onPointerEnter=${() => (desk.hovered.value = lane.id)} onPointerLeave=${() => (desk.hovered.value = null)}>
        <b>${short(lane.id, room)}</b>${room >= ROOM_PX && html`<small>${role}</small>`}
      </button>`;
    })}
  </div>`;
}

function menu(desk, lane, event) {
  event.preventDefault();
  desk.select({ node: lane.id });
  desk.menu.value = { target: { node: lane.id }, x: event.clientX, y: event.clientY };
}

/** A name as long as there is room, its number always: "acceptor-12" becomes "acc-12". */
function short(id, room) {
  const letters = Math.floor((room - 6) / LETTER_PX);
  if (id.length <= letters) return id;
  const [, word, tail] = /^(.*?)(-?\d*)$/.exec(id);
  return `${word.slice(0, Math.max(1, letters - tail.length))}${tail}`;
}
