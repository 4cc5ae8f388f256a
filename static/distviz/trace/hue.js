// Whose ballot or term a value belongs to, as a number: the hue in which it is drawn.

/** The hue of `value`; -1 for none. `hues`: {names: the fields that hold ballots or terms, index: Map of a node's
 *  id to its place}. A number is its own hue; a ballot belongs to the node that its field `node` names; any other
 *  record has the hue of the first of its fields that has one of the names. */
export function hueOf(value, hues) {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : -1;
  if (value === null || typeof value !== "object" || Array.isArray(value)) return -1;
  if (isBallot(value)) return hues.index.get(value.node) ?? -1;
  const name = hues.names.find((one) => one in value);
  return name === undefined ? -1 : hueOf(value[name], hues);
}

/** Whether a value is a ballot: a number and the node that owns it. */
export function isBallot(value) {
  return value !== null && typeof value === "object" && "node" in value && "number" in value;
}

/** The hue of a node with these fields: of the first of the names under which it holds a ballot or a term; where it
 *  has none of the names, of the first ballot that it holds. */
export function nodeHue(fields, hues) {
  const named = hues.names.filter((name) => name in fields);
  for (const name of named) {
    const hue = hueOf(fields[name], hues);
    if (hue >= 0) return hue;
  }
  const ballot = named.length || !hues.names.length ? undefined : Object.values(fields).find(isBallot);
  return ballot ? hueOf(ballot, hues) : -1;
}
