// Which rule a system lacks: its bugs are numbered, so that they can be looked for; what they are is told on demand.

import { html, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { valueTitle } from "../lib/schema.js";
import { Field, idOf } from "./fields.js";

/** `node`: the schema of `faulty`, whose first value is the system as it should be. */
export function BugChoice({ form, node, path, value }) {
  const [told, setTold] = useState(false);
  const [none, ...bugs] = node.enum;
  const byChance = () => {
    setTold(false);
    const others = bugs.filter((bug) => bug !== value);
    form.set(path, (others.length ? others : bugs)[Math.floor(Math.random() * Math.max(1, others.length))]);
  };
  const title = (bug) => (bug === none || told ? valueTitle(node, bug) : t("Bug {number}", { number: bugs.indexOf(bug) + 1 }));
  return html`<${Field} form=${form} node=${{ ...node, title: t("Bug to find") }} path=${path} value=${value}>
    <div class="bug-choice">
      <select class="select" id=${idOf(path)} onChange=${(event) => form.set(path, event.target.value)}>
        ${node.enum.map((bug) => html`<option key=${bug} value=${bug} selected=${bug === value}>${title(bug)}</option>`)}
      </select>
      <div class="row"><button type="button" class="button small" onClick=${byChance}>${t("One by chance")}</button>
        <label class="check small"><input type="checkbox" checked=${told} onChange=${() => setTold(!told)} /> ${t("Say what they are")}</label></div>
    </div>
  </${Field}>`;
}
