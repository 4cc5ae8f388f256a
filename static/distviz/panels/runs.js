// My runs: the table comes from the server; here it gets its tree of branches, its progress and its tools.

import { t } from "../lib/text.js";
import { moment, span } from "../lib/format.js";
import { ask } from "../lib/rest.js";
import { ago } from "./ago.js";

const UNFINISHED = ["queued", "running"];
const POLL_MS = 1000;
const DEEPEST = 4;

function stateTitle(state) {
  return {
    queued: t("queued"), running: t("running"), done: t("done"), cancelled: t("cancelled"), failed: t("failed"), budget: t("budget reached"),
  }[state] ?? state;
}

const TONES = { done: "ok", failed: "failed", budget: "unknown", cancelled: "stopped", running: "", queued: "stopped" };

function showState(row, run) {
  const tag = row.querySelector("[data-state]");
  tag.className = `tag ${TONES[run.state] ?? ""}`;
  tag.textContent = stateTitle(run.state);
  const progress = row.querySelector("[data-progress]");
  progress.hidden = !UNFINISHED.includes(run.state);
  progress.value = run.progress_ns;
  for (const button of row.querySelectorAll("[data-cancel]")) button.hidden = progress.hidden;
  if (run.digest) showDigest(row.querySelector("[data-digest]"), run.digest);
}

function showDigest(cell, digest) {
  cell.title = digest;
  cell.textContent = digest.slice(0, 10);
}

/** A branch stands right below its parent, one step further in. */
function drawTree(table) {
  const rows = [...table.querySelectorAll("tr[data-row=run]:not(.lane-row)")];
  const byId = new Map(rows.map((row) => [row.dataset.id, row]));
  const depth = (row) => (byId.has(row.dataset.parent) && row.dataset.parent !== row.dataset.id ? 1 + depth(byId.get(row.dataset.parent)) : 0);
  for (const row of rows.filter((each) => byId.has(each.dataset.parent)).reverse()) {
    byId.get(row.dataset.parent).after(row);
    row.classList.add(`branch-${Math.min(depth(row), DEEPEST)}`);
  }
}

function fillNumbers(table) {
  for (const cell of table.querySelectorAll("[data-seconds-ns]")) cell.textContent = span(Number(cell.dataset.secondsNs));
  for (const time of table.querySelectorAll("time[data-ago]")) {
    time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang);
    time.textContent = ago(time.dateTime);
  }
  for (const mark of table.querySelectorAll("[data-branch-at]")) {
    mark.textContent = t("branch at {time}", { time: moment(Number(mark.dataset.branchAt), Number(mark.dataset.durationNs)) });
  }
}

/** Asks for unfinished runs once a second while the page is looked at. */
async function follow(table, runs) {
  const left = new Map(runs.map((run) => [run.id, table.querySelector(`tr[data-id="${CSS.escape(run.id)}"]`)]).filter(([, row]) => row));
  while (left.size) {
    await new Promise((done) => setTimeout(done, POLL_MS));
    if (document.hidden) continue;
    for (const [id, row] of [...left]) {
      const run = await ask("GET", `/api/runs/${id}/`).catch((error) => (error.status === 404 ? null : { state: "queued", progress_ns: 0, unknown: true }));
      if (run === null || !row.isConnected) left.delete(id);
      else if (!run.unknown) showState(row, run);
      if (run && !run.unknown && !UNFINISHED.includes(run.state)) left.delete(id);
    }
  }
}

function say(sentence) {
  let place = document.querySelector("ul.messages");
  if (!place) {
    place = document.createElement("ul");
    place.className = "messages notes";
    place.setAttribute("role", "status");
    document.querySelector("main").before(place);
  }
  const item = document.createElement("li");
  item.className = "note error";
  item.textContent = sentence;
  place.replaceChildren(item);
}

async function cancel(button) {
  button.disabled = true;
  try {
    await ask("POST", `/api/runs/${button.closest("tr").dataset.id}/cancel/`);
  } catch (error) {
    if (error.field === undefined) throw error;
    button.disabled = false;
    say(error.message);
  }
}

async function remove(button) {
  const row = button.closest("tr");
  const title = row.querySelector("th a").textContent;
  if (!window.confirm(t("Delete “{title}” for good? A link to it will lead nowhere.", { title }))) return;
  button.disabled = true;
  try {
    await ask("DELETE", `/api/${button.dataset.delete}/${row.dataset.id}/`);
    window.location.reload();
  } catch (error) {
    if (error.field === undefined) throw error;
    button.disabled = false;
    say(error.message);
  }
}

async function show(select) {
  const before = [...select.options].find((option) => option.defaultSelected).value;
  try {
    await ask("PATCH", `/api/${select.dataset.visibility}/${select.closest("tr").dataset.id}/`, { visibility: select.value });
    for (const option of select.options) option.defaultSelected = option.selected;
  } catch (error) {
    if (error.field === undefined) throw error;
    select.value = before;
    say(error.message);
  }
}

export function start(root, data) {
  const table = root.querySelector("table");
  if (!table) return; // nothing has been run yet
  fillNumbers(table);
  drawTree(table);
  for (const row of table.querySelectorAll("tr[data-row=run]")) {
    showState(row, { state: row.querySelector("[data-state]").textContent.trim(), progress_ns: row.querySelector("[data-progress]").value });
  }
  table.addEventListener("click", (event) => {
    const button = event.target.closest("[data-delete], [data-cancel]");
    if (button?.matches("[data-cancel]")) cancel(button);
    else if (button) remove(button);
  });
  table.addEventListener("change", (event) => event.target.matches("[data-visibility]") && show(event.target));
  follow(table, data.runs ?? []);
}
