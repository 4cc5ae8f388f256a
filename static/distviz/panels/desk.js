// The state that all panels of the stage share: lanes, cursor, selection; and the clock that moves the cursor.

import { batch, signal } from "../lib/html.js";
import { Clock, defaultSpeed } from "../trace/clock.js";
import { frame, serversAt } from "../trace/frame.js";
import { TraceStore } from "../trace/store.js";
import { isGoing } from "./progress.js";

const COLOURS = ["--lane-1", "--lane-2", "--lane-3", "--lane-4"];

/** The lanes for RUNs, in their order: [{run, store, colour, title}]. `storeFor(run, index)` may share one. */
export function lanesOf(runs, storeFor = (run) => new TraceStore(run)) {
  return runs.map((run, index) => ({
    run, store: storeFor(run, index), colour: COLOURS[index], title: run.lane_title || run.title,
  }));
}

export class Desk {
  constructor({ runs, comparison, system, t_ns, who, scenario }) {
    this.system = system;
    this.who = who;
    this.scenario = scenario ?? null;
    this.lanes = signal(lanesOf(runs));
    this.comparison = signal(comparison);
    this.cursor = signal(0);
    this.playing = signal(false);
    this.waiting = signal(false);
    /** Whether there was a picture yet; what takes long to build waits for it. */
    this.pictured = signal(false);
    this.speed = signal(1);
    /** null, {node: id} or {request: k, t_ns: when it was chosen}. */
    this.selection = signal(null);
    this.hovered = signal(null);
    this.tab = signal("topology");
    /** null or {node, x, y}: the menu of what can be done to a node. */
    this.menu = signal(null);
    /** null, "help" or "palette". */
    this.dialog = signal(null);
    this.toasts = signal([]);
    /** What an Action waits for: null or {tag, at_ns, action}. */
    this.acting = signal(null);
    /** Changes whenever the reader should be told where the picture stands: paused, sought, stepped. */
    this.settled = signal(0);
    this.duration_ns = runs[0].duration_ns;
    this.clock = new Clock(this.duration_ns);
    this.speed.value = defaultSpeed(this.duration_ns);
    this.seek(t_ns ?? 0);
  }

  /** Let wall time pass; the cursor waits where a lane has not yet received what comes next. */
  tick(wall_ms) {
    const held = this.acting.peek() ? this.cursor.peek() : this.heldUntil();
    this.clock.advance(wall_ms, held);
    if (this.clock.waiting && !this.acting.peek() && this.#over()) this.clock.pause();
    this.#show();
  }

  /** True where nothing more is to come after the cursor: some lane ended early, and all of it is here. */
  #over() {
    return this.lanes.peek().some(({ run, store }) => !isGoing(run) && run.segments <= store.contiguous + 1);
  }

  /** The time up to which every lane can be shown without a gap, from the cursor on. */
  heldUntil() {
    return Math.min(...this.lanes.peek().map(({ store }) => store.heldUntil(this.cursor.peek())));
  }

  play() {
    this.clock.play();
    this.#show();
  }

  pause() {
    this.clock.pause();
    this.#show();
    this.settled.value += 1;
  }

  toggle() {
    if (this.clock.playing) this.pause();
    else this.play();
  }

  seek(t_ns) {
    this.clock.seek(Math.round(t_ns));
    this.#show();
    this.settled.value += 1;
  }

  /** One sample on (1) or back (-1), or one event where `byEvent` holds the times of all events. */
  step(direction, byEvent = null) {
    this.clock.pause();
    if (!byEvent) this.clock.step(direction, this.lanes.peek()[0].store.sample_ns);
    else this.clock.seek(nextOf(byEvent, this.clock.t_ns, direction, this.duration_ns));
    this.#show();
    this.settled.value += 1;
  }

  setSpeed(speed) {
    this.clock.speed = speed;
    this.speed.value = speed;
  }

  faster() {
    this.clock.faster();
    this.speed.value = this.clock.speed;
  }

  slower() {
    this.clock.slower();
    this.speed.value = this.clock.speed;
  }

  select(selection) {
    this.selection.value = selection;
  }

  /** The state of lane `index` at the cursor, or null. */
  frame(index = 0) {
    const lane = this.lanes.peek()[index];
    return lane ? frame(lane.store, this.cursor.peek()) : null;
  }

  /** The server `id` as every lane has it at the cursor; null where a lane has none. */
  server(id) {
    return this.lanes.peek().map(({ store }) => {
      const segment = store.segment(store.shownAt(this.cursor.peek()));
      return segment ? serversAt(segment, this.cursor.peek()).find((server) => server.id === id) ?? null : null;
    });
  }

  /** Put a RUN's news into its lane. */
  news(run) {
    if (!this.lanes.peek().some((lane) => lane.run.id === run.id)) return;
    this.lanes.value = this.lanes.peek().map((lane) => (lane.run.id === run.id ? { ...lane, run } : lane));
  }

  toast(text, { undo = null, bad = false } = {}) {
    const toast = { id: `${Date.now()}-${Math.random()}`, text, undo, bad };
    // Only the last thing done can be undone from a toast.
    const others = this.toasts.peek().filter((one) => !(undo && one.undo));
    this.toasts.value = [...others.slice(-2), toast];
    setTimeout(() => this.untoast(toast.id), bad ? 9000 : 7000);
  }

  /** The last thing done was undone: there is no way back from it any more. */
  undone() {
    this.toasts.value = this.toasts.peek().filter((toast) => !toast.undo);
  }

  untoast(id) {
    this.toasts.value = this.toasts.peek().filter((toast) => toast.id !== id);
  }

  #show() {
    batch(() => {
      this.cursor.value = this.clock.t_ns;
      if (this.playing.peek() && !this.clock.playing) this.settled.value += 1;
      this.playing.value = this.clock.playing;
      this.waiting.value = this.clock.waiting;
    });
  }
}

function nextOf(times, t_ns, direction, duration_ns) {
  if (direction > 0) return times.find((time) => time > t_ns) ?? duration_ns;
  return times.findLast((time) => time < t_ns) ?? 0;
}
