// Which gauges of a system a Run has: those of another design than its own are never known.

const found = new WeakMap(); // store -> {numbers: Set of Segments looked at, known: Set of names}

/** Whether the gauge `name` was known at any moment of what is held of a Run; true while nothing is held. */
export function hasGauge(trace, name) {
  if (!found.has(trace)) found.set(trace, { numbers: new Set(), known: new Set() });
  const { numbers, known } = found.get(trace);
  for (const { number, tables: { samples } } of trace.segments()) {
    if (numbers.has(number) || !samples?.t_ns.length) continue;
    numbers.add(number);
    for (const [column, values] of Object.entries(samples)) if (!known.has(column) && values.some((value) => !Number.isNaN(value))) known.add(column);
  }
  return numbers.size === 0 || known.has(name);
}
