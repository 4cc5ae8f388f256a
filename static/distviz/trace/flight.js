// Which requests are where at time t: on a link, in a queue, in service, or just failed.

/** How a request is drawn: on its way out (0 at the clients, 0.5 at the balancer, 1 at the server), on
 *  its way home (0 at the server, 1 at the clients), or failed (at a place of the way out). */
export const WAY = { OUT: 0, HOME: 1, FAILED: 2 };

/** The legs of a request's life. */
export const LEG = { TO_BALANCER: 0, TO_SERVER: 1, QUEUED: 2, IN_SERVICE: 3, TO_CLIENTS: 4 };
export const OUTCOMES = ["in_system", "ok", "timeout", "crashed", "refused", "rejected", "no_server", "overflow", "limited", "shed", "cancelled", "dropped", "lost"];
export const NO_SERVER = 65535;

/** Room for `capacity` requests on their ways; `flight` adds to it, `clear` empties it. */
export function flightBuffer(capacity = 4096) {
  return {
    count: 0, capacity,
    k: new Float64Array(capacity), way: new Uint8Array(capacity), server: new Uint16Array(capacity), balancer: new Uint8Array(capacity),
    progress: new Float32Array(capacity), failed: new Uint8Array(capacity), trail: new Uint8Array(capacity),
  };
}

export function clear(out) {
  out.count = 0;
}

/** Add to `out` the requests of one Segment that are to be drawn at t.
 *
 *  `linger_ns` is the shortest time that a way along a link takes on the screen: a request that is
 *  faster than that leaves a trail (out.trail = 1), which follows the same way slowed down. Failed
 *  requests stay for as long where they failed. Of the requests only every `every`-th is taken. With
 *  `before_ns` only those that were done by
 *  then: the tail of the Segment before the current one. */
export function flight(requests, t_ns, linger_ns, out, every = 1, before_ns = Infinity) {
  const last = upTo(requests.sent_ns, t_ns);
  // Trails are decoration: where there would be too many, every n-th request leaves one.
  const stride = every * Math.ceil(trailStride(requests, last, t_ns, linger_ns) / every);
  for (let row = 0; row < last && out.count < out.capacity; row += 1) {
    if (every > 1 && requests.k[row] % every !== 0) continue;
    const offset = t_ns - requests.sent_ns[row];
    const done = requests.done[row];
    if (requests.sent_ns[row] + done > before_ns) continue;
    if (before_ns !== Infinity && Number.isNaN(done)) continue;
    if (offset < done || Number.isNaN(done)) exact(requests, row, offset, out);
    else if (requests.outcome[row] > 1 && offset < done + linger_ns) add(out, requests, row, WAY.FAILED, placeOfFailure(requests, row), 1, 0);
    if (linger_ns > 0 && requests.k[row] % stride === 0) trails(requests, row, offset, linger_ns, out);
  }
}

/** How many of the sorted times are at most t. */
export function upTo(times, t_ns) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t_ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

const TRAILS_AT_MOST = 500;

function trailStride(requests, last, t_ns, linger_ns) {
  const recent = last - upTo(requests.sent_ns, t_ns - linger_ns);
  return Math.max(1, Math.ceil(recent / TRAILS_AT_MOST));
}

function add(out, requests, row, way, progress, failed, trail) {
  const at = out.count;
  if (at >= out.capacity) return;
  out.k[at] = requests.k[row];
  out.way[at] = way;
  out.server[at] = requests.server[row];
  out.balancer[at] = requests.balancer?.[row] ?? 0;
  out.progress[at] = progress;
  out.failed[at] = failed;
  out.trail[at] = trail;
  out.count = at + 1;
}

/** The leg that a request is on, `offset` ns after it was sent. */
export function legOf(requests, row, offset) {
  const leave = leaves(requests, row);
  if (offset >= leave) return LEG.TO_CLIENTS;
  if (offset >= requests.start[row]) return LEG.IN_SERVICE;
  if (offset >= requests.at_server[row]) return LEG.QUEUED;
  return offset >= requests.at_balancer[row] ? LEG.TO_SERVER : LEG.TO_BALANCER;
}

/** When the answer sets out, as an offset; NaN where that is not known. A request that failed at
 *  its server has no departure: the bad news needs as long back as the request needed to get there. */
function leaves(requests, row) {
  const depart = requests.depart[row];
  if (!Number.isNaN(depart) || Number.isNaN(requests.back[row])) return depart;
  const way = requests.at_server[row] - requests.at_balancer[row];
  return Number.isNaN(way) ? requests.back[row] : Math.max(requests.at_server[row], requests.back[row] - way);
}

function exact(requests, row, offset, out) {
  const leg = legOf(requests, row, offset);
  if (leg === LEG.QUEUED || leg === LEG.IN_SERVICE) return;
  if (leg === LEG.TO_CLIENTS) add(out, requests, row, WAY.HOME, homeward(requests, row, offset), requests.outcome[row] > 1 ? 1 : 0, 0);
  else add(out, requests, row, WAY.OUT, outward(requests, row, offset), 0, 0);
}

/** Progress from the clients (0) past the balancer (0.5) to the server (1). */
function outward(requests, row, offset) {
  const halfway = requests.at_balancer[row];
  if (Number.isNaN(halfway) || offset < halfway) return 0.5 * share(offset, 0, halfway);
  return 0.5 + 0.5 * share(offset, halfway, requests.at_server[row]);
}

/** Progress from the server (0) past the balancer (0.5) to the clients (1). */
function homeward(requests, row, offset) {
  const back = requests.back[row];
  const leave = leaves(requests, row);
  if (Number.isNaN(back) || offset < back) return 0.5 * share(offset, leave, back);
  return 0.5 + 0.5 * share(offset, back, requests.done[row]);
}

function share(offset, from, until) {
  const length = until - from;
  return length > 0 ? Math.max(0, Math.min(1, (offset - from) / length)) : 0;
}

/** Where a failed request ended: 0 at the clients, 0.5 at the balancer, 1 at its server. */
function placeOfFailure(requests, row) {
  const outcome = OUTCOMES[requests.outcome[row]];
  if (outcome === "timeout") return 0;
  return ["no_server", "dropped", "lost"].includes(outcome) || requests.server[row] === NO_SERVER ? 0.5 : 1;
}

/** The slowed-down pictures of ways that were too fast to be seen. */
function trails(requests, row, offset, linger_ns, out) {
  if (requests.server[row] === NO_SERVER) return bounced(requests, row, offset, linger_ns, out);
  const there = requests.at_server[row];
  if (there < linger_ns && offset < linger_ns && offset >= there) {
    add(out, requests, row, WAY.OUT, offset / linger_ns, 0, 1);
  }
  const leave = leaves(requests, row);
  const done = requests.done[row];
  const since = offset - leave;
  if (since >= 0 && since < linger_ns && offset >= done && done - leave < linger_ns) {
    add(out, requests, row, WAY.HOME, since / linger_ns, requests.outcome[row] > 1 ? 1 : 0, 1);
  }
}

/** The same of a request that the balancer answered itself: it never went farther. */
function bounced(requests, row, offset, linger_ns, out) {
  const there = requests.at_balancer[row];
  const done = requests.done[row];
  if (OUTCOMES[requests.outcome[row]] !== "ok") return;
  if (there < linger_ns && offset < linger_ns && offset >= there) add(out, requests, row, WAY.OUT, (0.5 * offset) / linger_ns, 0, 1);
  const since = offset - done;
  if (since >= 0 && since < linger_ns && done - there < linger_ns) add(out, requests, row, WAY.HOME, 0.5 + (0.5 * since) / linger_ns, 0, 1);
}
