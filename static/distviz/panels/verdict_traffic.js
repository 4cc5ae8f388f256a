// The sentence that sums up a Comparison of load balancers, computed from the summaries alone.

import { number, percent, span } from "../lib/format.js";
import { t } from "../lib/text.js";
import { listed } from "./verdict.js";

const SAME = 0.01; // within one per cent two latencies are called the same

/** One or two sentences; "" until every lane has its summary. lanes: [{title, summary}]. */
export function verdict(lanes) {
  if (lanes.some((lane) => !lane.summary)) return "";
  const able = lanes.filter(({ summary }) => summary.stable && summary.latency_ms.p99 !== null);
  able.sort((a, b) => p99(a) - p99(b)); // ties keep the order of the lanes
  const unable = lanes.filter(({ summary }) => !summary.stable);
  const first = [opening(lanes), able.length > 0 ? ranking(able) : "", overload(able, unable)].filter(Boolean);
  const sentence = t("{opening} {findings}.", { opening: first[0], findings: first.slice(1).join(t("; ")) });
  return t("{sentence} {next}", { sentence, next: lost(lanes) });
}

const p99 = (lane) => lane.summary.latency_ms.p99;

function opening(lanes) {
  const sent = lanes.map((lane) => lane.summary.sent);
  if (sent.every((count) => count === sent[0])) return t("On the same {count} requests", { count: number(sent[0]) });
  return t("On {least} to {most} requests", { least: number(Math.min(...sent)), most: number(Math.max(...sent)) });
}

function ranking(able) {
  const [best, ...others] = able;
  const time = span(p99(best) * 1e6);
  const same = others.filter((lane) => p99(lane) <= p99(best) * (1 + SAME));
  const later = others.filter((lane) => !same.includes(lane));
  const parts = [same.length === 0
    ? t("{name} answered 99 % within {time}", { name: best.title, time })
    : t("{names} answered 99 % within practically the same {time}", { names: listed(titles([best, ...same])), time })];
  if (later.length > 0) parts.push(later.map((lane) => sooner(best, lane)).join(t(", ")));
  return parts.join(t(", "));
}

function sooner(best, lane) {
  return t("{share} sooner than {name}", { share: percent(1 - p99(best) / p99(lane)), name: lane.title });
}

function overload(able, unable) {
  if (unable.length === 0) return "";
  if (able.length === 0 && unable.length > 1) return t("none could keep up with the load");
  return t("{names} could not keep up", { names: listed(titles(unable)) });
}

/** Fast answers to fewer requests are no better: so failures are told whenever the lanes differ in them. */
function lost(lanes) {
  const failed = lanes.map((lane) => lane.summary.failed);
  if (failed.every((count) => count === 0)) return t("No request failed.");
  if (failed.every((count) => count === failed[0])) return t("{count} requests failed in each.", { count: number(failed[0]) });
  const counts = lanes.map((lane) => t("{name} {count}", { name: lane.title, count: number(lane.summary.failed) }));
  return t("Requests that failed: {counts}.", { counts: counts.join(t(", ")) });
}

function titles(lanes) {
  return lanes.map((lane) => lane.title);
}
