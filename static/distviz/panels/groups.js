// Partitions as texts: "a,b|c,d,e" are groups within which nodes still hear each other; a node in two of them is a bridge.

import { sidesOf } from "../trace/parted.js";

const GROUPS_AT_MOST = 12;
const SIDES_AT_MOST = 24;

/** The groups that remain when every pair of `pairs` ([a, b], both ways) is cut: the largest sets of `ids` in which
 *  no pair is cut, in the order of `ids`; null where they are too many to be said. */
export function groupsWithout(ids, pairs) {
  // Nodes that are parted from the same others go together: one stands for all of them, else a thousand nodes take for ever.
  const sides = new Map([...sidesOf(ids, pairs.concat(pairs.map(([a, b]) => [b, a]))).values()].map((side) => [side[0], side]));
  if (sides.size > SIDES_AT_MOST) return null;
  const groups = cliquesWithout([...sides.keys()], pairs.filter(([a, b]) => sides.has(a) && sides.has(b)));
  const place = new Map(ids.map((id, at) => [id, at]));
  return groups?.map((group) => group.flatMap((id) => sides.get(id)).sort((a, b) => place.get(a) - place.get(b))) ?? null;
}

function cliquesWithout(ids, pairs) {
  const apart = new Set(pairs.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const hears = (a, b) => !apart.has(`${a} ${b}`);
  const found = [];
  // Bron and Kerbosch, without a pivot: `all` holds the nodes of a group so far.
  const grow = (all, open, done) => {
    if (found.length > GROUPS_AT_MOST) return;
    if (!open.length && !done.length) found.push(all);
    let rest = open;
    const seen = [...done];
    for (const id of open) {
      const near = (other) => other !== id && hears(id, other);
      grow([...all, id], rest.filter(near), seen.filter(near));
      rest = rest.filter((other) => other !== id);
      seen.push(id);
    }
  };
  grow([], ids, []);
  return found.length > GROUPS_AT_MOST ? null : found;
}

/** The groups as an Action takes them. */
export function groupsText(groups) {
  return groups.map((group) => group.join(",")).join("|");
}

/** `inside` against all others of `ids`; null where one side is empty. */
export function against(ids, inside) {
  const [within, outside] = [ids.filter((id) => inside.includes(id)), ids.filter((id) => !inside.includes(id))];
  return within.length && outside.length ? [within, outside] : null;
}

/** How directed cuts [[a, b], ...] are to be said: {groups} where they are a partition of `ids`, else {links}: the
 *  pairs, each with whether it is cut both ways. */
export function partsOf(ids, cut) {
  const directed = new Set(cut.map(([a, b]) => `${a} ${b}`));
  const oneWay = cut.some(([a, b]) => !directed.has(`${b} ${a}`));
  const groups = oneWay ? null : groupsWithout(ids, cut);
  if (groups && groups.length > 1 && groups.length <= 4) return { groups };
  const places = new Map(ids.map((id, place) => [id, place]));
  const pairs = cut.filter(([a, b]) => !directed.has(`${b} ${a}`) || places.get(a) < places.get(b));
  return { links: pairs.map(([a, b]) => ({ a, b, both: directed.has(`${b} ${a}`) })) };
}
