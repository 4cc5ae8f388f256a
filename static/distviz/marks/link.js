// Links between tiers: hairlines that stay behind everything else.

/** Stroke a polyline of (x, y) pairs in `points` from `start`, `count` of them. */
export function drawLink(context, points, start, count, colour, width = 1) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.beginPath();
  context.moveTo(points[start * 2], points[start * 2 + 1]);
  for (let i = start + 1; i < start + count; i += 1) context.lineTo(points[i * 2], points[i * 2 + 1]);
  context.stroke();
}
