// The ways between nodes: a line from box to box that bends around the boxes between; each direction on its own side.

const STEPS = 24;
const CLEAR = 7;
const SIDE = 4.5;
const BENDS = [0, 0.14, -0.14, 0.28, -0.28, 0.42, -0.42];

/** The way from `boxes[a]` to `boxes[b]`, a < b: {a, b, points: Float32Array of STEPS + 1 points (x, y), from border
 *  to border}. With `area` = [width, height] it avoids the other boxes, where that is possible within the area. */
export function way(boxes, a, b, area = null) {
  const [from, to] = [middle(boxes[a]), middle(boxes[b])];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const bends = area ? BENDS : [0];
  const options = bends.map((bend) => curve(from, to, bend * length));
  const clear = options.find((points) => !touches(points, boxes, a, b, area)) ?? options[0];
  return { a, b, points: clipped(clear, boxes[a], boxes[b]) };
}

function middle({ x, y, width, height }) {
  return [x + width / 2, y + height / 2];
}

function curve([x0, y0], [x1, y1], bend) {
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const cx = (x0 + x1) / 2 + (bend * (y0 - y1)) / length;
  const cy = (y0 + y1) / 2 + (bend * (x1 - x0)) / length;
  return (s) => [(1 - s) ** 2 * x0 + 2 * s * (1 - s) * cx + s * s * x1, (1 - s) ** 2 * y0 + 2 * s * (1 - s) * cy + s * s * y1];
}

function inside({ x, y, width, height }, [px, py], grown) {
  return px > x - grown && py > y - grown && px < x + width + grown && py < y + height + grown;
}

function touches(at, boxes, a, b, area) {
  for (let step = 1; step < STEPS * 2; step += 1) {
    const point = at(step / STEPS / 2);
    if (area && (point[0] < CLEAR || point[1] < CLEAR || point[0] > area[0] - CLEAR || point[1] > area[1] - CLEAR)) return true;
    if (boxes.some((box, place) => place !== a && place !== b && inside(box, point, CLEAR))) return true;
  }
  return false;
}

/** STEPS + 1 points of the curve between the two borders. */
function clipped(at, from, to) {
  let [low, high] = [0, 1];
  while (low < 0.48 && inside(from, at(low), 2)) low += 0.01;
  while (high > 0.52 && inside(to, at(high), 2)) high -= 0.01;
  const points = new Float32Array(2 * (STEPS + 1));
  for (let step = 0; step <= STEPS; step += 1) points.set(at(low + ((high - low) * step) / STEPS), 2 * step);
  return points;
}

/** The point at `share` of a way, as one travels it (`back`: from b to a), a little to the right of its middle
 *  (`aside` px), written into `out`. */
export function along({ points }, share, back, out, aside = SIDE) {
  const place = Math.max(0, Math.min(1, back ? 1 - share : share)) * STEPS;
  const step = Math.min(STEPS - 1, Math.floor(place));
  const rest = place - step;
  const [x, y] = [points[2 * step], points[2 * step + 1]];
  const [dx, dy] = [points[2 * step + 2] - x, points[2 * step + 3] - y];
  const length = Math.hypot(dx, dy) || 1;
  const side = (back ? -aside : aside) / length;
  out[0] = x + dx * rest - dy * side;
  out[1] = y + dy * rest + dx * side;
  return out;
}

/** How far a point is from a way, and whether it is on the side of those who travel back: [distance, back]. */
export function distance({ points }, x, y) {
  let best = Infinity;
  let back = false;
  for (let step = 0; step < STEPS; step += 1) {
    const [x0, y0, x1, y1] = points.subarray(2 * step, 2 * step + 4);
    const [dx, dy] = [x1 - x0, y1 - y0];
    const share = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1)));
    const away = Math.hypot(x - x0 - dx * share, y - y0 - dy * share);
    if (away >= best) continue;
    best = away;
    back = dx * (y - y0) - dy * (x - x0) < 0;
  }
  return [best, back];
}

/** Whether the straight line from (x0, y0) to (x1, y1) crosses a way. */
export function crosses({ points }, x0, y0, x1, y1) {
  const side = (ax, ay, bx, by, px, py) => Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
  for (let step = 0; step < STEPS; step += 1) {
    const [ax, ay, bx, by] = points.subarray(2 * step, 2 * step + 4);
    const apart = side(x0, y0, x1, y1, ax, ay) !== side(x0, y0, x1, y1, bx, by);
    if (apart && side(ax, ay, bx, by, x0, y0) !== side(ax, ay, bx, by, x1, y1)) return true;
  }
  return false;
}

/** Whether a point lies in the polygon [[x, y], ...]. */
export function within(polygon, x, y) {
  let odd = false;
  polygon.forEach(([x0, y0], place) => {
    const [x1, y1] = polygon[(place + 1) % polygon.length];
    if ((y0 > y) !== (y1 > y) && x < x0 + ((x1 - x0) * (y - y0)) / (y1 - y0)) odd = !odd;
  });
  return odd;
}
