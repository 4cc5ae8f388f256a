// The balancers of a load balancer at time t: what the keyframe says of each, its state, and how many requests it carries.

import { upTo } from "./flight.js";

const ONE = [{ id: "balancer-0", state: "up" }]; // Segments that were stored before balancers were told apart

/** The balancers as they stand at t: the keyframe's numbers with the states up to t:
 *  [{id, state, in_flight, inside, busy_cores, cores, entries, made, dropped, lookups, hits, held, may_choose, pending?}].
 *  The list is kept until the next change, so that an unchanged picture is the same object. */
export function balancersAt(segment, t_ns) {
  const changes = segment.tables.balancer_changes ?? [];
  let upto = 0;
  while (upto < changes.length && changes[upto].at_ns <= t_ns) upto += 1;
  if (segment.fronts?.upto !== upto) segment.fronts = { upto, balancers: fold(segment.keyframe.balancers ?? ONE, changes.slice(0, upto)) };
  return segment.fronts.balancers;
}

function fold(balancers, changes) {
  const now = balancers.map((balancer) => ({ ...balancer }));
  for (const { balancer, state } of changes) now[balancer].state = state;
  return now;
}

/** {counts: one per balancer, exact}: the requests that have reached a balancer and whose answer it still waits for, or works on.
 *  Where only every n-th request was kept, each stands for n and exact is false. null while the requests are not at hand. */
export function carried(trace, t_ns, balancers) {
  const number = trace.shownAt(t_ns);
  const requests = trace.requests(number);
  if (!requests) return null;
  const { tables: { attempts }, meta } = trace.segment(number);
  const counts = new Float64Array(balancers);
  count(requests, t_ns, counts, meta.requests?.stride ?? 1);
  if (attempts) count(attempts, t_ns, counts, meta.attempts?.stride ?? meta.requests?.stride ?? 1);
  return { counts, exact: (meta.requests?.stride ?? 1) === 1 };
}

function count({ sent_ns: sent, at_balancer: at, back, done, balancer }, t_ns, counts, stride) {
  const last = upTo(sent, t_ns);
  for (let row = 0; row < last; row += 1) {
    const offset = t_ns - sent[row];
    // Not over where the column is NaN: no comparison with it holds.
    if (offset >= at[row] && !(offset >= back[row]) && !(offset >= done[row])) counts[balancer?.[row] ?? 0] += stride;
  }
}

/** {share, from_ns, until_ns}: of what was looked up in the cache of balancer `index` the share that was there, in the window of t;
 *  at the end of what is held, up to that window. null where nothing was looked up. */
export function hitsAround(trace, t_ns, index) {
  const number = trace.shownAt(t_ns);
  const segment = trace.segment(number);
  const next = trace.segment(number + 1);
  const [from, until] = next ? [segment, next] : [trace.segment(number - 1), segment];
  const told = until?.keyframe.balancers?.[index];
  const before = from?.keyframe.balancers?.[index] ?? { lookups: 0, hits: 0 };
  const lookups = (told?.lookups ?? 0) - before.lookups;
  return lookups > 0 ? { share: (told.hits - before.hits) / lookups, from_ns: from?.from_ns ?? 0, until_ns: until.from_ns } : null;
}
