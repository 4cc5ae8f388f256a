// The traffic kernel, as the panels see it: requests through a balancer to servers. See kernels.js.

import { number } from "../lib/format.js";
import { unwrap } from "../lib/schema.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/server.js";
import { frontTip } from "../systems/hubs.js";
import { Picture } from "../systems/load_balancer.js";
import { density, events, faultBands } from "../trace/events.js";
import { frame } from "../trace/frame.js";
import { Series } from "../trace/series.js";
import { facts } from "./facts_traffic.js";
import { deedWords, nodesOf, roleOf, stateWord } from "./faults.js";
import { Body } from "./inspect_traffic.js";
import { Load } from "./load.js";
import { MEASURES } from "./measures_traffic.js";
import { METRICS } from "./metrics_traffic.js";
import { Told } from "./mirror_traffic.js";
import { Outcome } from "./outcome_traffic.js";
import { Sketch } from "./sketch_traffic.js";
import { nextOf } from "./steps.js";
import { verdict } from "./verdict_traffic.js";

const HUBS = { clients: () => t("Clients"), balancer: () => t("Balancers") };

export const traffic = {
  pictureOf: () => Picture,
  headline: () => [],
  frame,
  Body,
  Told,
  newSeries: (store) => new Series(store),
  Outcome,
  Verdict: () => null,
  Sketch,
  Load,
  whole: { node: "clients" },
  tabs: () => [],
  order: ["topology", "charts", "results", "log"],
  pace: () => null,
  marks: (selection) => ({ selection: selection?.node ?? null, chosen: selection?.request }),
  stride: (segment) => segment.meta.requests?.stride ?? 1,
  thinned: (count) => t("drawn: one request in {count}", { count: number(count) }),
  tip,
  titleOf,
  nodes,
  selectionOf: (hit, t_ns) => (hit?.request === undefined ? hit : { request: hit.request, t_ns }),
  offers,
  condition: (desk, { node }) => (roleOf(node) ? [...new Set(nodesOf(desk, node).map((one) => stateWord(one?.state)))].join(" / ") : ""),
  doubleClick,
  log,
  logKinds: () => [],
  stepFrom: (store, t_ns, way) => nextOf([...new Set(events(store).map(({ at_ns: at }) => at))], t_ns, way),
  bands: faultBands,
  bandColours: (theme) => ({ down: theme.stopped, slow: theme.unknown, paused: theme.ink3, draining: theme.ink3, removed: theme.line2 }),
  density,
  flags: () => [],
  metrics: () => METRICS,
  folds: (series) => ({
    buckets: () => {
      const width = Math.max(1, ...series.map((one) => one.calmWidth()));
      return series.map((one) => one.buckets(width));
    },
    queues: () => series.map((one) => one.queues()),
    utilisation: () => series.map((one) => one.utilisation()),
  }),
  histogram: (summary) => (summary?.stable ? summary.histogram : null),
  files: (run) => [
    [`/api/runs/${run.id}/requests.csv`, t("requests (CSV)")],
    [`/api/runs/${run.id}/requests.json`, t("requests (JSON)")],
    [`/api/runs/${run.id}/series.csv`, t("time series (CSV)")],
    [`/api/runs/${run.id}/series.json`, t("time series (JSON)")],
  ],
  measures: () => MEASURES,
  verdict,
  note: () => t("★ best in its row; percentages are to the first lane. Seed, arrivals, service demands and actions are the same in all lanes. It is one run of each: a small difference may be chance."),
  facts,
  sections,
  schedule: ({ actions }, config) => ({ specs: actions, targets: (spec) => (spec.role.includes("balancer") ? [...serverIds(config), ...balancerIds(config)] : serverIds(config)) }),
  signs: () => [
    ["out", t("a request on its way: nobody knows yet how it ends")],
    ["home", t("an answer on its way home")],
    ["failed", t("failed")],
    ["down", t("crashed")],
    ["paused", t("paused")],
    ["slow", t("slower than its speed")],
    ["draining", t("draining: takes nothing new")],
  ],
  hands: () => ({
    signs: [
      t("Requests that are too fast for the eye leave pale trails, slowed down; where there are too many, every n-th one leaves a trail."),
      t("All queues of a picture share one scale; where one gets long, it is a square-root scale."),
    ],
    hands: [
      t("Click: select a node or a request."),
      t("Double-click: crash a server or a balancer, or restart it."),
      t("Right-click or long press: everything that can be done."),
    ],
    chosen: (title) => t("{action} (the selected node)", { action: title }),
    none: t("Select a server or a balancer first: click one, or press N."),
    uncut: t("This system has no links to cut."),
    palette: t("Crash server-3, faster, charts…"),
    quiet: t("Nothing has happened to the system so far: no action, no fault."),
  }),
};

/** What every set-up has, and then what most leave as it is: groups of options that are no choice, and lists that may be empty. */
function sections(schema) {
  const keys = Object.keys(schema.properties);
  const more = keys.filter((key) => isExtra(unwrap(schema.properties[key], schema).node));
  const first = { title: "", keys: keys.filter((key) => !more.includes(key)) };
  return more.length ? [first, { title: t("More options"), about: more.map((key) => unwrap(schema.properties[key], schema).node.title).join(t(", ")), keys: more, used: true }] : [first];
}

function isExtra(node) {
  return Boolean(node.properties || (node.type === "array" && !node.minItems));
}

function titleOf(desk, { node, request }) {
  if (request !== undefined) return t("Request {number}", { number: request });
  if (node === undefined) return t("Overview");
  const alone = roleOf(node) === "balancer" && (desk.frame()?.balancers.length ?? 1) === 1;
  return alone ? t("Balancer") : HUBS[node]?.() ?? node;
}

/** All that can be selected, in the order in which requests meet it; what stands for several balancers comes before them. */
function nodes(desk) {
  const { servers = [], balancers = [] } = desk.frame() ?? {};
  const fronts = balancers.map(({ id }) => id);
  return ["clients", ...(fronts.length > 1 ? ["balancer"] : []), ...fronts, ...servers.filter(({ state }) => state !== "removed").map(({ id }) => id)];
}

/** A tip at the pointer where the picture has no room for words. */
function tip(entry, hit) {
  if (hit.request !== undefined) return t("request {number}", { number: number(hit.request) });
  const front = entry.shown.balancers.findIndex(({ id }) => id === hit.node);
  if (front >= 0) return [undefined, "card"].includes(entry.picture.layout.front?.level) ? "" : frontTip(entry.picture.fronts[front]);
  const index = entry.shown.servers.findIndex((server) => server.id === hit.node);
  if (index < 0 || entry.picture.layout.grid.level === "card") return "";
  const queue = number(Math.round(entry.shown.queue[index]));
  return t("{server}: {state}, {queue} waiting", { server: hit.node, state: condition(entry.shown.servers[index]), queue });
}

function offers(desk, { node = null }) {
  const role = roleOf(node);
  const states = role ? nodesOf(desk, node).map((one) => one?.state) : [];
  return desk.system.actions.filter((spec) => spec.role.split("|").includes(role)).map((spec) => ({ spec, target: role ? node : "", states }));
}

function doubleClick(desk, { node }) {
  if (!roleOf(node ?? null)) return null;
  return { kind: nodesOf(desk, node).some((one) => one?.state === "down") ? "restart" : "crash", target: node };
}

function log(store, system) {
  return events(store).map((row) => ({
    at_ns: row.at_ns, kind: row.what, words: wordsOf(row, system), target: row.target || row.id ? { node: row.target || row.id } : null,
  }));
}

function wordsOf(row, system) {
  if (row.what === "action") return deedWords(system, row);
  const slow = row.slow > 1 ? t("{factor}× slower", { factor: number(row.slow, 2) }) : "";
  const noticed = row.known_down ? t("the balancer does not choose it") : "";
  return [`${row.id}: ${stateWord(row.state)}`, slow, noticed].filter(Boolean).join(t(", "));
}

/** The ids that the balancers get. */
function balancerIds({ balancers }) {
  const count = balancers?.count ?? 1;
  return Number.isInteger(count) && count > 0 ? Array.from({ length: Math.min(count, 64) }, (ignored, index) => `balancer-${index}`) : [];
}

/** The ids that the groups of servers get. */
function serverIds(config) {
  const count = (config.servers ?? []).reduce((sum, group) => sum + (Number.isInteger(group.count) ? group.count : 0), 0);
  return Array.from({ length: Math.min(Math.max(0, count), 1000) }, (ignored, index) => `server-${index}`);
}
