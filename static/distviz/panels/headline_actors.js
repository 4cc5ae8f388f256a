// The headline of systems that have one: how the blocks of a file system are, where the replicas of a store disagree.

import { number, percent } from "../lib/format.js";
import { t } from "../lib/text.js";
import { copiesText } from "../marks/value.js";
import { copiesOf, differing } from "../trace/copies.js";
import { countOf, headOf } from "../trace/files.js";
import { movedSince } from "../trace/moved.js";

const OWN = { sharded_files: filesLine, replicated_store: storeLine };

/** [{key, title, value, tone: "" | "bad" | "warn" | "busy", hint}] of a state (see trace/cluster.js), null where it is not held. */
export function headline({ key }, frame, store) {
  return frame && OWN[key] ? OWN[key](frame, store) : [];
}

function filesLine(frame, store) {
  const head = headOf(frame.nodes);
  const told = (name) => countOf(head?.fields[name]) ?? finite(frame.gauges[name]);
  const counted = (name, title, tone) => {
    const count = told(name);
    return count === null ? null : { key: name, title, value: number(count), tone: count > 0 ? tone : "" };
  };
  const lines = [
    counted("under_replicated", t("under-replicated"), "warn"), counted("lost", t("lost"), "bad"), counted("replicating", t("being replicated"), "busy"),
    ...movedLine(frame, store),
    head?.fields.safe_mode && { key: "safe_mode", title: t("safe mode"), value: t("on"), tone: "warn", hint: t("The name node waits for block reports and changes nothing.") },
    !head && frame.nodes.some(({ fields }) => fields.liveness) && { key: "headless", title: t("name node"), value: t("none at work"), tone: "bad" },
  ];
  return lines.filter(Boolean);
}

/** What the last change of the nodes moved, beside the least that it could have where keys are placed by a rule; in big
 *  clusters what was moved so far. */
function movedLine(frame, store) {
  const gauge = finite(frame.gauges.moved);
  const told = frame.nodes.some(({ fields }) => Array.isArray(fields.blocks)) ? movedSince(store, frame) : null;
  if (told === null) return gauge ? [{ key: "moved", title: t("moved so far"), value: number(gauge) }] : [];
  if (gauge === null && !told.count) return [];
  const value = t("{count} ({share})", { count: number(told.count), share: percent(told.share, 1) });
  return [{ key: "moved", title: t("moved"), value, tone: "moved", hint: t("Blocks with a marked corner are where they were not before the last change of the nodes.") },
    ...(gauge === null || told.least === null ? [] : [{ key: "least", title: t("least possible"), value: percent(told.least, 1), hint: t("The share that would have to move if all nodes hold the same.") }])];
}

function finite(value) {
  return Number.isFinite(value) ? value : null;
}

function storeLine({ nodes }) {
  const copies = copiesOf(nodes, copiesText);
  if (!copies.size) return [];
  const keys = differing(copies);
  const hints = [...copies.values()].reduce((sum, one) => sum + one.hints, 0);
  return [
    { key: "differ", title: t("keys that replicas disagree on"), value: keys.length > 4 ? number(keys.length) : keys.join(t(", ")) || number(0), tone: keys.length ? "bad" : "" },
    ...(hints || nodes.some(({ fields }) => "hints" in fields) ? [{ key: "hints", title: t("hints kept for others"), value: number(hints), tone: hints ? "warn" : "" }] : []),
  ];
}
