// One request's whole life, collected from the Segments that know of it.

import { LEG, NO_SERVER, OUTCOMES, legOf, upTo } from "./flight.js";

const SEGMENTS_TO_LOOK_AT = 6;
const OFFSETS = ["at_balancer", "at_server", "start", "depart", "back", "done"];

/** Request `k` as far as it is known, looked for from the Segment at `t_ns` on; null where it is not at
 *  hand: {k, sent_ns, server, balancer, outcome (a word of OUTCOMES), at_balancer, ..., done (ns after sent_ns, or null)}. */
export async function findRequest(trace, k, t_ns) {
  let found = null;
  const first = trace.numberAt(t_ns);
  for (let number = first; number < Math.min(first + SEGMENTS_TO_LOOK_AT, trace.count); number += 1) {
    const requests = await trace.requestsLater(number);
    const row = requests ? rowOf(requests, k) : -1;
    if (row < 0) break;
    found = { ...lifeOf(requests, row), attempts: attemptsOf(trace.segment(number).tables.attempts, k) };
    if (found.outcome !== "in_system") break;
  }
  return found;
}

function rowOf(requests, k) {
  const row = upTo(requests.k, k) - 1;
  return row >= 0 && requests.k[row] === k ? row : -1;
}

/** The further attempts of request `k` that a Segment knows of, in order: {attempt, sent_ns, server, answer, ...}. */
function attemptsOf(attempts, k) {
  const found = [];
  for (let row = 0; row < (attempts?.k.length ?? 0); row += 1) if (attempts.k[row] === k) found.push(lifeOf(attempts, row));
  return found.sort((a, b) => a.attempt - b.attempt);
}

function lifeOf(requests, row) {
  const life = { k: requests.k[row], sent_ns: requests.sent_ns[row], outcome: OUTCOMES[requests.outcome[row]] };
  life.attempt = requests.attempt?.[row] ?? 0;
  life.answer = OUTCOMES[requests.answer?.[row] ?? 0];
  life.balancer = requests.balancer?.[row] ?? 0;
  life.server = requests.server[row] === NO_SERVER ? null : requests.server[row];
  for (const name of OFFSETS) life[name] = Number.isNaN(requests[name][row]) ? null : requests[name][row];
  return life;
}

/** The last requests that the balancer sent to server `index` up to t, newest first, at most `count`. */
export function lastRequests(requests, index, t_ns, count) {
  const found = [];
  for (let row = upTo(requests.sent_ns, t_ns) - 1; row >= 0 && found.length < count; row -= 1) {
    if (requests.server[row] !== index) continue;
    const offset = t_ns - requests.sent_ns[row];
    if (offset < requests.at_balancer[row]) continue;
    const done = requests.done[row];
    const over = offset >= done;
    found.push({
      k: requests.k[row], sent_ns: requests.sent_ns[row], took_ns: over ? done : offset,
      outcome: over ? OUTCOMES[requests.outcome[row]] : "in_system", leg: over ? null : LEG_NAMES[legOf(requests, row, offset)],
    });
  }
  return found;
}

const LEG_NAMES = Object.fromEntries(Object.entries(LEG).map(([name, value]) => [value, name]));
