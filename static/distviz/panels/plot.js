// One uPlot chart as an object: a fixed time axis, stepped lines, the playback cursor, and seeking by pointer.

import uPlot from "../../vendor/uplot.js";
import { timeStep, timeTick } from "../lib/format.js";

export const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]]; // lane 0..3, and first to fourth line of one lane

const SYNC = "distviz-charts";

/** A colour or font token as the canvas needs it. */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export class Plot {
  /** spec: {duration_s, lines: [{colour (token), dash, width}], band: [upper, lower line] | null, bandColour,
   *          log, ceiling, tick(number) -> string, marks: [t_s]}; `seek(t_s)` and `hover(t_s | null)` are called back. */
  constructor(host, spec, { seek, hover }) {
    this.host = host;
    this.spec = spec;
    this.hover = hover;
    this.chart = new uPlot(this.#options(), [[], ...spec.lines.map(() => [])], host);
    this.head = document.createElement("div");
    this.head.className = "chart-head";
    this.chart.over.append(this.head);
    this.#listen(seek);
    this.observer = new ResizeObserver(() => this.#fit());
    this.observer.observe(host);
  }

  /** data: [t_s, one array of values (null: unknown) per line]. */
  show(data) {
    this.chart.setData(fromStart(data), true);
  }

  /** Puts the playback cursor at t_s. */
  moveTo(t_s) {
    this.at_s = t_s;
    const x = this.chart.valToPos(t_s, "x");
    if (Number.isFinite(x)) this.head.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  destroy() {
    this.observer.disconnect();
    this.chart.destroy();
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width === 0 || height === 0) return; // hidden: it is measured again when it appears
    this.chart.setSize({ width, height });
    this.moveTo(this.at_s ?? 0);
  }

  #options() {
    const { spec } = this;
    return {
      width: Math.max(this.host.clientWidth, 80),
      height: Math.max(this.host.clientHeight, 80),
      padding: [8, 18, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: [0, spec.duration_s] },
        y: { distr: spec.log ? 3 : 1, range: (u, low, high) => (spec.log ? logRange(low, high) : zeroRange(high, spec.ceiling)) },
      },
      axes: this.#axes(),
      series: [{}, ...spec.lines.map((line) => this.#line(line))],
      bands: spec.band ? [{ series: spec.band, fill: `color-mix(in srgb, ${token(spec.bandColour)} 18%, transparent)` }] : [],
      cursor: {
        sync: { key: SYNC, setSeries: false },
        y: false,
        points: { show: false },
        drag: { setScale: false, x: false, y: false },
      },
      hooks: {
        draw: [(u) => this.#drawMarks(u)],
        setCursor: [(u) => this.hover(u.cursor.left >= 0 ? u.posToVal(u.cursor.left, "x") : null)],
      },
    };
  }

  #axes() {
    const { duration_s } = this.spec;
    const font = `11px ${token("--font")}`;
    const shared = {
      stroke: token("--ink-3"),
      font,
      grid: { stroke: token("--line"), width: 1 },
      ticks: { stroke: token("--line"), width: 1, size: 4 },
    };
    return [
      { ...shared, size: 26, space: 60, splits: (u) => timeSplits(duration_s, u.width), values: (u, splits) => splits.map((t_s) => timeTick(t_s * 1e9, duration_s * 1e9)) },
      { ...shared, size: 52, space: 28, values: (u, splits) => splits.map((v) => (v === null ? "" : this.spec.tick(v))), filter: this.spec.log ? onlyRound : undefined },
    ];
  }

  #line({ colour, dash, width }) {
    return {
      stroke: token(colour),
      width: width ?? 1.75,
      dash,
      paths: uPlot.paths.stepped({ align: -1 }), // a value holds for the interval that ends at its time
      points: { show: false },
    };
  }

  /** Actions: a fine line with a head, so that it is not taken for the grid. */
  #drawMarks(u) {
    const { top, height } = u.bbox;
    const size = 4 * devicePixelRatio;
    u.ctx.save();
    u.ctx.strokeStyle = u.ctx.fillStyle = token("--unknown");
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([size, size]);
    for (const t_s of this.spec.marks) {
      const x = Math.round(u.valToPos(t_s, "x", true)) + 0.5;
      u.ctx.beginPath();
      u.ctx.moveTo(x, top);
      u.ctx.lineTo(x, top + height);
      u.ctx.stroke();
      u.ctx.beginPath();
      u.ctx.moveTo(x - size, top - size);
      u.ctx.lineTo(x + size, top - size);
      u.ctx.lineTo(x, top + size / 2);
      u.ctx.fill();
    }
    u.ctx.restore();
  }

  #listen(seek) {
    const { over } = this.chart;
    const seekTo = (event) => {
      const x = event.clientX - over.getBoundingClientRect().left;
      seek(Math.min(Math.max(this.chart.posToVal(x, "x"), 0), this.spec.duration_s));
    };
    over.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      seekTo(event);
    });
    over.addEventListener("pointermove", (event) => {
      if (over.hasPointerCapture(event.pointerId)) seekTo(event);
    });
  }
}

/** Steps reach back from their end to the one before: so the first needs a beginning. */
function fromStart([t_s, ...values]) {
  return [[0, ...t_s], ...values.map((line) => [line[0] ?? null, ...line])];
}

function zeroRange(high, ceiling) {
  if (ceiling !== undefined) return [0, ceiling];
  return [0, high > 0 ? high * 1.08 : 1];
}

function logRange(low, high) {
  if (!(low > 0)) return [1, 10];
  const bottom = 10 ** Math.floor(Math.log10(low));
  const top = 10 ** Math.ceil(Math.log10(high));
  return [bottom, top > bottom ? top : bottom * 10];
}

/** On a log axis only powers of ten, and the 2 and 5 between them where few decades show. */
function onlyRound(u, splits) {
  const decades = Math.log10(u.scales.y.max / u.scales.y.min);
  const leads = decades <= 2 ? [1, 2, 5] : [1];
  return splits.map((v) => (leads.includes(Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9))) ? v : null));
}

/** The round moments that a time axis names, in seconds. */
function timeSplits(duration_s, width) {
  const step = timeStep(duration_s, Math.max(2, width / 70));
  return Array.from({ length: Math.floor(duration_s / step + 1e-6) + 1 }, (ignored, index) => index * step);
}
