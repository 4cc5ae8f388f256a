// What the charts of an actor system show: messages, operations, their latency, and the gauges of the system.

import { number, short, span, three } from "../lib/format.js";
import { t } from "../lib/text.js";
import { hasGauge } from "../trace/gauges.js";

const said = (write) => (value) => (value === null || value === undefined ? "–" : write(value));
const tick = (value) => (value < 10000 ? number(value, 3) : short(value));
const rate = said((value) => t("{rate}/s", { rate: three(value) }));

const USUAL = [
  {
    key: "operations",
    title: () => t("Operations"),
    unit: () => t("per second"),
    choices: [
      { key: "ok", label: () => t("answered"), colour: "--ok" },
      { key: "failed", label: () => t("failed"), colour: "--failed", dash: 1 },
      { key: "unknown", label: () => t("unknown"), colour: "--unknown", dash: 2 },
    ],
    say: rate,
  },
  {
    key: "latency",
    title: () => t("Latency of operations"),
    unit: () => t("milliseconds"),
    choices: [{ key: "mean_ms", label: () => t("mean"), colour: "--ok" }, { key: "p99_ms", label: () => t("p99"), colour: "--failed", dash: 1 }],
    log: true,
    say: said((value) => span(value * 1e6)),
  },
  {
    key: "messages",
    title: () => t("Messages"),
    unit: () => t("per second"),
    choices: [
      { key: "sent", label: () => t("sent"), colour: "--ink-2", dash: 2 },
      { key: "delivered", label: () => t("delivered"), colour: "--ok" },
      { key: "lost", label: () => t("lost"), colour: "--failed", dash: 1 },
    ],
    say: rate,
  },
  {
    key: "in_flight",
    title: () => t("Messages under way"),
    unit: () => t("messages"),
    choices: [{ key: "in_flight", label: () => t("under way"), colour: "--accent" }],
    say: said(three),
  },
];

/** The usual four, and one chart for each gauge of `system`, which come first: they are what it is about. in(store):
 *  whether a Run has it at all. */
export function metrics(system) {
  const gauges = (system.gauges ?? []).map(({ name, title, unit }) => ({
    key: `gauge ${name}`, title: () => title, unit: () => unit ?? "", say: said((value) => `${three(value)}${unit ? ` ${unit}` : ""}`),
    choices: [{ key: name, label: () => title, colour: "--accent" }], in: (store) => hasGauge(store, name),
  }));
  return [...gauges, ...USUAL].map((metric) => ({ fold: "columns", tick, ...metric }));
}

const BUCKETS_AT_MOST = 240;
const CALM = 5; // samples together where there are enough of them: single ones only show noise

/** How the charts fold their series: every line in one set of columns. */
export function folds(series) {
  return {
    columns: () => {
      const longest = Math.max(...series.map((one) => one.length));
      const width = longest <= 2 * BUCKETS_AT_MOST / CALM ? 1 : Math.max(CALM, Math.ceil(longest / BUCKETS_AT_MOST));
      return series.map((one) => {
        const { gauges, ...columns } = one.columns(width);
        return { ...columns, ...gauges };
      });
    },
  };
}
