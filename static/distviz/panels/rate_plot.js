// Requests a second over the length of a recording.

import { onThemeChange } from "../lib/canvas.js";
import { html, useEffect, useRef } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, three } from "../lib/format.js";
import uPlot from "../../vendor/uplot.js";

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(label) {
  return { label, labelSize: 22, labelFont: `11px ${token("--font")}`, font: `11px ${token("--font")}`, stroke: token("--ink-3"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line"), width: 1, size: 4 } };
}

/** {size, title}: the unit in which a span is best read. */
function timeUnit(seconds) {
  if (seconds > 7200) return { size: 3600, title: t("hours since the first request") };
  return seconds > 300 ? { size: 60, title: t("minutes since the first request") } : { size: 1, title: t("seconds since the first request") };
}

function options(host, unit) {
  return {
    width: host.clientWidth, height: host.clientHeight, legend: { show: false }, cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: false }, y: { range: (plot, low, high) => [0, Math.max(high * 1.08, 1e-9)] } },
    axes: [axis(unit.title), { ...axis(t("requests/s")), size: 58 }],
    series: [{}, { stroke: token("--accent"), width: 1.4, fill: `color-mix(in srgb, ${token("--accent")} 18%, transparent)`, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }],
  };
}

/** `rate`: {bin_ns, counts}. The same numbers are said in a sentence for those who cannot see the plot. */
export function RatePlot({ rate }) {
  const host = useRef(null);
  useEffect(() => {
    const seconds = rate.bin_ns / 1e9;
    const unit = timeUnit(rate.counts.length * seconds);
    const xs = Array.from({ length: rate.counts.length + 1 }, (ignored, index) => (index * seconds) / unit.size);
    const ys = [...rate.counts.map((count) => count / seconds), rate.counts.at(-1) / seconds];
    const place = host.current;
    let plot = null;
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(options(place, unit), [xs, ys], place);
    };
    draw();
    const observer = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: place.clientHeight }));
    observer.observe(place);
    const stop = onThemeChange(draw);
    return () => {
      observer.disconnect();
      stop();
      plot.destroy();
    };
  }, [rate]);
  return html`<figure><div class="plot" ref=${host} aria-hidden="true"></div>
    <figcaption class="visually-hidden">${said(rate)}</figcaption></figure>`;
}

function said({ bin_ns, counts }) {
  const seconds = bin_ns / 1e9;
  const most = counts.indexOf(Math.max(...counts));
  return t("Requests per second over time: most at {when} s with {rate} requests/s, in bins of {bin} s.", {
    when: number(most * seconds), rate: three(counts[most] / seconds), bin: number(seconds, 3),
  });
}
