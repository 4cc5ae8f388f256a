// A small picture of an actor system: its nodes by role, messages between them, and what will happen to them.

import { html } from "../lib/html.js";

const WIDTH = 320;
const HEIGHT = 120;
const SHOWN = 16;
const MESSAGES = 7;
const IN_LINE = 6;

/** `card`: {key, nodes: [{id, role}], actions, duration_s}. */
export function Sketch({ card }) {
  const chance = dice(card.key ?? "");
  const spots = arranged((card.nodes ?? []).slice(0, SHOWN));
  const hurt = new Map((card.actions ?? []).filter(({ target }) => target && !target.includes("->")).map(({ target, kind }) => [target, toneOf(kind)]));
  const cut = (card.actions ?? []).some(({ kind }) => kind === "partition" || kind === "cut" || kind === "isolate");
  const pairs = spots.flatMap((a, at) => spots.slice(at + 1).filter((b) => b.column !== a.column || spots.every(({ column }) => column === a.column)).map((b) => [a, b]));
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" focusable="false">
    ${pairs.slice(0, 60).map(([a, b]) => html`<line class="sketch-road" x1=${a.x} y1=${a.y} x2=${b.x} y2=${b.y} />`)}
    <g class="sketch-moving">${pairs.length > 0 && moving(pairs, chance)}</g>
    ${spots.map((spot) => html`<${Spot} spot=${spot} tone=${hurt.get(spot.id) ?? ""} />`)}
    ${cut && html`<line class="sketch-cut" x1=${WIDTH * 0.44} y1="6" x2=${WIDTH * 0.56} y2=${HEIGHT - 22} />`}
    ${card.actions?.length > 0 && html`<${Timeline} card=${card} />`}
  </svg>`;
}

/** One column for each role in the order of the cast; a single role stands in a ring. */
function arranged(nodes) {
  const roles = [...new Set(nodes.map(({ role }) => role))];
  const bottom = HEIGHT - 16;
  return nodes.map((node, place) => {
    const alike = nodes.filter(({ role }) => role === node.role);
    const at = alike.indexOf(node);
    const column = roles.indexOf(node.role);
    if (roles.length === 1) {
      const turn = (2 * Math.PI * place) / nodes.length - Math.PI / 2;
      return { ...node, column, x: WIDTH / 2 + 78 * Math.cos(turn), y: bottom / 2 + 38 * Math.sin(turn) };
    }
    const x = 52 + (column * (WIDTH - 104)) / (roles.length - 1);
    // Too many for one line stand in several, side by side.
    const lines = Math.ceil(alike.length / IN_LINE);
    const each = Math.ceil(alike.length / lines);
    return { ...node, column, x: x + (Math.floor(at / each) - (lines - 1) / 2) * 19, y: (((at % each) + 0.5) * bottom) / each };
  });
}

function Spot({ spot: { x, y, column }, tone }) {
  return html`<g class="sketch-node ${tone}"><circle class=${`role-${column % 4}`} cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="7" />
    ${tone === "failed" && html`<path d="M${(x - 3.5).toFixed(1)} ${(y - 3.5).toFixed(1)}l7 7m0-7l-7 7" />`}</g>`;
}

function moving(pairs, chance) {
  return Array.from({ length: MESSAGES }, (ignored, index) => {
    const [a, b] = pairs[Math.floor(chance() * pairs.length)];
    const [from, to] = chance() < 0.5 ? [a, b] : [b, a];
    const path = `M${from.x.toFixed(1)} ${from.y.toFixed(1)}L${to.x.toFixed(1)} ${to.y.toFixed(1)}`;
    return html`<circle class="sketch-request" r="2.6"><animateMotion path=${path} dur="1.8s" begin="-${(index * 0.31 + chance() * 0.2).toFixed(2)}s" repeatCount="indefinite" /></circle>`;
  });
}

function Timeline({ card }) {
  const whole_ns = Math.max(card.duration_s * 1e9 || 0, ...card.actions.map(({ at_ns: at }) => at || 0), 1);
  const at = (ns) => 10 + ((WIDTH - 20) * (ns || 0)) / whole_ns;
  return html`<g class="sketch-time"><line x1="10" x2=${WIDTH - 10} y1=${HEIGHT - 6} y2=${HEIGHT - 6} />
    ${card.actions.map((action) => html`<circle class=${toneOf(action.kind)} cx=${at(action.at_ns)} cy=${HEIGHT - 6} r="3.2" />`)}</g>`;
}

function toneOf(kind) {
  if (["crash", "crash_at", "remove", "partition", "cut", "isolate", "restart_wiped", "lose_rack"].includes(kind)) return "failed";
  return ["slow", "pause", "slow_disk", "skew", "drift", "lose", "delay_link"].includes(kind) ? "slow" : "ok";
}

/** Numbers in [0, 1) that are the same for the same key at every visit. */
function dice(key) {
  let state = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2147483647, 7);
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
