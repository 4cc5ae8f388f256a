// The gallery: pictures and facts on the cards that the server has written.

import { span } from "../lib/format.js";
import { openEarly } from "../lib/socket.js";
import { show } from "../lib/visit.js";
import { kernelOf } from "./kernels.js";
import { drawSketches } from "./sketch.js";

/** Adds to every card below `root` what only the script can draw. */
export function dressCards(root, cards) {
  for (const card of cards.filter((each) => each.config)) {
    for (const line of root.querySelectorAll(`[data-facts="${CSS.escape(card.key)}"]`)) {
      line.querySelector("[data-duration]").textContent = span(card.duration_s * 1e9);
      line.append(...kernelOf(card).facts(card).map(chip));
    }
  }
  drawSketches(root, cards);
  for (const form of root.querySelectorAll("form[data-once]")) form.addEventListener("submit", runInPlace);
}

function chip(text) {
  const place = document.createElement("span");
  place.textContent = text;
  return place;
}

/** Start the run and show its stage without loading everything anew. Once: a second click would start a second run. */
async function runInPlace(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  openEarly("/ws/");
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => null); // offline
  if (answer?.ok) await show(answer);
  else form.submit(); // the browser shows what is wrong
}

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button")) button.removeAttribute("aria-disabled");
});

export function start(root, data) {
  dressCards(root, data.scenarios ?? []);
}
