// One lane of the stage: its picture, the hands on it, and the same in words for those who do not see it.

import { onThemeChange, readTheme } from "../lib/canvas.js";
import { number, percent } from "../lib/format.js";
import { html, signal, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { condition } from "../marks/server.js";
import { Picture } from "../systems/load_balancer.js";
import { doubleClick } from "./faults.js";
import { isGoing } from "./progress.js";
import { Mirror } from "./mirror.js";

const LONG_PRESS_MS = 550;

/** `pictures`: the array into which the lane puts {picture, stale, shown, drawn} for the loop to draw. */
export function Lane({ desk, acting, index, pictures }) {
  const wrap = useRef(null);
  const lane = desk.lanes.value[index];
  const [tip, setTip] = useState(null);
  const drawn = useMemo(() => signal(1), []);
  usePicture(wrap, pictures, index, drawn);
  const hands = useHands({ desk, acting, index, pictures, wrap, setTip });
  const many = desk.lanes.value.length > 1;
  return html`<article class="lane" aria-label=${lane.title}>
    ${many && html`<header class="lane-head">
      <span class=${`lane-swatch lane-${index + 1}`} aria-hidden="true"></span>
      <h2>${lane.title}</h2><${LaneState} run=${lane.run} />
    </header>`}
    <div class="lane-canvas" ref=${wrap} role="application" tabindex="0" ...${hands}
      aria-label=${t("Topology of {lane}. N and Shift+N choose the next and the previous node, Enter opens its menu.", { lane: lane.title })}>
      <canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas><canvas aria-hidden="true"></canvas>
      ${tip && html`<div class="lane-tip" style=${{ left: `${tip.x}px`, top: `${tip.y}px` }} aria-hidden="true">${tip.text}</div>`}
      <${Hint} desk=${desk} index=${index} />
      <${Thinned} drawn=${drawn} />
    </div>
    <${Mirror} desk=${desk} index=${index} />
  </article>`;
}

function LaneState({ run }) {
  if (!isGoing(run)) return null;
  const words = run.state === "queued" ? t("waiting for a worker") : percent(run.progress_ns / run.duration_ns);
  return html`<span class="lane-state">${words}</span>`;
}

/** Says so where not every request is drawn. */
function Thinned({ drawn }) {
  if (drawn.value <= 1) return null;
  return html`<p class="lane-thinned">${t("drawn: one request in {count}", { count: number(drawn.value) })}</p>`;
}

/** What is in the way of a picture, said in its place. */
function Hint({ desk, index }) {
  const { store, run } = desk.lanes.value[index];
  const revision = store.revision.value;
  if (revision > 0 && store.segments().length > 0) return null;
  const words = run.state === "failed" ? run.error || t("The run failed.") : t("Waiting for the first moments of the run…");
  return html`<p class="lane-hint" role="status">${words}</p>`;
}

function usePicture(wrap, pictures, index, drawn) {
  useLayoutEffect(() => {
    const picture = new Picture([...wrap.current.querySelectorAll("canvas")]);
    const entry = { picture, stale: true, shown: null, drawn };
    pictures[index] = entry;
    const fit = () => {
      picture.resize(wrap.current.clientWidth, wrap.current.clientHeight);
      entry.stale = true;
    };
    const paint = () => {
      picture.setTheme(readTheme());
      entry.stale = true;
    };
    paint();
    fit();
    const watcher = new ResizeObserver(fit);
    watcher.observe(wrap.current);
    const stop = onThemeChange(paint);
    return () => {
      watcher.disconnect();
      stop();
      pictures[index] = undefined;
    };
  }, []);
}

/** The handlers of pointer and keyboard on a picture. */
function useHands({ desk, acting, index, pictures, wrap, setTip }) {
  const press = useRef(null);
  useEffect(() => () => clearTimeout(press.current), []);
  const at = (event) => {
    const { left, top } = wrap.current.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const entry = pictures[index];
    return { x, y, hit: entry?.picture.hit(x, y, entry.shown, event.pointerType === "touch" ? 14 : 8) ?? null };
  };
  const open = (event) => {
    const { hit } = at(event);
    const node = hit?.node ?? "clients";
    if (hit?.node) desk.select({ node });
    desk.menu.value = { node, x: event.clientX, y: event.clientY };
  };
  return {
    onPointerMove: (event) => {
      const { x, y, hit } = at(event);
      desk.hovered.value = hit?.node ?? null;
      wrap.current.classList.toggle("on-thing", hit !== null);
      setTip(event.pointerType === "mouse" ? tipOf(pictures[index], hit, x, y, wrap.current) : null);
    },
    onPointerLeave: () => {
      desk.hovered.value = null;
      setTip(null);
    },
    onPointerDown: (event) => {
      clearTimeout(press.current);
      setTip(null); // what it says may change with what is done now
      if (event.pointerType === "touch") press.current = setTimeout(() => open(event), LONG_PRESS_MS);
    },
    onPointerUp: () => clearTimeout(press.current),
    onPointerCancel: () => clearTimeout(press.current),
    onClick: (event) => {
      const { hit } = at(event);
      desk.select(hit?.request === undefined ? hit : { request: hit.request, t_ns: desk.cursor.peek() });
    },
    onDblClick: (event) => {
      const node = at(event).hit?.node;
      const kind = node && doubleClick(desk, node);
      if (kind) acting.act({ kind, target: node });
    },
    onContextMenu: (event) => {
      event.preventDefault();
      open(event);
    },
    onKeyDown: (event) => {
      if (event.key !== "Enter" && event.key !== "ContextMenu") return;
      event.preventDefault();
      desk.menu.value = { node: desk.selection.peek()?.node ?? "clients", ...besideNode(desk, pictures[index], wrap.current) };
    },
  };
}

function besideNode(desk, entry, element) {
  const { left, top } = element.getBoundingClientRect();
  const box = entry?.picture.boxOf(desk.selection.peek()?.node ?? "clients", entry.shown);
  return box ? { x: left + box.x + box.width / 2, y: top + box.y + box.height } : { x: left + 40, y: top + 40 };
}

/** A tip at the pointer where the picture has no room for words. */
function tipOf(entry, hit, x, y, element) {
  if (!hit || !entry?.shown) return null;
  const place = { x: Math.min(x + 14, element.clientWidth - 190), y: Math.min(y + 16, element.clientHeight - 34) };
  if (hit.request !== undefined) return { ...place, text: t("request {number}", { number: number(hit.request) }) };
  const index = entry.shown.servers.findIndex((server) => server.id === hit.node);
  if (index < 0 || entry.picture.layout.grid.level === "card") return null;
  const queue = number(Math.round(entry.shown.queue[index]));
  return { ...place, text: t("{server}: {state}, {queue} waiting", { server: hit.node, state: condition(entry.shown.servers[index]), queue }) };
}
