// Canvas layers that are crisp at any device pixel ratio, and the theme as plain colours.

const TOKENS = {
  ground: "--ground", surface: "--surface", raised: "--raised", ink: "--ink", ink2: "--ink-2", ink3: "--ink-3",
  sunken: "--sunken", line: "--line", line2: "--line-2", okSoft: "--ok-soft", unknownSoft: "--unknown-soft",
  failedSoft: "--failed-soft", stoppedSoft: "--stopped-soft", accentSoft: "--accent-soft", accent: "--accent", accentInk: "--accent-ink", ok: "--ok", unknown: "--unknown",
  failed: "--failed", stopped: "--stopped", lane1: "--lane-1", lane2: "--lane-2", lane3: "--lane-3",
  lane4: "--lane-4", focus: "--focus", font: "--font", mono: "--mono",
};

const HUES = Array.from({ length: 8 }, (_, hue) => `--hue-${hue}`);

/** The colours and fonts of the page as it stands; `hues` are the eight of ballots and terms. Read once per change of theme: it is slow. */
export function readTheme(element = document.documentElement) {
  const style = getComputedStyle(element);
  const theme = {};
  for (const [name, token] of Object.entries(TOKENS)) theme[name] = style.getPropertyValue(token).trim();
  theme.hues = HUES.map((token) => style.getPropertyValue(token).trim());
  theme.font ||= "system-ui, sans-serif";
  theme.mono ||= "ui-monospace, monospace";
  return theme;
}

/** Call `changed` whenever light turns dark or back. Returns a function that stops. */
export function onThemeChange(changed) {
  document.addEventListener("distviz:theme", changed);
  return () => document.removeEventListener("distviz:theme", changed);
}

/** Give `canvas` a backing store for width x height CSS pixels; returns its context, scaled so
 *  that one unit is one CSS pixel. Setting the size also clears it. */
export function sizeCanvas(canvas, width, height) {
  const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

const WIDTHS_AT_MOST = 5000;
const widths = new Map();

/** How wide `text` is in the context's font. Measuring is slow, and most texts come again: the widths are kept. */
export function textWidth(context, text) {
  const key = `${context.font}/${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size >= WIDTHS_AT_MOST) widths.clear();
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** `text` cut with an ellipsis so that it is at most `width` wide in the context's font. */
export function fitText(context, text, width) {
  if (textWidth(context, text) <= width) return text;
  let [length, over] = [1, text.length];
  while (over - length > 1) {
    const middle = (length + over) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) length = middle;
    else over = middle;
  }
  return length > 1 ? `${text.slice(0, length)}…` : "";
}

/** A path of a rectangle with round corners; the caller fills or strokes it. */
export function roundRect(context, x, y, width, height, radius) {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}
