// Nodes by their roles: equals in a ring, several roles in tiers, from left to right where there is room, else downwards.

import { ring } from "./ring.js";

/** Least sizes [along the tiers, across them] for a wide and for a tall picture, from much detail to none. */
const SIZES = {
  wide: [{ main: 150, cross: 78 }, { main: 112, cross: 46 }, { main: 58, cross: 24 }, { main: 9, cross: 9 }],
  tall: [{ main: 78, cross: 112 }, { main: 46, cross: 104 }, { main: 26, cross: 56 }, { main: 9, cross: 9 }],
};
const WIDEST = { wide: 236, tall: 210 };
const TALLEST = 190;
const SQUARE = 40;
const RING_AT_MOST = 9;
const RING_LEAST = [104, 44];
/** A node of a ring is at most this share of its width and height: the messages must have a way to go. */
const RING_SHARE = [0.3, 0.29];
/** Roles that use the system: they stand before it. */
const OUTER = new Set(["client", "user", "workload", "administrator", "operator"]);

/** {boxes: [{x, y, width, height}] in the order of `nodes`, tall, ringed: the role that stands in a ring or null}.
 *  A node is no higher than its fields need. */
export function arrange(nodes, width, height) {
  const tall = width < 560 || width < height * 0.95;
  const groups = grouped(nodes);
  return ringed(nodes, groups, width, height, tall) ?? { ...tiers(nodes, groups, whole(width, height, tall), tall), ringed: null };
}

function whole(width, height, tall) {
  const margin = tall ? 12 : 22;
  return { x: margin, y: margin, width: width - 2 * margin, height: height - 2 * margin };
}

/** [{role, places: of its nodes, height}]: who uses the system first, then in the order in which the roles appear. */
function grouped(nodes) {
  const groups = new Map();
  nodes.forEach(({ role }, place) => {
    if (!groups.has(role)) groups.set(role, { role, places: [] });
    groups.get(role).places.push(place);
  });
  for (const group of groups.values()) group.height = wantedHeight(group.places.map((place) => nodes[place]));
  return [...groups.values()].sort((a, b) => OUTER.has(b.role) - OUTER.has(a.role));
}

/** The height of a card that shows all fields of these nodes in two columns, with a line to spare for long values. */
function wantedHeight(nodes) {
  const most = Math.max(...nodes.map(({ fields }) => Object.keys(fields).length));
  return Math.min(TALLEST, 40 + 15 * (Math.ceil(most / 2) + 1));
}

/** A ring where one role alone does the work; clients stand beside it. */
function ringed(nodes, groups, width, height, tall) {
  const inner = groups.filter(({ role }) => !OUTER.has(role));
  if (inner.length !== 1 || inner[0].places.length > RING_AT_MOST || inner[0].places.length < 2) return null;
  const outer = groups.filter((group) => group !== inner[0]);
  const area = whole(width, height, tall);
  const beside = outer.length ? (tall ? Math.max(52, area.height * 0.14) : Math.max(118, Math.min(200, area.width * 0.16))) : 0;
  const gap = outer.length ? (tall ? 26 : 60) : 0;
  const rest = tall ? { ...area, y: area.y + beside + gap, height: area.height - beside - gap } : { ...area, x: area.x + beside + gap, width: area.width - beside - gap };
  const most = [Math.min(WIDEST.wide, rest.width * RING_SHARE[0]), Math.min(inner[0].height, rest.height * RING_SHARE[1])];
  const found = ring(inner[0].places.length, rest, most, RING_LEAST);
  if (!found) return null;
  const strip = tall ? { ...area, height: beside } : { ...area, width: beside };
  const together = { role: "", places: outer.flatMap(({ places }) => places), height: Math.max(...outer.map(({ height }) => height)) };
  const { boxes } = outer.length ? tiers(nodes, [together], strip, tall) : { boxes: [] };
  inner[0].places.forEach((place, index) => (boxes[place] = found[index]));
  return { boxes, tall, ringed: inner[0].role };
}

function tiers(nodes, groups, area, tall) {
  const [main, cross] = tall ? [area.height, area.width] : [area.width, area.height];
  const sizes = SIZES[tall ? "tall" : "wide"];
  let plan = null;
  for (const [level, least] of sizes.entries()) {
    plan = planned(groups, main, cross, least, level === sizes.length - 1, tall);
    if (plan) break;
  }
  const boxes = [];
  let from = (tall ? area.y : area.x) + plan.before;
  for (const group of plan.groups) {
    placeGroup(boxes, group, from, area, tall);
    from += group.extent + plan.gap;
  }
  return { boxes, tall };
}

/** How many lines each group stands in, and how large its nodes are; null where they do not fit. */
function planned(groups, main, cross, least, last, tall) {
  const apart = last ? 3 : tall ? 10 : 16;
  const between = groups.length > 1 ? (tall ? 24 : 46) : 0;
  const inLine = Math.max(1, Math.floor((cross + apart) / (least.cross + apart)));
  const lines = groups.map(({ places }) => Math.ceil(places.length / inLine));
  const all = lines.reduce((sum, count) => sum + count, 0);
  const room = main - between * (groups.length - 1) - apart * (all - groups.length);
  const size = Math.min(last ? SQUARE : WIDEST.wide, room / all);
  if (size < least.main && !last) return null;
  // Downwards a line is as high as its nodes want to be; what they leave is room for the links.
  const sizes = groups.map(({ height }) => (tall && !last ? Math.min(size, Math.max(height, least.main)) : size));
  const extents = lines.map((count, index) => count * sizes[index] + (count - 1) * apart);
  const spare = main - extents.reduce((sum, extent) => sum + extent, 0);
  const gap = groups.length > 1 ? Math.min(tall ? 110 : 300, spare / (groups.length - (spare > 260 ? 0.4 : 1))) : 0;
  return {
    gap, before: Math.max(0, (spare - gap * (groups.length - 1)) / 2),
    groups: groups.map((group, index) => {
      const each = Math.ceil(group.places.length / lines[index]);
      const high = Math.min(last ? size : tall ? WIDEST.tall : Math.max(group.height, least.cross), (cross - apart * (each - 1)) / each);
      return { ...group, each, extent: extents[index], size: last ? Math.min(size, high) : sizes[index], high, apart };
    }),
  };
}

function placeGroup(boxes, { places, each, size, high, apart }, from, area, tall) {
  const cross = tall ? area.width : area.height;
  places.forEach((place, index) => {
    const line = Math.floor(index / each);
    const inThis = Math.min(each, places.length - line * each);
    // Few nodes keep their distance, but do not drift to the edges.
    const spread = places.length > 24 ? apart : Math.max(apart, Math.min(apart * 5, (cross - inThis * high) / inThis));
    const step = high + (inThis > 1 ? spread : 0);
    const used = step * (inThis - 1) + high;
    const across = (tall ? area.x : area.y) + (cross - used) / 2 + (index % each) * step;
    const along = from + line * (size + apart);
    boxes[place] = tall ? { x: across, y: along, width: high, height: size } : { x: along, y: across, width: size, height: high };
  });
}

/** The place of the box at a point, or -1; small boxes may be missed by `near` px. */
export function boxAt(boxes, x, y, near = 0) {
  return boxes.findIndex((box) => x >= box.x - near && y >= box.y - near && x <= box.x + box.width + near && y <= box.y + box.height + near);
}
