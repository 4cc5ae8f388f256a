// One request's legs in every lane, and why it ended as it did. The same number is the same request in all lanes.

import { moment, span } from "../lib/format.js";
import { html, useEffect, useState } from "../lib/html.js";
import { t } from "../lib/text.js";
import { findRequest } from "../trace/request.js";
import { LaneTable } from "./lane_table.js";
import { outcomeTitle } from "./measures_traffic.js";
import { why } from "./why.js";

export function Request({ desk, k, chosen_ns: chosen, t_ns }) {
  const lanes = desk.lanes.value;
  const lives = useLives(lanes, k, chosen);
  const known = lives.find(Boolean);
  if (!known) return html`<p class="quiet-text">${t("This request is not among those kept near this moment.")}</p>`;
  const sent = known.sent_ns;
  const fronts = Math.max(...desk.frames().map((frame) => frame?.balancers.length ?? 1));
  const steps = [
    [t("reached the balancer"), "at_balancer"], [t("reached its server"), "at_server"], [t("went into service"), "start"],
    [t("left the server"), "depart"], [t("back at the balancer"), "back"], [t("back at the client"), "done"],
  ];
  const rows = [
    { name: t("server"), values: lives.map((life) => (life ? (life.server === null ? t("none") : `server-${life.server}`) : null)) },
    ...(fronts > 1 ? [{ name: t("balancer"), values: lives.map((life) => life && `balancer-${life.balancer}`) }] : []),
    { name: t("sent"), values: lives.map((life) => life && moment(life.sent_ns, desk.duration_ns)) },
    ...steps.map(([name, key]) => ({
      name, values: lives.map((life) => (life && life[key] !== null ? `+${span(life[key])}` : null)),
      future: lives.every((life) => !life || life[key] === null || life.sent_ns + life[key] > t_ns),
    })),
  ];
  return html`<div class="row"><button type="button" class="button small" onClick=${() => desk.seek(sent)}>${t("Go to its start")}</button>
      ${known.done !== null && html`<button type="button" class="button small" onClick=${() => desk.seek(Math.min(desk.duration_ns, sent + known.done))}>${t("Go to its end")}</button>`}</div>
    <${LaneTable} lanes=${lanes} rows=${rows} caption=${t("Legs of the request")} />
    ${lives.map((life, index) => life?.attempts.length > 0 && html`<${Attempts} key=${index} life=${life} lane=${lanes[index]} many=${lanes.length > 1} />`)}
    ${lives.map((life, index) => life && html`<${Ending} key=${index} life=${life} lane=${lanes[index]} index=${index} many=${lanes.length > 1} />`)}`;
}

/** The attempts of a request that had more than one: when each was sent, to which server, what it brought. */
function Attempts({ life, lane, many }) {
  return html`<section><h3>${many ? t("Attempts: {lane}", { lane: lane.title }) : t("Attempts")}</h3>
    <ol class="plain">${[life, ...life.attempts].map((one) => html`<li key=${one.attempt}>
      <span>${one.attempt === 0 ? t("at once") : `+${span(one.sent_ns - life.sent_ns)}`}</span>
      <span class="quiet-text">${one.server === null ? t("none") : `server-${one.server}`}</span>
      <b>${brought(one)}</b></li>`)}</ol></section>`;
}

function brought({ answer, outcome }) {
  if (answer === "in_system") return outcome === "timeout" ? t("given up") : t("no answer yet");
  return answer === "ok" ? t("ok") : outcomeTitle(answer);
}

function Ending({ life, lane, many }) {
  return html`<section class=${`ending ${life.outcome}`}><h3>${many ? t("Why: {lane}", { lane: lane.title }) : t("Why")}</h3>
    <p><span class=${`sign ${life.outcome}`} aria-hidden="true"></span> ${why(life, lane.store)}</p></section>`;
}

/** The request's life in each lane; null where it is not at hand. */
function useLives(lanes, k, chosen_ns) {
  const [lives, setLives] = useState([]);
  const known = lanes.map(({ store }) => store.revision.value).join();
  useEffect(() => {
    let wanted = true;
    Promise.all(lanes.map(({ store }) => findRequest(store, k, chosen_ns))).then((found) => wanted && setLives(found));
    return () => (wanted = false);
  }, [k, chosen_ns, known]);
  return lives;
}
