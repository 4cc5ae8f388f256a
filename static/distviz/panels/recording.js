// One recording: what it holds, and the scenarios that replay it.

import { html, render, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { Doubts, RecordingFacts } from "./recording_facts.js";
import { dressCards } from "./gallery.js";

function OneRecording({ recording }) {
  const [wrong, setWrong] = useState("");
  const remove = async () => {
    if (!window.confirm(t("Delete “{title}” for good? Runs that replay it cannot be branched any more.", { title: recording.name }))) return;
    try {
      await ask("DELETE", `/api/recordings/${recording.key}/`);
      window.location.assign("/recordings/");
    } catch (error) {
      if (error.field === undefined) throw error;
      setWrong(error.message);
    }
  };
  return html`<div class="stack">
    ${wrong && html`<p class="note error" role="alert">${wrong}</p>`}
    <${Doubts} warnings=${recording.warnings} refused=${recording.preview.refused} refused_total=${recording.refused_total} />
    <${RecordingFacts} look=${recording.preview} rows=${recording.rows} />
    ${recording.mine && html`<div class="row"><button type="button" class="button danger" onClick=${remove}>${t("Delete this recording")}</button></div>`}
  </div>`;
}

export function start(root, data) {
  render(html`<${OneRecording} recording=${data.recording} />`, root.querySelector("#recording"));
  dressCards(root, data.scenarios ?? []);
}
