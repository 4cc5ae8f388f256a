// What is at the pointer, in a few lines.

import { span } from "../lib/format.js";
import { html, useLayoutEffect, useRef } from "../lib/html.js";
import { t } from "../lib/text.js";
import { deedWords } from "./faults.js";
import { changeWords, messageLines, networkWords, noteWords, operationWords, outcomeWords, timerLines } from "./spacetime_words.js";
import { tickWords } from "./spacetime_ruler.js";

const AWAY_PX = 14;

export function Tip({ tip, desk, diagram, box }) {
  const element = useRef(null);
  const shown = tip.value;
  useLayoutEffect(() => {
    if (!shown || !element.current) return;
    const { offsetWidth: width, offsetHeight: height } = element.current;
    const { clientWidth, clientHeight } = box.current;
    element.current.style.left = `${Math.max(2, Math.min(shown.x + AWAY_PX, clientWidth - width - 4))}px`;
    const below = shown.y + AWAY_PX + height < clientHeight;
    element.current.style.top = `${below ? shown.y + AWAY_PX : Math.max(2, shown.y - AWAY_PX - height)}px`;
  }, [shown]);
  const lines = shown && diagram.look ? linesOf(shown.hit, diagram.look.model, desk) : [];
  if (lines.length === 0) return null;
  return html`<div class="spacetime-tip" ref=${element} aria-hidden="true"><b>${lines[0]}</b>${lines.slice(1).map((line, place) => html`<span key=${place}>${line}</span>`)}</div>`;
}

/** What a hit is, in lines. */
function linesOf(hit, model, desk) {
  const { system, duration_ns } = desk;
  const given = { system, lanes: model.lanes, duration_ns };
  const at = (at_ns) => tickWords(at_ns, 1e5, duration_ns);
  const lines = {
    message: () => {
      const message = model.message(hit.id);
      return message ? messageLines(message, given) : [];
    },
    timer: () => timerLines(hit, given),
    change: () => [changeWords(hit), t("{node} at {time}", { node: model.lanes[hit.node]?.id, time: at(hit.at_ns) })],
    breach: () => [t("Breach"), noteWords(hit), at(hit.at_ns)],
    action: () => [deedWords(system, hit), hit.by === "nemesis" ? t("by the nemesis") : "", at(hit.at_ns)].filter(Boolean),
    operation: () => operationLines(hit.operation, duration_ns),
    band: () => [bandWords(hit.band.kind), t("{node}, from {from} to {until}", { node: hit.id, from: at(hit.band.from_ns), until: at(hit.band.until_ns) })],
    fault: () => [hit.fault.words, t("from {from} to {until}", { from: at(hit.fault.from_ns), until: at(hit.fault.until_ns) })],
    network: () => [networkWords(hit.network, model.lanes), t("from {from} to {until}", { from: at(hit.network.from_ns), until: at(hit.network.until_ns) })],
  };
  return lines[hit.what]?.() ?? [];
}

/** An operation of a client, in lines. */
export function operationLines(operation, duration_ns) {
  const { client, invoked_ns, completed_ns, outcome, result } = operation;
  const answer = result === null || result === undefined ? "" : t("result {result}", { result: JSON.stringify(result) });
  const times = completed_ns === null ? t("since {from}", { from: tickWords(invoked_ns, 1e5, duration_ns) })
    : t("{from} to {until}: {length}", { from: tickWords(invoked_ns, 1e5, duration_ns), until: tickWords(completed_ns, 1e5, duration_ns), length: span(completed_ns - invoked_ns) });
  return [t("{client}: {operation}", { client, operation: operationWords(operation) }), outcomeWords(outcome), answer, times].filter(Boolean);
}

function bandWords(kind) {
  const words = { down: t("crashed"), removed: t("removed"), paused: t("paused"), slow: t("slow"), skewed: t("its clock is off"), slow_disk: t("its disk is slow") };
  return words[kind] ?? kind;
}

/** What is selected, in lines; none where nothing is. */
export function selectionLines(selection, model, desk) {
  if (!selection) return [];
  const given = { system: desk.system, lanes: model.lanes, duration_ns: desk.duration_ns };
  if (selection.message !== undefined) return selection.message !== null && model.message(selection.message) ? messageLines(model.message(selection.message), given) : [];
  if (selection.operation !== undefined) {
    const operation = model.operations.find(({ id }) => id === selection.operation);
    return operation ? operationLines(operation, desk.duration_ns) : [];
  }
  return selection.node ? [selection.node] : [];
}
