// Why a request ended as it did, in one sentence.

import { moment, span } from "../lib/format.js";
import { t } from "../lib/text.js";

/** The sentence for `life` (see trace/request.js) of a lane; `store` tells when its server changed. */
export function why(life, store) {
  const server = life.server === null ? "" : `server-${life.server}`;
  const said = { ok: answered, timeout: gaveUp, crashed, refused, rejected, no_server: noServer, overflow, limited, shed, cancelled, dropped, lost, in_system: unfinished }[life.outcome];
  return said(life, server, store);
}

function answered({ done, server, start, at_server: there, depart }) {
  if (server === null) return t("Answered after {whole} by the balancer itself, from its cache.", { whole: span(done) });
  return t("Answered after {whole}: {waited} in the queue, {served} in service.", { whole: span(done), waited: span(start - there), served: span(depart - start) });
}

function gaveUp(life, server) {
  return t("The client gave up after {whole}: the request was {place}.", { whole: span(life.done), place: placeOf(life, life.done, server) });
}

function crashed(life, server, store) {
  const crash = lastChange(store, life, "down") ?? lastChange(store, life, "removed");
  const left = crash ?? life.sent_ns + life.done;
  const place = life.start !== null && life.sent_ns + life.start <= left ? t("in service") : t("in its queue");
  return t("Failed on {server} when it went away at {time}: the request was {place}.", { server, time: moment(left, store.duration_ns), place });
}

function refused(life, server) {
  return t("{server} was down when the request reached it; the balancer had not noticed yet.", { server });
}

function rejected(life, server) {
  return t("{server} sent it back: its queue was full.", { server });
}

function noServer() {
  return t("The balancer knew of no server that takes requests.");
}

function overflow() {
  return t("The balancer turned it away: too many requests were in flight.");
}

function limited() {
  return t("The balancer turned it away: its bucket of tokens was empty.");
}

function shed(life, server) {
  return t("{server} threw it away when its turn came: it had waited too long.", { server });
}

function dropped({ balancer }) {
  return t("{balancer} dropped it: it had reached its ceiling, or its table of connections was full.", { balancer: `balancer-${balancer}` });
}

function lost({ balancer }) {
  return t("{balancer} was down when the request reached it, or crashed and forgot it.", { balancer: `balancer-${balancer}` });
}

function cancelled() {
  return t("Given up in favour of another attempt, which then failed.");
}

function unfinished() {
  return t("Not over yet, as far as the trace was received.");
}

/** Where a request was, `offset` ns after it was sent. */
function placeOf({ at_balancer: balancer, at_server: there, start, depart }, offset, server) {
  const passed = (at) => at !== null && at <= offset;
  if (passed(depart)) return t("on its way back from {server}", { server });
  if (passed(start)) return t("in service on {server}", { server });
  if (passed(there)) return t("in the queue of {server}", { server });
  return passed(balancer) ? t("on its way to {server}", { server }) : t("on its way to the balancer");
}

/** When the request's server last went into `state` while the request was alive; null if it did not. */
function lastChange(store, { server, sent_ns: sent, done }, state) {
  let found = null;
  const until = sent + (done ?? 0);
  for (let number = store.numberAt(sent); number <= store.numberAt(until); number += 1) {
    for (const change of store.segment(number)?.tables.changes ?? []) {
      if (change.server === server && change.state === state && change.at_ns >= sent && change.at_ns <= until) found = change.at_ns;
    }
  }
  return found;
}
