// What the picture shows, in words, for a screen reader. Told anew when the picture comes to rest.

import { html, useEffect, useState } from "../lib/html.js";

const REST_MS = 350;

export function Mirror({ desk, index }) {
  const frame = useRest(desk, index);
  if (!frame) return null;
  return html`<div class="visually-hidden"><${desk.kernel.Told} desk=${desk} title=${desk.lanes.value[index].title} store=${desk.lanes.value[index].store} frame=${frame} /></div>`;
}

/** The state at the cursor, once the cursor has come to rest. */
function useRest(desk, index) {
  const [told, setTold] = useState(null);
  const settled = desk.settled.value;
  const { store } = desk.lanes.value[index];
  const first = store.segments().length > 0 || store.revision.value > 0;
  useEffect(() => {
    const timer = setTimeout(() => setTold(desk.frame(index)), REST_MS);
    return () => clearTimeout(timer);
  }, [settled, first, store]);
  return told;
}
