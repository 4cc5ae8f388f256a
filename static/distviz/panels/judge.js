// A history of somebody's own system: choose a file, see which consistency models it keeps, and where it breaks them.

import { html, render, useMemo, useState } from "../lib/html.js";
import { number } from "../lib/format.js";
import { upload } from "../lib/rest.js";
import { t } from "../lib/text.js";
import { Busy, useTask } from "./busy.js";
import { useDrop } from "./drop.js";
import { History } from "./history.js";
import { JudgedDesk } from "./judged_desk.js";
import { verdictWords } from "./verdicts.js";

const SIGNS = { yes: "✓", no: "✗", unknown: "?" };

function Judge({ data }) {
  const [file, setFile] = useState(null);
  const [histories, setHistories] = useState(null);
  const [wrong, setWrong] = useState(null);
  const [task, start] = useTask();
  const choose = (chosen) => {
    if (!chosen) return;
    setFile(chosen);
    setHistories(null);
    if (chosen.size > data.bytes_at_most) return setWrong(t("{name} is too large: at most {size} MB are judged.", { name: chosen.name, size: number(data.bytes_at_most / 2 ** 20) }));
    setWrong(null);
    start(t("Judging {name}", { name: chosen.name }), async (tools) => {
      const form = new FormData();
      form.append("file", chosen);
      try {
        setHistories((await upload(data.urls.judge, form, tools)).histories);
      } catch (error) {
        if (error.status === undefined) throw error;
        setWrong(error.message);
      }
    });
  };
  return html`<div class="stack">
    <${Drop} choose=${choose} file=${file} example=${() => choose(example())} may=${data.who.may_create} small=${histories !== null} />
    ${wrong && html`<p class="note error" role="alert">${wrong}</p>`}
    <${Busy} task=${task} />
    ${histories && html`<${Judged} key=${file.name + file.lastModified} histories=${histories} />`}
  </div>`;
}

function Judged({ histories }) {
  const [place, setPlace] = useState(0);
  const history = histories[place];
  const desk = useMemo(() => new JudgedDesk(history), [history]);
  const clients = new Set(history.operations.map(({ client }) => client)).size;
  const first = history.verdicts[0];
  return html`<div class="stack judged">
    <div class="row" role="group" aria-label=${t("History")}>
      ${histories.length > 1 && html`<label class="judged-choice"><span>${t("{count} histories", { count: number(histories.length) })}</span>
        <select class="select" onChange=${(event) => setPlace(Number(event.target.value))}>${histories.map((one, number_) => html`<option key=${number_} value=${number_} selected=${number_ === place}>${optionWords(one, number_)}</option>`)}</select></label>`}
      <p role="status">${t("{operations} operations of {clients} clients.", { operations: number(history.operations.length), clients: number(clients) })}
        ${!history.timed && ` ${t("The file has no clock: each entry is drawn as a millisecond.")}`}
        ${history.expected && ` ${history.expected === first.verdict ? t("The file itself says the same of linearizability.") : t("The file itself says something else of linearizability.")}`}</p>
    </div>
    <${History} key=${place} desk=${desk} />
  </div>`;
}

function optionWords({ name, verdicts }, place) {
  const [{ verdict, title }] = verdicts;
  return `${SIGNS[verdict]} ${name || t("History {number}", { number: number(place + 1) })}: ${title}: ${verdictWords(verdict)}`;
}

function Drop({ choose, file, example: show, may, small }) {
  const { over, zone, pick } = useDrop(choose);
  if (!may) return html`<p class="note">${t("Judging needs an account.")} <a href="/accounts/login/?next=/judge/">${t("Sign in")}</a></p>`;
  return html`<div class="drop ${over ? "over" : ""} ${small ? "compact" : ""}" ...${zone}>
    <strong>${file ? file.name : t("Drop a history here")}</strong>
    <div class="row"><label class="button ${file ? "" : "primary"}">${file ? t("Choose another file") : t("Choose a file")}
      <input class="visually-hidden" type="file" id="file" accept=".edn,.json,.jsonl,.ndjson,.txt,.log" onChange=${pick} /></label>
      <button type="button" class="button" onClick=${show}>${t("Show an example")}</button></div>
    ${!small && html`<p class="quiet-text small">${t("Jepsen's history.edn, the same as JSON, a run's own export, or lines of events. It is read on this server; nothing is kept.")}</p>`}
  </div>`;
}

/** A stale read while the network is cut, as Jepsen would write it down. */
function example() {
  const entry = (time_ms, type, process, f, value) => JSON.stringify({ type, process, f, value, key: process === "nemesis" ? undefined : "x", time: time_ms * 1e6 });
  const lines = [
    entry(0, "invoke", 0, "write", 1), entry(12, "ok", 0, "write", 1), entry(15, "invoke", 1, "read", null), entry(24, "ok", 1, "read", 1), entry(30, "info", "nemesis", "start-partition", null),
    entry(36, "invoke", 0, "write", 2), entry(52, "ok", 0, "write", 2), entry(56, "invoke", 2, "read", null), entry(66, "ok", 2, "read", 2), entry(58, "invoke", 3, "write", 3),
    entry(72, "invoke", 1, "read", null), entry(82, "ok", 1, "read", 1), entry(84, "info", 3, "write", 3), entry(90, "info", "nemesis", "stop-partition", null),
    entry(96, "invoke", 1, "read", null), entry(108, "ok", 1, "read", 2), entry(104, "invoke", 2, "cas", [1, 4]), entry(114, "fail", 2, "cas", [1, 4]), entry(118, "invoke", 0, "read", null), entry(126, "ok", 0, "read", 2),
  ];
  const sorted = lines.map((line) => [JSON.parse(line).time, line]).sort(([a], [b]) => a - b).map(([, line]) => line);
  return new File([sorted.join("\n")], t("example.jsonl"), { lastModified: 0 });
}

export function start(root, data) {
  render(html`<${Judge} data=${data} />`, root.querySelector("#judge"));
}
