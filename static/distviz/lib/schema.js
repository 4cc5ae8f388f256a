// Reads the JSON Schema of a Config: what a value is made of, its defaults, what is wrong with it, what was changed.
// A path is a dotted string as in the server's errors: "config.servers.0.count".

import { t } from "./text.js";
import { number } from "./format.js";

/** `node` with its $ref followed; what stands beside the reference wins. */
export function resolve(node, root) {
  if (!node?.$ref) return node ?? {};
  const target = root.$defs?.[node.$ref.split("/").pop()] ?? {};
  const { $ref, ...beside } = node;
  return { ...resolve(target, root), ...beside };
}

/** {nullable, node}: pydantic writes an optional field as anyOf [type, null]. */
export function unwrap(raw, root) {
  const node = resolve(raw, root);
  const choices = node.anyOf?.map((choice) => resolve(choice, root));
  if (!choices) return { nullable: false, node };
  const { anyOf, ...beside } = node;
  const plain = choices.find((choice) => choice.type !== "null") ?? {};
  return { nullable: choices.some((choice) => choice.type === "null"), node: { ...plain, ...beside } };
}

/** {tag, choices: [{name, node}]} of a discriminated union, else null. */
export function union(node, root) {
  const tag = node.discriminator?.propertyName;
  if (!tag || !node.oneOf) return null;
  const choices = node.oneOf.map((raw) => resolve(raw, root));
  return { tag, choices: choices.map((choice) => ({ name: constOf(choice.properties[tag]), node: choice })) };
}

/** The choice of `value` in a union; the first where it names none. */
export function chosen({ tag, choices }, value) {
  return choices.find((choice) => choice.name === value?.[tag]) ?? choices[0];
}

/** [{family, choices}]: the choices under their headings, in the order in which the headings first come; family "" where there is none. */
export function families(choices, familyOf = ({ node }) => node.family ?? "") {
  const found = new Map();
  for (const choice of choices) found.set(familyOf(choice), [...(found.get(familyOf(choice)) ?? []), choice]);
  return [...found].map(([family, members]) => ({ family, choices: members }));
}

function constOf(node) {
  return node.const ?? node.enum?.[0] ?? node.default;
}

/** `value` with every default filled in, all the way down. */
export function complete(raw, root, value) {
  const { nullable, node } = unwrap(raw, root);
  if (value === undefined) value = "default" in node ? node.default : blank(node, root, nullable);
  if (value === null && nullable) return null;
  const both = union(node, root);
  if (both) return completeChoice(both, root, value);
  if (node.type === "array") return Array.isArray(value) ? value.map((item) => complete(node.items, root, item)) : value;
  if (!node.properties || typeof value !== "object" || value === null) return value;
  const filled = Object.entries(node.properties).map(([key, child]) => [key, complete(child, root, value[key])]);
  return { ...value, ...Object.fromEntries(filled) };
}

/** `config` with `overrides` laid over it, object by object; where they name another choice, theirs replaces the old one. */
export function laid(config, overrides) {
  const result = { ...config };
  for (const [name, value] of Object.entries(overrides)) {
    const old = result[name];
    const both = isObject(old) && isObject(value);
    result[name] = both && ["law", "name"].every((tag) => !(tag in value) || value[tag] === old[tag]) ? laid(old, value) : value;
  }
  return result;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function completeChoice(both, root, value) {
  const choice = chosen(both, value);
  const { [both.tag]: ignored, ...rest } = value ?? {};
  return { [both.tag]: choice.name, ...complete({ ...choice.node, discriminator: undefined }, root, rest), [both.tag]: choice.name };
}

function blank(node, root, nullable) {
  if (nullable) return null;
  if ("const" in node) return node.const;
  if (node.enum) return node.enum[0];
  if (node.type === "array") return Array.from({ length: node.minItems ?? 0 }, () => undefined);
  if (node.properties || node.oneOf) return {};
  if (node.type === "boolean") return false;
  if (node.type === "string") return "";
  return node.minimum ?? node.exclusiveMinimum ?? 0;
}

export function get(value, path) {
  return path.split(".").reduce((inner, key) => inner?.[key], value);
}

/** A copy of `value` with `part` at `path`; everything beside the path is shared. */
export function set(value, path, part) {
  const [key, ...rest] = path.split(".");
  const inner = rest.length ? set(value?.[key], rest.join("."), part) : part;
  if (!Array.isArray(value)) return { ...value, [key]: inner };
  const copy = [...value];
  copy[Number(key)] = inner;
  return copy;
}

/** [{path, sentence}]: what the server would refuse, as far as the schema tells. */
export function problems(raw, root, value, path) {
  const { nullable, node } = unwrap(raw, root);
  if (value === null && nullable) return [];
  const both = union(node, root);
  const object = both ? chosen(both, value).node : node;
  if (object.properties) {
    return Object.entries(object.properties).flatMap(([key, child]) => problems(child, root, value?.[key], `${path}.${key}`));
  }
  if (node.type === "array") return problemsOfList(node, root, value, path);
  const sentence = problem(node, value);
  return sentence ? [{ path, sentence }] : [];
}

function problemsOfList(node, root, value, path) {
  const found = value.flatMap((item, index) => problems(node.items, root, item, `${path}.${index}`));
  if (value.length < (node.minItems ?? 0)) found.push({ path, sentence: t("There must be at least {count}.", { count: node.minItems }) });
  if (value.length > (node.maxItems ?? Infinity)) found.push({ path, sentence: t("There may be at most {count}.", { count: node.maxItems }) });
  return found;
}

function problem(node, value) {
  if (node.type === "string" && node.minLength && !value) return t("This must not be empty.");
  if (node.type !== "number" && node.type !== "integer") return "";
  if (typeof value !== "number" || !Number.isFinite(value)) return t("This must be a number.");
  if (node.type === "integer" && !Number.isInteger(value)) return t("This must be a whole number.");
  const { low, high, above, below } = limits(node);
  if (value < low) return t("This must be at least {limit}.", { limit: number(low, 9) });
  if (value > high) return t("This must be at most {limit}.", { limit: number(high, 9) });
  if (value <= above) return t("This must be more than {limit}.", { limit: number(above, 9) });
  if (value >= below) return t("This must be less than {limit}.", { limit: number(below, 9) });
  return "";
}

/** The bounds of a number; undefined where there is none. */
export function limits(node) {
  return { low: node.minimum, high: node.maximum, above: node.exclusiveMinimum, below: node.exclusiveMaximum };
}

/** The bounds in words: "1 to 1,000", "more than 0"; "" for none. */
export function boundsText(node) {
  const { low, high, above, below } = limits(node);
  const least = low ?? above;
  const most = high ?? below;
  if (least !== undefined && most !== undefined && above === undefined) return t("{least} to {most}", { least: number(least, 9), most: number(most, 9) });
  const words = [];
  if (low !== undefined) words.push(t("at least {limit}", { limit: number(low, 9) }));
  if (above !== undefined) words.push(t("more than {limit}", { limit: number(above, 9) }));
  if (high !== undefined) words.push(t("at most {limit}", { limit: number(high, 9) }));
  if (below !== undefined) words.push(t("less than {limit}", { limit: number(below, 9) }));
  return words.join(", ");
}

/** [{path, titles: [...], before, after}]: where `after` differs from `before`, by the schema's order. */
export function changes(raw, root, before, after, path, titles = []) {
  if (same(before, after)) return [];
  const { node } = unwrap(raw, root);
  const both = union(node, root);
  const object = both ? chosen(both, after).node : node;
  const here = { path, titles, before, after, node };
  if (both && before?.[both.tag] !== after?.[both.tag]) return [here];
  if (!object.properties || before === null || after === null) return [here];
  return Object.entries(object.properties).flatMap(([key, child]) =>
    changes(child, root, before?.[key], after?.[key], `${path}.${key}`, [...titles, unwrap(child, root).node.title ?? key]));
}

/** Whether two JSON values say the same. */
export function same(a, b) {
  return a === b || canonical(a) === canonical(b);
}

/** A value as text in which the order of an object's keys does not matter: defaults come in another order than documents. */
function canonical(value) {
  const sorted = (inner) => Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)));
  return JSON.stringify(value, (_, inner) => (inner && typeof inner === "object" && !Array.isArray(inner) ? sorted(inner) : inner));
}

/** A short text for any value of the schema: "120 /s", "Power of two", "2 groups". */
export function said(raw, root, value) {
  const { node } = unwrap(raw, root);
  if (value === null || value === undefined) return t("none");
  const both = union(node, root);
  if (both) return choiceTitle(chosen(both, value));
  if (node.input === "curve" && Array.isArray(value)) return t("{count} points", { count: value.length });
  if (Array.isArray(value)) return value.map((item) => said(node.items, root, item)).join(" + ");
  if (typeof value === "object") return saidObject(node, root, value);
  if (typeof value === "number") return `${number(value, 6)}${node.unit ? ` ${node.unit}` : ""}`;
  return node.enum ? valueTitle(node, value) : String(value);
}

function saidObject(node, root, value) {
  const entries = Object.entries(node.properties ?? {}).filter(([key, child], index) => index === 0 || !same(value[key], unwrap(child, root).node.default));
  return entries.map(([key, child]) => `${unwrap(child, root).node.title ?? key} ${said(child, root, value[key])}`).join(", ");
}

/** The title of one choice of a union. */
export function choiceTitle(choice) {
  return choice.node.title ?? humane(choice.name);
}

/** The title of one value of an enumeration. */
export function valueTitle(node, value) {
  return node.labels?.[value] ?? humane(String(value));
}

function humane(word) {
  const spaced = word.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
