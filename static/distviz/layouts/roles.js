// Nodes by their roles: equals in a ring, several roles in tiers, from left to right where there is room, else downwards.

import { ring } from "./ring.js";

/** Least sizes of cards along the tiers (main) and across them, for a wide and for a tall picture, from much detail to little. */
const SIZES = {
  wide: [{ main: 150, cross: 78 }, { main: 112, cross: 46 }, { main: 58, cross: 24 }],
  tall: [{ main: 78, cross: 112 }, { main: 46, cross: 104 }, { main: 26, cross: 56 }],
};
const LINES_AT_MOST = 5;
const WIDEST = { wide: 236, tall: 210 };
const TALLEST = 190;
const SQUARES = { most: 40, least: 4, apart: 3 };
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
  const cards = SIZES[tall ? "tall" : "wide"].map((least) => () => cardPlan(groups, main, cross, least, tall));
  const plan = cards.reduce((found, make) => found ?? make(), null) ?? squarePlan(groups, main, cross);
  const boxes = [];
  let from = (tall ? area.y : area.x) + plan.before;
  for (const group of plan.groups) {
    placeGroup(boxes, group, from, area, tall);
    from += group.extent + plan.gap;
  }
  return { boxes, tall };
}

/** How many lines each group stands in, and how large its nodes are; null where they do not fit at this size. */
function cardPlan(groups, main, cross, least, tall) {
  const apart = tall ? 10 : 16;
  const between = groups.length > 1 ? (tall ? 24 : 46) : 0;
  const inLine = Math.max(1, Math.floor((cross + apart) / (least.cross + apart)));
  const lines = groups.map(({ places }) => Math.ceil(places.length / inLine));
  const all = lines.reduce((sum, count) => sum + count, 0);
  const room = main - between * (groups.length - 1) - apart * (all - groups.length);
  const size = Math.min(WIDEST.wide, room / all);
  if (size < least.main || Math.max(...lines) > LINES_AT_MOST) return null;
  const planned = groups.map((group, index) => {
    const each = Math.ceil(group.places.length / lines[index]);
    // Downwards a line is as high as its nodes want to be; what they leave is room for the links.
    const along = tall ? Math.min(size, Math.max(group.height, least.main)) : size;
    const across = Math.min(tall ? WIDEST.tall : Math.max(group.height, least.cross), (cross - apart * (each - 1)) / each);
    return { ...group, each, along, across, apart, extent: lines[index] * (along + apart) - apart };
  });
  return spaced(planned, main, tall ? 110 : 300);
}

/** Too many for cards: squares, as large as they fit. */
function squarePlan(groups, main, cross) {
  const { most, least, apart } = SQUARES;
  const between = Math.max(30, main * 0.1);
  const planned = (side) => groups.map((group) => {
    const each = Math.max(1, Math.floor((cross + apart) / (side + apart)));
    const lines = Math.ceil(group.places.length / each);
    return { ...group, each: Math.ceil(group.places.length / lines), along: side, across: side, apart, extent: lines * (side + apart) - apart };
  });
  let side = most;
  while (side > least && total(planned(side)) + between * (groups.length - 1) > main) side -= 1;
  return spaced(planned(side), main, 300);
}

function total(groups) {
  return groups.reduce((sum, { extent }) => sum + extent, 0);
}

/** Spread what room is left between the groups, at most `widest` px between two of them. */
function spaced(groups, main, widest) {
  const spare = Math.max(0, main - total(groups));
  const gap = groups.length > 1 ? Math.min(widest, spare / (groups.length - (spare > 260 ? 0.4 : 1))) : 0;
  return { groups, gap, before: Math.max(0, (spare - gap * (groups.length - 1)) / 2) };
}

function placeGroup(boxes, { places, each, along, across, apart }, from, area, tall) {
  const cross = tall ? area.width : area.height;
  places.forEach((place, index) => {
    const line = Math.floor(index / each);
    const inThis = Math.min(each, places.length - line * each);
    // Few nodes keep their distance, but do not drift to the edges.
    const spread = places.length > 24 ? apart : Math.max(apart, Math.min(apart * 5, (cross - inThis * across) / inThis));
    const step = across + (inThis > 1 ? spread : 0);
    const first = (tall ? area.x : area.y) + (cross - step * (inThis - 1) - across) / 2;
    const [a, b] = [from + line * (along + apart), first + (index % each) * step];
    boxes[place] = tall ? { x: b, y: a, width: across, height: along } : { x: a, y: b, width: along, height: across };
  });
}

/** The place of the box at a point, or -1; small boxes may be missed by `near` px. */
export function boxAt(boxes, x, y, near = 0) {
  return boxes.findIndex((box) => x >= box.x - near && y >= box.y - near && x <= box.x + box.width + near && y <= box.y + box.height + near);
}
