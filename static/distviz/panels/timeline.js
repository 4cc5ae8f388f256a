// The scrubber: what was received, how dense events are, each Action as a mark, each fault as a band.

import { onThemeChange, readTheme, roundRect, sizeCanvas } from "../lib/canvas.js";
import { moment, timeStep, timeTick, urlSeconds } from "../lib/format.js";
import { effect, html, useEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { hatch } from "../marks/badge.js";
import { packBands } from "../trace/events.js";
import { actionAt } from "./faults.js";
import { useCalm } from "./feed.js";
import { flagWords, openFlag } from "./history_flags.js";

const REDRAW_MS = 120;
const BAND_ROWS = 3;
const BAND = 5;
const TOP = BAND_ROWS * (BAND + 1) + 3;
const FOOT = 15;
const MARKS_AT_MOST = 80;
const FLAG_PX = 14;
const HATCHED = { paused: 3, draining: 6, cut: 4, link: 6 }; // kinds of bands that are not filled: how far their lines stand apart

export function Timeline({ desk }) {
  const track = useRef(null);
  useDrawing(desk, track);
  useHead(desk, track);
  const drag = useDrag(desk, track);
  const duration = desk.duration_ns;
  return html`<div class="timeline">
    <div class="timeline-track" ref=${track} role="slider" tabindex="0" aria-label=${t("Time")} aria-valuemin="0" aria-valuemax=${duration / 1e9} ...${drag}>
      <canvas aria-hidden="true"></canvas>
      <div class="timeline-head" aria-hidden="true"></div>
    </div>
    <${Marks} desk=${desk} />
  </div>`;
}

/** The Actions of the scenario, the journal and the nemesis as buttons that lead to their moment; broken promises as
 *  flags that lead to theirs and say why. */
function Marks({ desk }) {
  const [{ run, store }] = desk.lanes.value;
  const revision = useCalm(store.revision, REDRAW_MS).value;
  const { actions, flags } = useMemo(() => {
    const unforeseen = store.segments().flatMap(({ tables }) => tables.actions.filter(({ by }) => by));
    const all = [...run.actions, ...run.journal, ...unforeseen].sort((one, other) => one.at_ns - other.at_ns);
    return { actions: all.slice(0, MARKS_AT_MOST), flags: desk.kernel.flags(store, desk.system).slice(0, MARKS_AT_MOST) };
  }, [run.id, run.journal, store, revision]);
  const at = ({ at_ns }) => ({ left: `${(100 * at_ns) / desk.duration_ns}%` });
  return html`<div class="timeline-marks">
    ${actions.map((action, index) => {
      const words = actionAt(desk.system, action, desk.duration_ns);
      return html`<button type="button" class=${`timeline-mark ${action.by ? "by-chance" : ""}`} key=${`a${index}`} aria-label=${words} title=${words} tabindex="-1"
        style=${at(action)} onClick=${() => desk.seek(action.at_ns)}></button>`;
    })}
    ${flags.map((flag, index) => html`<a class="timeline-flag" key=${`f${index}`} href=${`/runs/${run.id}/?t=${urlSeconds(flag.at_ns)}&why=${flag.event}`}
      aria-label=${t("Broken at {time}: {words}", { time: moment(flag.at_ns, desk.duration_ns), words: flag.words })} title=${flag.words} style=${at(flag)} onClick=${(event) => lead(event, desk, flag)}></a>`)}
    <${HistoryFlags} desk=${desk} run=${run} at=${at} />
  </div>`;
}

/** What went wrong with what the clients saw: pennants that open the history where it shows. One of them is reached by Tab, the others by arrows. */
function HistoryFlags({ desk, run, at }) {
  const flags = thinned(run.summary?.flags ?? [], Math.floor(innerWidth / FLAG_PX));
  const walk = (event) => {
    const step = { ArrowRight: "nextElementSibling", ArrowLeft: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    event.target[step]?.focus();
  };
  if (flags.length === 0) return null;
  return html`<div role="group" aria-label=${t("What clients saw that was wrong")} onKeyDown=${walk}>${flags.map((flag, index) => {
    const words = flagWords(flag, moment(flag.at_ns, desk.duration_ns));
    return html`<a class="timeline-flag of-history" key=${index} href=${`/runs/${run.id}/?t=${urlSeconds(flag.at_ns)}&flag=${flag.operation}`} tabindex=${index === 0 ? "0" : "-1"}
      aria-label=${words} title=${words} style=${at(flag)} onClick=${(event) => leadToHistory(event, desk, flag)}></a>`;
  })}</div>`;
}

/** At most so many of them, evenly. */
function thinned(all, most) {
  const kept = Math.min(all.length, most);
  return Array.from({ length: kept }, (ignored, place) => all[Math.floor((place * all.length) / kept)]);
}

function leadToHistory(event, desk, flag) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openFlag(desk, flag);
}

/** A plain click on a flag stays on the page; any other opens the link as the browser does. */
function lead(event, desk, flag) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  desk.explain(flag);
}

/** Keep the head and the slider's value where the cursor is. */
function useHead(desk, track) {
  useEffect(() => effect(() => {
    const t_ns = desk.cursor.value;
    const element = track.current;
    const head = element.querySelector(".timeline-head");
    head.style.left = `${(100 * t_ns) / desk.duration_ns}%`;
    element.setAttribute("aria-valuenow", (t_ns / 1e9).toFixed(3));
    element.setAttribute("aria-valuetext", moment(t_ns, desk.duration_ns));
  }), []);
}

function useDrag(desk, track) {
  const resume = useRef(false);
  const held = useRef(false);
  const to = (event) => {
    const { left, width } = track.current.getBoundingClientRect();
    desk.seek(Math.max(0, Math.min(1, (event.clientX - left) / width)) * desk.duration_ns);
  };
  const release = () => {
    if (held.current && resume.current) desk.play();
    held.current = false;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      track.current.setPointerCapture(event.pointerId);
      held.current = true;
      resume.current = desk.playing.peek();
      if (resume.current) desk.pause();
      to(event);
    },
    onPointerMove: (event) => held.current && to(event),
    onPointerUp: release,
    onPointerCancel: release,
  };
}

function useDrawing(desk, track) {
  const [size, setSize] = useState([0, 0]);
  const [theme, setTheme] = useState(readTheme);
  const lanes = desk.lanes.value;
  const revision = useMemo(() => ({ timer: null }), []);
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(() => setSize([track.current.clientWidth, track.current.clientHeight]));
    watcher.observe(track.current);
    const stop = onThemeChange(() => setTheme(readTheme()));
    return () => {
      watcher.disconnect();
      stop();
      clearTimeout(revision.timer);
    };
  }, []);
  const stores = lanes.map(({ store }) => store);
  useEffect(() => {
    const later = () => (revision.timer ??= setTimeout(() => {
      revision.timer = null;
      setVersion((number) => number + 1);
    }, REDRAW_MS));
    const stops = stores.map((store) => store.revision.subscribe(later));
    return () => stops.forEach((stop) => stop());
  }, stores);
  useEffect(() => {
    if (size[0] > 0) draw(track.current.querySelector("canvas"), size, lanes, theme, desk);
  }, [size, theme, version, ...stores]);
}

function draw(canvas, [width, height], lanes, theme, { duration_ns, kernel }) {
  const context = sizeCanvas(canvas, width, height);
  const x = (t_ns) => (t_ns / duration_ns) * width;
  const foot = height - FOOT;
  drawReceived(context, lanes, x, foot, width, theme);
  drawDensity(context, lanes, foot, width, theme, kernel);
  drawBands(context, lanes, x, foot, theme, kernel);
  drawScale(context, x, foot, width, theme, duration_ns);
  const { branch_at_ns: branch } = lanes[0].run;
  if (branch !== null && branch !== undefined) drawBranch(context, x(branch), foot, theme);
}

function drawReceived(context, lanes, x, foot, width, theme) {
  context.fillStyle = theme.sunken;
  roundRect(context, 0, TOP, width, foot - TOP, 4);
  context.fill();
  hatch(context, { x: 0, y: TOP, width, height: foot - TOP }, theme.line, 8);
  context.fillStyle = theme.surface;
  for (const [from, until] of lanes[0].store.ranges()) context.fillRect(x(from), TOP, x(until) - x(from), foot - TOP);
}

/** What was sent as a grey hill (of the first lane), what failed in all lanes as red bars before it. */
function drawDensity(context, lanes, foot, width, theme, { density }) {
  const bins = Math.max(40, Math.floor(width / 3));
  const { sent } = density(lanes[0].store, bins);
  const failed = new Float64Array(bins);
  for (const { store } of lanes) density(store, bins).failed.forEach((count, bin) => (failed[bin] += count / lanes.length));
  const most = Math.max(1e-9, ...sent);
  const room = foot - TOP - 3;
  const step = width / bins;
  context.fillStyle = theme.line2;
  sent.forEach((count, bin) => count > 0 && context.fillRect(bin * step, foot - (room * count) / most, step + 0.5, (room * count) / most));
  context.fillStyle = theme.failed;
  failed.forEach((count, bin) => {
    if (count <= 0) return;
    const high = Math.min(room, Math.max(3, (room * count) / most));
    context.fillRect(bin * step, foot - high, Math.max(1.5, step), high);
  });
}

function drawBands(context, lanes, x, foot, theme, kernel) {
  const colours = kernel.bandColours(theme);
  for (const band of packBands(kernel.bands(lanes[0].store), BAND_ROWS)) {
    const y = band.row * (BAND + 1);
    const box = { x: x(band.from_ns), y, width: Math.max(2, x(band.until_ns) - x(band.from_ns)), height: BAND };
    context.fillStyle = colours[band.kind];
    if (HATCHED[band.kind]) {
      hatch(context, box, colours[band.kind], HATCHED[band.kind]);
      context.strokeStyle = colours[band.kind];
      context.strokeRect(box.x + 0.5, box.y + 0.5, Math.max(1, box.width - 1), box.height - 1);
    } else {
      roundRect(context, box.x, box.y, box.width, box.height, 2);
      context.fill();
    }
    context.globalAlpha = band.kind === "cut" || band.kind === "link" ? 0.03 : 0.07; // a cut may last for the whole run
    context.fillRect(box.x, TOP, box.width, foot - TOP);
    context.globalAlpha = 1;
  }
}

function drawScale(context, x, foot, width, theme, duration_ns) {
  const step = timeStep(duration_ns / 1e9, Math.max(2, width / 110)) * 1e9;
  context.font = `400 10.5px ${theme.font}`;
  context.textBaseline = "alphabetic";
  context.fillStyle = theme.ink3;
  for (let t_ns = 0; t_ns <= duration_ns * 1.0001; t_ns += step) {
    context.textAlign = t_ns === 0 ? "left" : x(t_ns) > width - 24 ? "right" : "center";
    context.fillRect(Math.min(width - 1, x(t_ns)), foot, 1, 3);
    context.fillText(timeTick(t_ns, duration_ns), x(t_ns), foot + 13);
  }
}

function drawBranch(context, x, foot, theme) {
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, foot);
  context.stroke();
  context.setLineDash([]);
}
