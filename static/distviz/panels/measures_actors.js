// The numbers that end a run of an actor system, for comparisons. See verdict.js.

import { number, span, three } from "../lib/format.js";
import { t } from "../lib/text.js";

const latency = (key, label) => ({
  key: `${key}_ms`, label, better: -1, read: (summary) => (summary.latency_ms?.count ? summary.latency_ms[key] : null), say: (value) => span(value * 1e6),
});
const counted = (key, label, better, read) => ({ key, label, better, read, say: (value) => number(value) });

const USUAL = [
  counted("breaches", () => t("promises broken"), -1, ({ breaches }) => breaches.length),
  counted("ok", () => t("operations answered"), 1, ({ operations }) => operations.ok),
  counted("fail", () => t("operations refused"), -1, ({ operations }) => operations.fail),
  counted("info", () => t("operations with unknown outcome"), -1, ({ operations }) => operations.info),
  counted("open", () => t("still waiting at the end"), -1, ({ operations }) => operations.open),
  latency("mean", () => t("mean latency")),
  latency("p50", () => t("p50: half within")),
  latency("p99", () => t("p99: 99 % within")),
  { key: "throughput_per_s", label: () => t("throughput"), better: 1, read: (summary) => summary.throughput_per_s, say: (value) => t("{rate}/s", { rate: three(value) }) },
  counted("messages_sent", () => t("messages sent"), 0, ({ messages }) => messages.sent),
  counted("messages_lost", () => t("messages lost"), 0, ({ messages }) => messages.lost + messages.cut + messages.down + messages.dropped),
];

/** The usual measures, and those of the system: every one that some lane has. */
export function measures(summaries) {
  const own = new Map(summaries.flatMap((summary) => summary?.metrics ?? []).map((metric) => [metric.key, metric]));
  return [...USUAL, ...[...own.values()].map(({ key, title, unit }) => ({
    key, label: () => title, better: 0, read: (summary) => summary.metrics?.find((metric) => metric.key === key)?.value, say: (value) => said(value, unit),
  }))];
}

/** A metric's value with its unit. */
export function said(value, unit) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  return unit === "ms" ? span(value * 1e6) : `${Number.isInteger(value) ? number(value) : three(value)}${unit ? ` ${unit}` : ""}`;
}
