// How one server fared over the last samples before t.

/** Up to `count` samples before t: {queues: oldest first, mean, utilisation (0..1 of `slots`), span_ns}. */
export function lately(trace, index, slots, t_ns, count) {
  const queues = [];
  let busy = 0;
  let first_ns = t_ns;
  for (let number = trace.shownAt(t_ns); number >= 0 && queues.length < count; number -= 1) {
    const segment = trace.segment(number);
    if (!segment) break;
    const { samples, servers } = segment.tables;
    const width = servers.queue.length / samples.t_ns.length;
    if (index >= width) break;
    for (let row = samples.t_ns.length - 1; row >= 0 && queues.length < count; row -= 1) {
      if (samples.t_ns[row] > t_ns) continue;
      queues.push(servers.queue[row * width + index]);
      busy += servers.busy[row * width + index];
      first_ns = samples.t_ns[row];
    }
  }
  queues.reverse();
  const seen = queues.length || NaN;
  return { queues, mean: queues.reduce((sum, queue) => sum + queue, 0) / seen, utilisation: busy / seen / slots, span_ns: t_ns - first_ns };
}
