// A small picture of a scenario: how requests arrive, the balancer, its servers by speed, what will happen to them.

import { html } from "../lib/html.js";

const SHOWN = 12;
const LEAST = 2; // of each group
const WIDTH = 320;
const HEIGHT = 120;
const MIDDLE = 54;
const BALANCER = 136;
const SERVERS = 226;

/** How requests arrive at `card`'s servers, in 320 x 120. */
export function Sketch({ card }) {
  const chance = dice(card.key);
  const servers = picked(card.config.servers ?? []);
  const hurt = hurtServers(card.actions ?? []);
  const gap = 92 / Math.max(servers.length, 4);
  const spots = servers.map((server, index) => ({ ...server, y: MIDDLE + (index - (servers.length - 1) / 2) * gap, size: Math.min(gap - 2.5, 11) }));
  const slowest = Math.max(...spots.map((spot) => spot.speed));
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" focusable="false">
    <line class="sketch-road" x1="10" x2=${BALANCER} y1=${MIDDLE} y2=${MIDDLE} />
    ${spots.map((spot) => html`<path class="sketch-road" d=${road(spot.y)} />`)}
    ${arrivals(card.config.arrivals, chance).map((x) => html`<circle class="sketch-request" cx=${x} cy=${MIDDLE} r="2.2" />`)}
    <g class="sketch-moving">${moving(spots, chance)}</g>
    <circle class="sketch-balancer" cx=${BALANCER} cy=${MIDDLE} r="9" />
    ${spots.map((spot) => html`<${Server} spot=${spot} slow=${spot.speed < slowest} hurt=${hurt.get(spot.index)} />`)}
    ${card.actions?.length > 0 && html`<${Timeline} card=${card} />`}
  </svg>`;
}

function Server({ spot, slow, hurt }) {
  const width = Math.min(66, Math.max(9, 40 * Math.sqrt(spot.speed)));
  const tone = hurt ?? (slow ? "slow" : "");
  const y = spot.y - spot.size / 2;
  return html`<g class="sketch-server ${tone}">
    <rect x=${SERVERS} y=${y} width=${width} height=${spot.size} rx="2.5" />
    ${hurt === "failed" && html`<path d="M${SERVERS + width + 5} ${spot.y - 3}l6 6m0-6l-6 6" />`}
    ${spot.many > 1 && html`<text x=${SERVERS + width + 6} y=${spot.y + 3.2}>×${spot.many}</text>`}
  </g>`;
}

function Timeline({ card }) {
  const whole_ns = Math.max(card.duration_s * 1e9 || 0, ...card.actions.map(({ at_ns: at }) => at || 0), 1); // a form may hold nonsense
  const at = (ns) => 10 + ((WIDTH - 20) * (ns || 0)) / whole_ns;
  return html`<g class="sketch-time"><line x1="10" x2=${WIDTH - 10} y1=${HEIGHT - 8} y2=${HEIGHT - 8} />
    ${card.actions.map((action) => html`<circle class=${toneOf(action.kind)} cx=${at(action.at_ns)} cy=${HEIGHT - 8} r="3.2" />`)}</g>`;
}

function road(y) {
  return `M${BALANCER} ${MIDDLE}C${BALANCER + 46} ${MIDDLE} ${SERVERS - 46} ${y} ${SERVERS} ${y}`;
}

function moving(spots, chance) {
  return Array.from({ length: Math.min(7, spots.length * 2) }, (ignored, index) => {
    const spot = spots[Math.floor(chance() * spots.length)];
    const path = `M10 ${MIDDLE}L${BALANCER} ${MIDDLE}${road(spot.y).slice(1).replace(/^\S+ \S+?C/, "C")}`;
    return html`<circle class="sketch-request" r="2.6"><animateMotion path=${path} dur="2.4s" begin="-${(index * 0.34 + chance() * 0.2).toFixed(2)}s" repeatCount="indefinite" /></circle>`;
  });
}

/** At most about SHOWN servers, each standing for `many` of its group; every group keeps some. What is half typed is left out. */
function picked(all) {
  const groups = all.filter((group) => Number.isInteger(group.count) && group.count > 0).map((group) => ({ ...group, speed: group.speed > 0 ? Number(group.speed) : 1 }));
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  let first = 0;
  return groups.slice(0, SHOWN).flatMap((group) => {
    const room = total <= SHOWN ? group.count : Math.max(LEAST, Math.round(((SHOWN - LEAST) * group.count) / total));
    const shown = Math.min(room, SHOWN, group.count);
    const start = first;
    first += group.count;
    return Array.from({ length: shown }, (ignored, index) => ({
      index: start + index, speed: group.speed, many: index === shown - 1 && group.count > shown ? group.count - shown + 1 : 1,
    }));
  });
}

function hurtServers(actions) {
  const named = actions.filter((action) => /^server-\d+$/.test(action.target));
  return new Map(named.map((action) => [Number(action.target.slice(7)), toneOf(action.kind)]));
}

function toneOf(kind) {
  if (kind === "crash" || kind === "remove") return "failed";
  return kind === "slow" || kind === "pause" || kind === "drain" ? "slow" : "ok";
}

/** Where requests stand on the road to the balancer, drawn from the law of arrivals. */
function arrivals(law, chance) {
  const gaps = {
    deterministic: () => 9,
    poisson: () => 2 - 8 * Math.log(1 - chance()),
    bursty: (index) => (index % 9 < 6 ? 4.2 : 17),
    recorded: () => (chance() < 0.7 ? 4 + 3 * chance() : 14 + 8 * chance()),
  };
  const gap = gaps[law?.law] ?? gaps.poisson;
  const places = [];
  for (let x = BALANCER - 16, index = 0; x > 10; x -= gap(index), index += 1) places.push(Number(x.toFixed(1)));
  return places;
}

/** Numbers in [0, 1) that are the same for the same key at every visit. */
function dice(key) {
  let state = [...key].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2147483647, 7);
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
