// The table of differences of a Comparison and the sentence that sums it up, computed from the summaries alone.

import { number, percent, span } from "../lib/format.js";
import { t } from "../lib/text.js";
import { MEASURES, measured, written } from "./measures.js";

const SAME = 0.01; // within one per cent two latencies are called the same
const ALIKE = 0.0005; // less than this share apart, two values are shown as alike

/** [{measure, cells: [{text, difference, best}]}]; difference is to the first lane: null for itself, "" where there is none. */
export function differences(summaries) {
  return MEASURES.map((measure) => {
    const values = summaries.map((summary) => measured(measure, summary));
    const best = bestOf(values, measure.better);
    return {
      measure,
      cells: summaries.map((summary, i) => ({
        text: written(measure, summary),
        difference: i === 0 ? null : difference(values[0], values[i], measure),
        best: best !== null && values[i] === best,
      })),
    };
  });
}

/** The best value; null where no way is better, fewer than two can be compared, or all are as good as equal. */
function bestOf(values, better) {
  const known = values.filter((value) => value !== null);
  if (better === 0 || known.length < 2) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  if (most - least <= ALIKE * Math.abs(least)) return null;
  return better < 0 ? least : most;
}

function difference(base, value, measure) {
  if (base === null || value === null) return "";
  if (value === base) return "=";
  const sign = value > base ? "+" : "−";
  if (base === 0) return sign + measure.say(Math.abs(value));
  const share = Math.abs(value / base - 1);
  if (share <= ALIKE) return "≈";
  return sign + percent(share, share < 0.1 ? 1 : 0);
}

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
    : t("{names} answered 99 % within practically the same {time}", { names: listed([best, ...same]), time })];
  if (later.length > 0) parts.push(later.map((lane) => sooner(best, lane)).join(t(", ")));
  return parts.join(t(", "));
}

function sooner(best, lane) {
  return t("{share} sooner than {name}", { share: percent(1 - p99(best) / p99(lane)), name: lane.title });
}

function overload(able, unable) {
  if (unable.length === 0) return "";
  if (able.length === 0 && unable.length > 1) return t("none could keep up with the load");
  return t("{names} could not keep up", { names: listed(unable) });
}

/** Fast answers to fewer requests are no better: so failures are told whenever the lanes differ in them. */
function lost(lanes) {
  const failed = lanes.map((lane) => lane.summary.failed);
  if (failed.every((count) => count === 0)) return t("No request failed.");
  if (failed.every((count) => count === failed[0])) return t("{count} requests failed in each.", { count: number(failed[0]) });
  const counts = lanes.map((lane) => t("{name} {count}", { name: lane.title, count: number(lane.summary.failed) }));
  return t("Requests that failed: {counts}.", { counts: counts.join(t(", ")) });
}

function listed(lanes) {
  const names = lanes.map((lane) => lane.title);
  if (names.length === 1) return names[0];
  return t("{names} and {last}", { names: names.slice(0, -1).join(t(", ")), last: names[names.length - 1] });
}

/** The table as CSV (RFC 4180): plain numbers, units in the first column's names. */
export function tableCsv(lanes) {
  const rows = [["measure", ...lanes.map((lane) => lane.title)]];
  for (const measure of MEASURES) {
    rows.push([measure.key, ...lanes.map(({ summary }) => {
      if (measure.latency && summary && !summary.stable) return "unstable";
      return measured(measure, summary) ?? "";
    })]);
  }
  rows.push(["digest", ...lanes.map(({ summary }) => summary?.digest ?? "")]);
  return rows.map((row) => row.map(field).join(",") + "\r\n").join("");
}

function field(value) {
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`; // a spreadsheet is not to run a title
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
