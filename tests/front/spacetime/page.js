// The diagram or the history alone on a page, with Segments that the test gives.

import { Desk } from "/static/distviz/panels/desk.js";
import { History } from "/static/distviz/panels/history.js";
import { Spacetime } from "/static/distviz/panels/spacetime.js";
import { html, render } from "/static/distviz/lib/html.js";

const VIEWS = { spacetime: Spacetime, history: History };

/** Show `view` of RUNs with the payloads (base64) that belong to each. */
window.show = async ({ view, runs, system, payloads, t_ns }) => {
  const desk = new Desk({ runs, comparison: null, system, t_ns, who: {}, scenario: null });
  for (const [lane, list] of payloads.entries()) {
    for (const [number, text] of list.entries()) await desk.lanes.peek()[lane].store.put(number, Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)));
  }
  window.desk = desk;
  window.shown = performance.now();
  render(html`<${VIEWS[view]} desk=${desk} />`, document.getElementById("view"));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.body.dataset.ready = "";
};
