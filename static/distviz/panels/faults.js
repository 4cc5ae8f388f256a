// What can be done to a node, here and now; and why something cannot.

import { fill, t } from "../lib/text.js";
import { moment, number } from "../lib/format.js";

/** The role that decides which Actions a node takes: "" for clients and balancer, the whole system. */
export function roleOf(node) {
  return node === "clients" || node === "balancer" || node === null ? "" : "server";
}

/** Why nobody can act here at all; "" where acting is possible. */
export function barred(desk) {
  const lanes = desk.lanes.value;
  if (desk.cursor.peek() >= desk.duration_ns) return t("The run is over here: go back to a moment before its end.");
  if (lanes.every(({ run }) => run.can_act)) return "";
  if (!desk.who?.may_create) return t("Sign in to act on this run.");
  return t("You can look at this run, but not act on it.");
}

/** Everything that can be asked of `node`, in the system's order: [{spec, reason}]; reason "" where it
 *  would change something in at least one lane. */
export function possible(desk, node) {
  const role = roleOf(node);
  const general = barred(desk);
  const servers = role === "server" ? desk.server(node) : [];
  return desk.system.actions.filter((spec) => spec.role === role).map((spec) => ({
    spec, reason: general || refusal(spec, node, servers),
  }));
}

function refusal(spec, node, servers) {
  if (!spec.states.length || servers.some((server) => server && spec.states.includes(server.state))) return "";
  const state = servers.find((server) => server)?.state;
  return fill(spec.otherwise, { target: node, state: stateWord(state) });
}

/** A server's state as one word. */
export function stateWord(state) {
  const words = { up: t("up"), down: t("crashed"), paused: t("paused"), draining: t("draining"), removed: t("removed") };
  return words[state] ?? state ?? t("not there yet");
}

/** The kind of Action a double-click asks for: "restart" for a crashed server, else "crash". */
export function doubleClick(desk, node) {
  if (roleOf(node) !== "server") return null;
  return desk.server(node).some((server) => server?.state === "down") ? "restart" : "crash";
}

/** An Action in words: "Crash server-3", "Slow down server-2 (5)". */
export function actionWords(system, { kind, target, params = {} }) {
  const spec = system.actions.find((one) => one.kind === kind);
  const title = spec?.title ?? kind;
  const values = Object.values(params).map((value) => number(value, 3)).join(", ");
  const what = target ? `${title} ${target}` : title;
  return values ? `${what} (${values})` : what;
}

/** What an Action of the Trace did, in the system's own words: "crashed server-3: 12 requests failed". */
export function deedWords(system, row) {
  const spec = system.actions.find((one) => one.kind === row.kind);
  if (row.refused) return spec?.otherwise && row.values.state ? fill(spec.otherwise, row.values) : row.said;
  if (!spec?.done || !row.values) return actionWords(system, row);
  const said = Object.entries(row.values).map(([name, value]) => [name, typeof value === "number" ? number(value, 3) : value]);
  return fill(spec.done, Object.fromEntries(said));
}

/** An Action with its time: "Crash server-3 at 4.21 s". */
export function actionAt(system, action, duration_ns) {
  return t("{action} at {time}", { action: actionWords(system, action), time: moment(action.at_ns, duration_ns) });
}
