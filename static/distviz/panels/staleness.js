// Stale reads against the time since the write that they might miss was acknowledged: dots with 95 % intervals, and what theory says.

import { number, percent, roundStep, span } from "../lib/format.js";
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";

const HEIGHT = 220;
const MARGIN = { left: 52, right: 14, top: 10, bottom: 40 };
const TICKS = 4;

/** lanes: [{run, title, colour}]; a figure for each whose run says how stale its reads were. */
export function Stalenesses({ lanes }) {
  return lanes.filter(({ run }) => run.summary?.staleness?.reads > 0).map((lane) => html`<${Staleness} key=${lane.run.id} lane=${lane} named=${lanes.length > 1} />`);
}

function Staleness({ lane, named }) {
  const told = lane.run.summary.staleness;
  const [box, width] = useWidth();
  const [at, setAt] = useState(null);
  const scale = scaleOf(told, width);
  const title = named ? t("Stale reads by age: {lane}", { lane: lane.title }) : t("Stale reads by age");
  const pointed = (event) => setAt(binAt(told, scale.ms(event.clientX - event.currentTarget.getBoundingClientRect().left)));
  const walk = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(Math.min(told.bins.length - 1, Math.max(0, at === null ? 0 : at + step)));
  };
  const words = at === null ? t("Point at the chart, or use the arrow keys, to read it.") : binWords(told.bins[at]);
  return html`<figure class="chart staleness">
    <figcaption class="chart-caption"><span class="chart-title">${title}</span> <span class="chart-unit">${t("share of reads")}</span></figcaption>
    <div class="staleness-box" ref=${box} role="slider" tabindex="0" aria-label=${title} aria-valuemin="0" aria-valuemax=${told.bins.length - 1} aria-valuenow=${at ?? 0} aria-valuetext=${words} onKeyDown=${walk}>
      <svg width=${width} height=${HEIGHT} aria-hidden="true" onPointerMove=${pointed} onPointerLeave=${() => setAt(null)}>
        <${Axes} scale=${scale} width=${width} />
        <path d=${`M${told.curve.map(([ms, chance]) => `${scale.x(ms).toFixed(1)},${scale.y(chance).toFixed(1)}`).join("L")}`} fill="none" stroke="var(--ink-3)" stroke-width="1.75" stroke-dasharray="5 4" />
        ${told.bins.map((bin, index) => bin.share !== null && html`<${Dot} key=${index} bin=${bin} scale=${scale} colour=${lane.colour} lit=${index === at} />`)}
      </svg>
    </div>
    <p class="chart-legend staleness-said"><span>${at === null ? t("{missed} of {reads} reads were stale; theory says {predicted}.", { missed: number(told.missed), reads: number(told.reads), predicted: number(told.predicted, 1) }) : words}</span></p>
    <p class="quiet-text small">${t("Dots: measured, with 95 % intervals. Dashed: WARS, from the delays of the four legs alone (Bailis et al., 2012); newer writes under way make reads fresher than it says.")}</p>
  </figure>`;
}

function Dot({ bin, scale, colour, lit }) {
  const x = scale.x((bin.from_ms + bin.until_ms) / 2);
  return html`<g stroke=${`var(${colour})`}><path d=${`M${x},${scale.y(bin.low)}V${scale.y(bin.high)}`} stroke-width=${lit ? 3 : 1.5} />
    <circle cx=${x} cy=${scale.y(bin.share)} r=${lit ? 5.5 : 4} fill=${`var(${colour})`} stroke="none" /></g>`;
}

function Axes({ scale, width }) {
  const bottom = HEIGHT - MARGIN.bottom;
  return html`<g class="histogram-axes">
    ${scale.shares.map((share) => html`<g key=${share}><line x1=${MARGIN.left} x2=${width - MARGIN.right} y1=${scale.y(share)} y2=${scale.y(share)} />
      <text x=${MARGIN.left - 6} y=${scale.y(share) + 4} text-anchor="end">${percent(share, share > 0 && scale.shares[1] < 0.01 ? 1 : 0)}</text></g>`)}
    ${scale.times.map((ms) => html`<g key=${ms}><line x1=${scale.x(ms)} x2=${scale.x(ms)} y1=${bottom} y2=${bottom + 4} />
      <text x=${scale.x(ms)} y=${bottom + 17} text-anchor="middle">${span(ms * 1e6)}</text></g>`)}
    <text x=${(MARGIN.left + width - MARGIN.right) / 2} y=${HEIGHT - 6} text-anchor="middle">${t("time since the newest write was acknowledged")}</text></g>`;
}

function scaleOf({ bins, curve, until_ms }, width) {
  const most = Math.max(0.01, ...curve.map(([, chance]) => chance), ...bins.map(({ share }) => share ?? 0)) * 1.25;
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  return {
    x: (ms) => MARGIN.left + (inner.width * ms) / until_ms,
    y: (share) => MARGIN.top + inner.height * (1 - Math.min(1, share / most)),
    ms: (x) => ((x - MARGIN.left) / inner.width) * until_ms,
    shares: ticks(most), times: ticks(until_ms),
  };
}

function ticks(most) {
  const step = roundStep(most, TICKS);
  return Array.from({ length: Math.floor(most / step) + 1 }, (ignored, place) => place * step);
}

function binAt({ bins }, ms) {
  const found = bins.findIndex(({ from_ms, until_ms }) => ms >= from_ms && ms < until_ms);
  return found < 0 ? null : found;
}

function binWords({ from_ms, until_ms, reads, missed, share, predicted }) {
  const when = t("{from} to {until}", { from: span(from_ms * 1e6), until: span(until_ms * 1e6) });
  if (reads === 0) return t("{when}: no read", { when });
  return t("{when}: {missed} of {reads} reads were stale, {share}; theory says {predicted}", { when, missed: number(missed), reads: number(reads), share: percent(share, 1), predicted: percent(predicted, 1) });
}

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(420);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(220, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
