// One way to draw for the screen and for a file: a pen that paints on a canvas, and one that writes SVG.
//
// Both know: line, rect, poly, ring, hatch, text, width, clip, unclip. Lengths are CSS pixels, angles radians.

import { hatch } from "./badge.js";

const ANCHORS = { left: "start", center: "middle", right: "end" };

/** Paints on the context of a canvas; each line is a stroke of its own, which software paints fastest. */
export class CanvasPen {
  constructor(context, theme) {
    this.context = context;
    this.theme = theme;
  }

  line(x0, y0, x1, y1, colour, width = 1, alpha = 1, dash = null) {
    const { context } = this;
    if (context.strokeStyle !== colour) context.strokeStyle = colour;
    context.lineWidth = width;
    context.globalAlpha = alpha;
    if (dash) context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.stroke();
    if (dash) context.setLineDash([]);
    context.globalAlpha = 1;
  }

  rect(x, y, width, height, colour, alpha = 1, radius = 0) {
    const { context } = this;
    if (context.fillStyle !== colour) context.fillStyle = colour;
    context.globalAlpha = alpha;
    if (radius > 0) {
      context.beginPath();
      context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
      context.fill();
    } else context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
  }

  /** A filled polygon: [x, y, x, y, ...]. */
  poly(points, colour, alpha = 1) {
    const { context } = this;
    context.fillStyle = colour;
    context.globalAlpha = alpha;
    context.beginPath();
    context.moveTo(points[0], points[1]);
    for (let place = 2; place < points.length; place += 2) context.lineTo(points[place], points[place + 1]);
    context.fill();
    context.globalAlpha = 1;
  }

  ring(x, y, radius, colour, width = 1, fill = null) {
    const { context } = this;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    if (width === 0) return;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }

  hatch(x, y, width, height, colour, apart = 6) {
    hatch(this.context, { x, y, width, height }, colour, apart);
  }

  text(x, y, words, { size = 11, weight = 400, colour, align = "left", angle = 0, halo = null } = {}) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.font = `${weight} ${size}px ${this.theme.font}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    if (halo) {
      context.strokeStyle = halo;
      context.lineWidth = 3.5;
      context.lineJoin = "round";
      context.strokeText(words, 0, 0);
    }
    context.fillStyle = colour;
    context.fillText(words, 0, 0);
    context.restore();
  }

  width(words, size = 11, weight = 400) {
    this.context.font = `${weight} ${size}px ${this.theme.font}`;
    return this.context.measureText(words).width;
  }

  clip(x, y, width, height) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(x, y, width, height);
    this.context.clip();
  }

  unclip() {
    this.context.restore();
  }
}

/** Writes SVG elements; `done()` gives them as one text. */
export class SvgPen {
  constructor(theme) {
    this.theme = theme;
    this.parts = [];
    this.clips = 0;
  }

  line(x0, y0, x1, y1, colour, width = 1, alpha = 1, dash = null) {
    this.parts.push(`<line x1="${px(x0)}" y1="${px(y0)}" x2="${px(x1)}" y2="${px(y1)}" stroke="${colour}" stroke-width="${px(width)}"`
      + `${faded("stroke-opacity", alpha)}${dash ? ` stroke-dasharray="${dash.join(" ")}"` : ""}/>`);
  }

  rect(x, y, width, height, colour, alpha = 1, radius = 0) {
    this.parts.push(`<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(Math.max(0, height))}"`
      + `${radius ? ` rx="${px(Math.min(radius, width / 2, height / 2))}"` : ""} fill="${colour}"${faded("fill-opacity", alpha)}/>`);
  }

  poly(points, colour, alpha = 1) {
    this.parts.push(`<polygon points="${points.map(px).join(" ")}" fill="${colour}"${faded("fill-opacity", alpha)}/>`);
  }

  ring(x, y, radius, colour, width = 1, fill = null) {
    const stroke = width > 0 ? ` stroke="${colour}" stroke-width="${px(width)}"` : "";
    this.parts.push(`<circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="${fill ?? "none"}"${stroke}/>`);
  }

  hatch(x, y, width, height, colour, apart = 6) {
    this.clip(x, y, width, height);
    for (let at = -height; at < width; at += apart) this.line(x + at, y + height, x + at + height, y, colour);
    this.unclip();
  }

  text(x, y, words, { size = 11, weight = 400, colour, align = "left", angle = 0, halo = null } = {}) {
    const turned = angle ? ` transform="rotate(${px((angle * 180) / Math.PI)} ${px(x)} ${px(y)})"` : "";
    const around = halo ? ` stroke="${halo}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"` : "";
    this.parts.push(`<text x="${px(x)}" y="${px(y)}" dy="0.35em" font-size="${px(size)}" font-weight="${weight}" fill="${colour}"`
      + ` text-anchor="${ANCHORS[align]}"${around}${turned}>${escaped(words)}</text>`);
  }

  /** About as wide as the text will be: a file does not know its reader's letters. */
  width(words, size = 11) {
    let width = 0;
    for (const sign of words) width += sign.codePointAt(0) > 0x2e80 ? size : size * 0.53;
    return width;
  }

  clip(x, y, width, height) {
    this.clips += 1;
    this.parts.push(`<clipPath id="clip-${this.clips}"><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/></clipPath><g clip-path="url(#clip-${this.clips})">`);
  }

  unclip() {
    this.parts.push("</g>");
  }

  done() {
    return this.parts.join("\n");
  }
}

/** `text` as it must stand inside of XML; what XML cannot hold is left out. */
export function escaped(text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(text).replace(/[&<>"]/g, (sign) => signs[sign]).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}

function px(value) {
  return Math.round(value * 100) / 100;
}

function faded(name, alpha) {
  return alpha < 1 ? ` ${name}="${px(alpha)}"` : "";
}
