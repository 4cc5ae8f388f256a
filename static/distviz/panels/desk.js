// The state that all panels of the stage share: lanes, cursor, selection; and the clock that moves the cursor.

import { batch, signal } from "../lib/html.js";
import { learnTimes } from "../marks/times.js";
import { Clock, SPEEDS, defaultSpeed } from "../trace/clock.js";
import { TraceStore } from "../trace/store.js";
import { kernelOf } from "./kernels.js";
import { isGoing } from "./progress.js";

const WATCHED_AT_MOST_S = 600;
const COLOURS = ["--lane-1", "--lane-2", "--lane-3", "--lane-4"];

/** The lanes for RUNs of `system`, in their order: [{run, store, colour, title}]. `storeFor(run, index)` may share one. */
export function lanesOf(runs, system, storeFor = (run) => Object.assign(new TraceStore(run), { system })) {
  return runs.map((run, index) => ({
    run, store: storeFor(run, index), colour: COLOURS[index], title: run.lane_title || run.title,
  }));
}

export class Desk {
  constructor({ runs, comparison, system, t_ns, who, scenario }) {
    this.system = system;
    learnTimes(system);
    this.kernel = kernelOf(system);
    this.who = who;
    this.scenario = scenario ?? null;
    this.lanes = signal(lanesOf(runs, system));
    this.comparison = signal(comparison);
    this.cursor = signal(0);
    this.playing = signal(false);
    this.waiting = signal(false);
    /** Whether there was a picture yet; what takes long to build waits for it. */
    this.pictured = signal(false);
    this.speed = signal(1);
    /** null, or one of {node: id, nodes?: [ids]}, {request: k, t_ns}, {message: id, t_ns, lane}, {link: "a->b"},
     *  {operation: id, t_ns, lane}, {event: id, t_ns, lane}, {block: number}, {rack: number, nodes: [ids]}; t_ns is a moment at which it is to be found. */
    this.selection = signal(null);
    /** null, or the event whose causes are told: {event: id, at_ns, lane}. */
    this.why = signal(null);
    /** What lies under the pointer: a node's id, a link "a->b", or null. */
    this.hovered = signal(null);
    /** True while the next stroke over a picture cuts the network. */
    this.cutting = signal(false);
    this.tab = signal("topology");
    /** null or {target: {node} | {link} | {message, t_ns} | {}, x, y, kind?}: the menu of what can be done to it. */
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

  /** One sample on (1) or back (-1). */
  step(direction) {
    this.clock.pause();
    this.clock.step(direction, this.lanes.peek()[0].store.sample_ns);
    this.#show();
    this.settled.value += 1;
  }

  /** To the next event (1), or the one before (-1). */
  stepEvent(direction) {
    this.clock.pause();
    const found = this.kernel.stepFrom(this.lanes.peek()[0].store, this.clock.t_ns, direction);
    this.seek(found ?? (direction > 0 ? this.duration_ns : 0));
  }

  /** Once something has come in: play at a speed that the eye can follow, unless one was chosen already. */
  findPace() {
    if (this.paced || this.speed.peek() !== defaultSpeed(this.duration_ns)) return;
    const pace = this.kernel.pace(this.lanes.peek()[0].store);
    if (pace === undefined) return; // nothing has moved so far
    this.paced = true;
    if (pace === null) return;
    const least = this.duration_ns / 1e9 / WATCHED_AT_MOST_S; // slower, nobody would see its end
    this.setSpeed(SPEEDS.findLast((speed) => speed <= Math.max(pace, least)) ?? SPEEDS[0]);
  }

  setSpeed(speed) {
    this.paced = true;
    this.clock.speed = speed;
    this.speed.value = speed;
  }

  faster() {
    this.clock.faster();
    this.setSpeed(this.clock.speed);
  }

  slower() {
    this.clock.slower();
    this.setSpeed(this.clock.speed);
  }

  /** Select one thing; `why`: the event whose causes are told beside it. */
  select(selection, why = null) {
    batch(() => {
      this.selection.value = selection;
      this.why.value = why;
    });
  }

  /** Add a node to the selected ones, or take it out again. */
  toggleNode(node) {
    const { node: last, nodes = last ? [last] : [] } = this.selection.peek() ?? {};
    const left = nodes.includes(node) ? nodes.filter((one) => one !== node) : [...nodes, node];
    this.select(left.length ? { node: left.at(-1), nodes: left } : null);
  }

  /** Go to an event and ask why it happened: {event, at_ns, node?, lane?}. */
  explain({ event, at_ns, node = null, lane = 0 }) {
    this.pause();
    this.seek(at_ns);
    this.select(node ? { node } : { event, t_ns: at_ns, lane }, { event, at_ns, lane });
  }

  /** The state of lane `index` at the cursor, or null. */
  frame(index = 0) {
    const lane = this.lanes.peek()[index];
    return lane ? this.kernel.frame(lane.store, this.cursor.peek()) : null;
  }

  /** The states of all lanes at the cursor; null where one has none there. */
  frames() {
    return this.lanes.peek().map((lane, index) => this.frame(index));
  }

  /** Put a RUN's news into its lane. */
  news(run) {
    if (!this.lanes.peek().some((lane) => lane.run.id === run.id)) return;
    this.lanes.value = this.lanes.peek().map((lane) => (lane.run.id === run.id ? { ...lane, run } : lane));
  }

  /** `also`: {title, run}: what can be done about it besides. */
  toast(text, { undo = null, also = null, bad = false } = {}) {
    const toast = { id: `${Date.now()}-${Math.random()}`, text, undo, also, bad };
    // Only the last thing done can be undone from a toast.
    const others = this.toasts.peek().filter((one) => !(undo && one.undo));
    this.toasts.value = [...others.slice(-2), toast];
    setTimeout(() => this.untoast(toast.id), also ? 15000 : bad ? 9000 : 7000);
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
