// The distribution of latency, one outline per lane on a log axis; or, by a switch, the share that took longer.

import { percent, roundStep, span } from "../lib/format.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Sample } from "./charts.js";
import { distribution, logTicks, shareBeyond } from "./distribution.js";
import { DASHES } from "./plot.js";

const HEIGHT = 220;
const NARROW = 1.5;
const MARGIN = { left: 52, right: 12, top: 10, bottom: 26 };

/** lanes: [{title, colour (token), histogram: {edges_ms, counts}}]; lanes without answers are left out. */
export function Histogram({ lanes }) {
  const [tail, setTail] = useState(false);
  const [at, setAt] = useState(null);
  const [box, width] = useWidth();
  const curves = useMemo(() => curvesOf(lanes), [JSON.stringify(lanes.map((lane) => [lane.title, lane.histogram]))]);
  if (curves.length === 0) return html`<p class="results-quiet">${t("No request was answered, so there is no distribution of latency.")}</p>`;
  const scale = scaleOf(curves, width, tail);
  const point = (event) => setAt(scale.ms(event.clientX - event.currentTarget.getBoundingClientRect().left));
  return html`<figure class="histogram">
    <figcaption class="chart-caption">
      <span class="chart-title">${tail ? t("Share of answers slower than") : t("Distribution of latency")}</span>
      <label class="chart-switch"><input type="checkbox" checked=${tail} onChange=${() => setTail(!tail)} /> ${t("show the tail (log scales)")}</label>
    </figcaption>
    <div class="histogram-box" ref=${box}>
      <svg width=${width} height=${HEIGHT} role="img" aria-label=${described(curves)} onPointerMove=${point} onPointerLeave=${() => setAt(null)}>
        <${Axes} scale=${scale} tail=${tail} />
        ${curves.map((curve) => html`<${Curve} key=${curve.title} curve=${curve} scale=${scale} tail=${tail} alone=${curves.length === 1} />`)}
        ${at !== null && html`<line class="histogram-at" x1=${scale.x(at)} x2=${scale.x(at)} y1=${MARGIN.top} y2=${HEIGHT - MARGIN.bottom} />`}
      </svg>
    </div>
    <${Readout} curves=${curves} at=${at} />
  </figure>`;
}

function curvesOf(lanes) {
  return lanes
    .map((lane, i) => ({ title: lane.title, colour: lane.colour, dash: DASHES[i % DASHES.length], dist: distribution(lane.histogram) }))
    .filter((curve) => curve.dist !== null);
}

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

function scaleOf(curves, width, tail) {
  const bins = curves.flatMap((curve) => curve.dist.bins);
  const first = Math.min(...bins.map((bin) => bin.from));
  const last = Math.max(...bins.map((bin) => bin.until));
  const slack = last / first < NARROW ? Math.sqrt(NARROW / (last / first)) : 1; // a single point still gets an axis
  const [low, high] = [first / slack, last * slack];
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const per = Math.log(bins[0].until / bins[0].from); // lanes may differ in bin width: heights are per this one
  const heightOf = (bin) => (bin.share * per) / Math.log(bin.until / bin.from);
  const least = Math.min(...curves.flatMap((curve) => curve.dist.beyond.map((point) => point.share)).filter((share) => share > 0));
  const most = Math.max(...bins.map(heightOf)) * 1.06;
  const up = tail ? (share) => 1 - Math.log(Math.max(share, least)) / Math.log(Math.min(least, 0.5)) : (share) => share / most;
  return {
    low, high, least, most, width, heightOf,
    x: (ms) => MARGIN.left + (inner.width * Math.log(ms / low)) / Math.log(high / low),
    y: (share) => MARGIN.top + inner.height * (1 - up(share)),
    ms: (x) => low * (high / low) ** Math.min(Math.max((x - MARGIN.left) / inner.width, 0), 1),
  };
}

function Axes({ scale, tail }) {
  const bottom = HEIGHT - MARGIN.bottom;
  const shares = tail ? logTicks(scale.least, 1).filter((share) => Number.isInteger(Math.round(Math.log10(share) * 1e6) / 1e6)) : evenTicks(scale.most);
  const times = timeTicks(scale.low, scale.high);
  const fits = Math.max(1, Math.ceil((times.length * 64) / scale.width));
  return html`<g class="histogram-axes">
    ${shares.map((share) => html`<g key=${share}>
      <line x1=${MARGIN.left} x2=${scale.width - MARGIN.right} y1=${scale.y(share)} y2=${scale.y(share)} />
      <text x=${MARGIN.left - 6} y=${scale.y(share) + 4} text-anchor="end">${percent(share, share < 0.1 ? Math.min(4, Math.ceil(-Math.log10(share)) - 1) : 0)}</text>
    </g>`)}
    ${times.filter((ms, i) => i % fits === 0).map((ms) => html`<g key=${ms}>
      <line x1=${scale.x(ms)} x2=${scale.x(ms)} y1=${bottom} y2=${bottom + 4} />
      <text x=${scale.x(ms)} y=${bottom + 17} text-anchor="middle">${span(ms * 1e6)}</text>
    </g>`)}
  </g>`;
}

/** Decades where there are some; round steps on an axis that is too short for them. */
function timeTicks(low, high) {
  const decades = logTicks(low, high);
  if (decades.length > 2) return decades;
  const step = roundStep(high - low, 5);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function evenTicks(most) {
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((one) => most / one <= 5) ?? 0.5;
  const ticks = [];
  for (let share = 0; share <= most; share += step) ticks.push(Number(share.toFixed(6)));
  return ticks;
}

function Curve({ curve, scale, tail, alone }) {
  const { dist } = curve;
  const bottom = scale.y(0);
  const steps = dist.bins.map((bin) => `V${scale.y(scale.heightOf(bin)).toFixed(1)}H${scale.x(bin.until).toFixed(1)}`).join("");
  const shape = `M${scale.x(dist.bins[0].from).toFixed(1)},${bottom.toFixed(1)}${steps}V${bottom.toFixed(1)}`;
  const falling = dist.beyond.filter((point) => point.share > 0).map((point) => `${scale.x(point.at).toFixed(1)},${scale.y(point.share).toFixed(1)}`);
  const colour = `var(${curve.colour})`;
  return html`<path d=${tail ? `M${falling.join("L")}` : shape} stroke=${colour} stroke-width="2" stroke-dasharray=${curve.dash.join(" ") || "none"}
    fill=${tail ? "none" : colour} fill-opacity=${alone ? 0.22 : 0.08} stroke-linejoin="round" />`;
}

function Readout({ curves, at }) {
  return html`<ul class="chart-legend">
    <li class="chart-time">${at === null ? t("Point at the chart to read it.") : t("within {time}", { time: span(at * 1e6) })}</li>
    ${curves.map((curve) => html`<li key=${curve.title}>
      <${Sample} colour=${curve.colour} dash=${curve.dash} /> <span>${curve.title}</span>
      ${at !== null && html`<b>${percent(1 - shareBeyond(curve.dist, at), 2)}</b>`}
    </li>`)}
  </ul>`;
}

function described(curves) {
  const parts = curves.map(({ title, dist }) => {
    const [first, last] = [dist.bins[0], dist.bins[dist.bins.length - 1]];
    return t("{title}: from {least} to {most}", { title, least: span(first.from * 1e6), most: span(last.until * 1e6) });
  });
  return t("Distribution of latency. {ranges}", { ranges: parts.join("; ") });
}
