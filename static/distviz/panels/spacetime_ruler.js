// The scale of time beside the diagram, whose steps follow what is skipped and what is pressed together.

import { moment, roundStep, span, timeStep } from "../lib/format.js";
import { t } from "../lib/text.js";

const STEP_PX = { vertical: 58, horizontal: 88 };
const MINUTES = 120e9;

/** The marks of time on the paper: [{at_ns, along, words}]. */
export function ticksOf(view) {
  const apart = view.vertical ? STEP_PX.vertical : STEP_PX.horizontal;
  const step_ns = stepOf(apart / view.px_per_u);
  const ticks = [];
  for (const [from, until] of plainPieces(view)) {
    for (let count = Math.ceil(from / step_ns); count * step_ns <= until; count += 1) {
      const along = view.along(count * step_ns);
      if (ticks.length > 0 && along - ticks.at(-1).along < apart * 0.42) continue;
      ticks.push({ at_ns: count * step_ns, along, words: tickWords(count * step_ns, step_ns, view.end_ns) });
    }
  }
  return ticks;
}

/** A moment with as many decimals as `grain_ns` asks for. */
export function tickWords(t_ns, grain_ns, duration_ns) {
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(grain_ns / 1e9) - 1e-9)));
  if (duration_ns < MINUTES) return `${(t_ns / 1e9).toFixed(digits)} s`;
  const whole = moment(Math.floor(t_ns / 1e9) * 1e9, duration_ns).replace(/\.\d$/, "");
  return digits === 0 ? whole : `${whole}${((t_ns / 1e9) % 1).toFixed(digits).slice(1)}`;
}

/** What is said of a stretch that is shortened. */
export function gapWords({ from_ns, until_ns, kind }) {
  const length = span(until_ns - from_ns);
  return kind === "idle" ? t("{length} idle", { length }) : t("{length} quiet", { length });
}

function stepOf(rough_ns) {
  return rough_ns >= 1e9 ? timeStep(rough_ns / 1e9, 1) * 1e9 : Math.max(1, roundStep(rough_ns, 1));
}

/** [from_ns, until_ns] of what is seen of the time between the gaps. */
function plainPieces(view) {
  const until = Math.min(view.until_ns, view.end_ns);
  const pieces = [];
  let from = Math.max(0, view.from_ns);
  for (const gap of view.warp.gaps) {
    if (gap.until_ns <= from) continue;
    if (gap.from_ns >= until) break;
    if (gap.from_ns > from) pieces.push([from, gap.from_ns]);
    from = gap.until_ns;
  }
  if (from < until) pieces.push([from, until]);
  return pieces;
}
