// Which of the messages and timers of a Run the diagram shows.

import { OUTSIDE } from "./messages.js";
import { FIRED } from "./spacetime_index.js";

export class Shown {
  /** nodes, kinds: Sets of the indices of processes and of kinds of message that are hidden; timers: whether they are shown. */
  constructor({ nodes = new Set(), kinds = new Set(), timers = true } = {}) {
    this.hidden = { nodes, kinds };
    this.timers = timers;
    this.key = `${[...nodes].sort()}/${[...kinds].sort()}/${timers}`;
    this.noNode = flags(nodes);
    this.noKind = flags(kinds);
  }

  node(index) {
    return this.noNode[index] !== 1;
  }

  /** True where both ends of the message and its kind are shown. */
  message(messages, row) {
    const src = messages.src[row];
    return this.noKind[messages.kind[row]] !== 1 && this.noNode[messages.dst[row]] !== 1 && (src === OUTSIDE || this.noNode[src] !== 1);
  }

  /** True where the timer went off and is shown. */
  timer(timers, row) {
    return this.timers && timers.fate[row] === FIRED && this.noNode[timers.node[row]] !== 1;
  }
}

function flags(indices) {
  const found = new Uint8Array(Math.max(0, ...indices) + 1);
  for (const index of indices) found[index] = 1;
  return found;
}
