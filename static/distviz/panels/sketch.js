// A small picture of a scenario on its card.

import { html, render } from "../lib/html.js";
import { kernelOf } from "./kernels.js";

/** Fills each [data-sketch] below `root` whose card is in `cards`; requests move while the card is pointed at. */
export function drawSketches(root, cards) {
  for (const card of cards.filter((each) => each.config)) {
    for (const place of root.querySelectorAll(`[data-sketch="${CSS.escape(card.key)}"]`)) draw(place, card);
  }
}

function draw(place, card) {
  render(html`<${kernelOf(card).Sketch} card=${card} />`, place);
  if (place.dataset.drawn) return;
  place.dataset.drawn = "yes";
  const svg = place.querySelector("svg");
  svg.pauseAnimations();
  svg.setCurrentTime(0.4);
  const owner = place.closest(".card") ?? place;
  const moves = window.matchMedia("(prefers-reduced-motion: no-preference)");
  for (const event of ["pointerenter", "focusin"]) owner.addEventListener(event, () => moves.matches && svg.unpauseAnimations());
  for (const event of ["pointerleave", "focusout"]) owner.addEventListener(event, () => svg.pauseAnimations());
}
