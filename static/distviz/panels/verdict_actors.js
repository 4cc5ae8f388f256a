// The sentences that sum up a Comparison of protocols: who kept the promises, who answered, how fast.

import { moment, number, percent, span } from "../lib/format.js";
import { t } from "../lib/text.js";
import { listed } from "./verdict.js";

const SAME = 0.01;

/** "" until every lane has its summary. lanes: [{title, summary}]; system names the promises. */
export function verdict(lanes, system) {
  if (lanes.some((lane) => !lane.summary)) return "";
  return [safety(lanes, system), answers(lanes), speed(lanes)].filter(Boolean).join(" ");
}

function safety(lanes, system) {
  const broken = lanes.filter(({ summary }) => summary.breaches.length);
  if (!broken.length) return t("All lanes kept every promise.");
  const kept = lanes.filter((lane) => !broken.includes(lane)).map(({ title }) => title);
  const told = broken.map((lane) => brokenBy(lane, system)).join(" ");
  return kept.length ? t("{names} kept every promise; {others}", { names: listed(kept), others: told }) : told;
}

function brokenBy({ title, summary }, system) {
  const [first] = [...summary.breaches].sort((a, b) => a.at_ns - b.at_ns);
  const sentence = system.properties.find(({ key }) => key === first.property)?.sentence ?? first.property;
  return t("{name} broke one at {time}: “{sentence}”", { name: title, time: moment(first.at_ns, summary.span_s * 1e9), sentence });
}

function answers(lanes) {
  const counts = lanes.map(({ summary }) => summary.operations.ok);
  if (counts.every((count) => count === counts[0])) return counts[0] > 0 ? t("Each answered {count} operations.", { count: number(counts[0]) }) : "";
  return t("Operations answered: {counts}.", { counts: lanes.map((lane, at) => t("{name} {count}", { name: lane.title, count: number(counts[at]) })).join(t(", ")) });
}

function speed(lanes) {
  const known = lanes.filter(({ summary }) => summary.latency_ms?.count > 0).sort((a, b) => p99(a) - p99(b));
  if (known.length < 2) return "";
  const [best, ...others] = known;
  const time = span(p99(best) * 1e6);
  const last = others.at(-1);
  if (p99(last) <= p99(best) * (1 + SAME)) return t("All answered 99 % within practically the same {time}.", { time });
  return t("{name} answered 99 % within {time}, {share} sooner than {last}.", { name: best.title, time, share: percent(1 - p99(best) / p99(last)), last: last.title });
}

const p99 = (lane) => lane.summary.latency_ms.p99;
