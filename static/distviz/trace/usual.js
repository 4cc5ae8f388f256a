// How healthy nodes usually are: what the scenario began with is no fault.

const HEALTH = ["slow_ms", "skew_ms", "drift_ppm", "fsync_ms"];
const NOTHING = { slow_ms: 0, skew_ms: 0, drift_ppm: 0, fsync_ms: 0 };

/** Map of a node's id to {slow_ms, skew_ms, drift_ppm, fsync_ms} as it began, as far as its beginning is held. */
export function usualHealth(trace) {
  const first = trace.segment(0);
  const nodes = first ? first.keyframe.nodes : [];
  return new Map(nodes.map((node) => [node.id, Object.fromEntries(HEALTH.map((name) => [name, node[name]]))]));
}

/** Everything that is wrong with a node in this condition: words of "down", "paused", "removed", "slow",
 *  "skewed", "slow_disk"; a node that is down has no further ills. */
export function illsOf({ state, slow_ms: slow, skew_ms: skew, drift_ppm: drift, fsync_ms: fsync }, usual = NOTHING) {
  if (state === "down" || state === "removed") return [state];
  const ills = state === "paused" ? ["paused"] : [];
  if (slow > usual.slow_ms) ills.push("slow");
  if (skew !== usual.skew_ms || drift !== usual.drift_ppm) ills.push("skewed");
  if (fsync > usual.fsync_ms) ills.push("slow_disk");
  return ills;
}
