// What a person has set on the diagram; it stays as it is while another view is shown.

import { signal } from "../lib/html.js";
import { Shown } from "../trace/spacetime_shown.js";
import { SpaceTime } from "../trace/spacetime.js";
import { warpOf } from "../trace/spacetime_warp.js";
import { View } from "./spacetime_view.js";

const states = new WeakMap();

/** The state that belongs to this desk. */
export function stateOf(desk) {
  if (desk.state) return desk.state; // of a history that was brought along: see judged_desk.js
  if (!states.has(desk)) states.set(desk, new State(desk));
  return states.get(desk);
}

class State {
  constructor(desk) {
    this.desk = desk;
    /** Which lane of a Comparison is shown. */
    this.lane = signal(0);
    /** nodes, kinds: what is hidden, by index. */
    this.options = signal({ vertical: true, timers: true, idle: true, quiet: false, nodes: new Set(), kinds: new Set(), search: "" });
    this.following = signal(true);
    this.view = new View();
    /** What the judges said of the clients' history, by the id of the run, and the operations that are shown of it. */
    this.judged = signal(null);
    this.marked = signal(null);
    this.models = new WeakMap();
    this.looks = new WeakMap();
  }

  /** Set some of the options. */
  set(some) {
    this.options.value = { ...this.options.peek(), ...some };
  }

  /** The lane of the desk that is shown. */
  get current() {
    const lanes = this.desk.lanes.peek();
    return lanes[Math.min(this.lane.peek(), lanes.length - 1)];
  }

  /** The model of what is shown, with all that was received so far. */
  get model() {
    const { store } = this.current;
    if (!this.models.has(store)) this.models.set(store, new SpaceTime(store));
    const model = this.models.get(store);
    model.refresh();
    return model;
  }

  /** {model, shown, warp}: made anew only when the Trace or the options changed. */
  look() {
    const { model } = this;
    const { timers, idle, quiet, nodes, kinds } = this.options.peek();
    const shown = new Shown({ nodes, kinds, timers });
    const key = `${model.version}/${shown.key}/${idle}/${quiet}`;
    const last = this.looks.get(model);
    if (last?.key === key) return last;
    const look = { key, model, shown: last?.shown.key === shown.key ? last.shown : shown, warp: warpOf(model, shown, { idle, quiet }) };
    this.looks.set(model, look);
    return look;
  }
}
