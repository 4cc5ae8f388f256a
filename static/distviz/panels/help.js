// The help: what the signs mean, what the hands do, and every key.

import { readTheme, sizeCanvas } from "../lib/canvas.js";
import { html, useEffect, useLayoutEffect, useRef } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { keyLabel } from "../lib/keys.js";
import { t } from "../lib/text.js";
import { bars, cross, hatch, tortoise } from "../marks/badge.js";
import { dot } from "../marks/dots.js";
import { commands, keyOf } from "./commands.js";

export function Help({ desk, acting }) {
  return desk.dialog.value === "help" ? html`<${OpenHelp} desk=${desk} acting=${acting} />` : null;
}

function OpenHelp({ desk, acting }) {
  const dialog = useRef(null);
  useLayoutEffect(() => dialog.current.showModal(), []);
  const close = () => (desk.dialog.value = null);
  const words = desk.kernel.hands();
  const acts = desk.system.actions.filter(({ shortcut }) => shortcut).map((spec) => ({ key: spec.kind, keys: [keyOf(spec)], title: spec.role ? words.chosen(spec.title, spec.role) : spec.title }));
  const keys = [...commands(desk, acting), ...acts];
  return html`<dialog class="help" ref=${dialog} onClose=${close} onClick=${(event) => event.target === dialog.current && close()} aria-labelledby="help-title">
    <header class="row apart"><h2 id="help-title">${t("Help")}</h2>
      <button type="button" class="button quiet icon" aria-label=${t("Close")} onClick=${close}>${icon("close")}</button></header>
    <div class="help-columns">
      <section><h3>${t("Signs")}</h3>
        <ul class="help-signs">${desk.kernel.signs().map(([name, meaning]) => html`<li><${Sign} name=${name} /><span>${meaning}</span></li>`)}</ul>
        ${words.signs.map((sentence) => html`<p class="small quiet-text" key=${sentence}>${sentence}</p>`)}
        <h3>${t("Hands")}</h3>
        <ul class="help-hands">
          ${words.hands.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}
          <li>${t("Each action makes a branch. The run it came from stays: Undo leads back to it.")}</li>
        </ul></section>
      <section><h3>${t("Keys")}</h3>
        <dl class="help-keys">${keys.filter(({ keys: names }) => names[0]).map((command) => html`<div key=${command.key}>
          <dt>${command.keys.map((key) => html`<kbd>${keyLabel(key)}</kbd>`)}</dt><dd>${command.title}</dd></div>`)}</dl></section>
    </div>
  </dialog>`;
}

function Sign({ name }) {
  const canvas = useRef(null);
  useEffect(() => {
    const theme = readTheme();
    const context = sizeCanvas(canvas.current, 20, 20);
    if (name === "down") cross(context, 10, 10, 5, theme.stopped);
    else if (name === "paused") bars(context, 10, 10, 5, theme.stopped);
    else if (name === "slow") tortoise(context, 10, 11, 7, theme.unknown);
    else if (name === "draining") hatch(context, { x: 2, y: 2, width: 16, height: 16 }, theme.ink3, 4);
    else dot(context, 10, 10, name, 4, theme);
  }, []);
  return html`<canvas ref=${canvas} aria-hidden="true"></canvas>`;
}
