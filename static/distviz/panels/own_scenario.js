// A scenario of one's own: who may see it, and its end.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";

export function OwnScenario({ scenario, url }) {
  const [visibility, setVisibility] = useState(scenario.visibility);
  const [wrong, setWrong] = useState("");
  const guarded = async (work) => {
    try {
      setWrong("");
      await work();
    } catch (error) {
      if (error.field === undefined) throw error;
      setWrong(error.message);
    }
  };
  const show = (wanted) => guarded(async () => {
    await ask("PATCH", url, { visibility: wanted });
    setVisibility(wanted);
  });
  const remove = () => window.confirm(t("Delete “{title}” for good? Its runs stay.", { title: scenario.title })) && guarded(async () => {
    await ask("DELETE", url);
    window.location.assign("/");
  });
  return html`<div class="own-scenario">
    <div class="field"><label for="own-visibility">${t("Who may see it")}</label>
      <select class="select" id="own-visibility" value=${visibility} onChange=${(event) => show(event.target.value)}>
        <option value="private">${t("only me")}</option><option value="unlisted">${t("everybody with the link")}</option><option value="public">${t("everybody")}</option>
      </select></div>
    <button type="button" class="button quiet danger" onClick=${remove}>${t("Delete this scenario")}</button>
    ${wrong && html`<p class="field-error" role="alert">${wrong}</p>`}
  </div>`;
}
