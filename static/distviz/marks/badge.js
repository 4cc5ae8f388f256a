// Signs for the condition of a node. Each has a shape of its own: nothing is told by colour alone.

/** A cross: crashed. */
export function cross(context, x, y, size, colour, width = 2) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
}

/** Two bars: paused. */
export function bars(context, x, y, size, colour) {
  context.fillStyle = colour;
  const width = Math.max(1.5, size * 0.62);
  context.fillRect(x - size, y - size, width, size * 2);
  context.fillRect(x + size - width, y - size, width, size * 2);
}

/** Slanted lines over a rectangle: draining. */
export function hatch(context, box, colour, apart = 6) {
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = -box.height; x < box.width; x += apart) {
    context.moveTo(box.x + x, box.y + box.height);
    context.lineTo(box.x + x + box.height, box.y);
  }
  context.stroke();
  context.restore();
}

/** A tortoise: slow. */
export function tortoise(context, x, y, size, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.ellipse(x - size * 0.1, y + size * 0.25, size * 0.85, size * 0.8, 0, Math.PI, 0);
  context.fill();
  context.beginPath();
  context.arc(x + size * 0.98, y, size * 0.32, 0, 2 * Math.PI);
  context.fill();
  for (const leg of [-0.6, 0.3]) context.fillRect(x + leg * size - size * 0.16, y + size * 0.2, size * 0.34, size * 0.42);
}
