// A history that somebody brought along, as the picture of the clients' operations wants it.

const ENTRY_NS = 1e6; // without a clock, an entry stands for a millisecond
const SHARE = 0.02;

/** {operations, faults, unit_ns, end_ns} of a JudgedHistory; times begin at 0. */
export function modelOf({ operations, faults, timed }) {
  const scale = timed ? 1 : ENTRY_NS;
  const times = [...operations.flatMap(({ invoked_ns, completed_ns }) => [invoked_ns, completed_ns ?? invoked_ns]), ...faults.map(({ from_ns }) => from_ns)];
  const [first, last] = times.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [Infinity, -Infinity]);
  const place = (at) => (at === null ? null : (at - first) * scale);
  const end_ns = Math.max(1, (last - first) * (1 + SHARE) * scale + (timed ? 0 : ENTRY_NS));
  return {
    operations: operations.map((one) => ({ ...one, invoked_ns: place(one.invoked_ns), completed_ns: place(one.completed_ns) })),
    faults: faults.map(({ from_ns, until_ns, what }) => ({ kind: "fault", words: what, from_ns: place(from_ns), until_ns: until_ns === null ? end_ns : place(until_ns) })),
    bands: [], network: [], lanes: [], end_ns, unit_ns: meanOf(operations) * scale,
  };
}

/** How long an operation takes, in the file's own unit. */
function meanOf(operations) {
  const ended = operations.filter(({ completed_ns }) => completed_ns !== null);
  const sum = ended.reduce((total, { invoked_ns, completed_ns }) => total + completed_ns - invoked_ns, 0);
  return Math.max(1, sum / Math.max(1, ended.length));
}
