// A rate over time as points [t_s, rate_per_s]: its value, how many arrivals it stands for, ready-made shapes, and edits.

/** The rate at t_s of arrivals {points, shape: "linear" | "steps", repeat_s}. */
export function rateAt({ points, shape, repeat_s }, t_s) {
  const t = repeat_s ? t_s % repeat_s : t_s;
  const next = points.findIndex(([at]) => at > t);
  if (next === 0) return points[0][1];
  const [from, rate] = points[next < 0 ? points.length - 1 : next - 1];
  const [until, then] = next < 0 ? [repeat_s ?? Infinity, points[0][1]] : points[next];
  return shape === "steps" || !Number.isFinite(until) ? rate : rate + ((then - rate) * (t - from)) / (until - from);
}

/** The corners of the line from 0 to `end_s`, repetitions and jumps included: [t_s, rate]. */
export function corners(arrivals, end_s) {
  const { points, shape, repeat_s } = arrivals;
  const found = [[0, rateAt(arrivals, 0)]];
  const turns = repeat_s ? Math.min(Math.ceil(end_s / repeat_s), 200) : 1;
  for (let turn = 0; turn < turns; turn += 1) {
    const start = turn * (repeat_s ?? 0);
    if (turn > 0) found.push([start, before(arrivals)], [start, rateAt(arrivals, 0)]);
    for (const [at, rate] of points) {
      if (shape === "steps") found.push([start + at, found.at(-1)[1]]);
      found.push([start + at, rate]);
    }
  }
  const inside = found.filter(([at]) => at < end_s);
  const last = repeat_s && Math.abs(end_s % repeat_s) < 1e-9 ? before(arrivals) : rateAt(arrivals, end_s);
  return [...inside, [end_s, last]];
}

/** The rate just before a repetition begins. */
function before({ points, shape, repeat_s }) {
  return shape === "steps" || points.at(-1)[0] >= repeat_s ? points.at(-1)[1] : points[0][1];
}

/** How many arrivals are to be expected until `end_s`. */
export function expected(arrivals, end_s) {
  return corners(arrivals, end_s).reduce((sum, [at, rate], index, all) => (index === 0 ? 0 : sum + ((rate + all[index - 1][1]) / 2) * (at - all[index - 1][0])), 0);
}

/** Whether every point is two numbers, each later than the one before it: only then it can be drawn. */
export function isDrawable(points) {
  return Array.isArray(points) && points.length > 0 && points.every((point, index) =>
    point.length === 2 && point.every(Number.isFinite) && point[1] >= 0 && point[0] >= 0 && (index === 0 || point[0] > points[index - 1][0]));
}

/** A round number a little above `most`: the top of the scale. */
export function roundTop(most) {
  const size = 10 ** Math.floor(Math.log10(most || 1));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((lead) => lead * size).find((top) => top >= most * 1.08) ?? 12 * size;
}

/** `points` with `point` in its place; one at the same time gives way. */
export function withPoint(points, point) {
  return [...points.filter(([at]) => at !== point[0]), point].sort((a, b) => a[0] - b[0]);
}

/** `points` with number `index` at `point`, held between its neighbours (`step`: the least distance). */
export function moved(points, index, [at, rate], step) {
  const low = index > 0 ? points[index - 1][0] + step : 0;
  const high = index < points.length - 1 ? points[index + 1][0] - step : Infinity;
  const place = [tidy(Math.max(low, Math.min(high, at))), tidy(Math.max(0, rate))];
  return points.map((point, other) => (other === index ? place : point));
}

/** `points` where the line `drawn` (points in any order) has been drawn over them. */
export function drawnOver(points, drawn) {
  const times = drawn.map(([at]) => at);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  return drawn.reduce((all, point) => withPoint(all, point), points.filter(([at]) => at < low || at > high));
}

/** A number without the noise of its last digits. */
export function tidy(value) {
  return Number(value.toPrecision(6));
}

const DAY = [0.42, 0.3, 0.24, 0.22, 0.26, 0.4, 0.66, 0.92, 1.18, 1.38, 1.52, 1.6, 1.56, 1.5, 1.48, 1.52, 1.6, 1.72, 1.78, 1.7, 1.48, 1.16, 0.86, 0.6];

/** Ready-made shapes over `end_s` seconds about a mean of `rate`: {key: {points, shape, repeat_s}}. */
export function shapes(end_s, rate) {
  const over = (pairs) => pairs.map(([share, times]) => [tidy(share * end_s), tidy(times * rate)]);
  const linear = (pairs) => ({ points: over(pairs), shape: "linear", repeat_s: null });
  return {
    diurnal: { points: over(DAY.map((times, hour) => [hour / 24, times])), shape: "linear", repeat_s: tidy(end_s) },
    flash: linear([[0, 0.7], [0.3, 0.7], [0.33, 4], [0.42, 3.2], [0.6, 1.3], [0.8, 0.8], [1, 0.7]]),
    ramp: linear([[0, 0.2], [1, 1.8]]),
    step: { points: over([[0, 0.6], [0.5, 1.4]]), shape: "steps", repeat_s: null },
    attack: { points: over([[0, 0.7], [0.4, 6], [0.6, 0.7]]), shape: "steps", repeat_s: null },
  };
}
