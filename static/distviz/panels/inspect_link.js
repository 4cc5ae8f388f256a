// A link at the cursor, both directions: open or cut, what was done to it, what is on it.

import { number, percent } from "../lib/format.js";
import { html } from "../lib/html.js";
import { t } from "../lib/text.js";
import { openMenu } from "./commands.js";
import { LaneTable } from "./lane_table.js";
import { MessageList } from "./message_list.js";

export function Link({ desk, link }) {
  const lanes = desk.lanes.value;
  const frames = desk.frames();
  const [a, b] = link.split("->");
  const rows = [[a, b], [b, a]].map(([src, dst]) => ({ name: `${src} → ${dst}`, values: frames.map((frame) => frame && wayWords(frame, src, dst)) }));
  return html`<div class="row"><button type="button" class="button small" onClick=${() => openMenu(desk, { link })}>${t("Act on it…")}</button></div>
    <${LaneTable} lanes=${lanes} rows=${rows} caption=${t("The link between {a} and {b}", { a, b })} />
    ${frames.map((frame, index) => frame && html`<section key=${index}><h3>${lanes.length > 1 ? t("On it now: {lane}", { lane: lanes[index].title }) : t("On it now")}</h3>
      <${On} desk=${desk} frame=${frame} a=${a} b=${b} lane=${index} /></section>`)}`;
}

function On({ desk, frame, a, b, lane }) {
  const messages = frame.messages.filter(({ src, dst }) => (src === a && dst === b) || (src === b && dst === a));
  return messages.length ? html`<${MessageList} desk=${desk} messages=${messages} lane=${lane} />` : html`<p class="quiet-text small">${t("Nothing.")}</p>`;
}

/** How one direction is at this moment. */
function wayWords({ cut, links }, src, dst) {
  if (cut.some(([from, to]) => from === src && to === dst)) return t("cut");
  const altered = links.find((one) => one.src === src && one.dst === dst);
  if (!altered) return t("open");
  const words = [
    altered.extra_ms && t("+{ms} ms", { ms: number(altered.extra_ms, 1) }), altered.loss && t("loses {share}", { share: percent(altered.loss) }),
    altered.duplicate && t("doubles {share}", { share: percent(altered.duplicate) }),
  ];
  return words.filter(Boolean).join(t(", ")) || t("open");
}
