// How many messages were sent, and what became of them, from the Run's start to t.

import { endAt } from "./messages.js";

const OF_FATE = [null, "delivered", "lost", "cut", "down", "dropped", null];

/** {sent, delivered, lost, cut, down, dropped}: a message is counted as sent when it leaves, and under its
 *  fate when that is settled. Where the window kept only a sample of its messages, by the counts of samples. */
export function countsAt(segment, t_ns) {
  const totals = { ...segment.keyframe.totals };
  if ((segment.meta?.messages?.stride ?? 1) > 1) return bySamples(segment, totals, t_ns);
  const { messages } = segment.tables;
  const fresh = inThisWindow(segment);
  for (let row = 0; messages && row < messages.id.length; row += 1) {
    if (messages.sent_ns[row] <= t_ns && fresh(row, messages.sent_ns[row])) totals.sent += 1;
    const name = OF_FATE[messages.fate[row]];
    if (name && endAt(messages, row) <= t_ns) totals[name] += 1;
  }
  return totals;
}

/** Whether row `row`, of this moment, is of this window. At the window's very start that is so only for what an
 *  Action of that instant caused, at once or by way of others. */
function inThisWindow({ number, from_ns, tables }) {
  if (number === 0) return () => true;
  const caused = new Set(tables.actions.filter(({ at_ns }) => at_ns === from_ns).map(({ event }) => event));
  return (row, at_ns) => {
    if (at_ns !== from_ns) return at_ns > from_ns;
    if (!caused.has(tables.messages.cause[row])) return false;
    caused.add(tables.messages.id[row]);
    return true;
  };
}

function bySamples({ tables: { samples }, from_ns }, totals, t_ns) {
  let start = from_ns;
  for (let row = 0; row < samples.t_ns.length && start < t_ns; row += 1) {
    const share = Math.min(1, (t_ns - start) / (samples.t_ns[row] - start || 1));
    for (const name of ["sent", "delivered", "lost"]) totals[name] += Math.round(samples[name][row] * share);
    start = samples.t_ns[row];
  }
  return totals;
}
