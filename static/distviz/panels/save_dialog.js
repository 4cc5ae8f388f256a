// "Save as scenario": a title, a text, and who may see it.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { Busy, useTask } from "./busy.js";

/** Saves `document` under a title of its own; `fail` gets a refusal of anything but the title and text. */
export function SaveDialog({ url, document, scenario, close, fail }) {
  const dialog = useRef(null);
  const [title, setTitle] = useState(t("{title}, mine", { title: scenario.title }));
  const [text, setText] = useState(scenario.text ?? "");
  const [visibility, setVisibility] = useState("private");
  const [wrong, setWrong] = useState(null);
  const [task, start] = useTask();
  useEffect(() => dialog.current.showModal(), []);
  const save = (event) => {
    event.preventDefault();
    if (!title.trim()) return setWrong({ field: "title", message: t("This must not be empty.") });
    return start(t("Saving"), async ({ signal }) => {
      try {
        const made = await ask("POST", url, { document: { ...document, title, text }, visibility }, { signal });
        window.location.assign(made.url ?? `/scenarios/${made.key}/`);
      } catch (error) {
        if (error.field === undefined) throw error;
        if (/^(document\.)?(title|text|visibility)$/.test(error.field) || !error.field) return setWrong(error);
        close();
        fail(error);
      }
    });
  };
  const sentence = (field) => wrong?.field.endsWith(field) && html`<p class="field-error" id="save-${field}-error" role="alert">${wrong.message}</p>`;
  return html`<dialog class="dialog" ref=${dialog} onClose=${close} aria-labelledby="save-heading">
    <form class="stack" noValidate onSubmit=${save}>
      <h2 id="save-heading">${t("Save as scenario")}</h2>
      ${wrong && !wrong.field && html`<p class="note error" role="alert">${wrong.message}</p>`}
      <div class="field"><label for="save-title">${t("Title")}</label>
        <input class="input" id="save-title" maxlength="200" value=${title} aria-invalid=${wrong?.field.endsWith("title") ? "true" : undefined} onInput=${(event) => setTitle(event.target.value)} />${sentence("title")}</div>
      <div class="field"><label for="save-text">${t("What to look for, in your words")}</label>
        <textarea class="textarea" id="save-text" rows="4" value=${text} onInput=${(event) => setText(event.target.value)}></textarea>${sentence("text")}</div>
      <div class="field"><label for="save-visibility">${t("Who may see it")}</label>
        <select class="select" id="save-visibility" value=${visibility} onChange=${(event) => setVisibility(event.target.value)}>
          <option value="private">${t("only me")}</option><option value="unlisted">${t("everybody with the link")}</option><option value="public">${t("everybody")}</option>
        </select></div>
      <${Busy} task=${task} />
      <div class="row"><button type="submit" class="button primary" disabled=${Boolean(task)}>${t("Save")}</button>
        <button type="button" class="button" onClick=${() => dialog.current.close()}>${t("Cancel")}</button></div>
    </form>
  </dialog>`;
}
