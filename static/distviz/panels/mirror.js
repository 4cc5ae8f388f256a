// What the picture shows, in words, for a screen reader. Told anew when the picture comes to rest.

import { computed, html, useEffect, useMemo, useState } from "../lib/html.js";

const REST_MS = 350;

export function Mirror({ desk, index }) {
  const frame = useRest(desk, index);
  if (!frame) return null;
  return html`<div class="visually-hidden"><${desk.kernel.Told} desk=${desk} title=${desk.lanes.value[index].title} store=${desk.lanes.value[index].store} frame=${frame} /></div>`;
}

/** The state at the cursor, once the cursor has come to rest and what is there has come in: other Segments may come first. */
function useRest(desk, index) {
  const [told, setTold] = useState(null);
  const settled = desk.settled.value;
  const { store } = desk.lanes.value[index];
  const held = useMemo(() => computed(() => {
    store.revision.value;
    desk.settled.value;
    return store.has(store.shownAt(desk.cursor.peek()));
  }), [store]).value;
  useEffect(() => {
    const timer = setTimeout(() => setTold(desk.frame(index)), REST_MS);
    return () => clearTimeout(timer);
  }, [settled, held, store]);
  return told;
}
