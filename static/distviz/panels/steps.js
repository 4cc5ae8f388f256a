// From one event to the next.

/** The first of `times` (ascending) after `t_ns` (way 1), or the last before it (-1); null where there is none. */
export function nextOf(times, t_ns, way) {
  return (way > 0 ? times.find((time) => time > t_ns) : times.findLast((time) => time < t_ns)) ?? null;
}
