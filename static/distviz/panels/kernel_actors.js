// The actor kernel, as the panels see it: nodes that send each other messages. See kernels.js.

import { number } from "../lib/format.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/node.js";
import { clusterFrame } from "../trace/cluster.js";
import { ClusterSeries } from "../trace/cluster_series.js";
import { breaches, density, faultBands } from "../trace/events.js";
import { findMessage, naturalPace } from "../trace/messages.js";
import { stepFrom } from "../trace/steps.js";
import { illsOf, usualHealth } from "../trace/usual.js";
import { pictureOf } from "../systems/pictures.js";
import { choiceText, linkText } from "./faults.js";
import { against, groupsText } from "./groups.js";
import { headline } from "./headline_actors.js";
import { History } from "./history.js";
import { Body } from "./inspect_actors.js";
import { fateWords } from "./inspect_message.js";
import { log, logKinds } from "./log_actors.js";
import { measures } from "./measures_actors.js";
import { folds, metrics } from "./metrics_actors.js";
import { Told } from "./mirror_actors.js";
import { Outcome, Verdict } from "./outcome_actors.js";
import { Sketch } from "./sketch_actors.js";
import { Spacetime } from "./spacetime.js";
import { verdict } from "./verdict_actors.js";
import { say } from "./values.js";

const LINKS_OFFERED = 600;
const LONG_S = 30;
const WATCHED_S = 240; // how long it takes to watch a long Run
const WORLD = ["network", "disk", "clocks", "nemesis", "stagger_ms"];

export const actors = {
  pictureOf,
  headline,
  frame: clusterFrame,
  Body,
  Told,
  newSeries: (store) => new ClusterSeries(store, store.system),
  Verdict,
  Outcome,
  Sketch,
  Load: () => null,
  whole: {},
  tabs: () => [{ key: "spacetime", title: t("Space-time"), View: Spacetime }, { key: "history", title: t("History"), View: History }],
  order: ["topology", "spacetime", "log", "charts", "history", "results"],
  pace: paceOf,
  marks,
  stride: (segment) => segment.meta.messages?.stride ?? 1,
  thinned: (count) => t("drawn: one message in {count}", { count: number(count) }),
  tip,
  titleOf,
  nodes: (desk) => present(desk).map(({ id }) => id),
  selectionOf,
  offers,
  condition: conditionOf,
  doubleClick,
  log,
  logKinds,
  stepFrom,
  bands: faultBands,
  bandColours: (theme) => ({
    down: theme.stopped, removed: theme.line2, paused: theme.ink3, slow: theme.unknown, slow_disk: theme.unknown, skewed: theme.accent,
    cut: theme.failed, link: theme.unknown,
  }),
  density,
  flags: (store, system) => breaches(store).map((row) => ({ ...row, words: `${sentenceOf(system, row.property)} ${say(row.template, row.values)}` })),
  metrics,
  folds,
  histogram: () => null,
  files: (run) => [
    [`/api/runs/${run.id}/messages.csv`, t("messages (CSV)")],
    [`/api/runs/${run.id}/history.json`, t("history (JSON)")],
    [`/api/runs/${run.id}/history.edn`, t("history (Jepsen EDN)")],
    [`/api/runs/${run.id}/shiviz.log`, t("ShiViz log")],
    [`/api/runs/${run.id}/chrome-trace.json`, t("Chrome trace (Perfetto)")],
    [`/api/runs/${run.id}/series.csv`, t("time series (CSV)")],
  ],
  measures,
  verdict,
  note: () => t("★ best in its row; percentages are to the first lane. Seed, clients and actions are the same in all lanes. It is one run of each: a small difference may be chance."),
  facts,
  sections,
  schedule,
  signs: () => [
    ["out", t("a message on its way; its colour is that of its ballot or term")],
    ["failed", t("a message that was lost")],
    ["down", t("crashed")],
    ["paused", t("paused")],
    ["slow", t("slow, or with a slow disk")],
  ],
  hands: () => ({
    signs: [t("Messages that are too fast for the eye take longer on the picture than they did.")],
    hands: [
      t("Click: select a node, a message or a link. Shift and click: several nodes."),
      t("Double-click: crash a node, or restart it."),
      t("Right-click or long press: everything that can be done."),
      t("Draw a line across links, or a loop around nodes: that cuts the network."),
    ],
    chosen: (title, role) => ({ link: t("{action} (the selected link)", { action: title }), message: t("{action} (the selected message)", { action: title }) })[role]
      ?? t("{action} (the selected node)", { action: title }),
    none: t("Select a node, a link or a message first: click one, or press N for a node."),
    uncut: t("This system has no network that can be cut."),
    palette: t("Crash, partition, faster, charts…"),
    quiet: t("Nothing of this kind has happened so far."),
  }),
};

/** By the first window in which messages travel; but a long Run is over in some minutes: in it, it is not single messages that count. */
function paceOf(store) {
  const busy = store.segments().find(({ tables: { messages } }) => messages?.src.some((src, row) => src !== messages.dst[row]));
  const least = store.duration_ns > LONG_S * 1e9 ? store.duration_ns / 1e9 / WATCHED_S : 0;
  return busy && Math.max(least, naturalPace(busy));
}

function present(desk) {
  return (desk.frame()?.nodes ?? []).filter(({ state }) => state !== "removed");
}

function sentenceOf(system, key) {
  return system.properties.find((property) => property.key === key)?.sentence ?? key;
}

/** What a Picture marks; messages have other numbers in other lanes. */
function marks(selection, lane) {
  const { node = null, nodes = [], message, link, block, rack, lane: of = 0 } = selection ?? {};
  return { selection: node, nodes, message: of === lane ? message : undefined, link, block, rack };
}

function selectionOf(hit, t_ns, lane) {
  if (hit?.message !== undefined) return { message: hit.message, t_ns, lane };
  return hit?.block === undefined ? hit : { block: hit.block };
}

function titleOf(desk, { node, nodes, message, link, operation, event, block, rack, lane = 0, t_ns }) {
  if (block !== undefined) return t("Block {number}", { number: block });
  if (rack !== undefined) return t("Rack {number}", { number: rack });
  if (nodes?.length > 1) return t("{count} nodes", { count: nodes.length });
  if (node !== undefined) return node;
  if (link !== undefined) return linkText(link).replace("→", "↔");
  if (operation !== undefined) return t("Operation {number}", { number: operation });
  if (event !== undefined) return t("Event {number}", { number: event });
  if (message === undefined) return t("Overview");
  const found = findMessage((desk.lanes.peek()[lane] ?? desk.lanes.peek()[0]).store, message, t_ns);
  return found ? t("{kind}, {src} to {dst}", { kind: found.title, src: found.src ?? t("outside"), dst: found.dst }) : t("Message {number}", { number: message });
}

function tip(entry, hit, desk) {
  const own = entry.picture.tip(hit, entry.shown);
  if (own !== null) return own;
  if (hit.message !== undefined) return titleOf(desk, { message: hit.message, t_ns: entry.shown.t_ns, lane: 0 });
  if (hit.link !== undefined) return conditionOf(desk, hit) === t("open") ? "" : `${linkText(hit.link)}: ${conditionOf(desk, hit)}`;
  if (entry.picture.levelOf(hit.node, entry.shown) === "card") return "";
  return `${hit.node}: ${conditionOf(desk, { node: hit.node })}`;
}

/** The states in which a target is, one per lane; null where a lane does not have it. */
function statesOf(desk, { node, link, message }) {
  return desk.frames().map((frame) => {
    if (!frame) return null;
    if (node !== undefined) return frame.nodes[frame.index.get(node)]?.state ?? null;
    if (link !== undefined) return linkState(frame, ...link.split("->"));
    return frame.messages.some(({ id }) => id === message) ? "in flight" : "settled";
  });
}

function linkState({ cut, links }, src, dst) {
  if (cut.some(([a, b]) => a === src && b === dst)) return "cut";
  return links.some((one) => one.src === src && one.dst === dst) ? "altered" : "open";
}

function conditionOf(desk, target) {
  const { node, nodes, link, message, rack, lane = 0, t_ns } = target;
  if (nodes?.length > 1 || rack !== undefined) return "";
  if (node !== undefined) return unique(desk.frames().map((frame, index) => nodeWords(frame, node, usualHealth(desk.lanes.peek()[index].store))));
  if (link !== undefined) return unique(desk.frames().map((frame) => frame && { cut: t("cut"), altered: t("altered"), open: t("open") }[linkState(frame, ...link.split("->"))]));
  if (message === undefined) return "";
  const found = findMessage((desk.lanes.peek()[lane] ?? desk.lanes.peek()[0]).store, message, t_ns);
  return found ? fateWords(found, desk.cursor.peek()) : "";
}

function nodeWords(frame, id, usual) {
  const node = frame?.nodes[frame.index.get(id)];
  return node ? condition(node, illsOf(node, usual.get(id))) : t("not there yet");
}

function unique(words) {
  return [...new Set(words.filter(Boolean))].join(" / ");
}

/** See kernels.js. Of a link both directions; of several nodes what parts them from the others. */
function offers(desk, target) {
  const { node, nodes = node === undefined ? [] : [node], link, message, block, rack } = target;
  const of = (role) => desk.system.actions.filter((spec) => spec.role.split("|").includes(role));
  if (block !== undefined) return [];
  if (rack !== undefined) return of("").flatMap((spec) => onRack(spec, rack)).concat(apart(desk, nodes));
  if (nodes.length > 1) return apart(desk, nodes);
  if (node !== undefined) {
    const role = present(desk).find(({ id }) => id === node)?.role ?? "";
    const states = statesOf(desk, target);
    return [...of(role), ...of("node")].filter(({ kind }) => role || kind).map((spec) => ({ spec, target: node, states })).concat(apart(desk, nodes));
  }
  if (link !== undefined) {
    const [a, b] = link.split("->");
    return [`${a}->${b}`, `${b}->${a}`].flatMap((way) => of("link").map((spec) => ({ spec: { ...spec, shortcut: spec.kind === "mend" ? "" : spec.shortcut }, // H heals all
       target: way, states: statesOf(desk, { link: way }), about: linkText(way) })));
  }
  if (message !== undefined) return of("message").map((spec) => ({ spec, target: String(message), states: statesOf(desk, target) }));
  return of("").map((spec) => ({ spec, target: "", states: [], reason: wholeReason(desk, spec) }));
}

/** An Action on the whole system that takes the number of a rack, as one that can be done to this rack. */
function onRack(spec, rack) {
  if (!spec.params.some(({ name }) => name === "rack")) return [];
  const params = spec.params.map((param) => (param.name === "rack" ? { ...param, default: rack } : param));
  return [{ spec: { ...spec, params }, target: "", states: [], ...(params.length === 1 ? { params: { rack } } : {}) }];
}

/** Healing a network that is whole would change nothing. */
function wholeReason(desk, { kind }) {
  if (kind !== "heal" || desk.frames().some((frame) => frame && (frame.cut.length || frame.links.length))) return "";
  return t("The network is whole: there is nothing to heal.");
}

function apart(desk, nodes) {
  const spec = desk.system.actions.find(({ kind }) => kind === "partition");
  const groups = spec && against(present(desk).map(({ id }) => id), nodes);
  if (!spec) return [];
  const title = nodes.length > 1 ? t("Part them from all others") : t("Part it from all others");
  return [{ spec, target: "", states: [], title, params: { groups: groups ? groupsText(groups) : "" }, reason: groups ? "" : t("There are no others.") }];
}

function doubleClick(desk, { node }) {
  if (node === undefined) return null;
  return { kind: statesOf(desk, { node }).includes("down") ? "restart" : "crash", target: node };
}

function facts({ nodes, config }) {
  const { nemesis } = config;
  return [
    nodes?.length > 0 && t("{count} nodes", { count: number(nodes.length) }), config.faulty && config.faulty !== "none" && t("a bug to find"),
    nemesis?.rate_per_s > 0 && t("faults at random"),
  ].filter(Boolean);
}

/** The options of the protocol itself, then those of the world around it, which all systems of actors share. */
function sections({ properties }) {
  const keys = Object.keys(properties);
  return [
    { title: "", keys: keys.filter((key) => !WORLD.includes(key)) },
    { title: t("The world around it: network, disks, clocks, faults by chance"), keys: keys.filter((key) => WORLD.includes(key)) },
  ];
}

/** See kernels.js. Messages have no numbers before the run: nothing can be scheduled for them. */
function schedule(system, config, nodes) {
  const ids = castOf(system, config, nodes);
  const links = () => ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => `${a}->${b}`)).slice(0, LINKS_OFFERED);
  const half = Math.ceil(ids.length / 2);
  const groups = ids.length > 1 ? groupsText([ids.slice(0, half), ids.slice(half)]) : "";
  const filled = (param) => ({
    ...param, default: param.pattern && !param.default ? groups : param.default, example: param.pattern ? groups : undefined,
    labels: param.choices && Object.fromEntries(param.choices.map((choice) => [choice, choiceText(system, choice)])),
  });
  return {
    specs: system.actions.filter(({ role, kind }) => role !== "message" && !system.refuses?.[kind]).map((spec) => ({ ...spec, params: spec.params.map(filled) })),
    targets: ({ role }) => (role === "link" ? links() : role === "node" ? ids : ids.filter((id) => role.split("|").some((one) => id.startsWith(`${one}-`)))),
  };
}

/** The ids of the nodes as `config` will have them: those of the scenario, as many of a role as an option named after it says. */
function castOf(system, config, nodes = []) {
  return Object.keys(system.roles).flatMap((role) => {
    const wanted = config[`${role}s`];
    const known = nodes.filter((node) => node.role === role).map(({ id }) => id);
    return known.length && Number.isInteger(wanted) && wanted >= 0 && wanted <= 200 ? Array.from({ length: wanted }, (ignored, n) => `${role}-${n}`) : known;
  });
}
