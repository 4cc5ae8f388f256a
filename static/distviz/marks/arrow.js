// The signs of a space-time diagram. `pen` is one of marks/pen.js.

/** The head of an arrow that ends at x1, y1, coming from x0, y0. */
export function arrowHead(pen, x0, y0, x1, y1, size, colour, alpha = 1) {
  const way = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [(x1 - x0) / way, (y1 - y0) / way];
  const [bx, by] = [x1 - dx * size * 1.7, y1 - dy * size * 1.7];
  const half = size * 0.72;
  pen.poly([x1, y1, bx - dy * half, by + dx * half, bx + dy * half, by - dx * half], colour, alpha);
}

/** The cross at which a message ended that never arrived. */
export function cross(pen, x, y, size, colour, alpha = 1) {
  pen.line(x - size, y - size, x + size, y + size, colour, 2, alpha);
  pen.line(x - size, y + size, x + size, y - size, colour, 2, alpha);
}

/** A message to oneself: a small hook beside the lane. `along` is [dx, dy] of time, `aside` that away from the lane. */
export function hook(pen, x, y, size, [ax, ay], [sx, sy], colour, alpha = 1) {
  pen.line(x, y - 0, x + sx * size, y + sy * size, colour, 1.4, alpha);
  pen.line(x + sx * size, y + sy * size, x + ax * size, y + ay * size, colour, 1.4, alpha);
}

/** A timer that went off: a small triangle that points at the lane from the other side. */
export function timerTick(pen, x, y, size, [ax, ay], [sx, sy], colour, alpha = 1) {
  const half = size * 0.55;
  const [bx, by] = [x - sx * (size + 2), y - sy * (size + 2)];
  pen.poly([x - sx * 2, y - sy * 2, bx - ax * half, by - ay * half, bx + ax * half, by + ay * half], colour, alpha);
}

/** A change of state: a notch on the lane. */
export function notch(pen, x, y, [sx, sy], colour, alpha = 1) {
  pen.line(x - sx * 4, y - sy * 4, x + sx * 4, y + sy * 4, colour, 2, alpha);
}

/** A breach: a flag whose pole stands at x, y. */
export function flag(pen, x, y, colour, ground) {
  pen.line(x, y, x, y - 17, colour, 2);
  pen.poly([x, y - 18, x + 14, y - 13.5, x, y - 9], colour);
  pen.ring(x, y, 3.2, ground, 1.2, colour);
}

/** Something that a person or the nemesis did: a diamond. */
export function deed(pen, x, y, size, colour) {
  pen.poly([x, y - size, x + size, y, x, y + size, x - size, y], colour);
}
