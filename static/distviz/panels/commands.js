// Everything that can be asked of the stage, once: for the keyboard, the palette and the help.

import { t } from "../lib/text.js";
import { events } from "../trace/events.js";
import { possible, roleOf } from "./faults.js";

/** The general commands: [{key, keys: [key names], title, run, reason}]. */
export function commands(desk, acting) {
  const move = (direction) => chooseNode(desk, direction);
  const list = [
    ["play", ["Space"], t("Play or pause"), () => desk.toggle()],
    ["back", ["ArrowLeft"], t("One sample back"), () => desk.step(-1)],
    ["on", ["ArrowRight"], t("One sample on"), () => desk.step(1)],
    ["event-back", ["Shift+ArrowLeft"], t("To the event before"), () => desk.step(-1, eventTimes(desk))],
    ["event-on", ["Shift+ArrowRight"], t("To the next event"), () => desk.step(1, eventTimes(desk))],
    ["start", ["Home"], t("To the start"), () => desk.seek(0)],
    ["end", ["End"], t("To the end of what was received"), () => desk.seek(desk.heldUntil())],
    ["slower", ["["], t("Slower"), () => desk.slower()],
    ["faster", ["]"], t("Faster"), () => desk.faster()],
    ["next", ["N"], t("Next node"), () => move(1)],
    ["previous", ["Shift+N"], t("Previous node"), () => move(-1)],
    ["act", ["B"], t("Branch: act at this moment"), () => openMenu(desk)],
    ["parent", ["U"], t("Undo: back to the parent run"), () => acting.toParent(), desk.lanes.peek()[0].run.parent ? "" : t("This run is not a branch.")],
    ["partition", ["P"], t("Partition"), () => {}, t("This system has no links to cut.")],
    ["heal", ["H"], t("Heal"), () => {}, t("This system has no links to cut.")],
    ["copy", ["Y"], t("Copy a link to this moment"), () => copyLink(desk)],
    ["topology", ["1"], t("Show the topology"), () => (desk.tab.value = "topology")],
    ["charts", ["2"], t("Show the charts"), () => (desk.tab.value = "charts")],
    ["results", ["3"], t("Show the results"), () => (desk.tab.value = "results")],
    ["log", ["4"], t("Show the log"), () => (desk.tab.value = "log")],
    ["palette", ["Ctrl+K", "/"], t("Find a command"), () => (desk.dialog.value = "palette")],
    ["help", ["?"], t("Help"), () => (desk.dialog.value = "help")],
    ["unselect", ["Escape"], t("Select nothing"), () => desk.select(null)],
  ];
  return list.map(([key, keys, title, run, reason = ""]) => ({ key, keys, title, run, reason }));
}

/** What can be done to `node`, as commands; the ones with numbers open the menu at their form. */
export function nodeCommands(desk, acting, node) {
  return possible(desk, node).map(({ spec, reason }) => ({
    key: `${spec.kind}/${node}`, keys: spec.shortcut ? [spec.shortcut.length === 1 ? spec.shortcut.toUpperCase() : spec.shortcut] : [],
    title: roleOf(node) ? t("{action}: {node}", { action: spec.title, node }) : spec.title, reason,
    run: () => (spec.params.length ? openMenu(desk, node, spec.kind) : acting.act({ kind: spec.kind, target: roleOf(node) ? node : "" })),
  }));
}

/** The table of keys for lib/keys.js. */
export function keyTable(desk, acting) {
  if (desk.dialog.peek()) return {}; // the keys belong to the dialog
  const table = {};
  for (const spec of desk.system.actions) {
    if (!spec.shortcut) continue;
    const name = spec.shortcut.length === 1 ? spec.shortcut.toUpperCase() : spec.shortcut;
    table[name] = () => pressed(desk, acting, name);
  }
  for (const command of commands(desk, acting)) {
    for (const name of command.keys) table[name] = () => (command.reason ? desk.toast(command.reason) : command.run());
  }
  return table;
}

/** The key of an Action: done to the selected node, or to the system where the Action has no node. */
function pressed(desk, acting, name) {
  const node = desk.selection.peek()?.node ?? null;
  const offered = [...(roleOf(node) ? nodeCommands(desk, acting, node) : []), ...nodeCommands(desk, acting, null)];
  const meant = offered.filter(({ keys }) => keys.includes(name));
  const works = meant.find(({ reason }) => !reason);
  if (works) works.run();
  else desk.toast(meant[0]?.reason ?? t("Select a server first: click one, or press N."));
}

/** Open the menu of `node` (the selected one, else the whole system's) in the middle of the page. */
export function openMenu(desk, node = desk.selection.peek()?.node ?? "clients", kind = undefined) {
  desk.menu.value = { node: node ?? "clients", kind, x: innerWidth / 2 - 140, y: innerHeight / 3 };
}

function chooseNode(desk, direction) {
  const servers = desk.frame()?.servers.filter(({ state }) => state !== "removed").map(({ id }) => id) ?? [];
  const nodes = ["clients", "balancer", ...servers];
  const at = nodes.indexOf(desk.selection.peek()?.node);
  desk.select({ node: nodes[at < 0 ? (direction > 0 ? 0 : nodes.length - 1) : (at + direction + nodes.length) % nodes.length] });
}

function eventTimes(desk) {
  return [...new Set(events(desk.lanes.peek()[0].store).map(({ at_ns: at }) => at))];
}

/** Put the link to this moment on the clipboard. */
export async function copyLink(desk) {
  const link = String(desk.address());
  try {
    await navigator.clipboard.writeText(link);
    desk.toast(t("The link to this moment is on the clipboard."));
  } catch (error) {
    if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    desk.toast(t("The browser does not allow copying; the link is: {link}", { link })); // no clipboard without https or permission
  }
}
