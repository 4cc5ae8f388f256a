// The numbers that end a Run, one entry each: how it is read from a summary, written, and which way is better.

import { number, percent, span, three } from "../lib/format.js";
import { t } from "../lib/text.js";

const latency = (key, label) => ({
  key: `${key}_ms`,
  label,
  better: -1,
  read: (summary) => summary.latency_ms[key],
  say: (value) => span(value * 1e6),
  instead: (summary) => (summary.stable ? "" : t("unstable")), // a latency would only say when one stopped looking
});

/** See verdict.js. */
export const MEASURES = [
  latency("mean", () => t("mean latency")),
  latency("p50", () => t("p50: half within")),
  latency("p90", () => t("p90: 90 % within")),
  latency("p99", () => t("p99: 99 % within")),
  latency("p99_9", () => t("p99.9: 99.9 % within")),
  latency("max", () => t("slowest answer")),
  { key: "failed", label: () => t("failed"), better: -1, read: (summary) => summary.failed, say: (value) => number(value) },
  {
    key: "throughput_per_s",
    label: () => t("throughput"),
    better: 1,
    read: (summary) => summary.throughput_per_s,
    say: (value) => t("{rate}/s", { rate: three(value) }),
  },
  { key: "utilisation", label: () => t("utilisation"), better: 0, read: (summary) => summary.utilisation, say: (value) => percent(value, 1) },
  { key: "fairness", label: () => t("fairness (Jain)"), better: 1, read: (summary) => summary.fairness, say: (value) => number(value, 3) },
];

const OUTCOMES = {
  timeout: () => t("timed out at the client"),
  crashed: () => t("lost in a crash"),
  refused: () => t("reached a dead server"),
  rejected: () => t("found the queue full"),
  no_server: () => t("no server to choose"),
  overflow: () => t("beyond the limit of requests in flight"),
  limited: () => t("over the rate limit"),
  shed: () => t("shed by its server"),
  cancelled: () => t("given up for another attempt"),
  dropped: () => t("dropped by its balancer"),
  lost: () => t("lost with its balancer"),
};

/** How a request failed, in words. */
export function outcomeTitle(outcome) {
  return OUTCOMES[outcome]?.() ?? outcome.replaceAll("_", " ");
}

/** [{key, label, count}] of the ways in which requests failed, most first. */
export function failures(summary) {
  return Object.entries(summary.outcomes)
    .filter(([key, count]) => count > 0 && key in OUTCOMES)
    .map(([key, count]) => ({ key, label: OUTCOMES[key](), count }))
    .sort((a, b) => b.count - a.count);
}
