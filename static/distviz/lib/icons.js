// Icons as inline SVG: 20 x 20, drawn with the colour of the text beside them.

import { html } from "./html.js";

const SHAPES = {
  play: html`<path d="M6 3.8v12.4a.8.8 0 0 0 1.2.7l9.8-6.2a.8.8 0 0 0 0-1.4L7.2 3.1A.8.8 0 0 0 6 3.8z" fill="currentColor" stroke="none" />`,
  pause: html`<path d="M5.5 3.5h3v13h-3zM11.5 3.5h3v13h-3z" fill="currentColor" stroke="none" />`,
  forward: html`<path d="M5 4.5v11l7-5.5zM13.5 4.5h2v11h-2z" fill="currentColor" stroke="none" />`,
  back: html`<path d="M15 4.5v11L8 10zM4.5 4.5h2v11h-2z" fill="currentColor" stroke="none" />`,
  start: html`<path d="M16 4.5v11L9.5 10zM9.5 4.5v11L3 10z" fill="currentColor" stroke="none" />`,
  minus: html`<path d="M5 10h10" />`,
  plus: html`<path d="M5 10h10M10 5v10" />`,
  link: html`<path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.6-2.6a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.6 2.6a3 3 0 0 0 4.3 4.3l1-1" />`,
  help: html`<circle cx="10" cy="10" r="7.2" /><path d="M7.9 7.8a2.1 2.1 0 1 1 3 1.9c-.6.3-.9.7-.9 1.5M10 13.8v.1" />`,
  search: html`<circle cx="9" cy="9" r="5" /><path d="M13 13l4 4" />`,
  close: html`<path d="M5 5l10 10M15 5L5 15" />`,
  panel: html`<rect x="3" y="4" width="14" height="12" rx="1.5" /><path d="M12.5 4v12" />`,
  branch: html`<circle cx="5.5" cy="4.5" r="1.8" /><circle cx="5.5" cy="15.5" r="1.8" /><circle cx="14.5" cy="7" r="1.8" /><path d="M5.5 6.3v7.4M14.5 8.8c0 3.2-9 1.8-9 5" />`,
  undo: html`<path d="M7 4L3.5 7.5 7 11M3.5 7.5H12a4.3 4.3 0 0 1 0 8.6H8" />`,
  bolt: html`<path d="M11 2.5L4.5 11.5h4.6L8.5 17.5l7-9.2h-4.7z" fill="currentColor" stroke="none" />`,
  more: html`<path d="M4.5 10h.1M10 10h.1M15.5 10h.1" stroke-width="2.6" />`,
  stop: html`<rect x="5" y="5" width="10" height="10" rx="1.5" fill="currentColor" stroke="none" />`,
  scissors: html`<circle cx="5" cy="5.5" r="2.2" /><circle cx="5" cy="14.5" r="2.2" /><path d="M6.9 6.7L17 14M6.9 13.3L17 6" />`,
  fit: html`<path d="M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13M7 10h6M10 7v6" />`,
  turn: html`<path d="M4 3.5v9.5M1.8 10.8L4 13l2.2-2.2M7 16h9.5M14.3 13.8l2.2 2.2-2.2 2.2" />`,
  save: html`<path d="M10 3v9.5M6.5 9l3.5 3.5L13.5 9M4 16.5h12" />`,
  target: html`<circle cx="10" cy="10" r="6.4" /><circle cx="10" cy="10" r="2" fill="currentColor" stroke="none" /><path d="M10 1.6v3.6M10 14.8v3.6M1.6 10h3.6M14.8 10h3.6" />`,
  grid: html`<path d="M3.5 3.5h13v13h-13zM3.5 7.8h13M3.5 12.2h13M7.8 3.5v13M12.2 3.5v13" />`,
  check: html`<path d="M4 10.5l4 4 8-9" />`,
};

/** The icon called `name`; decoration only: the control that holds it carries the name. */
export function icon(name) {
  return html`<svg class="glyph" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor"
    stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${SHAPES[name]}</svg>`;
}
