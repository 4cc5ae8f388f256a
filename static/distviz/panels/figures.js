// A number of a result with its name, and what else is to be said about it.

import { span } from "../lib/format.js";
import { html } from "../lib/html.js";

export function Figure({ name, value, more = [], tone = "", strong = false }) {
  return html`<div class=${`figure ${tone} ${strong ? "strong" : ""}`}>
    <dt>${name}</dt><dd>${value}</dd>
    ${more.map((line) => html`<dd class="figure-more" key=${line}>${line}</dd>`)}
  </div>`;
}

/** Milliseconds as people read them. */
export function time(ms) {
  return ms === null || ms === undefined ? "–" : span(ms * 1e6);
}
