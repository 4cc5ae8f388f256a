// Which fields hold times in ns: those whose names say so, and those that the system on the page names (its `times`).

import { fieldTime, number } from "../lib/format.js";

const named = new Set();

/** Take over what `system` says of its fields. */
export function learnTimes({ times = [] }) {
  named.clear();
  for (const name of times) named.add(name);
}

export function isTime(name) {
  return name.endsWith("_ns") || named.has(name);
}

/** The name that decides what the part `key` of the field `name` is: a list or a map of times has parts that are times. */
export function partOf(name, key = "") {
  return isTime(name) && !isTime(key) ? name : key;
}

/** A number in the field `name`: a time, or a count or a ballot as it is. */
export function fieldNumber(value, name) {
  return isTime(name) ? fieldTime(value) : number(value, 6);
}
