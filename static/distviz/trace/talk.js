// Who talks with whom: the pairs of roles between which a message was sent in what is held of a Run.

/** Collects pairs of roles from Segments as they come. */
export class Talk {
  constructor(trace) {
    this.trace = trace;
    this.seen = new Set();
    this.pairs = new Set();
  }

  /** Look at the Segments that came since the last time. Returns true where a new pair was found. */
  update() {
    const before = this.pairs.size;
    for (const segment of this.trace.segments()) {
      if (this.seen.has(segment.number) || !segment.tables.messages) continue;
      this.seen.add(segment.number);
      this.#take(segment);
    }
    return this.pairs.size > before;
  }

  #take({ keyframe, tables: { messages, joined } }) {
    const roles = [...keyframe.nodes, ...(joined ?? []).map(({ node }) => node)].map(({ role }) => role);
    for (let row = 0; row < messages.id.length; row += 1) {
      const [src, dst] = [roles[messages.src[row]], roles[messages.dst[row]]];
      if (src && dst && messages.src[row] !== messages.dst[row]) this.pairs.add(src < dst ? `${src} ${dst}` : `${dst} ${src}`);
    }
  }

  /** Whether nodes of these two roles talk with each other. */
  has(a, b) {
    return this.pairs.has(a < b ? `${a} ${b}` : `${b} ${a}`);
  }
}
