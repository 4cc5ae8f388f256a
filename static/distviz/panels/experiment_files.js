// What an Experiment rests upon, and everything that can be taken away from it.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { Copy } from "./copy.js";

export function Assumptions({ sentences }) {
  if (!sentences?.length) return null;
  return html`<section class="panel" aria-labelledby="assumptions-title"><h2 id="assumptions-title">${t("Assumptions")}</h2>
    <ul class="experiment-assumptions">${sentences.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul></section>`;
}

export function Files({ experiment, url }) {
  const [snippet, setSnippet] = useState("");
  const link = () => new URL(experiment.url, location.href).href;
  const files = [
    ["results.csv", t("cells (CSV)")], ["results.json", t("cells (JSON)")], ["results.parquet", t("cells (Parquet)")],
    ["replications.csv", t("seeds (CSV)")], ["replications.parquet", t("seeds (Parquet)")], ["report.html", t("report (HTML)")], ["notebook.py", t("notebook snippet")],
  ];
  const load = async (event) => {
    if (!event.target.open || snippet) return;
    const answer = await fetch(`${url}notebook.py`, { credentials: "same-origin" }).catch(() => null); // offline: the link still stands above
    setSnippet(answer?.ok ? await answer.text() : "");
  };
  return html`<section class="panel" aria-labelledby="files-title"><h2 id="files-title">${t("Take away")}</h2>
    <div class="results-files">${files.map(([name, title]) => html`<a key=${name} class="button small" href=${url + name} download>${title}</a>`)}
      <${Copy} text=${link} label=${t("Copy the link")} /></div>
    <details class="experiment-notebook" onToggle=${load}><summary>${t("For a notebook")}</summary>
      <pre tabindex="0"><code>${snippet}</code></pre>
      ${snippet && html`<${Copy} text=${() => snippet} label=${t("Copy the snippet")} />`}
    </details></section>`;
}
