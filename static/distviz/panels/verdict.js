// The table of differences of a Comparison, computed from the summaries alone; each kernel says which measures.
//
// A measure is {key, label(), better: -1 less, 1 more, 0 neither, read(summary), say(value),
// instead?(summary): what stands in place of a number that would mean nothing, "" where it means something}.

import { percent } from "../lib/format.js";
import { t } from "../lib/text.js";

const ALIKE = 0.0005; // less than this share apart, two values are shown as alike

/** A measure of one summary: null where there is no such number, also where it would mean nothing. */
export function measured(measure, summary) {
  if (!summary || measure.instead?.(summary)) return null;
  return measure.read(summary) ?? null;
}

/** The value as text. */
export function written(measure, summary) {
  if (!summary) return "…";
  const value = measured(measure, summary);
  return measure.instead?.(summary) || (value === null ? "–" : measure.say(value));
}

/** [{measure, cells: [{text, difference, best}]}]; difference is to the first lane: null for itself, "" where there is none. */
export function differences(measures, summaries) {
  return measures.map((measure) => {
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

/** Titles as one list: "A, B and C". */
export function listed(titles) {
  if (titles.length === 1) return titles[0];
  return t("{names} and {last}", { names: titles.slice(0, -1).join(t(", ")), last: titles[titles.length - 1] });
}

/** The table as CSV (RFC 4180): plain numbers, units in the first column's names. */
export function tableCsv(measures, lanes) {
  const rows = [["measure", ...lanes.map((lane) => lane.title)]];
  for (const measure of measures) {
    rows.push([measure.key, ...lanes.map(({ summary }) => {
      if (summary && measure.instead?.(summary)) return measure.instead(summary);
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
