// What a sizing found: a strip for each strategy, with the numbers of servers that were tried and how each did against the limit.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, percent, roundStep, span } from "../lib/format.js";
import { interval, measureOf } from "./experiment_measures.js";
import { percentileKey, percentileName } from "./experiment_sizing.js";

const HEIGHT = 124;
const BOX = { left: 56, right: 12, top: 20, bottom: 24 };

export function Sizes({ experiment, model, chosen, choose }) {
  const [box, width] = useWidth();
  const { sizing, answer } = experiment;
  const sizes = answer?.sizes ?? [];
  const probes = sizes.flatMap((size) => size.probes.map((probe) => told(probe, model, sizing)));
  const scale = scaleOf(probes, sizing, width);
  return html`<section class="panel" aria-labelledby="sizes-title">
    <h2 id="sizes-title">${t("Number of servers")}</h2>
    ${sizes.length === 0 && html`<p class="results-quiet">${t("The first numbers of servers are being tried.")}</p>`}
    <div class="experiment-sizes"><div ref=${box} class="experiment-sizes-measure"></div>
      ${sizes.map((size) => html`<${Size} key=${size.at.join()} ...${{ size, model, sizing, scale, width, chosen, choose }} title=${size.at.map((index, axis) => model.title(axis, index)).join(" · ")} />`)}</div>
    <p class="experiment-key"><span><span class="experiment-sign holds" aria-hidden="true"></span>${t("holds")}</span><span><span class="experiment-sign breaks" aria-hidden="true"></span>${t("does not hold")}</span>
      <span><span class="experiment-sign undecided" aria-hidden="true"></span>${t("undecided after all seeds: counted as no")}</span>
      <span>${t("Each mark is a number of servers that was tried, with the 95 % interval of its {percentile}; the dashed line is the limit of {limit}. Unstable ones lie on the upper edge.", { percentile: percentileName(sizing.percentile), limit: span(sizing.below_ms * 1e6) })}</span></p>
    ${sizes.length > 0 && html`<${Probes} sizes=${sizes} model=${model} sizing=${sizing} choose=${choose} />`}
  </section>`;
}

/** A probe with what its cell says of the percentile. */
function told(probe, model, sizing) {
  const cell = model.byNumber.get(probe.cell) ?? null;
  const key = percentileKey(sizing.percentile);
  const est = (key && cell?.latency_ms?.[key]) || (probe.percentile_ms === null ? null : { mean: probe.percentile_ms, half: null, count: 0 });
  const unstable = cell?.stable === false;
  const tone = probe.holds ? "holds" : probe.undecided ? "undecided" : probe.holds === false ? "breaks" : "open";
  return { ...probe, est: unstable ? null : est, unstable, tone };
}

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(560);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(240, Math.floor(entry.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

function scaleOf(probes, sizing, width) {
  const tried = probes.map(({ servers }) => servers);
  const values = probes.flatMap(({ est }) => (est ? [est.mean, Math.max(est.mean - (est.half ?? 0), est.mean / 4), est.mean + (est.half ?? 0)] : [])).filter((value) => value > 0);
  const [low, high] = [Math.min(...values, sizing.below_ms) / 1.3, Math.max(...values, sizing.below_ms) * 1.3];
  const [least, most] = tried.length ? [Math.min(...tried) - 1, Math.max(...tried) + 1] : [sizing.low, sizing.high];
  const [left, right, top, bottom] = [BOX.left + 8, width - BOX.right - 8, BOX.top, HEIGHT - BOX.bottom];
  const step = Math.max(1, roundStep(Math.max(1, most - least), Math.max(2, width / 70)));
  return {
    x: (servers) => left + ((right - left) * (servers - least)) / Math.max(1, most - least),
    y: (ms) => bottom - ((bottom - top) * Math.log(Math.min(Math.max(ms, low), high) / low)) / Math.log(high / low),
    ticks: Array.from({ length: Math.floor(most / step) - Math.ceil(least / step) + 1 }, (ignored, index) => (Math.ceil(least / step) + index) * step),
    top, bottom,
  };
}

function Size({ size, title, model, sizing, scale, width, chosen, choose }) {
  const probes = size.probes.map((probe) => told(probe, model, sizing));
  return html`<article class="experiment-size">
    <div class="experiment-size-said"><h3>${title || t("the scenario")}</h3>
      <p class="experiment-size-answer">${!size.over ? html`<span class="tag">${t("trying")}</span>` : size.servers === null ? html`<span class="tag failed">${t("none")}</span>` : html`<b>${number(size.servers)}</b> ${size.servers === 1 ? t("server") : t("servers")}`}</p>
      <p class="quiet-text small">${size.said}</p></div>
    <svg width=${width} height=${HEIGHT} role="img" aria-label=${[title, size.said].filter(Boolean).join(": ")}>
      <g class="histogram-axes">${scale.ticks.map((tick) => html`<g key=${tick}><line x1=${scale.x(tick)} x2=${scale.x(tick)} y1=${scale.bottom} y2=${scale.bottom + 4} /><text x=${scale.x(tick)} y=${HEIGHT - 6} text-anchor="middle">${number(tick)}</text></g>`)}
        <line x1=${BOX.left} x2=${width - BOX.right} y1=${scale.bottom} y2=${scale.bottom} />
        <line class="experiment-limit" x1=${BOX.left} x2=${width - BOX.right} y1=${scale.y(sizing.below_ms)} y2=${scale.y(sizing.below_ms)} />
        <text x=${BOX.left - 6} y=${scale.y(sizing.below_ms) + 4} text-anchor="end">${span(sizing.below_ms * 1e6)}</text></g>
      ${size.servers !== null && html`<rect class="experiment-found" x=${scale.x(size.servers) - 9} y=${scale.top - 14} width="18" height=${scale.bottom - scale.top + 14} rx="4" />`}
      ${probes.map((probe) => html`<${Mark} key=${probe.cell} probe=${probe} scale=${scale} chosen=${probe.cell === chosen} choose=${choose} />`)}
    </svg>
  </article>`;
}

function Mark({ probe, scale, chosen, choose }) {
  const x = scale.x(probe.servers);
  const y = probe.est ? scale.y(probe.est.mean) : scale.top - 6;
  const [low, high] = probe.est && probe.est.half !== null ? [scale.y(probe.est.mean - probe.est.half), scale.y(probe.est.mean + probe.est.half)] : [y, y];
  const shape = probe.unstable || !probe.est ? `M${x - 4},${y - 4}l8,8m0,-8l-8,8` : probe.tone === "breaks" ? `M${x - 4.5},${y - 4.5}h9v9h-9z` : probe.tone === "undecided" ? `M${x},${y - 6}l6,6l-6,6l-6,-6z` : `M${x - 5},${y}a5,5 0 1 0 10,0a5,5 0 1 0 -10,0`;
  return html`<g class=${`experiment-probe ${probe.tone} ${chosen ? "chosen" : ""}`} onClick=${() => choose(probe.cell)}>
    <title>${probeWords(probe)}</title>
    <rect x=${x - 9} y=${scale.top - 16} width="18" height=${scale.bottom - scale.top + 18} fill="transparent" />
    <path class="whisker" d=${`M${x},${low}V${high}M${x - 4},${low}h8M${x - 4},${high}h8`} /><path class="mark" d=${shape} /></g>`;
}

function probeWords(probe) {
  const verdict = { holds: t("holds"), breaks: t("does not hold"), undecided: t("undecided"), open: t("being tried") }[probe.tone];
  return [t("{count} servers", { count: number(probe.servers) }), verdict, probe.unstable ? t("unstable") : probe.est ? interval(measureOf("mean"), probe.est) : ""].filter(Boolean).join(", ");
}

/** The same as a table. */
function Probes({ sizes, model, sizing, choose }) {
  const rows = sizes.flatMap((size) => [...size.probes].sort((a, b) => a.servers - b.servers).map((probe) => ({ probe: told(probe, model, sizing), title: size.at.map((index, axis) => model.title(axis, index)).join(" · "), found: probe.servers === size.servers })));
  const verdicts = { holds: ["ok", t("holds")], breaks: ["failed", t("does not hold")], undecided: ["unknown", t("undecided")], open: ["", t("being tried")] };
  return html`<details class="experiment-seeds"><summary>${t("Every number of servers that was tried")}</summary>
    <div class="table-wrap" tabindex="0" role="region" aria-label=${t("Every number of servers that was tried")}><table class="table">
      <thead><tr><th scope="col">${t("Choice")}</th><th scope="col" class="number">${t("Servers")}</th><th scope="col" class="number">${percentileName(sizing.percentile)}</th><th scope="col" class="number">${t("answered within {limit}", { limit: span(sizing.below_ms * 1e6) })}</th><th scope="col" class="number">${t("Seeds")}</th><th scope="col">${t("Verdict")}</th></tr></thead>
      <tbody>${rows.map(({ probe, title, found }) => html`<tr key=${probe.cell}><th scope="row"><button type="button" class="link-button" onClick=${() => choose(probe.cell)}>${title || t("the scenario")}</button></th>
        <td class="number">${found ? html`<strong>${number(probe.servers)}</strong>` : number(probe.servers)}</td>
        <td class="number">${probe.unstable ? t("unstable") : interval(measureOf("mean"), probe.est)}</td>
        <td class="number">${shareWords(probe.share)}</td><td class="number">${number(model.byNumber.get(probe.cell)?.done ?? 0)}</td>
        <td><span class=${`tag ${verdicts[probe.tone][0]}`}>${verdicts[probe.tone][1]}</span></td></tr>`)}</tbody>
    </table></div></details>`;
}

function shareWords(est) {
  if (!est || est.mean === null) return "–";
  return est.half === null ? percent(est.mean, 2) : `${number(100 * est.mean, 2)} ± ${number(100 * est.half, 2)} %`;
}
