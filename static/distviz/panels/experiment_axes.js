// The axes of an Experiment as a form holds them: which fields of a Config can be one, and the values that were asked for.

import { t } from "../lib/text.js";
import { number, roundStep, three } from "../lib/format.js";
import { boundsText, changes, choiceTitle, chosen, complete, get, limits, said, same, union, unwrap, valueTitle } from "../lib/schema.js";
import { offered } from "./load.js";

export const AXES_AT_MOST = 4;
const VALUES_AT_MOST = 200;
const STEPS = 8;
const LOADS = [0.5, 1.05]; // of what the servers can do: from half to a little too much
const LOAD_PATHS = ["arrivals.rate_per_s", "arrivals.speed_up", "arrivals.high_rate_per_s", "arrivals.clients"];

/** [{path, titles, node, kind}]: every field of `config` that can be varied, in the schema's order.
 *  kind: "choice" (of groups of options), "words" (of an enumeration or yes and no) or "number". */
export function fieldsOf(raw, root, config, path = "", titles = []) {
  const { node } = unwrap(raw, root);
  const value = path ? get(config, path) : config;
  const both = union(node, root);
  const inner = (object) => Object.entries(object.properties ?? {}).flatMap(([key, child]) =>
    ("const" in child ? [] : fieldsOf(child, root, config, path ? `${path}.${key}` : key, titlesOf(titles, unwrap(child, root).node.title ?? key))));
  if (both) return [...(both.choices.length > 1 ? [{ path, titles, node, kind: "choice" }] : []), ...(value ? inner(chosen(both, value).node) : [])];
  if (node.properties) return value ? inner(node) : [];
  if (node.type === "array") return node.items?.enum ? [] : (value ?? []).flatMap((item, index) => fieldsOf(node.items, root, config, `${path}.${index}`, [...titles, value.length > 1 ? number(index + 1) : ""].filter(Boolean)));
  if (node.enum || node.type === "boolean") return [{ path, titles, node, kind: "words" }];
  return ["number", "integer"].includes(node.type) ? [{ path, titles, node, kind: "number" }] : [];
}

function titlesOf(before, title) {
  return before.at(-1) === title ? before : [...before, title];
}

/** What a field is called where all are listed. */
export function fieldTitle(field) {
  return field.titles.join(" › ");
}

/** The first choice by name: the strategies of a balancer. null where a system has none. */
export function mainChoice(fields, root) {
  return fields.find((field) => field.kind === "choice" && union(field.node, root).tag === "name") ?? null;
}

/** An axis as it is first offered for `field`; `proposed`: the values to begin with, or null. */
export function newAxis(field, root, config, recordings, proposed = null) {
  const value = get(config, field.path);
  if (field.kind === "choice") return { path: field.path, options: optionsOf(field, root, value, proposed) };
  const words = field.kind === "words" ? wordsOf(field.node) : [];
  if (field.kind === "words") return { path: field.path, some: words.map((word) => (proposed ? proposed.includes(word) : word === value || words.length <= 4)) };
  if (proposed) return { path: field.path, how: "list", from: proposed[0], to: proposed.at(-1), steps: proposed.length, list: proposed.join(", ") };
  const [from, to] = isLoad(field.path) ? loadsOf(field, config, recordings) : [0.5, 2].map((share) => (value || 1) * share);
  return { path: field.path, how: "range", list: "", ...evenly(field.node, from, to) };
}

/** Every choice with its options; those proposed are on, else the config's own and, for a start, three more. */
function optionsOf(field, root, own, proposed) {
  const { tag, choices } = union(field.node, root);
  if (proposed) return choices.flatMap(({ name }) => offeredOf(proposed.filter((value) => value[tag] === name), complete(field.node, root, { [tag]: name }), (value) => complete(field.node, root, value)));
  const options = choices.map(({ name }) => ({ on: name === own?.[tag], value: name === own?.[tag] ? own : complete(field.node, root, { [tag]: name }) }));
  const wanted = 4 - options.filter(({ on }) => on).length;
  options.filter(({ on }) => !on).slice(0, wanted).forEach((option) => (option.on = true));
  return options;
}

/** A choice as often as it was proposed, and once where it was not. */
function offeredOf(values, usual, whole) {
  return values.length ? values.map((value) => ({ on: true, value: whole(value) })) : [{ on: false, value: usual }];
}

/** From where to where the load goes so that the knee lies between. */
function loadsOf(field, config, recordings) {
  const value = get(config, field.path);
  const load = offered(config, recordings);
  return LOADS.map((share) => (load ? (value * share) / load.share : value * share * 2));
}

/** {from, to, steps}: round values from about `from` to about `to`. */
function evenly(node, from, to) {
  const step = to > from ? roundStep(to - from, STEPS) : 1;
  const [low, high] = [Math.floor(from / step + 1e-9) * step || step, Math.ceil(to / step - 1e-9) * step].map((value) => fit(node, value));
  return { from: low, to: high, steps: Math.max(1, Math.round((high - low) / (node.type === "integer" ? Math.max(1, step) : step)) + 1) };
}

/** The field of `fields` that says how much comes in; null where there is none. */
export function loadField(fields) {
  return LOAD_PATHS.map((path) => fields.find((field) => field.path === path)).find(Boolean) ?? null;
}

export function isLoad(path) {
  return LOAD_PATHS.includes(path);
}

/** The words of an enumeration; yes and no have two. */
export function wordsOf(node) {
  return node.enum ?? [false, true];
}

export function wordTitle(node, word) {
  return typeof word === "boolean" ? (word ? t("yes") : t("no")) : valueTitle(node, word);
}

/** The values of an axis as they are sent: a list, with whatever is wrong in it as it was typed. */
export function valuesOf(axis, field) {
  if (axis.options) return axis.options.filter(({ on }) => on).map(({ value }) => value);
  if (axis.some) return wordsOf(field.node).filter((word, index) => axis.some[index]);
  return axis.how === "list" ? listed(axis.list) : ranged(axis, field.node);
}

function listed(text) {
  return String(text).split(/[\s,;]+/).filter(Boolean).map((part) => (Number.isFinite(Number(part)) ? Number(part) : part));
}

function ranged({ from, to, steps }, node) {
  if (![from, to, steps].every(Number.isFinite) || !Number.isInteger(steps) || steps < 1 || steps > VALUES_AT_MOST) return [];
  const step = steps > 1 ? (to - from) / (steps - 1) : 0;
  const values = Array.from({ length: steps }, (ignored, index) => {
    const value = Number((from + index * step).toPrecision(6));
    return node.type === "integer" ? Math.round(value) : value;
  });
  return [...new Set(values)];
}

function fit(node, value) {
  const { low = -Infinity, high = Infinity } = limits(node);
  const within = Math.min(Math.max(value, low), high);
  return node.type === "integer" ? Math.round(within) : Number(within.toPrecision(6));
}

/** [{path, sentence}]: what can be seen to be wrong in the axis at `place`. */
export function axisProblems(axis, field, place) {
  const at = (name, sentence) => [{ path: `axes.${place}.${name}`, sentence }];
  if (!field) return at("path", t("This field is not there any more."));
  const values = valuesOf(axis, field);
  const name = axis.options ? "options" : axis.some ? "some" : axis.how === "list" ? "list" : "steps";
  if (name === "steps" && !Number.isFinite(axis.from)) return at("from", t("This must be a number."));
  if (name === "steps" && !Number.isFinite(axis.to)) return at("to", t("This must be a number."));
  if (name === "steps" && !(Number.isInteger(axis.steps) && axis.steps >= 1 && axis.steps <= VALUES_AT_MOST)) {
    return at("steps", t("This must be a whole number from 1 to {most}.", { most: number(VALUES_AT_MOST) }));
  }
  if (values.length === 0) return at(name, axis.how ? t("There must be at least one value.") : t("Choose at least one."));
  return field.kind === "number" ? numberProblems(values, field.node, at, name === "steps" ? "from" : name) : [];
}

function numberProblems(values, node, at, name) {
  const word = values.find((value) => typeof value !== "number");
  if (word !== undefined) return at(name, t("{value} is not a number.", { value: word }));
  const { low = -Infinity, high = Infinity, above = -Infinity, below = Infinity } = limits(node);
  const wrong = values.find((value) => value < low || value > high || value <= above || value >= below || (node.type === "integer" && !Number.isInteger(value)));
  return wrong === undefined ? [] : at(name, t("{value} is out of bounds: {bounds}.", { value: number(wrong, 6), bounds: boundsText(node) }));
}

/** A value in a few words: "Power of two, choices 3", "800 1/s". */
export function valueWords(field, root, value) {
  if (field.kind === "words") return wordTitle(field.node, value);
  if (field.kind === "number") return `${three(value)}${field.node.unit ? ` ${field.node.unit}` : ""}`;
  const choice = chosen(union(field.node, root), value);
  const options = changes(choice.node, root, complete(choice.node, root, {}), value, "").filter(({ before, after }) => !same(before, after));
  return [choiceTitle(choice), ...options.map((option) => `${option.titles.at(-1)} ${said(option.node, root, option.after)}`)].join(", ");
}
