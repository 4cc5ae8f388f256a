// One lane of the stage: its picture, the hands on it, and the same in words for those who do not see it.

import { onThemeChange, readTheme } from "../lib/canvas.js";
import { percent } from "../lib/format.js";
import { html, signal, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { CutChip, Stroke } from "./cutting.js";
import { useHands } from "./hands.js";
import { Headline } from "./headline.js";
import { isGoing } from "./progress.js";
import { Mirror } from "./mirror.js";

/** `pictures`: the array into which the lane puts {picture, stale, shown, drawn} for the loop to draw. */
export function Lane({ desk, acting, index, pictures }) {
  const wrap = useRef(null);
  const lane = desk.lanes.value[index];
  const [tip, setTip] = useState(null);
  const drawn = useMemo(() => signal(1), []);
  const stroke = useMemo(() => signal(null), []);
  usePicture(wrap, pictures, index, drawn, desk);
  const hands = useHands({ desk, acting, index, pictures, wrap, setTip, stroke });
  const many = desk.lanes.value.length > 1;
  return html`<article class="lane" aria-label=${lane.title}>
    ${many && html`<header class="lane-head">
      <span class=${`lane-swatch lane-${index + 1}`} aria-hidden="true"></span>
      <h2>${lane.title}</h2><${LaneState} run=${lane.run} />
    </header>`}
    <${Headline} desk=${desk} index=${index} />
    <div class=${`lane-canvas ${desk.cutting.value ? "cutting" : ""}`} ref=${wrap} role="application" tabindex="0" ...${hands}
      aria-label=${t("Topology of {lane}. N and Shift+N choose the next and the previous node, Enter opens its menu.", { lane: lane.title })}>
      <canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas>
      ${tip && html`<div class="lane-tip" style=${{ left: `${tip.x}px`, top: `${tip.y}px` }} aria-hidden="true">${tip.text}</div>`}
      <${Hint} desk=${desk} index=${index} />
      <${Thinned} drawn=${drawn} kernel=${desk.kernel} />
      <${Stroke} stroke=${stroke} />
    </div>
    <${CutChip} desk=${desk} acting=${acting} index=${index} />
    <${Mirror} desk=${desk} index=${index} />
  </article>`;
}

function LaneState({ run }) {
  if (!isGoing(run)) return null;
  const words = run.state === "queued" ? t("waiting for a worker") : percent(run.progress_ns / run.duration_ns);
  return html`<span class="lane-state">${words}</span>`;
}

/** Says so where not everything is drawn. */
function Thinned({ drawn, kernel }) {
  if (drawn.value <= 1) return null;
  return html`<p class="lane-thinned">${kernel.thinned(drawn.value)}</p>`;
}

/** What is in the way of a picture, said in its place. */
function Hint({ desk, index }) {
  const { store, run } = desk.lanes.value[index];
  const revision = store.revision.value;
  if (revision > 0 && store.segments().length > 0) return null;
  const words = run.state === "failed" ? run.error || t("The run failed.") : t("Waiting for the first moments of the run…");
  return html`<p class="lane-hint" role="status">${words}</p>`;
}

function usePicture(wrap, pictures, index, drawn, { kernel, system }) {
  useLayoutEffect(() => {
    const picture = new (kernel.pictureOf(system))([...wrap.current.querySelectorAll("canvas")]);
    const entry = { picture, stale: true, shown: null, drawn };
    pictures[index] = entry;
    const fit = () => {
      picture.resize(wrap.current.clientWidth, wrap.current.clientHeight);
      entry.stale = true;
    };
    const paint = () => {
      picture.setTheme(readTheme());
      entry.stale = true;
    };
    paint();
    fit();
    const watcher = new ResizeObserver(fit);
    watcher.observe(wrap.current);
    const stop = onThemeChange(paint);
    return () => {
      watcher.disconnect();
      stop();
      pictures[index] = undefined;
    };
  }, []);
}
