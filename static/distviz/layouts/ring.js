// A ring of equals: the boxes of n nodes on an ellipse, as large as they can be without touching.

const APART = 26;

/** Boxes {x, y, width, height} of `count` nodes in `area`, the first at the top, then clockwise;
 *  null where they would be smaller than `least` = [width, height]. `most`: the largest size. */
export function ring(count, area, most, least) {
  for (let scale = 1; scale > 0.2; scale -= 0.04) {
    const size = [Math.max(least[0], most[0] * scale), Math.max(least[1], most[1] * scale)];
    const boxes = placed(count, area, size);
    if (boxes && apart(boxes)) return boxes;
  }
  return null;
}

function placed(count, area, [width, height]) {
  const rx = (area.width - width) / 2;
  const ry = (area.height - height) / 2;
  if (rx < 0 || ry < 0) return null;
  const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
  const wide = Math.min(rx, ry * 2.3 + 60);
  const tall = Math.min(ry, rx * 1.7 + 60);
  const points = Array.from({ length: count }, (_, place) => {
    const angle = count === 2 ? Math.PI * (1 + place) : 2 * Math.PI * (place / count) - Math.PI / 2;
    return [wide * Math.cos(angle), tall * Math.sin(angle)];
  });
  // An odd ring is higher than it is deep: use the whole height, and stand in its middle.
  const ys = points.map(([, dy]) => dy);
  const stretch = count > 2 ? (2 * tall) / (Math.max(...ys) - Math.min(...ys)) : 1;
  const middle = (Math.max(...ys) + Math.min(...ys)) / 2;
  return points.map(([dx, dy]) => ({ x: x + dx - width / 2, y: y + (dy - middle) * stretch - height / 2, width, height }));
}

function apart(boxes) {
  return boxes.every((a, place) => boxes.slice(place + 1).every((b) =>
    Math.abs(a.x - b.x) >= a.width + APART || Math.abs(a.y - b.y) >= a.height + APART));
}
