// What can be done to a node, a link, a message or the system, here and now; and why something cannot.

import { fill, t } from "../lib/text.js";
import { moment, number } from "../lib/format.js";
import { balancersAt } from "../trace/balancers.js";
import { serversAt } from "../trace/frame.js";

/** The role that decides which Actions a node of a load balancer takes: "" for clients and all balancers, the whole system. */
export function roleOf(node) {
  if (node === "clients" || node === "balancer" || node === null) return "";
  return node.startsWith("balancer-") ? "balancer" : "server";
}

/** The server or balancer `id` as every lane has it at the cursor; null where a lane has none. */
export function nodesOf(desk, id) {
  const t_ns = desk.cursor.peek();
  const at = roleOf(id) === "balancer" ? balancersAt : serversAt;
  return desk.lanes.peek().map(({ store }) => {
    const segment = store.segment(store.shownAt(t_ns));
    return segment ? at(segment, t_ns).find((node) => node.id === id) ?? null : null;
  });
}

/** Why nobody can act here at all; "" where acting is possible. */
export function barred(desk) {
  const lanes = desk.lanes.value;
  if (desk.cursor.peek() >= desk.duration_ns) return t("The run is over here: go back to a moment before its end.");
  if (lanes.every(({ run }) => run.can_act)) return "";
  if (!desk.who?.may_create) return t("Sign in to act on this run.");
  return t("You can look at this run, but not act on it.");
}

/** Everything that can be asked of `target`, in the system's order: [{spec, target, about, reason}]; reason "" where
 *  it would change something in at least one lane. */
export function possible(desk, target) {
  const general = barred(desk);
  return desk.kernel.offers(desk, target).map(({ states, reason = "", ...offer }) => ({
    ...offer, reason: general || desk.system.refuses?.[offer.spec.kind] || reason || refusal(offer.spec, offer.target, states),
  }));
}

function refusal(spec, target, states) {
  if (!spec.states.length || states.some((state) => spec.states.includes(state))) return "";
  return fill(spec.otherwise, { target: linkText(target), state: stateWord(states.find(Boolean)) });
}

/** The state of a node, a link or a message as one word. */
export function stateWord(state) {
  const words = {
    up: t("up"), down: t("crashed"), paused: t("paused"), draining: t("draining"), removed: t("removed"), starting: t("starting"),
    open: t("open"), cut: t("cut"), altered: t("altered"), "in flight": t("in flight"), settled: t("not in flight any more"),
  };
  return words[state] ?? state ?? t("not there yet");
}

/** An Action in words: "Crash server-3", "Slow down server-2 (5)". */
export function actionWords(system, { kind, target, params = {} }) {
  const spec = system.actions.find((one) => one.kind === kind);
  const title = spec?.title ?? kind;
  const values = Object.values(params).map((value) => paramText(system, value)).filter(Boolean).join(", ");
  const what = target ? `${title} ${linkText(target)}` : title;
  return values ? `${what} (${values})` : what;
}

/** A link's id as people read it: "a → b"; any other id as it is. */
export function linkText(target) {
  return target.replace("->", " → ");
}

function paramText(system, value) {
  return typeof value === "number" ? number(value, 3) : choiceText(system, linkText(spaced(String(value ?? ""))));
}

/** Groups of nodes, "a,b|c", with room to read them. */
function spaced(text) {
  return text.includes("|") ? text.split("|").map((group) => group.split(",").join(", ")).join(" | ") : text;
}

/** A text that an Action takes as people read it: the title of a named point, else the text itself. */
export function choiceText(system, value) {
  return system.points?.find(({ key }) => key === value)?.title ?? value;
}

/** What an Action of the Trace did, in the system's own words: "crashed server-3: 12 requests failed". */
export function deedWords(system, row) {
  const spec = system.actions.find((one) => one.kind === row.kind);
  if (row.refused) return spec?.otherwise && row.values.state ? fill(spec.otherwise, row.values) : row.said;
  if (!spec?.done || !row.values) return actionWords(system, row);
  const said = Object.entries(row.values).map(([name, value]) => [name, paramText(system, value)]);
  return fill(spec.done, Object.fromEntries(said));
}

/** An Action with its time: "Crash server-3 at 4.21 s". */
export function actionAt(system, action, duration_ns) {
  return t("{action} at {time}", { action: actionWords(system, action), time: moment(action.at_ns, duration_ns) });
}

/** Whether `value` is a text of the form that a Param asks for. */
export function fitsPattern({ pattern }, value) {
  return typeof value === "string" && new RegExp(`^(?:${pattern})$`).test(value);
}

/** Whether a Param takes a text. */
export function isText({ choices, pattern }) {
  return Boolean(choices?.length || pattern);
}
