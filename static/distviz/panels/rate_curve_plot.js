// The drawing sheet of a rate curve: an SVG whose points can be dragged, and a line that can be drawn over it.

import { html, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, three, timeStep, timeTick } from "../lib/format.js";
import { corners, drawnOver, moved, rateAt, roundTop, tidy, withPoint } from "../lib/curve.js";

const HEIGHT = 230;
const PAD = { left: 52, right: 14, top: 12, bottom: 26 };
const NEAR = 14; // px within which a point is meant
const APART = 9; // px between the points of a drawn line
const PERCENT = 100;

/** What turns seconds and rates into pixels and back. */
function scaleOf(width, end_s, top) {
  const [wide, high] = [Math.max(width - PAD.left - PAD.right, 10), HEIGHT - PAD.top - PAD.bottom];
  return {
    width, end_s, top, low: HEIGHT - PAD.bottom,
    x: (t_s) => PAD.left + (wide * t_s) / end_s,
    y: (rate) => PAD.top + high * (1 - rate / top),
    point: (x, y) => [round(Math.min(end_s, Math.max(0, ((x - PAD.left) / wide) * end_s)), end_s / 200), round(Math.max(0, (1 - (y - PAD.top) / high) * top), top / 100)],
  };
}

function round(value, step) {
  const size = 10 ** Math.floor(Math.log10(step));
  return tidy(Math.round(value / size) * size);
}

/** `history`: see rate_curve.js. `capacity`: the rate that the servers can just do, or null. */
export function CurvePlot({ id, arrivals, end_s, capacity, history }) {
  const host = useRef(null);
  const [width, setWidth] = useState(600);
  const [held, setHeld] = useState(null); // {index} or {drawn} while the button is down, and the scale of then
  const [chosen, setChosen] = useState(0);
  const [hover, setHover] = useState(null);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => setWidth(host.current.clientWidth || 600));
    observer.observe(host.current);
    return () => observer.disconnect();
  }, []);
  const { points } = arrivals;
  const most = Math.max(...points.map(([, rate]) => rate), 1e-3);
  const scale = scaleOf(width, end_s, held?.top ?? roundTop(capacity && capacity < 3 * most ? Math.max(most, capacity) : most));
  const current = Math.min(chosen, points.length - 1);
  const put = (next, live) => (live ? history.during : history.change)({ ...arrivals, points: next });
  const hands = mouse({ host, arrivals, scale, held, setHeld, setChosen, setHover, history, put });
  const keys = (event) => key(event, { arrivals, scale, current, setChosen, put, history, host });
  return html`<div class="curve-sheet" ref=${host}>
    <svg width=${width} height=${HEIGHT} class=${held ? "held" : ""} role="group" aria-labelledby="${id}-title" ...${hands} onKeyDown=${keys}>
      <${Axes} scale=${scale} />
      ${capacity && capacity <= scale.top && html`<g class="curve-capacity"><line x1=${PAD.left} x2=${width - PAD.right} y1=${scale.y(capacity)} y2=${scale.y(capacity)} />
        <text x=${width - PAD.right - 4} y=${scale.y(capacity) - 4}>${t("what the servers can do")}</text></g>`}
      <${Line} arrivals=${arrivals} scale=${scale} />
      ${hover && !held && html`<g class="curve-hover"><line x1=${hover.x} x2=${hover.x} y1=${PAD.top} y2=${scale.low} />
        <text x=${hover.x > width / 2 ? hover.x - 6 : hover.x + 6} y=${PAD.top + 10} text-anchor=${hover.x > width / 2 ? "end" : "start"}>${hover.said}</text></g>`}
      ${points.map(([at, rate], index) => html`<circle key=${index} class=${index === current ? "chosen" : ""} cx=${scale.x(at)} cy=${scale.y(rate)} r=${points.length > 60 ? 3.5 : 5}
        role="slider" tabindex=${index === current ? 0 : -1} data-index=${index} aria-label=${t("Point {number}", { number: index + 1 })} aria-valuemin="0" aria-valuemax=${Math.max(scale.top, rate)}
        aria-valuenow=${rate} aria-valuetext=${said(at, rate)} onFocus=${() => setChosen(index)} />`)}
    </svg>
  </div>`;
}

function said(at, rate) {
  return t("{rate} requests/s at {time} s", { rate: three(rate), time: number(at, 3) });
}

function Line({ arrivals, scale }) {
  const line = corners(arrivals, scale.end_s).map(([at, rate]) => `${scale.x(at).toFixed(1)} ${scale.y(Math.min(rate, scale.top * 1.2)).toFixed(1)}`).join("L");
  return html`<path class="curve-area" d="M${scale.x(0)} ${scale.low}L${line}L${scale.x(scale.end_s)} ${scale.low}Z" /><path class="curve-line" d="M${line}" />`;
}

function Axes({ scale }) {
  const rows = [0, 0.25, 0.5, 0.75, 1].map((share) => share * scale.top);
  const step = timeStep(scale.end_s, Math.max(2, (scale.width - PAD.left) / 80));
  const times = Array.from({ length: Math.floor(scale.end_s / step + 1e-6) + 1 }, (ignored, index) => index * step);
  return html`<g class="curve-axes" aria-hidden="true">
    ${rows.map((rate) => html`<line x1=${PAD.left} x2=${scale.width - PAD.right} y1=${scale.y(rate)} y2=${scale.y(rate)} /><text class="rate" x=${PAD.left - 6} y=${scale.y(rate) + 4}>${three(rate)}</text>`)}
    ${times.map((t_s) => html`<line x1=${scale.x(t_s)} x2=${scale.x(t_s)} y1=${scale.low} y2=${scale.low + 4} /><text class="time" x=${scale.x(t_s)} y=${scale.low + 17}>${timeTick(t_s * 1e9, scale.end_s * 1e9)}</text>`)}
  </g>`;
}

/** Press on a point to move it, elsewhere to draw; what is drawn over gives way. */
function mouse({ host, arrivals, scale, held, setHeld, setChosen, setHover, history, put }) {
  const { points } = arrivals;
  const place = (event) => {
    const box = host.current.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const near = ({ x, y }) => points.map(([at, rate], index) => [Math.hypot(scale.x(at) - x, scale.y(rate) - y), index])
    .filter(([distance]) => distance < NEAR).sort((a, b) => a[0] - b[0])[0]?.[1] ?? -1;
  const press = (event) => {
    if (event.button !== 0) return;
    const at = place(event);
    const index = near(at);
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    history.begin();
    if (index >= 0) {
      setChosen(index);
      setHeld({ index, top: scale.top });
      host.current.querySelector(`[data-index="${index}"]`)?.focus({ preventScroll: true });
    } else {
      const point = scale.point(at.x, at.y);
      setHeld({ drawn: [point], base: points, lastX: at.x, top: scale.top });
      put(withPoint(points, point), true);
    }
  };
  const move = (event) => {
    const at = place(event);
    if (!held) return setHover(at.x >= PAD.left && at.x <= scale.width - PAD.right ? { x: at.x, said: saidAt(arrivals, scale, at.x) } : null);
    if (held.index !== undefined) return put(moved(points, held.index, scale.point(at.x, at.y), scale.end_s / 1000), true);
    if (Math.abs(at.x - held.lastX) < APART || points.length >= 400) return undefined;
    const drawn = [...held.drawn, scale.point(at.x, at.y)];
    setHeld({ ...held, drawn, lastX: at.x });
    return put(drawnOver(held.base, drawn), true);
  };
  const stop = () => {
    if (!held) return;
    setHeld(null);
    history.end();
  };
  const remove = (event) => {
    const index = near(place(event));
    if (index >= 0 && points.length > 1) put(points.filter((ignored, other) => other !== index));
  };
  return { onPointerDown: press, onPointerMove: move, onPointerUp: stop, onPointerCancel: stop, onPointerLeave: () => setHover(null), onDblClick: remove };
}

function saidAt(arrivals, scale, x) {
  const [at] = scale.point(x, 0);
  return said(at, rateAt(arrivals, at));
}

function key(event, { arrivals, scale, current, setChosen, put, history, host }) {
  const { points } = arrivals;
  const [at, rate] = points[current];
  const times = (event.shiftKey ? 10 : 1) / PERCENT;
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  const go = (index) => {
    const next = Math.min(points.length - 1, Math.max(0, index));
    setChosen(next);
    host.current.querySelector(`[data-index="${next}"]`)?.focus();
  };
  const deeds = {
    PageUp: () => go(current - 1), PageDown: () => go(current + 1), Home: () => go(0), End: () => go(points.length - 1),
    Delete: () => points.length > 1 && put(points.filter((ignored, other) => other !== current)),
    Insert: () => put(withPoint(points, between(points, current, scale))),
  };
  const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && (event.shiftKey ? history.redo : history.undo);
  const deed = undo || (by && (() => put(moved(points, current, [at + by[0] * times * scale.end_s, rate + by[1] * times * scale.top], scale.end_s / 1000)))) || deeds[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
}

/** A point halfway to the next one, on the line. */
function between(points, index, scale) {
  const [at, rate] = points[index];
  const [until, then] = points[index + 1] ?? [scale.end_s > at ? scale.end_s : at * 1.1 + 1, rate];
  return [tidy((at + until) / 2), tidy((rate + then) / 2)];
}
