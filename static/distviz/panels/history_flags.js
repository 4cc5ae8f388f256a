// Stale reads, lost and duplicated writes that the judge found: in words, and how the history is opened where one of them shows.

import { moment } from "../lib/format.js";
import { batch } from "../lib/html.js";
import { t } from "../lib/text.js";
import { stateOf } from "./spacetime_state.js";

const NARROW = "(max-width: 1099px)";

/** A flag {kind, operation, at_ns, witness} and its time in words. */
export function flagWords({ kind }, time) {
  return {
    stale: t("Stale read at {time}: it had been overwritten before the read began", { time }),
    lost: t("Lost write, acknowledged at {time}: it is gone for good", { time }),
    duplicated: t("Duplicated write, acknowledged at {time}: its value was back after a newer one", { time }),
  }[kind];
}

/** Go to a flag: the history, its operation selected, and marked there what shows it. */
export function openFlag(desk, { kind, operation, at_ns, witness }) {
  const state = stateOf(desk);
  desk.pause();
  desk.seek(at_ns);
  batch(() => {
    desk.tab.value = "history";
    state.lane.value = 0;
    desk.select(matchMedia(NARROW).matches ? null : { operation, t_ns: at_ns, lane: 0 }); // there the inspector would lie over it
    state.marked.value = { key: `flag-${operation}`, title: flagWords({ kind }, moment(at_ns, desk.duration_ns)), places: new Map(witness.map((id, place) => [id, String(place + 1)])) };
  });
}

/** Open the flag that an address asks for by its operation, once the run says what its flags are. */
export function openAsked(desk, operation) {
  const stop = desk.lanes.subscribe((lanes) => {
    const found = lanes[0].run.summary?.flags?.find((flag) => flag.operation === operation);
    if (!found) return;
    queueMicrotask(() => stop());
    openFlag(desk, found);
  });
}
