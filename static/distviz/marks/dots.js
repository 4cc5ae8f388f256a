// Requests on their ways: a round dot on the way out, a diamond on the way home, a cross when it failed.

/** One sign at x, y: "out", "home" or "failed". */
export function dot(context, x, y, sign, size, theme) {
  context.beginPath();
  trace(context, x, y, sign, size);
  finish(context, sign, size, theme);
}

/** Add a sign's outline to the current path; many of a kind are painted at once by `finish`. */
export function trace(context, x, y, sign, size) {
  if (sign === "out") {
    context.moveTo(x + size, y);
    context.arc(x, y, size, 0, 2 * Math.PI);
  } else if (sign === "home") {
    const reach = size * 1.25;
    context.moveTo(x, y - reach);
    context.lineTo(x + reach, y);
    context.lineTo(x, y + reach);
    context.lineTo(x - reach, y);
    context.closePath();
  } else {
    context.moveTo(x - size, y - size);
    context.lineTo(x + size, y + size);
    context.moveTo(x + size, y - size);
    context.lineTo(x - size, y + size);
  }
}

/** Paint the current path of signs of one kind. */
export function finish(context, sign, size, theme) {
  if (sign === "failed") {
    context.strokeStyle = theme.failed;
    context.lineWidth = Math.max(1.5, size * 0.7);
    context.lineCap = "round";
    context.stroke();
    return;
  }
  context.fillStyle = sign === "out" ? theme.unknown : theme.ok;
  context.fill();
}
