// Which messages hold all the words that are looked for.

import { OUTSIDE } from "../trace/messages.js";
import { bodyWords, kindWords } from "./spacetime_words.js";

const KEPT = 400; // parts whose answers are remembered

/** A search over the messages of a model; null for no words. */
export function searchFor(text, system, lanes) {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? null : new Search(words, system, lanes);
}

class Search {
  constructor(words, system, lanes) {
    this.words = words;
    this.system = system;
    this.lanes = lanes;
    this.answers = new Map();
  }

  /** True where the message in this row is one. */
  has(part, row) {
    if (!this.answers.has(part)) {
      if (this.answers.size > KEPT) this.answers.clear();
      this.answers.set(part, new Int8Array(part.index.messages.id.length).fill(-1));
    }
    const answers = this.answers.get(part);
    if (answers[row] < 0) answers[row] = this.#matches(part.index, row) ? 1 : 0;
    return answers[row] === 1;
  }

  #matches({ messages, bodies }, row) {
    const kind = messages.kind[row];
    const src = messages.src[row];
    const text = [kindWords(this.system, kind), src === OUTSIDE ? "" : this.lanes[src]?.id, this.lanes[messages.dst[row]]?.id,
      bodyWords(this.system, { kind, body: bodies[row] ?? [] })].join(" ").toLowerCase();
    return this.words.every((word) => text.includes(word));
  }
}

/** The message shown, among those of `wanted`, that was sent next after (direction 1) or last before (-1) `from` {sent_ns, id}:
 *  {sent_ns, id}, or null. Of those sent at once the id decides. */
export function neighbourOf(model, shown, from, direction, wanted = null) {
  let found = null;
  const [begin, end] = direction > 0 ? [from.sent_ns, Infinity] : [-Infinity, from.sent_ns];
  model.eachMessage(begin, end, (part, row) => {
    const { messages } = part.index;
    const one = { sent_ns: messages.sent_ns[row], id: messages.id[row] };
    if (found && direction > 0 && part.segment.from_ns > found.sent_ns) return false; // all that follows is later
    if (direction * compare(one, from) <= 0 || (found && direction * compare(one, found) >= 0)) return true;
    if (shown.message(messages, row) && (wanted === null || wanted.has(part, row))) found = one;
    return true;
  });
  return found;
}

function compare(a, b) {
  return a.sent_ns - b.sent_ns || a.id - b.id;
}
