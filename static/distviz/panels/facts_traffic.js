// What a scenario is, in a line: how many servers, which strategy, how many requests a second.

import { t } from "../lib/text.js";
import { number } from "../lib/format.js";
import { strategyTitle } from "../systems/hubs.js";

/** The facts of a CARD, as texts; what its config lacks is left out. */
export function facts(card) {
  const { config } = card;
  const servers = config.servers?.reduce((sum, group) => sum + group.count, 0);
  const count = servers === 1 ? t("1 server") : t("{count} servers", { count: number(servers) });
  return [servers !== undefined && count, config.strategy && strategyTitle(card), config.arrivals && rate(config.arrivals)].filter(Boolean);
}

function rate(arrivals) {
  if (arrivals.law === "recorded") return t("recorded arrivals");
  if (arrivals.law === "closed") return t("{count} clients that think", { count: number(arrivals.clients) });
  if (arrivals.law === "curve") {
    const rates = arrivals.points.map(([, rate]) => rate);
    return t("{low} to {high} requests/s", { low: number(Math.min(...rates)), high: number(Math.max(...rates)) });
  }
  if (arrivals.law === "bursty") return t("{low} to {high} requests/s", { low: number(arrivals.low_rate_per_s), high: number(arrivals.high_rate_per_s) });
  return t("{rate} requests/s", { rate: number(arrivals.rate_per_s, 2) });
}
