// Options under a name, such as a product's defaults: one choice lays them over the set-up.

import { html } from "../lib/html.js";
import { complete, laid, same } from "../lib/schema.js";
import { t } from "../lib/text.js";

/** A choice among the presets of `system`; the one that `form` agrees with is chosen. */
export function PresetChoice({ form, system }) {
  const config = form.get("config");
  const over = (preset) => complete(system.schema, system.schema, laid(config, preset.config));
  const current = system.presets.find((preset) => same(over(preset), config));
  const pick = (event) => {
    const preset = system.presets.find(({ key }) => key === event.target.value);
    if (preset) form.set("config", over(preset));
  };
  return html`<section class="group" aria-label=${t("Presets")}><div class="fields"><div class="field">
    <div class="field-head"><label for="preset">${t("Strategy and resilience")}</label></div>
    <select class="select" id="preset" aria-describedby="preset-about" onChange=${pick}>
      <option value="" selected=${!current}>${t("as set below")}</option>
      ${system.presets.map(({ key, title }) => html`<option key=${key} value=${key} selected=${current?.key === key}>${title}</option>`)}
    </select>
    <p class="field-help" id="preset-about">${current?.about ?? t("A product's defaults set many options below at once; the fidelity sheet says where each comes from.")}</p>
  </div></div></section>`;
}
