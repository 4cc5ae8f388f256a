// Clients, balancer and servers in three tiers: from left to right where there is room, else from top to bottom.

import { grid, place, thingAt } from "./grid.js";

export const PATH_POINTS = 24;

/** The layout of `count` servers in width x height:
 *  {tall, clients, balancer: rectangles, grid, count, entry: [[x, y], [x, y]] the link from the clients to
 *   the balancer, paths: Float32Array of PATH_POINTS points (x, y) per server, from the balancer to it}. */
export function tiers(count, width, height) {
  const tall = width < 520 || width < height * 1.05;
  const found = tall ? tallTiers(count, width, height) : wideTiers(count, width, height);
  found.paths = paths(found);
  return found;
}

function wideTiers(count, width, height) {
  const margin = width < 700 ? 14 : 24;
  const hub = width < 700 ? 134 : 148;
  const hubHeight = Math.min(126, height - 2 * margin);
  const first = Math.max(34, Math.min(110, width * 0.075));
  const second = Math.max(56, Math.min(190, width * 0.13));
  const y = (height - hubHeight) / 2;
  const clients = { x: margin, y, width: hub, height: hubHeight };
  const balancer = { x: margin + hub + first, y, width: hub, height: hubHeight };
  const x = balancer.x + hub + second;
  const area = { x, y: margin, width: width - margin - x, height: height - 2 * margin, centred: 0 };
  const entry = [[clients.x + hub, height / 2], [balancer.x, height / 2]];
  return { tall: false, clients, balancer, grid: grid(count, area), count, entry, exit: [balancer.x + hub, height / 2] };
}

function tallTiers(count, width, height) {
  const margin = 12;
  const hub = Math.min(200, (width - 2 * margin - 30) / 2);
  // Where height is scarce the hubs are strips of two lines.
  const hubHeight = height < 380 ? 46 : 104;
  const apart = Math.min(width - 2 * margin, 2 * hub + 150);
  const left = (width - apart) / 2;
  const clients = { x: left, y: margin, width: hub, height: hubHeight };
  const balancer = { x: left + apart - hub, y: margin, width: hub, height: hubHeight };
  const top = margin + hubHeight + Math.max(22, Math.min(64, height * 0.09));
  const area = { x: margin, y: top, width: width - 2 * margin, height: height - top - margin, centred: 1, top: true };
  const middle = margin + hubHeight / 2;
  const entry = [[clients.x + hub, middle], [balancer.x, middle]];
  return { tall: true, clients, balancer, grid: grid(count, area), count, entry, exit: [balancer.x + hub / 2, margin + hubHeight] };
}

/** The node at a point: "clients", "balancer", the index of a server, or null. */
export function nodeAt(layout, x, y) {
  for (const name of ["clients", "balancer"]) {
    const box = layout[name];
    if (x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height) return name;
  }
  const index = thingAt(layout.grid, layout.count, x, y);
  return index < 0 ? null : index;
}

/** The point at `progress` (0 clients, 0.5 balancer, 1 server) of the way to a server, written into `out`. */
export function along(layout, server, progress, out) {
  if (progress < 0.5) {
    const [[x0, y0], [x1, y1]] = layout.entry;
    out[0] = x0 + (x1 - x0) * progress * 2;
    out[1] = y0 + (y1 - y0) * progress * 2;
    return;
  }
  const place_ = Math.min(1, (progress - 0.5) * 2) * (PATH_POINTS - 1);
  const point = Math.min(PATH_POINTS - 2, Math.floor(place_));
  const share = place_ - point;
  const at = (server * PATH_POINTS + point) * 2;
  const { paths: points } = layout;
  out[0] = points[at] + (points[at + 2] - points[at]) * share;
  out[1] = points[at + 1] + (points[at + 3] - points[at + 1]) * share;
}

function paths(layout) {
  const all = new Float32Array(layout.count * PATH_POINTS * 2);
  for (let index = 0; index < layout.count; index += 1) {
    all.set(evenly(route(layout, index)), index * PATH_POINTS * 2);
  }
  return all;
}

/** A way from the balancer to a server: a curve to the edge of the grid, then along a gutter. */
function route(layout, index) {
  const box = place(layout.grid, index);
  const [x, y] = layout.exit;
  if (layout.grid.level === "cell") return [x, y, box.x + box.width / 2, box.y + box.height / 2];
  return layout.tall ? tallRoute(layout, index, box, x, y) : wideRoute(layout, index, box, x, y);
}

function wideRoute(layout, index, box, x, y) {
  if (index % layout.grid.columns === 0) return curve(x, y, box.x, box.y + box.height / 2, false);
  const gutter = box.y - Math.min(6, (layout.grid.stepY - box.height) / 2);
  return [...curve(x, y, layout.grid.x, gutter, false), box.x + 10, gutter, box.x + 16, box.y];
}

function tallRoute(layout, index, box, x, y) {
  if (index < layout.grid.columns) return curve(x, y, box.x + box.width / 2, box.y, true);
  const gutter = box.x - Math.min(5, (layout.grid.stepX - box.width) / 2);
  return [...curve(x, y, gutter, layout.grid.y, true), gutter, box.y + 8, box.x, box.y + 14];
}

function curve(x0, y0, x1, y1, down) {
  const points = [];
  const [bendX, bendY] = down ? [0, (y1 - y0) * 0.6] : [(x1 - x0) * 0.6, 0];
  for (let step = 0; step <= 20; step += 1) {
    const s = step / 20;
    const [a, b, c, d] = [(1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s * s * (1 - s), s ** 3];
    points.push(a * x0 + b * (x0 + bendX) + c * (x1 - bendX) + d * x1, a * y0 + b * (y0 + bendY) + c * (y1 - bendY) + d * y1);
  }
  return points;
}

/** PATH_POINTS points at even distances along a polyline. */
function evenly(points) {
  const lengths = [0];
  for (let i = 2; i < points.length; i += 2) {
    lengths.push(lengths.at(-1) + Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]));
  }
  const out = [];
  let piece = 0;
  for (let step = 0; step < PATH_POINTS; step += 1) {
    const wanted = (lengths.at(-1) * step) / (PATH_POINTS - 1);
    while (piece < lengths.length - 2 && lengths[piece + 1] < wanted) piece += 1;
    const share = (wanted - lengths[piece]) / (lengths[piece + 1] - lengths[piece] || 1);
    for (const axis of [0, 1]) {
      const from = points[piece * 2 + axis];
      out.push(from + (points[piece * 2 + 2 + axis] - from) * share);
    }
  }
  return out;
}
