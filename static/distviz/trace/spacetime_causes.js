// What an event came from, and what came of it, as far as it is held.

const AT_MOST = 600;

/** {past, future}: Sets of the ids of messages and timers. past: the chain of causes of the event `id`, the event
 *  itself not included; future: everything that it led to, nearest first, at most `limit` of them. */
export function cone(model, id, limit = AT_MOST) {
  return { past: past(model, id, limit), future: future(model, id, limit) };
}

function past(model, id, limit) {
  const found = new Set();
  let cause = causeOf(model, id);
  while (cause >= 0 && found.size < limit && !found.has(cause)) {
    if (causeOf(model, cause) === null) break; // a start or an Action: neither message nor timer
    found.add(cause);
    cause = causeOf(model, cause);
  }
  return found;
}

function causeOf(model, id) {
  return (model.message(id) ?? model.timer(id))?.cause ?? null;
}

function future(model, id, limit) {
  const found = new Set();
  let edge = [id];
  while (edge.length > 0 && found.size < limit) {
    const next = [];
    for (const each of edge) {
      for (const effect of effectsOf(model, each)) {
        if (found.has(effect) || found.size >= limit) continue;
        found.add(effect);
        next.push(effect);
      }
    }
    edge = next;
  }
  return found;
}

function effectsOf(model, id) {
  const found = [];
  for (const { index } of model.parts) {
    for (const row of index.caused(id)) found.push(index.messages.id[row]);
    for (const row of index.timersCaused(id)) found.push(index.timers.id[row]);
  }
  return found;
}
