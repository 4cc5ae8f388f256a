// What was promised of a run and how it stands: held, broken at a moment, reached at a moment, not reached.

import { moment } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { isGoing } from "./progress.js";
import { say } from "./values.js";

/** [{key, always, sentence, state: "held" | "broken" | "reached" | "open", at_ns, breach}] for a lane's run, from its
 *  summary or, before it has one, from what was received; in the order of the system. */
export function standing({ run, store }, system) {
  const breaches = run.summary?.breaches ?? store.segments().flatMap(({ tables }) => tables.breaches ?? []);
  const received = Object.fromEntries(store.segments().flatMap(({ tables }) => (tables.reached ?? []).map(({ property, at_ns }) => [property, at_ns])));
  const reached = run.summary?.reached ?? received;
  return system.properties.filter(({ when }) => applies(when, run.config)).map(({ key, always, sentence }) => {
    const breach = breaches.find(({ property }) => property === key) ?? null;
    const at_ns = always ? breach?.at_ns ?? null : reached[key] ?? null;
    const state = always ? (breach ? "broken" : "held") : at_ns === null ? "open" : "reached";
    return { key, always, sentence, state, at_ns, breach };
  });
}

/** Whether a run with this Config is held to a promise: `when` is null or [dotted path, values]. */
function applies(when, config) {
  return !when || when[1].includes(when[0].split(".").reduce((value, step) => value?.[step], config));
}

/** The verdict in a list; `open(row)`: goes to a breach and explains it, `seek(t_ns)` to a moment; both optional.
 *  `only`: the states that are shown. */
export function Properties({ lane, system, open, seek, only = ["broken", "held", "reached", "open"] }) {
  lane.store.revision.value; // a promise may be broken in the next Segment
  const going = isGoing(lane.run);
  return html`<ul class="promises">${standing(lane, system).filter(({ state }) => only.includes(state)).map((one) => html`<li key=${one.key} class=${`promise ${one.state}`}>
    <span class="promise-sign" aria-hidden="true"></span>
    <div><p><b>${stateWords(one, going, lane.run.duration_ns)}</b> ${one.sentence}</p>
      ${one.breach && html`<p class="promise-how">${say(one.breach.template, one.breach.values)}
        ${open && html` <button type="button" class="link-button" onClick=${() => open(one.breach)}>${t("Show the moment, and why")}</button>`}</p>`}
      ${one.state === "reached" && seek && html`<p class="promise-how"><button type="button" class="link-button" onClick=${() => seek(one.at_ns)}>${t("Show the moment")}</button></p>`}</div></li>`)}</ul>`;
}

function stateWords({ state, at_ns, always }, going, duration_ns) {
  if (state === "broken") return t("Broken at {time}:", { time: moment(at_ns, duration_ns) });
  if (state === "reached") return t("Reached at {time}:", { time: moment(at_ns, duration_ns) });
  if (always) return going ? t("Held so far:") : t("Held:");
  return going ? t("Not reached yet:") : t("Not reached:");
}

/** The verdict in one sentence: "1 of 4 promises is broken." */
export function verdictWords(lane, system) {
  const promises = standing(lane, system).filter(({ always }) => always);
  const broken = promises.filter(({ state }) => state === "broken");
  if (broken.length === 0) return isGoing(lane.run) ? t("Every promise has held so far.") : t("Every promise was kept.");
  return broken.length === 1 ? t("A promise was broken: {sentence}", { sentence: broken[0].sentence }) : t("{count} promises were broken.", { count: broken.length });
}
