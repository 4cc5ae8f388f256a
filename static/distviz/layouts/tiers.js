// Clients, balancers and servers in three tiers: from left to right where there is room, else from top to bottom.

import { grid, place, thingAt } from "./grid.js";

export const PATH_POINTS = 24;

const STRIP = 46;
const GROUP = 92; // what stands for several balancers, where there is room

/** The layout of `count` servers behind `balancers` balancers in width x height:
 *  {tall, clients, balancer: rectangles (of the only balancer, or what stands for all of them), front: the grid of several
 *   balancers or null, grid: of the servers, balancers, count, down: from which y on ways lead downwards, ways: see `wayIn`, `wayOut`}. */
export function tiers(count, width, height, balancers = 1) {
  const tall = width < 520 || width < height * 1.05;
  const found = tall ? tallTiers(count, width, height, balancers) : wideTiers(count, width, height, balancers);
  return { tall, count, balancers, ways: { in: [], out: [] }, ...found };
}

function wideTiers(count, width, height, balancers) {
  const margin = width < 700 ? 14 : 24;
  const hub = width < 700 ? 134 : 148;
  const hubHeight = Math.min(126, height - 2 * margin);
  const first = Math.max(34, Math.min(110, width * 0.075));
  const second = Math.max(56, Math.min(190, width * 0.13));
  const y = (height - hubHeight) / 2;
  const clients = { x: margin, y, width: hub, height: hubHeight };
  const one = { x: margin + hub + first, y, width: hub + (balancers > 1 && width >= 700 ? 22 : 0), height: hubHeight };
  const x = one.x + one.width + second;
  const area = { x, y: margin, width: width - margin - x, height: height - 2 * margin, centred: 0 };
  const group = height < 360 ? STRIP : GROUP;
  const front = balancers > 1 ? grid(balancers, { ...one, y: margin + group + 12, height: Math.max(24, height - 2 * margin - group - 12), centred: 1 }) : null;
  const balancer = front ? { ...one, y: front.y - group - 12, height: group } : one;
  return { clients, balancer, front, grid: grid(count, area), down: Infinity };
}

function tallTiers(count, width, height, balancers) {
  const margin = 12;
  const hub = Math.min(200, (width - 2 * margin - 30) / 2);
  // Where height is scarce the hubs are strips of two lines.
  const hubHeight = height < (balancers > 1 ? 460 : 380) ? STRIP : 104;
  const apart = Math.min(width - 2 * margin, 2 * hub + 150);
  const left = (width - apart) / 2;
  const clients = { x: left, y: margin, width: hub, height: hubHeight };
  const balancer = { x: left + apart - hub, y: margin, width: hub, height: hubHeight };
  const gap = Math.max(22, Math.min(64, height * 0.09));
  const inside = { x: margin, width: width - 2 * margin, centred: 1, top: true };
  const foot = margin + hubHeight;
  const front = balancers > 1 ? grid(balancers, { ...inside, y: foot + gap * 0.7, height: balancers > 3 ? 66 : 44 }) : null;
  const top = gap + (front ? front.y + front.stepY * (front.rows - 1) + front.height : foot);
  return { clients, balancer, front, grid: grid(count, { ...inside, y: top, height: height - top - margin }), down: foot };
}

/** The node at a point: "clients", "balancer" (the only one, or what stands for all), {balancer: its place}, {server: its place}, or null. */
export function nodeAt(layout, x, y) {
  for (const name of ["clients", "balancer"]) {
    const box = layout[name];
    if (x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height) return name;
  }
  const balancer = layout.front ? thingAt(layout.front, layout.balancers, x, y) : -1;
  if (balancer >= 0) return { balancer };
  const server = thingAt(layout.grid, layout.count, x, y);
  return server < 0 ? null : { server };
}

/** The rectangle of balancer `index`. */
export function frontAt(layout, index) {
  return layout.front ? place(layout.front, index) : layout.balancer;
}

/** The point at `progress` (0 clients, 0.5 balancer, 1 server) of the way through a balancer to a server, written into `out`. */
export function along(layout, balancer, server, progress, out) {
  const points = progress < 0.5 ? wayIn(layout, balancer) : wayOut(layout, balancer, server);
  const at = Math.min(1, progress < 0.5 ? progress * 2 : (progress - 0.5) * 2) * (PATH_POINTS - 1);
  const point = Math.min(PATH_POINTS - 2, Math.floor(at));
  const share = at - point;
  for (const axis of [0, 1]) out[axis] = points[point * 2 + axis] + (points[point * 2 + 2 + axis] - points[point * 2 + axis]) * share;
}

/** PATH_POINTS points (x, y) from the clients to a balancer. */
export function wayIn(layout, balancer) {
  return (layout.ways.in[balancer] ??= evenly(entry(layout, balancer)));
}

/** PATH_POINTS points (x, y) from a balancer to a server. */
export function wayOut(layout, balancer, server) {
  return (layout.ways.out[balancer * layout.count + server] ??= evenly(exit(layout, balancer, server)));
}

function entry({ tall, clients, balancer: only, front }, balancer) {
  const x = clients.x + clients.width;
  const y = clients.y + clients.height / 2;
  if (!front) return [x, y, only.x, y];
  return tall ? tallRoute(front, balancer, clients.x + clients.width / 2, clients.y + clients.height) : wideRoute(front, balancer, x, y);
}

function exit(layout, balancer, server) {
  const { tall, front, grid: servers } = layout;
  const from = front ? leaving(front, balancer, tall) : middle(layout.balancer, tall);
  const [x, y] = from.slice(-2);
  const box = place(servers, server);
  if (servers.level === "cell") return [...from, box.x + box.width / 2, box.y + box.height / 2];
  return [...from.slice(0, -2), ...(tall ? tallRoute(servers, server, x, y) : wideRoute(servers, server, x, y))];
}

/** Where a way leaves a box: in the middle of its right edge, or of its lower one. */
function middle({ x, y, width, height }, tall) {
  return tall ? [x + width / 2, y + height] : [x + width, y + height / 2];
}

/** From a thing to the far edge of its grid: straight where it stands there, else along a gutter. */
function leaving(found, index, tall) {
  const box = place(found, index);
  const last = found.x + found.stepX * (found.columns - 1) + found.width;
  const low = found.y + found.stepY * (found.rows - 1) + found.height;
  if (tall ? box.y + box.height > low - 1 : box.x + box.width > last - 1) return middle(box, tall);
  if (tall) {
    const gutter = box.x + box.width + Math.min(5, (found.stepX - box.width) / 2);
    return [box.x + box.width, box.y + box.height - 5, gutter, box.y + box.height, gutter, low];
  }
  const gutter = box.y + box.height + Math.min(6, (found.stepY - box.height) / 2);
  return [box.x + box.width - 5, box.y + box.height, box.x + box.width, gutter, last, gutter];
}

/** To the edge of a grid by a curve, then along a gutter. */
function wideRoute(found, index, x, y) {
  const box = place(found, index);
  if (index % found.columns === 0) return curve(x, y, box.x, box.y + box.height / 2, false);
  const gutter = box.y - Math.min(6, (found.stepY - box.height) / 2);
  return [...curve(x, y, found.x, gutter, false), box.x + 10, gutter, box.x + 16, box.y];
}

function tallRoute(found, index, x, y) {
  const box = place(found, index);
  if (index < found.columns) return curve(x, y, box.x + box.width / 2, box.y, true);
  const gutter = box.x - Math.min(5, (found.stepX - box.width) / 2);
  return [...curve(x, y, gutter, found.y, true), gutter, box.y + 8, box.x, box.y + 14];
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
  const out = new Float32Array(PATH_POINTS * 2);
  let piece = 0;
  for (let step = 0; step < PATH_POINTS; step += 1) {
    const wanted = (lengths.at(-1) * step) / (PATH_POINTS - 1);
    while (piece < lengths.length - 2 && lengths[piece + 1] < wanted) piece += 1;
    const share = (wanted - lengths[piece]) / (lengths[piece + 1] - lengths[piece] || 1);
    for (const axis of [0, 1]) {
      const from = points[piece * 2 + axis];
      out[step * 2 + axis] = from + (points[piece * 2 + 2 + axis] - from) * share;
    }
  }
  return out;
}
