// A grid for n equal things in a rectangle: as large as they can be, with as much detail as fits.

/** Least width and height at which a thing is drawn with this much detail. */
export const LEVELS = { card: [112, 32], compact: [56, 22], cell: [0, 0] };

const GAPS = { card: [12, 8], compact: [8, 6] };
const LARGEST = { card: [248, 78], compact: [120, 40], cell: [44, 44] };

/** {level, columns, rows, x, y, width, height, stepX, stepY}: the best grid for `count` things in
 *  {x, y, width, height}. Thing i stands in column i % columns, row floor(i / columns). */
export function grid(count, area) {
  let best = null;
  for (let columns = 1; columns <= Math.min(count, 120); columns += 1) {
    for (const level of Object.keys(LEVELS)) {
      const found = candidate(count, columns, level, area);
      if (found && (!best || found.score > best.score)) best = found;
    }
  }
  return best;
}

const RANK = { card: 20, compact: 10, cell: 0 };

function candidate(count, columns, level, area) {
  const rows = Math.ceil(count / columns);
  const [gapX, gapY] = gaps(level, area, columns, rows);
  let width = Math.min(LARGEST[level][0], (area.width - gapX * (columns - 1)) / columns);
  let height = Math.min(LARGEST[level][1], (area.height - gapY * (rows - 1)) / rows);
  if (level === "cell") width = height = Math.min(width, height);
  if (width < LEVELS[level][0] || height < LEVELS[level][1] || width < 2) return null;
  const [wide, high] = LARGEST[level];
  const score = RANK[level] + width / wide + height / high - 0.08 * columns * (level === "cell" ? 0 : 1);
  const spaceY = Math.min(gapY * 2.2, rows > 1 ? (area.height - rows * height) / (rows - 1) : 0);
  const [stepX, stepY] = [width + gapX, height + Math.max(gapY, level === "cell" ? gapY : spaceY)];
  const used = [stepX * columns - gapX, stepY * (rows - 1) + height];
  return {
    level, columns, rows, width, height, stepX, stepY, score,
    x: area.x + Math.max(0, (area.width - used[0]) / 2) * area.centred,
    y: area.y + Math.max(0, (area.height - used[1]) / 2) * (area.top ? 0 : 1),
  };
}

function gaps(level, area, columns, rows) {
  if (level !== "cell") return GAPS[level];
  // Hundreds of cells on a small screen need every pixel.
  const pitch = Math.min(area.width / columns, area.height / rows);
  const gap = Math.max(1, Math.min(3, pitch * 0.14));
  return [gap, gap];
}

/** The rectangle of thing `index`. */
export function place(found, index) {
  const column = index % found.columns;
  const row = Math.floor(index / found.columns);
  return { x: found.x + column * found.stepX, y: found.y + row * found.stepY, width: found.width, height: found.height };
}

/** The thing at a point, or -1. */
export function thingAt(found, count, x, y) {
  const column = Math.floor((x - found.x) / found.stepX);
  const row = Math.floor((y - found.y) / found.stepY);
  if (column < 0 || row < 0 || column >= found.columns) return -1;
  const index = row * found.columns + column;
  if (index >= count) return -1;
  const box = place(found, index);
  return x <= box.x + box.width + 1 && y <= box.y + box.height + 1 ? index : -1;
}
