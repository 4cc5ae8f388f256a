// Who is cut off: nodes that hear the same others are one side; all sides but the largest are apart.

/** The ids of the nodes that are apart, as a Set. `cut`: [[src, dst]]. */
export function apartFrom(nodes, cut) {
  if (!cut.length) return new Set();
  const sides = [...sidesOf(nodes.map(({ id }) => id), cut).values()].sort((a, b) => b.length - a.length);
  return new Set(sides.slice(1).flat());
}

/** Map from what parts them from the others to the ids of a side: nodes with the very same cuts, in both directions. */
export function sidesOf(ids, cut) {
  const parted = new Map(ids.map((id) => [id, []]));
  for (const [src, dst] of cut) {
    parted.get(src)?.push(`>${dst}`);
    parted.get(dst)?.push(`<${src}`);
  }
  const sides = new Map();
  for (const [id, cuts] of parted) {
    const sign = [...new Set(cuts)].sort().join();
    if (!sides.has(sign)) sides.set(sign, []);
    sides.get(sign).push(id);
  }
  return sides;
}
