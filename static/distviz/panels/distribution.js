// A latency distribution for drawing: bins of equal width on a log axis, from a summary's histogram. Times in ms.

const BARS_AT_MOST = 60;

/** {total, bins: [{from, until, share}], beyond: [{at, share}]} from {edges_ms, counts}; null where nothing was counted.
 *  `share` of a bin is of all answers; `beyond` is the share that took longer than `at`. */
export function distribution(histogram) {
  const total = (histogram?.counts ?? []).reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const { edges_ms: edges, counts } = histogram;
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const floor = edges[first] > 0 ? edges[first] : edges[first + 1] / 2; // a log axis has no zero
  const group = Math.ceil((last + 1 - first) / BARS_AT_MOST);
  const bins = [];
  const beyond = [{ at: floor, share: 1 }];
  let left = total;
  for (let i = first; i <= last; i += group) {
    const end = Math.min(i + group, last + 1);
    const here = counts.slice(i, end).reduce((sum, count) => sum + count, 0);
    left -= here;
    bins.push({ from: Math.max(edges[i], floor), until: edges[end], share: here / total });
    beyond.push({ at: edges[end], share: left / total });
  }
  return { total, bins, beyond };
}

/** Share of the answers that took longer than `at` ms; between edges it is read off on the log axis. */
export function shareBeyond(dist, at) {
  const points = dist.beyond;
  if (at <= points[0].at) return 1;
  for (let i = 1; i < points.length; i += 1) {
    if (at > points[i].at) continue;
    const [a, b] = [points[i - 1], points[i]];
    const along = Math.log(at / a.at) / Math.log(b.at / a.at);
    return a.share + along * (b.share - a.share);
  }
  return 0;
}

/** Decades and their 2 and 5 between low and high, for the ticks of a log axis. */
export function logTicks(low, high) {
  const ticks = [];
  const few = Math.log10(high / low) <= 2.5;
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const lead of few ? [1, 2, 5] : [1]) {
      const value = lead * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) ticks.push(value);
    }
  }
  return ticks;
}
