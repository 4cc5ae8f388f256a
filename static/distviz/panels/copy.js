// The button that copies a text.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";

/** A button that puts text() on the clipboard and says so. */
export function Copy({ text, label }) {
  const [said, setSaid] = useState("");
  const copy = () => navigator.clipboard.writeText(text()).then(
    () => setSaid(t("Copied.")),
    () => setSaid(t("The browser did not allow copying: {text}", { text: text() })),
  );
  return html`<button type="button" class="button small" onClick=${copy}>${label}</button>
    <span class="results-said" role="status">${said}</span>`;
}
