// What the signs of the diagram mean, in words.

import { span } from "../lib/format.js";
import { t } from "../lib/text.js";
import { fieldWords, shortId, valueText } from "../marks/value.js";
import { OUTSIDE } from "../trace/messages.js";
import { CUT, DELIVERED, DOWN, DROPPED, IN_FLIGHT, LOST } from "../trace/spacetime.js";
import { tickWords } from "./spacetime_ruler.js";
import { isLog, say } from "./values.js";

/** The name of a kind of message. */
export function kindWords(system, kind) {
  return system.messages[kind]?.title ?? String(kind);
}

/** The fields of a message: "ballot (3, 1), value 7". */
export function bodyWords(system, { kind, body }) {
  const fields = system.messages[kind]?.fields ?? [];
  return body.map((value, place) => `${fieldWords(fields[place] ?? String(place))} ${valueText(value, fields[place])}`).join(", ");
}

/** What became of a message, and why. */
export function fateWords({ fate, src, dst }, lanes) {
  const there = lanes[dst]?.id ?? "";
  if (fate === IN_FLIGHT) return t("on its way");
  if (fate === DELIVERED) return "";
  if (fate === LOST) return t("lost by the network");
  if (fate === CUT) return t("lost: the link from {src} to {dst} was cut", { src: lanes[src]?.id ?? t("outside"), dst: there });
  if (fate === DOWN) return t("lost: {dst} was down", { dst: there });
  return fate === DROPPED ? t("dropped by hand") : t("waiting at {dst}", { dst: there });
}

/** A message in a few lines: [title, route, fields, times, fate]; empty ones are left out. */
export function messageLines(message, { system, lanes, duration_ns }) {
  const { src, dst, sent_ns, came_ns, arrive_ns, fate } = message;
  const grain = Math.max(1, came_ns - sent_ns) / 100;
  const [sent, came] = [tickWords(sent_ns, grain, duration_ns), tickWords(came_ns, grain, duration_ns)];
  const times = fate === DELIVERED ? t("sent {sent}, arrived {came}: {latency}", { sent, came, latency: span(came_ns - sent_ns) }) : t("sent {sent}", { sent });
  const waited = fate === DELIVERED && arrive_ns > came_ns ? t("waited {length} until it was handled", { length: span(arrive_ns - came_ns) }) : "";
  const route = t("{src} to {dst}", { src: src === OUTSIDE ? t("outside") : lanes[src]?.id, dst: lanes[dst]?.id });
  return [kindWords(system, message.kind), route, bodyWords(system, message), times, waited, fateWords(message, lanes)].filter(Boolean);
}

/** A timer that went off. */
export function timerLines({ kind, node, at_ns }, { system, lanes, duration_ns }) {
  return [t("timer {name} of {node} went off", { name: system.timers[kind] ?? kind, node: lanes[node]?.id }), tickWords(at_ns, 1e5, duration_ns)];
}

/** A changed field: "ballot = (3, 1)"; of a log, its newest entry. */
export function changeWords({ field, value }) {
  if (isLog(value)) return `${fieldWords(field)} = ${value.length > 1 ? "…, " : ""}${valueText(value.at(-1), field)}`;
  const names = value && typeof value === "object" ? Object.keys(value).map(shortId).join(" ") : ""; // an answer of nothing is one
  return `${fieldWords(field)} = ${valueText(value, field) || names || "–"}`;
}

/** A note of the system, in its own words. */
export function noteWords({ template, values }) {
  return say(template, values);
}

/** An operation: "write x 3". */
export function operationWords({ f, key, value }) {
  return [f, key, value].filter((one) => one !== null && one !== undefined).map((one) => (typeof one === "string" ? one : valueText(one))).join(" ");
}

/** How an operation ended. */
export function outcomeWords(outcome) {
  return { ok: t("ok"), info: t("unknown"), fail: t("failed") }[outcome] ?? t("waiting");
}

/** What is wrong with the network: who is cut from whom, or which links are altered. */
export function networkWords({ cut, links }, lanes) {
  if (cut.length === 0) return t("altered links: {links}", { links: few(links.map(({ src, dst }) => `${src} → ${dst}`)) });
  const both = new Set(cut.map(([a, b]) => `${a} ${b}`));
  const oneWay = cut.filter(([a, b]) => !both.has(`${b} ${a}`));
  const groups = groupsOf(lanes.map(({ id }) => id), both);
  if (oneWay.length === 0 && groups.length > 1) return t("partition: {groups}", { groups: groups.map((group) => few(group)).join(" | ") });
  return t("cut: {links}", { links: few(cut.map(([a, b]) => `${a} → ${b}`)) });
}

/** Nodes that can still reach each other; the largest group last. */
function groupsOf(ids, cut) {
  const left = new Set(ids);
  const groups = [];
  for (const first of ids) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (const one of group) {
      for (const other of left) {
        if (cut.has(`${one} ${other}`)) continue;
        group.push(other);
        left.delete(other);
      }
    }
    groups.push(group);
  }
  return groups.sort((a, b) => a.length - b.length);
}

function few(words) {
  return words.length > 4 ? t("{some} and {count} more", { some: words.slice(0, 3).join(t(", ")), count: words.length - 3 }) : words.join(t(", "));
}
