// From a click to a new future: ask for a Branch, wait for its first Segment, go on without a jump.

import { batch } from "../lib/html.js";
import { moment, urlSeconds } from "../lib/format.js";
import { ask } from "../lib/rest.js";
import { t } from "../lib/text.js";
import { lanesOf } from "./desk.js";
import { actionAt, barred, deedWords } from "./faults.js";
import { isGoing } from "./progress.js";

const PATIENCE_MS = 20000;
const SETS_AT_MOST = 6;

export class Acting {
  constructor(desk, feeder) {
    this.desk = desk;
    this.feeder = feeder;
    this.sets = new Map();
    this.#remember(desk.lanes.peek(), desk.comparison.peek());
    addEventListener("popstate", () => this.#popped());
  }

  /** Do {kind, target, params} at the cursor: asks for a Branch of every lane. */
  act({ kind, target = "", params = {} }) {
    const { desk } = this;
    const reason = desk.acting.peek() ? t("The last action is still on its way.") : barred(desk);
    if (reason) return desk.toast(reason, { bad: true });
    performance.mark("act");
    const tag = `${Date.now()}-${Math.random()}`;
    // Not after the moment shown, and a time that the address can say: else the picture, or the link, stands just before it.
    const at_ns = Math.min(Math.floor(desk.cursor.peek() / 1e3) * 1e3, desk.duration_ns - 1);
    desk.acting.value = { tag, at_ns, action: { kind, target, params } };
    setTimeout(() => this.#late(tag), PATIENCE_MS);
    const runs = desk.lanes.peek().map(({ run }) => run.id);
    const sent = this.feeder.send({ do: "act", runs, at_ns, action: { kind, target, params }, tag });
    if (!sent) this.#actOverRest(tag, at_ns, { kind, target, params });
  }

  async #actOverRest(tag, at_ns, action) {
    const comparison = this.desk.comparison.peek();
    const url = comparison ? `/api/comparisons/${comparison.id}/branch/` : `/api/runs/${this.desk.lanes.peek()[0].run.id}/branch/`;
    try {
      const made = await ask("POST", url, { at_ns, action });
      this.branched({ tag, runs: made.runs ?? [made], comparison: made.runs ? made.id : null });
    } catch (error) {
      this.refused({ tag, error: error.message });
    }
  }

  /** The server made a Branch: {tag, runs: [RUN], comparison: id | null}. */
  branched({ tag, runs, comparison }) {
    const acting = this.desk.acting.peek();
    if (acting?.tag !== tag) return this.#drop(runs);
    const parents = this.desk.lanes.peek();
    const first = parents[0].store.numberAt(acting.at_ns);
    const lanes = lanesOf(runs, this.desk.system, (run, index) => parents[index].store.fork(first));
    this.coming = { lanes, comparison: this.#branchOf(comparison), first, acting };
    for (const { run, store } of lanes) this.feeder.watch(run.id, store);
    this.stored();
  }

  /** Do not wait for the Branch any more. */
  cancel() {
    const coming = this.coming;
    this.coming = null;
    this.desk.acting.value = null;
    if (!coming) return; // the answer that still comes has a tag that nobody waits for
    for (const { run } of coming.lanes) this.feeder.unwatch(run.id);
    this.#drop(coming.lanes.map(({ run }) => run));
  }

  /** Runs that nobody waits for need not be simulated to their end. */
  async #drop(runs) {
    const gone = await Promise.allSettled(runs.filter(isGoing).map((run) => ask("POST", `/api/runs/${run.id}/cancel/`)));
    for (const { reason } of gone) if (reason) this.desk.toast(reason.message, { bad: true });
  }

  #branchOf(id) {
    const parent = this.desk.comparison.peek();
    return id ? { ...parent, id, parent: parent?.id ?? null } : null;
  }

  /** The server refused: {tag?, error}. */
  refused({ tag, error }) {
    if (tag && this.desk.acting.peek()?.tag === tag) this.desk.acting.value = null;
    this.desk.toast(error, { bad: true });
  }

  /** News of a Run that is not on the stage yet. */
  news(run) {
    const lane = this.coming?.lanes.find((one) => one.run.id === run.id);
    if (lane) lane.run = run;
    for (const { lanes } of this.sets.values()) for (const known of lanes) if (known.run.id === run.id) known.run = run;
    if (lane && run.error && !run.segments) this.refused({ tag: this.coming.acting.tag, error: run.error });
  }

  /** A Segment came in: the Branch takes the stage once each of its lanes covers the cursor. */
  stored() {
    if (!this.coming?.lanes.every(({ store }) => store.has(this.coming.first))) return;
    const { lanes, comparison, acting } = this.coming;
    const parent = this.current;
    this.coming = null;
    this.#enter(lanes, comparison);
    history.pushState({}, "", addressOf(lanes, comparison, this.desk.cursor.peek()));
    this.desk.acting.value = null;
    this.desk.toast(this.#said(lanes, acting), { undo: () => this.#return(parent) });
    measureNextFrame();
  }

  /** What was done; with one lane in the words of its Trace, which know what it cost. */
  #said(lanes, { at_ns, action }) {
    const { system, duration_ns } = this.desk;
    const [{ store }] = lanes;
    const rows = store.segment(store.numberAt(at_ns)).tables.actions;
    const row = rows.find((one) => one.at_ns === at_ns && one.kind === action.kind && one.target === action.target);
    if (!row || lanes.length > 1) return actionAt(system, { ...action, at_ns }, duration_ns);
    return t("{what}, at {time}", { what: deedWords(system, row), time: moment(at_ns, duration_ns) });
  }

  /** Go to the parent of what is on the stage, at the same cursor. */
  async toParent() {
    const [{ run }] = this.desk.lanes.peek();
    const comparison = this.desk.comparison.peek();
    if (!run.parent) return;
    const known = [...this.sets.values()].find(({ lanes }) => lanes[0].run.id === run.parent);
    if (known) return this.#return(known);
    if (comparison?.parent) await this.#fetch(`/api/comparisons/${comparison.parent}/`);
    else await this.#fetch(`/api/runs/${run.parent}/`);
  }

  async #fetch(url) {
    try {
      const made = await ask("GET", url);
      const lanes = lanesOf(made.runs ?? [made], this.desk.system);
      this.#return({ lanes, comparison: made.runs ? { id: made.id, title: made.title, parent: made.parent } : null });
    } catch (error) {
      this.desk.toast(error.message, { bad: true });
    }
  }

  #return({ lanes, comparison }) {
    this.#enter(lanes, comparison);
    this.desk.undone();
    history.pushState({}, "", addressOf(lanes, comparison, this.desk.cursor.peek()));
  }

  #enter(lanes, comparison) {
    const before = this.desk.lanes.peek();
    batch(() => {
      this.desk.lanes.value = lanes;
      this.desk.comparison.value = comparison;
    });
    this.#remember(lanes, comparison);
    for (const { run } of before) if (!lanes.some((lane) => lane.run.id === run.id)) this.feeder.unwatch(run.id);
    for (const { run, store } of lanes) this.feeder.watch(run.id, store);
    for (const { store } of before) store.slim(lanes.map((lane) => lane.store));
  }

  #remember(lanes, comparison) {
    this.current = { lanes, comparison };
    const key = pathOf(lanes, comparison);
    this.sets.delete(key);
    this.sets.set(key, this.current);
    if (this.sets.size > SETS_AT_MOST) this.sets.delete(this.sets.keys().next().value);
  }

  /** Back and forward: what is still in memory is shown at once, all else is loaded anew. */
  #popped() {
    const known = this.sets.get(location.pathname);
    if (!known) return location.reload();
    const wanted = new URLSearchParams(location.search).get("t");
    this.#enter(known.lanes, known.comparison);
    if (wanted !== null && Number.isFinite(Number(wanted))) this.desk.seek(Number(wanted) * 1e9);
  }

  #late(tag) {
    if (this.desk.acting.peek()?.tag !== tag) return;
    this.coming = null;
    this.desk.acting.value = null;
    this.desk.toast(t("The branch does not come: no worker is free, or the server is away."), { bad: true });
  }
}

function pathOf(lanes, comparison) {
  return comparison ? `/compare/${comparison.id}/` : `/runs/${lanes[0].run.id}/`;
}

/** The address of a moment: "/runs/<id>/?t=4.21", with `why` (an event's number) of an explanation: "&why=17". */
export function addressOf(lanes, comparison, t_ns, why = null) {
  return `${pathOf(lanes, comparison)}?t=${urlSeconds(t_ns)}${why === null ? "" : `&why=${why}`}`;
}

/** How long it took from the click to the first frame of the new future: measure "act->frame". */
function measureNextFrame() {
  // The stage's own callback for this frame was asked for earlier, so it has drawn when this one runs.
  requestAnimationFrame(() => {
    performance.mark("frame");
    performance.measure("act->frame", "act", "frame");
  });
}
