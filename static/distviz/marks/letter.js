// Messages on their ways: a disc in the hue of their ballot with the letters of their kind, a dot where there are
// many, a ring while they wait, a cross where they died. And timers: a ring that empties.

/** Short names for kinds of messages, each once: "P" for Prepare, "Pm" for Promise, "RV" for Request vote. */
export function lettersOf(titles) {
  const taken = new Map();
  for (const title of titles) {
    const found = optionsFor(title, [...taken.values()]).find((one) => !taken.has(one));
    taken.set(found ?? `${taken.size}`, title);
  }
  return [...taken.keys()];
}

function optionsFor(title, others) {
  const words = title.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter(Boolean);
  const first = (words[0]?.[0] ?? "?").toUpperCase();
  const rest = [...words.join("").slice(1).toLowerCase()];
  const like = others.filter((other) => other[0]?.toUpperCase() === first).join("").toLowerCase();
  const telling = rest.filter((letter) => !like.includes(letter) && !"aeiou".includes(letter));
  const initials = words.length > 1 ? [first + words[1][0].toUpperCase()] : [];
  const more = [...telling, ...rest.reverse(), ..."0123456789"].map((letter) => first + letter);
  return words.length > 1 ? [...initials, first, ...more] : [first, ...more];
}

/** A disc of radius `size` in `colour` with `letters` in it. */
export function disc(context, x, y, size, colour, letters, theme) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.fill();
  if (!letters) return;
  context.fillStyle = theme.ground;
  context.fillText(letters, x, y + 0.5);
}

/** A message that came, but has to wait. */
export function waiting(context, x, y, size, colour) {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.5, size * 0.34);
  context.beginPath();
  context.arc(x, y, size * 0.8, 0, 2 * Math.PI);
  context.stroke();
}

/** Where a message died: a cross on the ground's colour, so that it is seen on any link. */
export function dead(context, x, y, size, colour, theme) {
  const reach = size * 0.72;
  context.lineCap = "round";
  for (const [width, stroke] of [[Math.max(3.5, size * 0.8), theme.surface], [Math.max(1.6, size * 0.34), colour]]) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - reach, y - reach);
    context.lineTo(x + reach, y + reach);
    context.moveTo(x + reach, y - reach);
    context.lineTo(x - reach, y + reach);
    context.stroke();
  }
}

/** A timer, of which the share `left` (1 to 0) is still to run, with the first letter of its name. */
export function timerRing(context, x, y, size, left, letter, theme) {
  context.lineWidth = 2;
  context.lineCap = "butt";
  context.strokeStyle = theme.line;
  context.beginPath();
  context.arc(x, y, size, 0, 2 * Math.PI);
  context.stroke();
  context.strokeStyle = theme.ink3;
  context.beginPath();
  context.arc(x, y, size, -Math.PI / 2 - 2 * Math.PI * left, -Math.PI / 2);
  context.stroke();
  context.font = `600 8px ${theme.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = theme.ink2;
  context.fillText(letter, x, y + 0.5);
}
