// What the nodes of a distributed file system tell: racks, who is taken for what, who holds a block, how the whole is.

/** The number of the rack in which a node stands; null for none. */
export function rackOf({ fields, durable = {} }) {
  const rack = fields.rack ?? durable.rack;
  if (Number.isInteger(rack)) return rack;
  const digits = typeof rack === "string" ? /(\d+)$/.exec(rack) : null;
  return digits ? Number(digits[1]) : null;
}

/** The node that says who is live: the active name node, or whoever does its work; null where none does. */
export function headOf(nodes) {
  const told = nodes.filter(({ fields }) => fields.liveness !== null && typeof fields.liveness === "object");
  return told.find(({ state, fields }) => state === "up" && fields.active !== false) ?? null;
}

const NOTHING = {};

/** {node's id: "stale" | "dead" | ...} of those that are not simply live; while no name node works, as the last one thought. */
export function livenessOf(nodes) {
  const head = headOf(nodes) ?? nodes.find(({ fields }) => fields.liveness && fields.active !== false);
  return head?.fields.liveness ?? NOTHING;
}

/** Who holds `block`: [{id, rack, state, live, corrupt, arriving}] in the order of the nodes. */
export function holdersOf(nodes, block) {
  const live = livenessOf(nodes);
  const has = (value) => Array.isArray(value) && value.includes(block);
  return nodes.filter(({ fields }) => has(fields.blocks) || has(fields.corrupt) || has(fields.arriving)).map((node) => ({
    id: node.id, rack: rackOf(node), state: node.state, live: live[node.id] ?? "", corrupt: has(node.fields.corrupt),
    arriving: has(node.fields.arriving) && !has(node.fields.blocks),
  }));
}

/** How many there are of what a field counts or lists; null where it says nothing. */
export function countOf(value) {
  if (typeof value === "number") return value;
  return value !== null && typeof value === "object" ? Object.keys(value).length : null;
}
