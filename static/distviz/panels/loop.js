// Once per animation frame: move the cursor, and draw the lanes that changed.

const DOTS_AT_MOST = 2800; // what a machine without a GPU draws 30 times a second, all lanes together
const LINGER_S = 0.45;
const CALM_MS = 250;
const LONGEST_STEP_MS = 250;

/** Start drawing `pictures` (see lane.js) for `desk`; `feeder` is asked for what is missing. Returns a stop function. */
export function startLoop(desk, pictures, feeder) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let before = performance.now();
  let drawn = 0;
  let last = "";
  let asked = requestAnimationFrame(step);

  function step(now) {
    asked = requestAnimationFrame(step);
    desk.tick(Math.min(LONGEST_STEP_MS, now - before));
    before = now;
    const sign = signature(desk);
    // Reduced motion: four still pictures a second instead of a film.
    if (calm.matches && desk.playing.peek() && now - drawn < CALM_MS && !pictures.some((entry) => entry?.stale)) return;
    if (sign === last && !pictures.some((entry) => entry?.stale)) return;
    last = sign;
    drawn = now;
    draw(now);
  }

  function draw(now) {
    const selection = desk.selection.peek();
    desk.lanes.peek().forEach((lane, index) => {
      const entry = pictures[index];
      if (!entry) return;
      const t_ns = desk.cursor.peek();
      entry.stale = false;
      const shown = entry.picture.draw({
        store: lane.store, run: lane.run, t_ns, now_ms: desk.playing.peek() ? now : Infinity,
        linger_ns: calm.matches ? 0 : LINGER_S * desk.clock.pace_ns,
        hovered: desk.hovered.peek(), ...desk.kernel.marks(selection, index),
        dots_at_most: DOTS_AT_MOST / desk.lanes.peek().length,
      });
      if (shown && !entry.shown) {
        performance.mark("first picture");
        desk.pictured.value = true;
      }
      entry.shown = shown ?? entry.shown;
      entry.drawn.value = shown ? entry.picture.every * desk.kernel.stride(lane.store.segment(shown.number)) : 1;
      if (!shown || lane.store.lost(shown.number)) askFor(lane, t_ns);
    });
  }

  function askFor({ store, run }, t_ns) {
    const number = store.numberAt(t_ns);
    if (number < run.segments) feeder.need(run.id, number);
  }

  return () => cancelAnimationFrame(asked);
}

/** Changes whenever something on the pictures may have changed. */
function signature(desk) {
  const lanes = desk.lanes.peek().map(({ run, store }) => `${run.id}:${store.revision.peek()}`).join();
  return [desk.cursor.peek(), desk.clock.speed, lanes, JSON.stringify(desk.selection.peek()), desk.hovered.peek()].join("|");
}
