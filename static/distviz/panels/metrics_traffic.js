// What each of the four charts shows: its lines, unit, and how a value is written.

import { number, percent, short, span, three } from "../lib/format.js";
import { t } from "../lib/text.js";

const said = (write) => (value) => (value === null || value === undefined ? "–" : write(value));
const tick = (value) => (value < 10000 ? number(value, 3) : short(value));

/** choices: all are drawn for one lane, one of them for each of several lanes. `fold`: the kind in feed.js. */
export const METRICS = [
  {
    key: "rate",
    fold: "buckets",
    title: () => t("Requests"),
    unit: () => t("per second"),
    choices: [
      { key: "ok", label: () => t("answered"), colour: "--ok" },
      { key: "sent", label: () => t("sent"), colour: "--ink-2", dash: 2 },
      { key: "failed", label: () => t("failed"), colour: "--failed", dash: 1 },
    ],
    tick,
    say: said((value) => t("{rate}/s", { rate: three(value) })),
  },
  {
    key: "latency",
    fold: "buckets",
    title: () => t("Latency"),
    unit: () => t("milliseconds"),
    choices: [
      { key: "p99", label: () => t("p99"), colour: "--failed" },
      { key: "p90", label: () => t("p90"), colour: "--unknown", dash: 1 },
      { key: "p50", label: () => t("p50"), colour: "--ok", dash: 2 },
    ],
    log: true,
    tick,
    say: said((value) => span(value * 1e6)),
  },
  {
    key: "queues",
    fold: "queues",
    title: () => t("Waiting in queues"),
    unit: () => t("requests"),
    choices: [
      { key: "queued", label: () => t("all queues, mean"), colour: "--accent" },
      { key: "longest", label: () => t("longest queue, peak"), colour: "--unknown", dash: 1 },
    ],
    tick,
    say: said(three),
  },
  {
    key: "utilisation",
    fold: "utilisation",
    title: () => t("Utilisation"),
    unit: () => t("share of slots in use"),
    choices: [
      { key: "mean", label: () => t("all servers"), colour: "--accent" },
      { key: "most", label: () => t("busiest"), colour: "--ink-2", dash: 1 },
      { key: "least", label: () => t("idlest"), colour: "--ink-3", dash: 2 },
    ],
    band: ["most", "least"],
    ceiling: 1.04,
    tick: (value) => (value > 1 ? "" : percent(value)),
    say: said((share) => percent(share)),
  },
];
