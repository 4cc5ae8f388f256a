// What replicas keep of the same keys: which value each has, and where they disagree.

/** Map of a replica's id to {keys: [{key, state, text, group}], hints: how many it keeps for others}: group is -1 where all that are up
 *  and have the key have the same value of it, else the number of the value among them. `textOf`: a value in words. */
export function copiesOf(nodes, textOf) {
  const replicas = nodes.filter((node) => heldBy(node) !== null);
  const values = new Map();
  for (const node of replicas) {
    if (node.state !== "up" && node.state !== "paused") continue;
    for (const [key, state] of Object.entries(heldBy(node))) {
      if (!values.has(key)) values.set(key, []);
      const text = textOf(stateOf(state));
      if (!values.get(key).includes(text)) values.get(key).push(text);
    }
  }
  return new Map(replicas.map((node) => [node.id, { keys: keysOf(node, values, textOf), hints: Object.keys(node.fields.hints ?? {}).length }]));
}

function keysOf(node, values, textOf) {
  return Object.entries(heldBy(node)).map(([key, state]) => {
    const text = textOf(stateOf(state));
    const among = values.get(key) ?? [];
    return { key, text, group: among.length > 1 || (among.length === 1 && among[0] !== text) ? among.indexOf(text) : -1 };
  }).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The field `store` of a node, of one that is down what its disk holds of it; null of a node without. */
function heldBy({ state, fields, durable }) {
  const store = state === "down" || state === "removed" ? durable.store ?? (fields.store && {}) : fields.store;
  return store !== null && typeof store === "object" && !Array.isArray(store) ? store : null;
}

/** The values that a stored state stands for: of a version its value, of siblings each, of a counter the sum. */
function stateOf(state) {
  if (state === null || typeof state !== "object") return [state];
  if ("counts" in state) return [state.counts.reduce((sum, [, count]) => sum + count, 0)];
  if (Array.isArray(state.values)) return state.values.map((one) => (Array.isArray(one) ? one.at(-1) : one)).sort();
  return "value" in state ? [state.value] : [state];
}

/** The keys of which replicas hold different values, in order. */
export function differing(copies) {
  const found = new Set();
  for (const { keys } of copies.values()) for (const { key, group } of keys) if (group >= 0) found.add(key);
  return [...found].sort();
}
