// How much is asked of the servers, before anything runs: the offered load.

import { expected, isDrawable } from "../lib/curve.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, percent, three } from "../lib/format.js";

/** A line and a bar, for systems that serve requests; nothing where it cannot be told. */
export function Load({ config, recordings }) {
  const load = offered(config, recordings);
  if (!load) return null;
  const { share, rate_per_s, mean_ms, capacity, slowest } = load;
  const tone = share >= 1 ? "failed" : share > 0.9 || slowest > 1 ? "unknown" : "ok";
  return html`<div class="load">
    <span>${t("Offered load")}</span>
    <div class="load-bar ${tone}" aria-hidden="true"><span style=${{ width: `${Math.min(100, 100 * share)}%` }}></span></div>
    <strong class="load-share ${tone}">${percent(share, 1)}</strong>
    <p class="field-help load-why">${t("{rate} requests/s × {mean} ms each, on servers that do the work of {capacity}", { rate: three(rate_per_s), mean: three(mean_ms), capacity: number(capacity, 2) })}.
      ${share >= 1 ? ` ${t("More than they can do: the queues grow for as long as it lasts.")}`
        : slowest > 1 ? ` ${t("Shared out equally, the slowest server would get {times} times what it can do.", { times: three(slowest) })}` : ""}</p>
  </div>`;
}

/** {share, rate_per_s, mean_ms, capacity, slowest}; null where the config does not say it. */
export function offered(config, recordings) {
  const groups = config.servers ?? [];
  const rate_per_s = rateOf(config.arrivals, recordings);
  const mean_ms = meanOf(config.service, config.arrivals, recordings);
  const sum = (of) => groups.reduce((total, group) => total + group.count * of(group), 0);
  const capacity = sum((group) => group.speed * group.slots);
  const work = (rate_per_s * mean_ms) / 1000;
  if (!(capacity > 0) || !(work > 0) || !Number.isFinite(work)) return null;
  const least = Math.min(...groups.map((group) => group.speed * group.slots));
  return { share: work / capacity, rate_per_s, mean_ms, capacity, slowest: work / sum(() => 1) / least };
}

/** How many requests a second the servers can just do; null where the config does not say it. */
export function capacityPerS(config, recordings) {
  const capacity = (config.servers ?? []).reduce((total, group) => total + group.count * group.speed * group.slots, 0);
  const rate = (1000 * capacity) / meanOf(config.service, config.arrivals, recordings);
  return rate > 0 && Number.isFinite(rate) ? rate : null;
}

function rateOf(arrivals, recordings) {
  if (arrivals?.law === "curve") {
    const end_s = arrivals.repeat_s ?? arrivals.points.at(-1)[0];
    return isDrawable(arrivals.points) ? (end_s > 0 ? expected(arrivals, end_s) / end_s : arrivals.points[0][1]) : NaN;
  }
  if (arrivals?.law === "bursty") {
    const { low_rate_per_s: low, high_rate_per_s: high, low_mean_s: quiet, high_mean_s: burst } = arrivals;
    return (low * quiet + high * burst) / (quiet + burst);
  }
  if (arrivals?.law !== "recorded") return arrivals?.rate_per_s;
  const recording = recordings.find((each) => each.key === arrivals.recording);
  return recording ? (recording.rows / recording.span_ns) * 1e9 * (arrivals.speed_up ?? 1) : NaN;
}

function meanOf(service, arrivals, recordings) {
  if (service?.law === "bounded_pareto") return paretoMean(service.minimum_ms, service.maximum_ms, service.shape);
  if (service?.law !== "recorded") return service?.mean_ms;
  return recordings.find((each) => each.key === arrivals?.recording)?.mean_demand_ms ?? NaN;
}

/** Mean of the bounded Pareto law on [low, high]; shape 1 is the limit of the general formula. */
function paretoMean(low, high, shape) {
  if (shape === 1) return ((low * high) / (high - low)) * Math.log(high / low);
  const scale = low ** shape / (1 - (low / high) ** shape);
  return scale * (shape / (shape - 1)) * (low ** (1 - shape) - high ** (1 - shape));
}
