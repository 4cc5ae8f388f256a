// What stands before the servers: the clients, and the balancers one by one, or the only one as a hub of its own.

import { brief, number, percent, short, three } from "../lib/format.js";
import { t } from "../lib/text.js";
import { frontAt } from "../layouts/tiers.js";
import { carriedText, drawBalancer, frontCondition } from "../marks/balancer.js";
import { drawHub } from "../marks/hub.js";
import { carried, hitsAround } from "../trace/balancers.js";

/** The strategy of a RUN or CARD as people call it. */
export function strategyTitle({ chosen, config }) {
  return chosen?.strategy ?? config?.strategy?.name.replaceAll("_", " ") ?? "";
}

/** What the picture tells of each balancer: [{balancer, carried: requests or null, exact, hits: share or null}]. */
export function frontsOf(store, { t_ns, balancers }) {
  const now = carried(store, t_ns, balancers.length);
  return balancers.map((balancer, index) => ({
    balancer, carried: now && now.counts[index], exact: now?.exact ?? true, hits: hitsAround(store, t_ns, index)?.share ?? null,
  }));
}

/** Draw clients and balancers; `selection` and `hovered` are ids. Returns what was told of the balancers. */
export function drawHubs(context, layout, shown, { store, run, selection, hovered }, theme) {
  const fronts = frontsOf(store, shown);
  const only = layout.front ? null : fronts[0];
  const marked = (id) => ({ selected: selection === id, hovered: hovered === id });
  put(context, layout.clients, { ...clientsHub(shown), ...marked("clients") }, theme);
  if (only) {
    put(context, layout.balancer, { ...onlyHub(shown, run, only), ...marked(only.balancer.id) }, theme);
    return fronts;
  }
  put(context, layout.balancer, { ...allHub(shown, run), ...marked("balancer") }, theme);
  const most = Math.max(8, ...fronts.map((front) => front.carried ?? 0));
  const { level, stepX, stepY, width, height } = layout.front;
  const reach = Math.min(2, (stepX - width) / 2, (stepY - height) / 2);
  fronts.forEach((front, index) => {
    const box = frontAt(layout, index);
    context.clearRect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach);
    drawBalancer(context, box, level, { ...front, most, ...marked(front.balancer.id) }, theme);
  });
  return fronts;
}

function put(context, box, hub, theme) {
  context.clearRect(box.x - 2, box.y - 2, box.width + 4, box.height + 4);
  drawHub(context, box, hub, theme);
}

function clientsHub({ totals, rate_per_s: rate, rate_factor: factor }) {
  const load = factor === 1 ? t("{rate}/s", { rate: three(rate) }) : t("{rate}/s, load ×{factor}", { rate: three(rate), factor: number(factor, 2) });
  return {
    title: t("Clients"), under: load,
    rows: [
      counter(t("sent"), totals.sent, "out"),
      counter(t("ok"), totals.ok, "home"),
      counter(t("failed"), totals.failed, "failed"),
    ],
  };
}

function allHub(shown, run) {
  const { balancers } = shown;
  const down = balancers.filter(({ state }) => state === "down").length;
  const under = down ? t("{count} crashed", { count: number(down) }) : strategyTitle(run);
  return { title: t("{count} balancers", { count: number(balancers.length) }), under, rows: rowsOf(shown).slice(0, 2) };
}

/** The only balancer: what it has of its own (cores, a cache) comes under what an ideal one has. */
function onlyHub(shown, run, front) {
  const { balancer, hits } = front;
  const down = balancer.state === "down";
  const own = [];
  const condition = down && run.config?.balancers?.kind?.standby ? t("crashed, standby takes over") : frontCondition(balancer);
  if (balancer.cores) own.push(fact(t("busy cores"), t("{busy} of {cores}", { busy: number(balancer.busy_cores), cores: number(balancer.cores) })));
  if (hits !== null) own.push(fact(t("from cache"), percent(hits)));
  const rows = rowsOf(shown).slice(0, own.length ? 2 : 3);
  return { title: t("Balancer"), under: down ? condition : strategyTitle(run), down, rows: [...rows, ...own] };
}

function rowsOf({ in_system, queued, busy_total: busy }) {
  return [
    counter(t("in system"), in_system, ""),
    counter(t("waiting"), queued, ""),
    { ...counter(t("in service"), busy, ""), minor: true },
  ];
}

function counter(label, count, sign) {
  return { label, value: number(count), shorter: [short(count), brief(count)], sign };
}

function fact(label, value) {
  return { label, value, shorter: [], sign: "", minor: true };
}

/** A tip for a balancer whose box has no room for words. */
export function frontTip(front) {
  const count = carriedText(front);
  const words = { balancer: front.balancer.id, state: frontCondition(front.balancer), count };
  return count ? t("{balancer}: {state}, {count} in flight", words) : t("{balancer}: {state}", words);
}
