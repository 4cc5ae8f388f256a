// What the judges say of the history that is shown: asked for by a button, or there from the beginning.

import { html, useState } from "../lib/html.js";
import { ask } from "../lib/rest.js";
import { t } from "../lib/text.js";
import { Busy, useTask } from "./busy.js";
import { isGoing } from "./progress.js";
import { Part, Verdicts } from "./verdicts.js";

export function Judgement({ desk, state, operations, choose }) {
  const { run } = desk.lanes.value[Math.min(state.lane.value, desk.lanes.value.length - 1)];
  const judged = state.judged.value;
  const [task, start] = useTask();
  const [wrong, setWrong] = useState(null);
  if (run && judged?.run !== run.id) {
    const judge = () => start(t("Judging the history"), async ({ signal }) => {
      setWrong(null);
      state.marked.value = null;
      try {
        state.judged.value = { run: run.id, answer: await ask("GET", `/api/runs/${run.id}/verdicts/`, undefined, { signal }) };
      } catch (error) {
        if (error.status === undefined) throw error;
        setWrong(error.message);
      }
    });
    const early = isGoing(run);
    return html`<${Part} marked=${state.marked} operations=${operations} choose=${choose} duration=${desk.duration_ns} />
    <div class="judgement">
      <button type="button" class="button" disabled=${early || task !== null} onClick=${judge}>${t("Judge this history")}</button>
      <span class="quiet-text small">${early ? t("The history can be judged once the run is done.") : t("Which consistency models does it keep, and where does it break the others?")}</span>
      <${Busy} task=${task} />${wrong && html`<p class="note error" role="alert">${wrong}</p>`}
    </div>`;
  }
  return html`<${Verdicts} answer=${judged.answer} operations=${operations} marked=${state.marked} choose=${choose} duration=${desk.duration_ns} />`;
}
