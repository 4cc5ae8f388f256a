// Requests on their ways: a round dot on the way out, a diamond on the way home, a cross when it failed.
//
// Each is one arc or one or two short strokes: of all ways to paint two thousand marks on a 2D canvas
// without a GPU these were the fastest (0.8 ms a frame; 4.5 ms as copied stamps, and large paths stall).

/** One sign at x, y: "out", "home" or "failed". */
export function dot(context, x, y, sign, size, theme) {
  prepare(context, sign, size, theme);
  stroke(context, x, y, sign, size);
}

/** Set the context for many signs of one kind; `stroke` then paints each. */
export function prepare(context, sign, size, theme) {
  context.fillStyle = theme.unknown;
  context.lineCap = sign === "home" ? "butt" : "round";
  context.strokeStyle = sign === "home" ? theme.ok : theme.failed;
  context.lineWidth = sign === "home" ? 1.77 * size : Math.max(1.5, size * 0.6);
}

/** Paint one sign at x, y with the context as `prepare` left it. */
export function stroke(context, x, y, sign, size) {
  context.beginPath();
  if (sign === "out") {
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  if (sign === "home") {
    // A slanted line as thick as it is long is a square that stands on its corner.
    const half = size * 0.625;
    context.moveTo(x - half, y - half);
    context.lineTo(x + half, y + half);
  } else {
    const reach = size * 1.2;
    context.moveTo(x - reach, y - reach);
    context.lineTo(x + reach, y + reach);
    context.moveTo(x + reach, y - reach);
    context.lineTo(x - reach, y + reach);
  }
  context.stroke();
}
