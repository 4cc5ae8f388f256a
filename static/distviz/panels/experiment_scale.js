// The scales and ticks of a chart of an Experiment: plain numbers in, places in the picture out.

import { roundStep } from "../lib/format.js";
import { logTicks } from "./distribution.js";

const NARROW = 1.6;

/** {x, y, xs, ys, top, bottom, left, right}: places, and the round values that the axes name.
 *  `points`: [{x, y, low, high}] with y null where there is no number; `box`: {width, height, left, right, top, bottom}. */
export function scaleOf(points, box, { log }) {
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [first, last] = xs.length > 1 ? [xs[0], xs.at(-1)] : [xs[0] - Math.abs(xs[0] || 1) / 2, xs[0] + Math.abs(xs[0] || 1) / 2];
  const [low, high] = log ? logRange(points) : linearRange(points);
  const [left, right] = [box.left + 10, box.width - box.right - 10];
  const [top, bottom] = [box.top, box.height - box.bottom];
  const share = log ? (y) => Math.log(Math.max(y, low) / low) / Math.log(high / low) : (y) => (y - low) / (high - low);
  return {
    left, right, top, bottom, stops: xs,
    x: (x) => left + ((right - left) * (x - first)) / (last - first),
    y: (y) => bottom - (bottom - top) * Math.min(Math.max(share(y), 0), 1),
    xTicks: linearTicks(first, last, Math.max(2, (right - left) / 84)),
    yTicks: log ? logTicks(low, high) : linearTicks(low, high, 6),
  };
}

function logRange(points) {
  const values = points.flatMap(({ y, low, high }) => (y > 0 ? [y, low > 0 ? low : y, high] : [])).filter(Number.isFinite);
  if (values.length === 0) return [1, 10];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const slack = high / low < NARROW ? Math.sqrt(NARROW / (high / low)) : 1.06;
  return [low / slack, high * slack];
}

function linearRange(points) {
  const values = points.flatMap(({ y, low, high }) => (y === null ? [] : [y, low ?? y, high ?? y])).filter(Number.isFinite);
  const high = Math.max(0, ...values);
  const low = Math.min(0, ...values);
  return [low < 0 ? low * 1.06 : 0, high > 0 ? high * 1.06 : low < 0 ? 0 : 1];
}

function linearTicks(low, high, wanted) {
  const step = roundStep(high - low, wanted);
  const from = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - from + 1) }, (ignored, index) => Number(((from + index) * step).toPrecision(12)));
}
