// Values of fields in few letters: "3.p1" for a ballot, "a0" for acceptor-0, "x 5" for a register.

import { t } from "../lib/text.js";
import { isBallot } from "../trace/hue.js";
import { fieldNumber, partOf } from "./times.js";

const LONGEST = 120;
const PARTS_AT_MOST = 12;

/** "acceptor-12" is "a12" where room is scarce; what does not look like a node's id stays as it is. */
export function shortId(id) {
  const parts = /^([a-z_]+)-(\d+)$/.exec(id);
  return parts ? parts[1].split("_").map((word) => word[0]).join("") + parts[2] : id;
}

function isId(name) {
  return shortId(name) !== name;
}

/** The name of a field, in words; of one that holds a time, without its unit. */
export function fieldWords(name) {
  return name.replace(/_ns$/, "").replaceAll("_", " ");
}

/** A value as it is shown in one line; `name`: of the field that holds it. */
export function valueText(value, name = "") {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  if (typeof value === "number") return fieldNumber(value, name);
  if (typeof value === "string") return value === "" ? "–" : shortId(value);
  return cut(Array.isArray(value) ? listText(value, name) : recordText(value, name));
}

function listText(list, name) {
  const simple = list.every((one) => one === null || typeof one !== "object");
  return list.length ? parts(list, (one) => valueText(one, name), simple ? " " : ", ") : "–";
}

function recordText(record, of) {
  const entries = Object.entries(record);
  if (!entries.length) return "–";
  if (isBallot(record)) return `${record.number}.${shortId(record.node)}`;
  return parts(entries.filter(([name, value]) => value !== null || isId(name)), ([name, value]) => (value === true || value === null ? shortId(name) : `${fieldWords(shortId(name))}${/^\d/.test(name) ? ":" : ""} ${valueText(value, partOf(of, name))}`), ", ");
}

/** The first of `list` as texts; what nobody could read is not made. */
function parts(list, textOf, between) {
  return list.slice(0, PARTS_AT_MOST).map(textOf).join(between) + (list.length > PARTS_AT_MOST ? "…" : "");
}

function cut(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Whether two values of fields are the same. */
export function same(a, b) {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && same(a[key], b[key]));
}

/** The values that a replica holds of a key, in one line: several where they are siblings. */
export function copiesText(values) {
  return values.map((one) => valueText(one)).join(" | ");
}
