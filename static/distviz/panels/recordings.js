// Import of a log: choose a file, look at what it holds, say which column is what, keep it.

import { html, render, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { number, span, three } from "../lib/format.js";
import { upload } from "../lib/rest.js";
import { ago } from "./ago.js";
import { Busy, useTask } from "./busy.js";
import { useDrop } from "./drop.js";
import { MappingForm } from "./mapping_form.js";
import { Doubts, RecordingFacts } from "./recording_facts.js";

function sized(bytes) {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${three(bytes / 1e3)} kB`;
  return `${bytes < 1e7 ? three(bytes / 1e6) : Math.floor(bytes / 1e6)} MB`;
}

function form(file, fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) data.append(name, value);
  data.append("file", file);
  return data;
}

function Import({ data }) {
  const [file, setFile] = useState(null);
  const [look, setLook] = useState(null);
  const [wrong, setWrong] = useState(null);
  const [task, start] = useTask();
  const guarded = (label, work) => start(label, async (tools) => {
    setWrong(null);
    try {
      await work(tools);
    } catch (error) {
      if (error.field === undefined) throw error;
      setWrong(error);
    }
  });
  const preview = (chosen, mapping) => guarded(t("Reading {name}", { name: chosen.name }), async (tools) => {
    setLook(await upload(data.urls.preview, form(chosen, { mapping: mapping && JSON.stringify(mapping) }), tools));
  });
  const choose = (chosen) => {
    if (!chosen) return;
    setFile(chosen);
    setLook(null);
    if (chosen.size > data.upload_bytes_at_most) return setWrong({ field: "file", message: t("{name} is too large: at most {size} can be uploaded.", { name: chosen.name, size: sized(data.upload_bytes_at_most) }) });
    preview(chosen);
  };
  const keep = (mapping, name) => guarded(t("Importing {name}", { name }), async (tools) => {
    const made = await upload(data.urls.recordings, form(file, { mapping: JSON.stringify(mapping), name }), tools);
    window.location.assign(made.url);
  });
  const general = wrong && !wrong.field.startsWith("mapping");
  return html`<div class="stack">
    <${Drop} choose=${choose} file=${file} may=${data.who.may_create} most=${data.upload_bytes_at_most} small=${Boolean(look)} />
    ${general && html`<p class="note error" role="alert">${wrong.message}</p>`}
    <${Busy} task=${task} />
    ${look && html`<div class="import-grid">
      <${MappingForm} key=${file.name} look=${look} file=${file} wrong=${wrong} busy=${Boolean(task)} preview=${(mapping) => preview(file, mapping)} keep=${keep} />
      <div class="stack" aria-live="polite">
        <${Doubts} warnings=${look.warnings} refused=${look.refused} refused_total=${look.refused_total} />
        <${RecordingFacts} look=${look} rows=${look.rows} />
        <${FirstRows} look=${look} />
      </div>
    </div>`}
  </div>`;
}

function Drop({ choose, file, may, most, small }) {
  const { over, zone, pick } = useDrop(choose);
  if (!may) return html`<p class="note">${t("Importing needs an account.")} <a href="/accounts/login/?next=/recordings/">${t("Sign in")}</a></p>`;
  return html`<div class="drop ${over ? "over" : ""} ${small ? "compact" : ""}" ...${zone}>
    ${!small && html`<svg viewBox="0 0 40 40" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"><path d="M20 26V8M13 14l7-7 7 7M6 24v6a3 3 0 0 0 3 3h22a3 3 0 0 0 3-3v-6" /></svg>`}
    <div>${file ? html`<strong>${file.name}</strong> <span class="quiet-text small">${sized(file.size)}</span>` : html`<strong>${t("Drop a log here")}</strong>`}</div>
    <label class="button ${file ? "" : "primary"}">${file ? t("Choose another file") : t("Choose a file")}
      <input class="visually-hidden" type="file" id="file" accept=".csv,.tsv,.txt,.log,.json,.jsonl,.ndjson,.gz" onChange=${pick} /></label>
    ${!small && html`<p class="quiet-text small">${t("CSV, JSON lines, or an Apache or NGINX access log, plain or .gz, up to {size}. The file is read on this server; only times and demands are kept.", { size: sized(most) })}</p>`}
  </div>`;
}

function FirstRows({ look }) {
  return html`<section class="panel"><h2>${t("First rows")}</h2>
    <div class="table-wrap" tabindex="0" role="region" aria-label=${t("First rows")}><table class="table first-rows">
      <thead><tr>${look.columns.map((column) => html`<th scope="col">${column.name}${mark(column.name, look.mapping)}</th>`)}</tr></thead>
      <tbody>${look.first_rows.map((row) => html`<tr>${row.map((cell) => html`<td class="mono">${cell}</td>`)}</tr>`)}</tbody>
    </table></div></section>`;
}

function mark(name, mapping) {
  if (name === mapping.time) return html` <span class="tag plain ok">${t("time")}</span>`;
  return name === mapping.demand ? html` <span class="tag plain ok">${t("demand")}</span>` : "";
}

function List({ recordings }) {
  if (!recordings.length) return html`<p class="quiet-text">${t("None yet. What you import stays here and can be used in any scenario.")}</p>`;
  return html`<div class="table-wrap"><table class="table"><thead><tr><th scope="col">${t("Name")}</th><th scope="col" class="number">${t("Requests")}</th>
      <th scope="col" class="number">${t("Span")}</th><th scope="col">${t("Demands")}</th><th scope="col">${t("Imported")}</th></tr></thead>
    <tbody>${recordings.map((each) => html`<tr><th scope="row"><a href=${each.url}>${each.name}</a></th><td class="number">${number(each.rows)}</td>
      <td class="number">${span(each.span_ns)}</td><td>${each.demand ? t("recorded") : t("by a law")}</td><td><time datetime=${each.created}>${ago(each.created)}</time></td></tr>`)}</tbody></table></div>`;
}

export function start(root, data) {
  render(html`<${Import} data=${data} />`, root.querySelector("#import"));
  render(html`<${List} recordings=${data.recordings} />`, root.querySelector("#recording-list"));
}
