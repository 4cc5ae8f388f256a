// One Experiment: what came out so far, while the workers go on. The picture is a function of the server's JSON.

import { html, render, signal, useEffect, useMemo, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { ask } from "../lib/rest.js";
import { Assumptions, Files } from "./experiment_files.js";
import { CellView } from "./experiment_cell.js";
import { Grid } from "./experiment_grid.js";
import { Head } from "./experiment_head.js";
import { Lines } from "./experiment_lines.js";
import { measureOf } from "./experiment_measures.js";
import { firstPlace, merged, modelOf } from "./experiment_model.js";
import { Sizes } from "./experiment_sizes.js";
import { Tables } from "./experiment_table.js";
import { Tails } from "./experiment_tails.js";
import { Guard } from "./guard.js";

const POLL_MS = 1000;
const PATIENCE_MS = 8000;
const GOING = ["queued", "running"];

function Result({ state, urls }) {
  const experiment = state.value;
  const model = useMemo(() => modelOf(experiment), [experiment]);
  const [measure, setMeasure] = useState("p99");
  const [chosen, setChosen] = useState(null);
  const [placed, setPlace] = useState(null);
  const place = placed ?? firstPlace(model);
  const url = `${urls.experiments}${experiment.id}/`;
  const given = { experiment, model, measure: measureOf(measure), setMeasure, chosen, choose: setChosen, place, setPlace, url };
  const view = (View, title, more = {}) => html`<${Guard} View=${View} given=${{ ...given, ...more }} title=${title} />`;
  const cells = experiment.cells.length > 0;
  const numbers = experiment.cells.some(({ done }) => done > 0);
  return html`<div class="experiment stack">
    <${Head} experiment=${experiment} url=${url} put=${(news) => (state.value = merged(state.value, news))} />
    ${experiment.kind === "sizing" && view(Sizes, t("Number of servers"))}
    ${experiment.kind === "grid" && numbers && model.load !== null && view(Lines, t("Latency against load"))}
    ${experiment.kind === "grid" && cells && view(Grid, t("All cells"))}
    ${chosen !== null && view(CellView, t("One cell"), { close: () => setChosen(null) })}
    ${experiment.kind === "grid" && numbers && view(Tables, t("Numbers"))}
    ${numbers && view(Tails, t("Tail of the latencies"))}
    <${Assumptions} sentences=${experiment.assumptions} />
    <${Files} experiment=${experiment} url=${url} />
  </div>`;
}

/** Asks again, while something goes on, for what is new since the last answer. */
async function follow(state, url) {
  let wait = POLL_MS;
  while (GOING.includes(state.peek().state)) {
    await new Promise((done) => setTimeout(done, wait));
    if (document.hidden) continue;
    const news = await ask("GET", `${url}?since=${state.peek().stamp}`).catch((error) => {
      if (error.field === undefined) throw error; // our own mistake
      return error.status === 404 ? { gone: true } : null;
    });
    if (news?.gone) return;
    wait = news ? POLL_MS : Math.min(PATIENCE_MS, wait * 2);
    if (news) state.value = merged(state.peek(), news);
  }
}

export function start(root, data) {
  const place = root.querySelector("#experiment");
  const state = signal(data.experiment);
  place.replaceChildren();
  render(html`<${Whole} state=${state} urls=${data.urls} />`, place);
}

function Whole({ state, urls }) {
  useEffect(() => {
    follow(state, `${urls.experiments}${state.peek().id}/`);
  }, []);
  return html`<${Result} state=${state} urls=${urls} />`;
}
