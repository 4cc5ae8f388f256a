// Everything that can be asked of the stage, once: for the keyboard, the palette and the help.

import { ask } from "../lib/rest.js";
import { t } from "../lib/text.js";
import { cutAllowed, partition } from "./cutting.js";
import { possible } from "./faults.js";

/** The general commands: [{key, keys: [key names], title, run, reason}]. */
export function commands(desk, acting) {
  const move = (direction) => chooseNode(desk, direction);
  const uncut = cutAllowed(desk) ? "" : desk.kernel.hands().uncut;
  const list = [
    ["play", ["Space"], t("Play or pause"), () => desk.toggle()],
    ["back", ["ArrowLeft"], t("One sample back"), () => desk.step(-1)],
    ["on", ["ArrowRight"], t("One sample on"), () => desk.step(1)],
    ["event-back", ["Shift+ArrowLeft"], t("To the event before"), () => desk.stepEvent(-1)],
    ["event-on", ["Shift+ArrowRight"], t("To the next event"), () => desk.stepEvent(1)],
    ["start", ["Home"], t("To the start"), () => desk.seek(0)],
    ["end", ["End"], t("To the end of what was received"), () => desk.seek(desk.heldUntil())],
    ["slower", ["["], t("Slower"), () => desk.slower()],
    ["faster", ["]"], t("Faster"), () => desk.faster()],
    ["next", ["N"], t("Next node"), () => move(1)],
    ["previous", ["Shift+N"], t("Previous node"), () => move(-1)],
    ["act", ["B"], t("Branch: act at this moment"), () => openMenu(desk)],
    ["parent", ["U"], t("Undo: back to the parent run"), () => acting.toParent(), desk.lanes.peek()[0].run.parent ? "" : t("This run is not a branch.")],
    ["partition", ["P"], t("Partition: the selected nodes against the others, or a line drawn by hand"), () => partition(desk, acting, chosenNodes(desk)), uncut],
    ["heal", ["H"], t("Heal the network"), () => pressed(desk, acting, "H", null), uncut],
    ["copy", ["Y"], t("Copy a link to this moment"), () => copyLink(desk)],
    ...views(desk).map(({ key, title }, at) => [`show-${key}`, [String(at + 1)], t("Show: {view}", { view: title }), () => (desk.tab.value = key)]),
    ...(desk.scenario?.hunt_url ? [["hunt", [], t("Hunt: break a promise with other seeds"), () => location.assign(desk.scenario.hunt_url)]] : []),
    ["palette", ["Ctrl+K", "/"], t("Find a command"), () => (desk.dialog.value = "palette")],
    ["help", ["?"], t("Help"), () => (desk.dialog.value = "help")],
    ["unselect", ["Escape"], t("Select nothing"), () => giveUp(desk)],
  ];
  return list.map(([key, keys, title, run, reason = ""]) => ({ key, keys, title, run, reason }));
}

/** The views of the stage, in the order of their tabs: [{key, title}]. */
export function views(desk) {
  const everywhere = [{ key: "topology", title: t("Topology") }, { key: "charts", title: t("Charts") }, { key: "results", title: t("Results") }, { key: "log", title: t("Log") }];
  const place = ({ key }) => desk.kernel.order.indexOf(key);
  return [...everywhere, ...desk.kernel.tabs()].sort((a, b) => place(a) - place(b));
}

function chosenNodes(desk) {
  const { node, nodes = node ? [node] : [] } = desk.selection.peek() ?? {};
  return nodes;
}

function giveUp(desk) {
  if (desk.cutting.peek()) desk.cutting.value = false;
  else desk.select(null);
}

/** What can be done to `target`, as commands; the ones that take something open the menu at their form. */
export function targetCommands(desk, acting, target) {
  return possible(desk, target).map(({ spec, target: id, about, params, title = spec.title, reason }) => ({
    key: `${spec.kind}/${id}/${title}`, keys: spec.shortcut ? [keyOf(spec)] : [], reason,
    title: id && spec.role ? t("{action}: {node}", { action: title, node: about ?? desk.kernel.titleOf(desk, target) }) : title,
    run: () => (spec.params.length && !params ? openMenu(desk, target, spec.kind) : acting.act({ kind: spec.kind, target: id, params: params ?? {} })),
  }));
}

/** The key of an Action as tables of keys name it. */
export function keyOf({ shortcut }) {
  return shortcut.length === 1 ? shortcut.toUpperCase() : shortcut;
}

/** The table of keys for lib/keys.js. */
export function keyTable(desk, acting) {
  if (desk.dialog.peek()) return {}; // the keys belong to the dialog
  const table = {};
  for (const spec of desk.system.actions) {
    if (spec.shortcut) table[keyOf(spec)] = () => pressed(desk, acting, keyOf(spec));
  }
  for (const command of commands(desk, acting)) {
    for (const name of command.keys) table[name] = () => (command.reason ? desk.toast(command.reason) : command.run());
  }
  return table;
}

/** The key of an Action: done to `target`, or to the system where the Action has no target. */
function pressed(desk, acting, name, target = desk.selection.peek()) {
  const offered = [...(target ? targetCommands(desk, acting, target) : []), ...targetCommands(desk, acting, desk.kernel.whole)];
  const meant = offered.filter(({ keys }) => keys.includes(name));
  const works = meant.find(({ reason }) => !reason);
  if (works) works.run();
  else desk.toast(meant[0]?.reason ?? desk.kernel.hands().none);
}

/** Open the menu of `target` (what is selected, else the whole system) in the middle of the page. */
export function openMenu(desk, target = desk.selection.peek() ?? desk.kernel.whole, kind = undefined) {
  desk.menu.value = { target, kind, x: innerWidth / 2 - 140, y: innerHeight / 3 };
}

function chooseNode(desk, direction) {
  const nodes = desk.kernel.nodes(desk);
  const at = nodes.indexOf(desk.selection.peek()?.node);
  if (nodes.length) desk.select({ node: nodes[at < 0 ? (direction > 0 ? 0 : nodes.length - 1) : (at + direction + nodes.length) % nodes.length] });
}

/** Says that the link is copied; where nobody else could open it, offers to change that. */
function sayCopied(desk) {
  const [{ run }] = desk.lanes.peek();
  const { id, visibility = run.visibility } = desk.comparison.peek() ?? {};
  if (visibility !== "private" || !run.mine) return desk.toast(t("The link to this moment is on the clipboard."));
  const also = { title: t("Let everybody with the link see it"), run: () => unlist(desk, id ? `/api/comparisons/${id}/` : `/api/runs/${run.id}/`) };
  desk.toast(t("The link to this moment is on the clipboard. So far it opens for you alone."), { also });
}

async function unlist(desk, url) {
  const visibility = "unlisted";
  try {
    await ask("PATCH", url, { visibility });
  } catch (error) {
    if (error.field === undefined) throw error;
    return desk.toast(error.message, { bad: true });
  }
  for (const { run } of desk.lanes.peek()) desk.news({ ...run, visibility });
  if (desk.comparison.peek()) desk.comparison.value = { ...desk.comparison.peek(), visibility };
  desk.toast(t("Everybody with the link can see this run now; My runs is where that can be changed."));
}

/** Put the link to this moment on the clipboard. */
export async function copyLink(desk) {
  const link = String(desk.address());
  try {
    await navigator.clipboard.writeText(link);
    sayCopied(desk);
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    desk.toast(t("The browser does not allow copying; the link is: {link}", { link })); // no clipboard without https or permission
  }
}
