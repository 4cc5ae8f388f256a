// A scenario document as the forms handle it: the options around its config, defaults, what is wrong with it.

import { t } from "../lib/text.js";
import { complete, problems, same } from "../lib/schema.js";
import { actionProblems } from "./actions_editor.js";
import { kernelOf } from "./kernels.js";

/** The simple fields of a document around its config, said as a Config's schema says its own. */
export const FRAME = {
  duration_s: { type: "number", title: t("Duration"), unit: "s", minimum: 0.001, maximum: 7776000, default: 60, description: t("How much simulated time the run covers.") },
  warm_up_s: { type: "number", title: t("Warm-up"), unit: "s", minimum: 0, maximum: 7776000, default: 0, description: t("The statistics leave out requests sent before this time, when the queues are still filling.") },
  seed: { type: "integer", title: t("Seed"), unit: "", minimum: 0, maximum: 2 ** 53 - 1, default: 1, description: t("The same seed gives the same arrivals, the same demands and the same run, on every machine. Another seed is another day.") },
};

/** `document` with every default of its system spelled out. */
export function whole(document, system) {
  return { seed: 1, duration_s: 60, warm_up_s: 0, actions: [], ...document, config: complete(system.schema, system.schema, document.config ?? {}) };
}

/** [{path, sentence}] for duration, warm-up and seed. */
export function frameProblems(document) {
  const found = Object.entries(FRAME).flatMap(([key, node]) => problems(node, {}, document[key], key));
  const long = document.warm_up_s >= document.duration_s;
  return long ? [...found, { path: "warm_up_s", sentence: t("The warm-up must be shorter than the duration.") }] : found;
}

/** [{path, sentence}] for a whole document; `nodes`: those of its scenario, for examples. */
export function documentProblems(document, system, nodes) {
  const { specs } = kernelOf(system).schedule(system, document.config, nodes);
  return [...frameProblems(document), ...problems(system.schema, system.schema, document.config, "config"), ...actionProblems(document, specs)];
}

/** `document` with its Actions in order of time; itself where they are. */
export function inOrder(document) {
  const order = [...document.actions].sort((a, b) => a.at_ns - b.at_ns);
  return same(order, document.actions) ? document : { ...document, actions: order };
}
