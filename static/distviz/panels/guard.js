// A wall around a view: what fails in it is said in its place, and all else on the page goes on.

import { html, useErrorBoundary } from "../lib/html.js";
import { t } from "../lib/text.js";

/** Shows `View` with `given`; when it fails, a note that says so and how to try again. */
export function Guard({ View, given, title }) {
  const [error, again] = useErrorBoundary(report);
  if (!error) return html`<${View} ...${given} />`;
  return html`<div class="guard"><p class="note error" role="alert">${t("{view} cannot be shown at this moment: {reason}", { view: title, reason: error.message ?? String(error) })}</p>
    <button type="button" class="button" onClick=${again}>${t("Try again")}</button></div>`;
}

/** The console keeps what happened: it is a mistake of ours, not of the person who looks. */
function report(error) {
  console.error(error);
}
