// The gallery: pictures and facts on the cards that the server has written.

import { span } from "../lib/format.js";
import { facts } from "./facts.js";
import { drawSketches } from "./sketch.js";

/** Adds to every card below `root` what only the script can draw. */
export function dressCards(root, cards) {
  for (const card of cards.filter((each) => each.config)) {
    for (const line of root.querySelectorAll(`[data-facts="${CSS.escape(card.key)}"]`)) {
      line.querySelector("[data-duration]").textContent = span(card.duration_s * 1e9);
      line.append(...facts(card.config).map(chip));
    }
  }
  drawSketches(root, cards);
  for (const form of root.querySelectorAll("form[data-once]")) form.addEventListener("submit", onlyOnce);
}

function chip(text) {
  const place = document.createElement("span");
  place.textContent = text;
  return place;
}

/** A second click while the first is on its way would start a second run. */
function onlyOnce(event) {
  const button = event.target.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  button.setAttribute("aria-disabled", "true");
}

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button")) button.removeAttribute("aria-disabled");
});

export function start(root, data) {
  dressCards(root, data.scenarios ?? []);
}
