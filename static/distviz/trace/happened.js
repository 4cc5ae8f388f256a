// What happened to an actor system, over the whole of what was received: rows for the log, and bands for faults.

import { nodeIdOf } from "./messages.js";
import { illsOf, usualHealth } from "./usual.js";

const TABLES = { actions: "action", joined: "joined", health: "health", notes: "note", reached: "reached", breaches: "breach" };

/** Every Action, note, breach, promise reached and change of a node's health, in order of time:
 *  {at_ns, what: "action" | "note" | "breach" | "reached" | "health" | "joined", ...row, id: the node's id or null}.
 *  A change of health that is an Action's own effect, at the same instant, is left out. */
export function clusterEvents(trace) {
  const rows = [];
  for (const segment of trace.segments()) {
    const acted = new Set((segment.tables.actions ?? []).map(({ at_ns, target, values }) => `${at_ns}/${target || values?.target}`));
    for (const [table, what] of Object.entries(TABLES)) {
      for (const row of segment.tables[table] ?? []) {
        const id = what === "joined" ? row.node.id : nodeIdOf(segment, row.node);
        if (what !== "health" || !acted.has(`${row.at_ns}/${id}`)) rows.push({ ...row, what, id });
      }
    }
  }
  // Stable: at one instant the Action stands before what it brought about.
  return rows.sort((a, b) => a.at_ns - b.at_ns);
}

const HEALTH = ["state", "slow_ms", "skew_ms", "drift_ppm", "fsync_ms"];

/** Stretches in which something was wrong: {from_ns, until_ns, node: place or -1, id, kind, detail}. kind: see
 *  `illsOf`, or "cut" (some links are cut; detail: those links), or "link" (some are altered). What the
 *  scenario began with (the usual speed of disks, the usual clocks) is no fault. */
export function clusterBands(trace) {
  const bands = new Bands();
  const usual = usualHealth(trace);
  for (const segment of trace.segments()) {
    const { keyframe, tables, from_ns } = segment;
    const now = keyframe.nodes.map((node) => ({ ...node }));
    now.forEach((node, place) => bands.node(from_ns, place, node, usual.get(node.id)));
    bands.network(from_ns, keyframe);
    const steps = [...(tables.joined ?? []), ...(tables.health ?? []), ...(tables.network ?? [])].sort((a, b) => a.at_ns - b.at_ns);
    for (const row of steps) {
      if (row.cut) bands.network(row.at_ns, row);
      else if (row.node.id) now.push({ ...row.node });
      else {
        const place = typeof row.node === "number" ? row.node : now.findIndex(({ id }) => id === row.node);
        for (const name of HEALTH) if (name in row) now[place][name] = row[name];
        bands.node(row.at_ns, place, now[place], usual.get(now[place].id));
      }
    }
    bands.end_ns = segment.until_ns;
  }
  return bands.done();
}

class Bands {
  constructor() {
    this.open = new Map();
    this.found = [];
    this.end_ns = 0;
  }

  node(at_ns, place, node, usual) {
    this.#note(at_ns, `${place}/`, illsOf(node, usual).map((kind) => ({ node: place, id: node.id, kind, detail: node })));
  }

  network(at_ns, { cut, links }) {
    this.#note(at_ns, "cut/", cut.length ? [{ node: -1, id: "", kind: "cut", detail: cut }] : []);
    this.#note(at_ns, "link/", links.length ? [{ node: -1, id: "", kind: "link", detail: links }] : []);
  }

  /** From at_ns on exactly `bands` hold under the keys that begin with `prefix`. */
  #note(at_ns, prefix, bands) {
    const wanted = new Set(bands.map(({ kind }) => prefix + kind));
    for (const [key, band] of this.open) {
      if (!key.startsWith(prefix) || wanted.has(key)) continue;
      this.found.push({ ...band, until_ns: at_ns });
      this.open.delete(key);
    }
    for (const band of bands) {
      const key = prefix + band.kind;
      if (!this.open.has(key)) this.open.set(key, { ...band, from_ns: at_ns });
    }
  }

  done() {
    for (const band of this.open.values()) this.found.push({ ...band, until_ns: this.end_ns });
    return this.found.filter((band) => band.until_ns > band.from_ns).sort((a, b) => a.from_ns - b.from_ns || a.node - b.node);
  }
}
