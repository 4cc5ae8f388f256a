// Nodes in racks: cabinets side by side with a slot for each node, and above them whoever stands in no rack.

/** Least size of a slot that is drawn with this much detail: every block, a bar, a cell of a heat map. */
export const SLOTS = { blocks: [104, 38], bar: [62, 17], cell: [2, 2] };

const MOST = { blocks: [320, 118], bar: [176, 30], cell: [46, 30] };
const RANK = { blocks: 20, bar: 10, cell: 0 };
const GAP = { blocks: 6, bar: 4, cell: 2 };
const CARD = { most: 236, least: 112, low: 44, high: 96 };
const SMALL = { width: 58, height: 24 };
const CELL = 12;
const APART = 10;
const CARDS_UP_TO = 120;
const FOOT = 14; // room for a line of text

/** {level, boxes: [{x, y, width, height}] in the order of the nodes, cabinets: [{rack, places, x, y, width, height, head}],
 *  foot: where the band above the cabinets ends}. `rackOf`: the rack of each node, null of those that stand in none. */
export function arrangeRacks(rackOf, width, height) {
  const margin = width < 560 ? 8 : 16;
  const places = rackOf.map((_, place) => place);
  const area = { x: margin, y: margin, width: width - 2 * margin, height: height - margin - Math.max(margin, FOOT) };
  const boxes = [];
  const band = above(places.filter((place) => rackOf[place] === null), area, boxes, places.length <= CARDS_UP_TO);
  const gap = band ? Math.max(18, Math.min(64, height * 0.09)) : 0;
  const groups = grouped(rackOf);
  const rest = { ...area, y: area.y + band + gap, height: area.height - band - gap };
  const plan = best(groups.length, Math.max(...groups.map(([, among]) => among.length)), rest);
  return { level: plan.level, boxes, foot: area.y + band, cabinets: groups.map(([rack, among], nth) => cabinet(plan, rest, rack, among, nth, boxes)) };
}

/** [[rack, places], ...] by the number of the rack. */
function grouped(rackOf) {
  const found = new Map();
  rackOf.forEach((rack, place) => {
    if (rack !== null) found.set(rack, [...(found.get(rack) ?? []), place]);
  });
  return [...found].sort(([a], [b]) => a - b);
}

/** Put `places` in rows at the top of `area`; returns how high they stand. */
function above(places, area, boxes, roomy) {
  if (!places.length) return 0;
  const { each, width, height, gap } = row(places.length, area, roomy);
  const rows = Math.ceil(places.length / each);
  places.forEach((place, nth) => {
    const line = Math.floor(nth / each);
    const inThis = Math.min(each, places.length - line * each);
    const first = area.x + (area.width - inThis * (width + gap) + gap) / 2;
    boxes[place] = { x: first + (nth % each) * (width + gap), y: area.y + line * (height + gap), width, height };
  });
  return rows * (height + gap) - gap;
}

/** How many stand in a row, and how large they are: as cards where they fit into two rows, or, where all else is crowded, one. */
function row(count, { width, height }, roomy) {
  for (const rows of roomy ? [1, 2] : [1]) {
    const each = Math.ceil(count / rows);
    const wide = Math.min(CARD.most, (width - APART * (each - 1)) / each);
    const high = rows > 1 ? CARD.low : Math.max(CARD.low, Math.min(CARD.high, height * 0.2));
    if (wide >= CARD.least && rows * high < height * 0.3) return { each, width: wide, height: high, gap: APART };
  }
  const gap = 6;
  const each = Math.floor((width + gap) / (SMALL.width + gap));
  if (Math.ceil(count / each) <= 3) return { each: Math.min(count, each), ...SMALL, gap };
  const cells = Math.floor((width + 3) / (CELL + 3));
  return { each: Math.min(count, cells), width: CELL, height: CELL, gap: 3 };
}

/** The largest slots for `racks` cabinets of up to `most` nodes each, as many columns as that takes. */
function best(racks, most, area) {
  let found = null;
  for (let columns = 1; columns <= Math.min(racks, 60); columns += 1) {
    for (let across = 1; across <= Math.min(most, 40); across += 1) {
      for (const level of Object.keys(SLOTS)) {
        const one = candidate(racks, most, area, columns, across, level);
        if (one && (!found || one.score > found.score)) found = one;
      }
    }
  }
  return found ?? candidate(racks, most, area, Math.min(racks, 60), Math.min(most, 40), "cell", true);
}

function candidate(racks, most, area, columns, across, level, anyhow = false) {
  const rows = Math.ceil(racks / columns);
  const tight = racks > 24;
  const apart = tight ? Math.max(3, Math.min(8, area.width / columns / 10)) : 14;
  const gap = level === "cell" && tight ? 1 : GAP[level];
  const pad = tight ? 2 : 6;
  const head = Math.min(tight ? 11 : 20, area.height / rows / 3);
  const down = Math.ceil(most / across);
  const [wide, high] = MOST[level];
  const width = Math.min(wide, ((area.width - apart * (columns - 1)) / columns - 2 * pad - gap * (across - 1)) / across);
  const height = Math.min(high, ((area.height - apart * (rows - 1)) / rows - head - pad - gap * (down - 1)) / down);
  if (!anyhow && (width < SLOTS[level][0] || height < SLOTS[level][1])) return null;
  const score = RANK[level] + (level === "cell" ? Math.min(width, height * 1.4) / wide : Math.sqrt((width / wide) * (height / high))) - 0.02 * across;
  return { level, columns, rows, across, down, width: Math.max(1, width), height: Math.max(1, height), gap, pad, head, apart, score };
}

/** Cabinet number `nth`; writes the boxes of its slots. */
function cabinet({ columns, rows, across, down, width, height, gap, pad, head, apart }, area, rack, places, nth, boxes) {
  const size = [across * (width + gap) - gap + 2 * pad, down * (height + gap) - gap + head + pad];
  const used = [columns * (size[0] + apart) - apart, rows * (size[1] + apart) - apart];
  const x = area.x + Math.max(0, (area.width - used[0]) / 2) + (nth % columns) * (size[0] + apart);
  const y = area.y + Math.max(0, (area.height - used[1]) / 3) + Math.floor(nth / columns) * (size[1] + apart);
  places.forEach((place, slot) => {
    boxes[place] = { x: x + pad + (slot % across) * (width + gap), y: y + head + Math.floor(slot / across) * (height + gap), width, height };
  });
  return { rack, places, x, y, width: size[0], height: size[1], head };
}

/** The cabinet at a point, or null. */
export function cabinetAt(cabinets, x, y) {
  return cabinets.find((one) => x >= one.x && y >= one.y && x <= one.x + one.width && y <= one.y + one.height) ?? null;
}
