// The transport bar: play, step, speed, the time, and the scrubber above them.

import { moment, speed as speedText } from "../lib/format.js";
import { computed, html, useMemo } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { t } from "../lib/text.js";
import { MAX, SPEEDS } from "../trace/clock.js";
import { CutSlider } from "./cut_slider.js";
import { Timeline } from "./timeline.js";

export function Transport({ desk, acting }) {
  return html`<section class="transport" aria-label=${t("Playback")}>
    <${Timeline} desk=${desk} />
    <div class="transport-bar">
      <${Buttons} desk=${desk} />
      <${Time} desk=${desk} acting=${acting} />
      <${CutSlider} desk=${desk} acting=${acting} />
      <${Speed} desk=${desk} />
      <${Connection} desk=${desk} />
    </div>
  </section>`;
}

function Buttons({ desk }) {
  const playing = desk.playing.value;
  return html`<div class="transport-buttons" role="group" aria-label=${t("Play and step")}>
    <${Press} name="start" label=${t("To the start")} hint="Home" press=${() => desk.seek(0)} />
    <${Press} name="back" label=${t("One sample back")} hint="←" press=${() => desk.step(-1)} />
    <button type="button" class="button primary transport-play" onClick=${() => desk.toggle()} aria-keyshortcuts="Space"
      aria-label=${playing ? t("Pause") : t("Play")} title=${`${playing ? t("Pause") : t("Play")} (${t("Space")})`}>${icon(playing ? "pause" : "play")}</button>
    <${Press} name="forward" label=${t("One sample on")} hint="→" press=${() => desk.step(1)} />
  </div>`;
}

function Press({ name, label, hint, press }) {
  return html`<button type="button" class="button quiet icon" aria-label=${label} title=${`${label} (${hint})`} onClick=${press}>${icon(name)}</button>`;
}

function Time({ desk, acting }) {
  const now = useMemo(() => computed(() => moment(desk.cursor.value, desk.duration_ns)), []);
  const waiting = desk.acting.value ? t("branching…") : desk.waiting.value ? t("waiting for the simulation…") : "";
  return html`<div class="transport-time">
    <output class="transport-now" aria-label=${t("Time shown")}>${now}</output>
    <span class="quiet-text">/ ${moment(desk.duration_ns, desk.duration_ns)}</span>
    <span class="transport-waiting" role="status">${waiting}</span>
    ${desk.acting.value && html`<button type="button" class="button small transport-cancel" onClick=${() => acting.cancel()}>${t("Cancel")}</button>`}
  </div>`;
}

function Speed({ desk }) {
  const current = desk.speed.value;
  const choose = (event) => desk.setSpeed(event.target.value === "max" ? MAX : Number(event.target.value));
  return html`<div class="transport-speed" role="group" aria-label=${t("Speed")}>
    <${Press} name="minus" label=${t("Slower")} hint="[" press=${() => desk.slower()} />
    <select class="select" aria-label=${t("Speed")} value=${current === MAX ? "max" : String(current)} onChange=${choose}>
      ${SPEEDS.map((one) => html`<option key=${one} value=${String(one)}>${speedText(one)}</option>`)}
      <option value="max">${t("max")}</option>
    </select>
    <${Press} name="plus" label=${t("Faster")} hint="]" press=${() => desk.faster()} />
  </div>`;
}

function Connection({ desk }) {
  const { state } = desk.connection.value;
  const words = {
    connecting: t("connecting"), live: t("live"), reconnecting: t("reconnecting"), polling: t("no socket, asking every second"),
  };
  const tone = { connecting: "unknown", live: "ok", reconnecting: "failed", polling: "unknown" };
  return html`<span class=${`tag ${tone[state]} transport-connection`} role="status" data-state=${state}>${words[state]}</span>`;
}
