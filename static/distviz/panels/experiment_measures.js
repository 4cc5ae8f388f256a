// What can be read off a cell of an Experiment: each measure with its name, its estimate and how it is said.

import { fixed, percent, span, three } from "../lib/format.js";
import { t } from "../lib/text.js";

const MS = 1e6;
const NOISE = 1e-9; // a half that small is arithmetic, not chance

const time = { say: (ms) => span(ms * MS), units: [[1e6, "ns"], [1e3, "µs"], [1, "ms"], [1e-3, "s"]], log: true, latency: true };
const share = { say: (value) => percent(value, value >= 0.1 || value === 0 ? 1 : value >= 0.001 ? 2 : 4), units: [[100, "%"]], log: false };
const rate = { say: (value) => `${three(value)} 1/s`, units: [[1, "1/s"]], log: false };

/** {key, title(), of(cell) -> {mean, half, count} | null, say(value), units, log (a good first scale), latency, less (less is better)}. */
export const MEASURES = [
  { ...time, key: "mean", title: () => t("mean latency"), less: true },
  { ...time, key: "p50", title: () => t("p50 (median latency)"), less: true },
  { ...time, key: "p90", title: () => t("p90 latency"), less: true },
  { ...time, key: "p99", title: () => t("p99 latency"), less: true },
  { ...time, key: "p99_9", title: () => t("p99.9 latency"), less: true },
  { ...rate, key: "goodput_per_s", title: () => t("goodput (answers in time)"), less: false },
  { ...rate, key: "throughput_per_s", title: () => t("throughput"), less: false },
  { ...share, key: "failure_share", title: () => t("failed requests"), less: true },
  { ...share, key: "utilisation", title: () => t("utilisation"), less: true },
  { key: "server_hours", title: () => t("server-hours"), say: (value) => `${three(value)} h`, units: [[1, "h"]], log: false, less: true },
].map((measure) => ({ ...measure, of: (cell) => (measure.latency ? cell.latency_ms?.[measure.key] : cell[measure.key]) ?? null }));

export const SHORT = { mean: () => t("mean"), p50: () => "p50", p90: () => "p90", p99: () => "p99", p99_9: () => "p99.9", goodput_per_s: () => t("goodput"), throughput_per_s: () => t("throughput"), failure_share: () => t("failed"), utilisation: () => t("utilisation"), server_hours: () => t("server-hours") };

/** The measure called `key`; the first one where there is none. */
export function measureOf(key) {
  return MEASURES.find((measure) => measure.key === key) ?? MEASURES[0];
}

/** "12.3 ± 0.4 ms": both in the unit of the value, with two digits of the half that mean something. */
export function interval(measure, est) {
  if (!est || est.mean === null) return "–";
  if (est.half === null || est.half <= NOISE * Math.abs(est.mean)) return measure.say(est.mean);
  const [scale, unit] = unitOf(measure, Math.max(Math.abs(est.mean), est.half));
  const digits = digitsOf(est.half * scale, est.mean * scale);
  return `${fixed(est.mean * scale, digits)} ± ${fixed(est.half * scale, digits)} ${unit}`;
}

/** A difference with its sign: "−3.2 ± 0.8 ms". */
export function difference(measure, diff) {
  if (!diff || diff.difference === null) return "–";
  const [scale, unit] = unitOf(measure, Math.max(Math.abs(diff.difference), diff.half ?? 0));
  const points = unit === "%" ? t("points") : unit;
  const digits = digitsOf((diff.half ?? diff.difference) * scale, diff.difference * scale);
  const value = fixed(Math.abs(diff.difference * scale), digits);
  const sign = Number(Math.abs(diff.difference * scale).toFixed(digits)) === 0 ? "" : diff.difference > 0 ? "+" : "−";
  if (diff.half === 0 && diff.difference === 0) return t("no difference");
  return diff.half === null ? `${sign}${value} ${points}` : `${sign}${value} ± ${fixed(diff.half * scale, digits)} ${points}`;
}

function unitOf(measure, size) {
  return measure.units.findLast(([scale]) => size * scale >= 1) ?? measure.units[0];
}

function digitsOf(half, value) {
  const size = Math.abs(half) > 0 ? Math.abs(half) : Math.abs(value);
  if (size === 0) return 0;
  const power = Math.floor(Math.log10(size));
  const more = size / 10 ** power < 3 ? 1 : 0; // a second digit where the first one is small
  return Math.min(6, Math.max(0, more - power));
}

/** Server-hours for a million answers in time: what a strategy costs; null where nothing was answered. */
export function costOf(cell, duration_s) {
  const answers = (cell.goodput_per_s?.mean ?? 0) * duration_s;
  return cell.server_hours && answers > 0 ? (cell.server_hours.mean / answers) * 1e6 : null;
}
