// The log of an actor system: Actions, what its nodes say, changes of their fields, promises kept and broken.

import { t } from "../lib/text.js";
import { fieldWords } from "../marks/value.js";
import { events } from "../trace/events.js";
import { nodeIdOf } from "../trace/messages.js";
import { deedWords, stateWord } from "./faults.js";
import { fullText, say } from "./values.js";

const known = new WeakMap(); // Segment -> its rows: words are made when they are looked at

/** The kinds of rows; `first`: shown from the start. */
export function logKinds() {
  return [
    { key: "action", title: t("Actions"), first: true }, { key: "note", title: t("Notes"), first: true }, { key: "breach", title: t("Promises"), first: true },
    { key: "health", title: t("Health"), first: true }, { key: "change", title: t("Fields"), first: false },
  ];
}

/** Rows [{at_ns, kind, who, words, target, event}] of all that is held, in order of time. */
export function log(store, system) {
  return store.segments().flatMap((segment) => {
    if (!known.has(segment)) known.set(segment, rowsOf(segment, system));
    return known.get(segment);
  });
}

function rowsOf(segment, system) {
  const told = events({ segments: () => [segment] }).map((row) => rowOf(row, segment, system));
  const changes = segment.tables.changes.map((row) => changeRow(row, nodeIdOf(segment, row.node)));
  return [...told, ...changes].sort((a, b) => a.at_ns - b.at_ns); // stable: causes before what they changed
}

const KINDS = { action: "action", note: "note", breach: "breach", reached: "breach", health: "health", joined: "health" };

function rowOf(row, segment, system) {
  const id = row.id ?? (row.what === "breach" ? nodeIdOf(segment, row.node) : null);
  const target = targetOf(row, id);
  return {
    at_ns: row.at_ns, kind: KINDS[row.what] ?? row.what, event: row.event >= 0 ? row.event : null, target, tone: row.what,
    who: row.what === "action" ? (row.by ? t("nemesis") : "") : id ?? "",
    get words() {
      return WORDS[row.what]?.(row, system) ?? row.what;
    },
  };
}

function targetOf({ what, target }, id) {
  if (what !== "action") return id ? { node: id } : null;
  if (!target) return null;
  return target.includes("->") ? { link: target } : /^\d+$/.test(target) ? null : { node: target };
}

const WORDS = {
  action: (row, system) => deedWords(system, row),
  note: (row) => say(row.template, row.values),
  breach: (row, system) => t("broken: {sentence} {how}", { sentence: sentenceOf(system, row.property), how: say(row.template, row.values) }),
  reached: (row, system) => t("reached: {sentence}", { sentence: sentenceOf(system, row.property) }),
  health: (row) => stateWord(row.state),
  joined: (row) => t("{node} joined", { node: row.node.id }),
};

function sentenceOf(system, key) {
  return system.properties.find((property) => property.key === key)?.sentence ?? key;
}

function changeRow({ at_ns, field, value, event }, id) {
  return {
    at_ns, kind: "change", tone: "change", event: event >= 0 ? event : null, who: id ?? "", target: { node: id },
    get words() {
      return `${fieldWords(field)}: ${fullText(value, field)}`;
    },
  };
}
