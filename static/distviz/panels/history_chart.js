// The operations of the clients as bars in time, under the faults of that time.

import { onThemeChange, readTheme, sizeCanvas } from "../lib/canvas.js";
import { effect } from "../lib/html.js";
import { t } from "../lib/text.js";
import { CanvasPen } from "../marks/pen.js";
import { packBands } from "../trace/events.js";
import { Warp } from "../trace/spacetime_warp.js";
import { placeCursor } from "./spacetime_cursor.js";
import { Paper } from "./spacetime_paper.js";
import { ticksOf } from "./spacetime_ruler.js";
import { View } from "./spacetime_view.js";
import { networkWords, operationWords } from "./spacetime_words.js";

const RECEIVED_MS = 150;
const FAULT_ROWS = 3;
const ROW = 24;
const RULER = 26;
const FEET = 6;
const ROWS_AT_MOST = 14;
const HIT_PX = 4;
const LOOKS = { ok: "ok", info: "unknown", fail: "failed" };

export class HistoryChart {
  constructor(desk, state, changed) {
    Object.assign(this, { desk, state, changed });
    this.view = new View();
    Object.assign(this.view, { vertical: false, spacing: { least: ROW, most: ROW } });
    this.view.warp = new Warp();
    this.operations = [];
    this.rows = new Map();
    this.faults = [];
    this.stale = true;
    this.pointed = true;
  }

  /** How high the chart wants to be, in px. */
  get height() {
    const rows = Math.min(this.desk.rows_at_most ?? ROWS_AT_MOST, Math.max(2, this.#lanes().length));
    return RULER + rows * ROW + FEET;
  }

  get look() {
    return this.state.look();
  }

  /** Show these operations from now on; gives them back. */
  show(operations) {
    this.operations = operations;
    this.redraw();
    return operations;
  }

  attach(element) {
    this.element = element;
    this.base = element.querySelector("canvas");
    this.theme = readTheme();
    const watcher = new ResizeObserver(() => this.#fit());
    watcher.observe(element);
    this.#fit();
    const stops = [onThemeChange(() => this.redraw((this.theme = readTheme()))), this.#listen()];
    const step = () => {
      this.asked = requestAnimationFrame(step);
      if (!this.size) return;
      if (this.stale) this.draw();
      else if (this.pointed) this.#placeCursor();
    };
    this.asked = requestAnimationFrame(step);
    return () => {
      cancelAnimationFrame(this.asked);
      clearTimeout(this.later);
      watcher.disconnect();
      stops.forEach((stop) => stop());
    };
  }

  #listen() {
    const { desk, state } = this;
    const stops = [
      effect(() => {
        desk.selection.value;
        state.marked.value;
        this.redraw();
      }),
      effect(() => {
        desk.lanes.value[Math.min(state.lane.value, desk.lanes.value.length - 1)].store.revision.value;
        this.later ??= setTimeout(() => {
          this.later = null;
          this.redraw();
          this.changed();
        }, RECEIVED_MS);
      }),
      desk.cursor.subscribe((t_ns) => {
        this.point();
        if (this.view.px_per_u === 0 || this.view.holds(t_ns)) return;
        this.view.reveal(t_ns, desk.playing.peek() ? 0.1 : 0.5);
        this.redraw();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }

  redraw() {
    this.stale = true;
  }

  point() {
    this.pointed = true;
  }

  /** A hand may pull it away from the cursor; the cursor brings it back when it moves on. */
  pulled() {
    this.point();
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0 || height === 0) return;
    this.size = [width, height];
    this.context = sizeCanvas(this.base, width, height);
    this.redraw();
  }

  /** The rows: of faults, then of clients; a client with operations at once has several. */
  #lanes() {
    const { model } = this.state;
    const lanes = [];
    const bands = [
      ...model.bands.map((band) => ({ ...band, words: `${model.lanes[band.node]?.id}: ${faultWord(band.kind)}` })),
      ...model.network.map((band) => ({ ...band, kind: "network", words: networkWords(band, model.lanes) })),
      ...(model.faults ?? []),
    ].sort((a, b) => a.from_ns - b.from_ns);
    this.faults = packBands(bands, FAULT_ROWS);
    const faultRows = 1 + Math.max(-1, ...this.faults.map(({ row }) => row));
    for (let row = 0; row < faultRows; row += 1) lanes.push({ index: lanes.length, id: `${t("faults")}${" ".repeat(row)}`, role: "", bare: true, hidden: row > 0 });
    const clients = new Map();
    this.rows = new Map();
    for (const operation of model.operations) {
      const { client, invoked_ns, completed_ns } = operation;
      if (!clients.has(client)) clients.set(client, []);
      const ends = clients.get(client);
      let sub = ends.findIndex((end) => end <= invoked_ns);
      if (sub < 0) sub = ends.length;
      ends[sub] = completed_ns ?? Infinity;
      this.rows.set(operation.id, `${client}/${sub}`);
    }
    this.places = new Map();
    for (const client of [...clients.keys()].sort(byNumber)) {
      for (let sub = 0; sub < clients.get(client).length; sub += 1) {
        this.places.set(`${client}/${sub}`, lanes.length);
        lanes.push({ index: lanes.length, id: sub === 0 ? client : `${client} ${sub + 1}`, node: client, role: "", bare: true, hidden: sub > 0 });
      }
    }
    return lanes;
  }

  draw() {
    const { view, desk, theme, context } = this;
    this.stale = false;
    view.set({ width: this.size[0], height: this.size[1], end_ns: desk.duration_ns, unit_ns: this.state.model.unit_ns, lanes: this.#lanes(), warp: view.warp });
    if (!this.drawn) view.fit();
    this.drawn = true;
    context.clearRect(0, 0, ...this.size);
    const paper = new Paper(new CanvasPen(context, theme), view, theme);
    this.#paintGround(paper);
    this.#paintOperations(paper);
    this.#placeCursor();
    this.changed();
  }

  #paintGround(paper) {
    const { view, theme } = this;
    const { pen } = paper;
    for (const [a0, a1] of [[-40, view.along(0)], [view.along(view.end_ns), view.length + 40]]) if (a1 > a0) paper.rect(a0, 0, a1, view.breadth, theme.sunken);
    for (const { along, words } of ticksOf(view)) {
      paper.line(along, view.ruler, along, view.breadth, theme.line, 1);
      pen.text(along, view.ruler / 2, words, { size: 10.5, colour: theme.ink3, align: "center" });
    }
    for (const { kind, row, from_ns, until_ns, words } of this.faults) {
      const [a0, a1] = [view.along(from_ns), Math.max(view.along(from_ns) + 2, view.along(until_ns))];
      if (a1 < 0 || a0 > view.length) continue;
      const colour = kind === "network" ? theme.failed : kind === "down" || kind === "removed" || kind === "paused" ? theme.stopped : theme.unknown;
      const l0 = view.across(row) - ROW / 2 + 3;
      paper.rect(a0, view.ruler, a1, view.breadth, colour, 0.08);
      paper.rect(a0, l0, a1, l0 + ROW - 6, theme.surface, 1, 3);
      paper.rect(a0, l0, a1, l0 + ROW - 6, colour, 0.22, 3);
      if (kind !== "network") paper.hatch(a0, l0, a1, l0 + 3, colour, 4);
      pen.clip(Math.max(0, a0), l0, Math.max(0, a1 - Math.max(0, a0)), ROW);
      pen.text(Math.max(0, a0) + 5, l0 + 10, words, { size: 10.5, colour: theme.ink });
      pen.unclip();
    }
  }

  #paintOperations(paper) {
    const { view, theme, desk } = this;
    const chosen = desk.selection.peek()?.operation;
    const marked = this.state.marked.peek()?.places;
    const reached = new Map();
    for (const operation of this.operations) {
      const place = this.places.get(this.rows.get(operation.id));
      const [a0, end] = [view.along(operation.invoked_ns), view.along(operation.completed_ns ?? view.end_ns)];
      const a1 = Math.max(a0 + 2, end);
      if (place === undefined || a1 < 0 || a0 > view.length) continue;
      const picked = operation.id === chosen;
      if (operation.outcome === "ok" && !picked && !marked?.has(operation.id) && a1 < (reached.get(place) ?? -Infinity) + 1) continue;
      reached.set(place, a1);
      this.#paintOne(paper, operation, { a0, a1, lane: view.across(place), picked, faint: marked !== undefined && !marked.has(operation.id), label: marked?.get(operation.id) });
    }
    if (chosen === undefined) return;
    const lane = view.across(this.places.get(this.rows.get(chosen)) ?? -10);
    paper.rect(0, lane + ROW / 2 - 1.5, view.length, lane + ROW / 2 - 0.5, theme.accent, 0.5);
  }

  /** `label`: its number among the operations that a verdict speaks of; all others are `faint` then. */
  #paintOne(paper, operation, { a0, a1, lane, picked, faint, label }) {
    const { theme, view } = this;
    const [l0, l1] = [lane - ROW / 2 + 4, lane + ROW / 2 - 4];
    const colour = theme[LOOKS[operation.outcome] ?? "stopped"];
    const gap = a1 - a0 > 5 ? 1 : 0; // so that bars that touch are still two
    if (faint) return paper.rect(a0, l0 + 4, a1 - gap, l1 - 4, colour, 0.28, gap * 2);
    if (picked || label) paper.rect(a0 - 2, l0 - 2, a1 + 2, l1 + 2, theme.ink, 1, 4);
    paper.rect(a0, l0, a1 - gap, l1, colour, 1, gap * 3);
    if (operation.outcome === "fail" || operation.outcome === "info") paper.hatch(a0, l0, a1 - gap, l1, theme.surface, operation.outcome === "fail" ? 5 : 9);
    const words = label ? `${label}  ${operationWords(operation)}` : operationWords(operation);
    const from = Math.max(0, a0);
    if (a1 - from < paper.pen.width(words, 10.5, 560) + 12 || a0 > view.length) return label ? this.#paintLabel(paper, label, a0, a1, lane) : undefined;
    if (operation.outcome === "fail" || operation.outcome === "info") paper.pen.rect(from + 3, l0 + 1, paper.pen.width(words, 10.5, 560) + 6, l1 - l0 - 2, colour, 1, 3);
    paper.pen.text(from + 6, lane, words, { size: 10.5, weight: 560, colour: theme.surface });
  }

  /** The number of an operation beside its bar, where there is no room on it. */
  #paintLabel(paper, label, a0, a1, lane) {
    const { pen, view } = paper;
    const width = pen.width(label, 10.5, 640) + 8;
    const from = a1 + 4 + width < view.length ? a1 + 4 : a0 - 4 - width;
    pen.rect(from, lane - 7, width, 14, this.theme.ink, 1, 3);
    pen.text(from + 4, lane, label, { size: 10.5, weight: 640, colour: this.theme.surface });
  }

  #placeCursor() {
    this.pointed = false;
    placeCursor(this.element, this.view, this.desk.cursor.peek());
  }

  /** What is at x, y: see spacetime_hit.js. */
  hit(x, y, reach = HIT_PX) {
    const { view, state } = this;
    if (y < view.ruler) return null;
    const place = Math.round((y - view.across(0)) / view.apart);
    const at_ns = view.timeAt(x);
    const slack = view.timeAt(x + reach) - at_ns;
    const fault = this.faults.find(({ row, from_ns, until_ns }) => row === place && from_ns - slack <= at_ns && until_ns + slack >= at_ns);
    if (fault?.kind === "fault") return { what: "fault", fault };
    if (fault) return fault.kind === "network" ? { what: "network", network: fault } : { what: "band", band: fault, id: state.model.lanes[fault.node]?.id };
    const mine = this.operations.filter((one) => this.places.get(this.rows.get(one.id)) === place);
    const within = (one, more) => one.invoked_ns - more <= at_ns && (one.completed_ns ?? view.end_ns) + more >= at_ns;
    const operation = mine.find((one) => within(one, 0)) ?? mine.find((one) => within(one, slack));
    return operation ? { what: "operation", operation } : null;
  }

  target(hit, pointer_ns) {
    if (hit?.what === "operation") return { selection: { operation: hit.operation.id, t_ns: pointer_ns }, t_ns: pointer_ns };
    return { selection: hit?.what === "band" ? { node: hit.id } : null, t_ns: pointer_ns };
  }

  /** Choose an operation and go to its beginning. */
  choose(operation) {
    const { desk } = this;
    if (desk.playing.peek()) desk.pause();
    desk.select({ operation: operation.id, t_ns: operation.invoked_ns });
    desk.seek(operation.invoked_ns);
  }

  /** Choose the next (1) or previous (-1) operation. */
  neighbour(direction) {
    const { desk, operations } = this;
    const now = operations.findIndex(({ id }) => id === desk.selection.peek()?.operation);
    const from = desk.cursor.peek();
    const next = now >= 0 ? operations[now + direction]
      : direction > 0 ? operations.find(({ invoked_ns }) => invoked_ns > from) : operations.findLast(({ invoked_ns }) => invoked_ns < from);
    if (next) this.choose(next);
    return next !== undefined;
  }
}

function faultWord(kind) {
  const words = { down: t("crashed"), removed: t("removed"), paused: t("paused"), slow: t("slow"), skewed: t("clock off"), slow_disk: t("slow disk") };
  return words[kind] ?? kind;
}

function byNumber(a, b) {
  return a.localeCompare(b, undefined, { numeric: true });
}
