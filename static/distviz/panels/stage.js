// The stage: one lane for a Run, two to four for a Comparison, under one cursor and one selection.

import { effect, html, render, signal, useEffect, useMemo, useState } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { listen } from "../lib/keys.js";
import { t } from "../lib/text.js";
import { Acting, addressOf } from "./acting.js";
import { Charts } from "./charts.js";
import { copyLink, keyTable, views } from "./commands.js";
import { cutAllowed, partition } from "./cutting.js";
import { Desk } from "./desk.js";
import { Feeder } from "./feeder.js";
import { Guard } from "./guard.js";
import { Help } from "./help.js";
import { openAsked } from "./history_flags.js";
import { Inspector } from "./inspector.js";
import { Lane } from "./lane.js";
import { Log } from "./log.js";
import { startLoop } from "./loop.js";
import { Menu } from "./menu.js";
import { Palette } from "./palette.js";
import { Progress } from "./progress.js";
import { Results } from "./summary.js";
import { Toasts } from "./toast.js";
import { Trail } from "./trail.js";
import { Transport } from "./transport.js";

const ADDRESS_MS = 700;
const SHEET_MS = 350;
const WIDE = "(min-width: 1100px)";

/** Build the stage in `root` from the page's data (see simulator/web/pages.py, stage.html). */
export function start(root, data) {
  const desk = new Desk(data);
  const feeder = new Feeder(data.socket, {
    run: (run) => {
      desk.news(run);
      acting.news(run);
    },
    branch: (message) => acting.branched(message),
    error: (message) => acting.refused(message),
    stored: () => {
      desk.findPace();
      acting.stored();
    },
  });
  const acting = new Acting(desk, feeder);
  desk.connection = feeder.connection;
  desk.address = () => new URL(addressOf(desk.lanes.peek(), desk.comparison.peek(), desk.cursor.peek(), desk.why.peek()?.event ?? null), location.origin);
  const pictures = [];
  root.textContent = "";
  for (const { run, store } of desk.lanes.peek()) feeder.watch(run.id, store); // the first Segment travels meanwhile
  render(html`<${Stage} desk=${desk} acting=${acting} pictures=${pictures} />`, root);
  startLoop(desk, pictures, feeder);
  listen(document, () => keyTable(desk, acting));
  keepAddress(desk);
  titleFollows(desk);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const asked = new URLSearchParams(location.search).get("why");
  if (asked !== null && /^\d+$/.test(asked)) desk.explain({ event: Number(asked), at_ns: data.t_ns ?? 0 });
  const flag = new URLSearchParams(location.search).get("flag");
  if (flag !== null && /^\d+$/.test(flag)) openAsked(desk, Number(flag));
  if (data.t_ns === null && !calm) desk.play();
}

/** The address bar always links to the moment shown; written seldom: browsers allow few writes. */
function keepAddress(desk) {
  let timer = null;
  effect(() => {
    desk.cursor.value;
    desk.why.value;
    timer ??= setTimeout(() => {
      timer = null;
      const address = desk.address();
      if (address.pathname === location.pathname) history.replaceState({}, "", address); // else one has just gone back
    }, ADDRESS_MS);
  });
}

function titleFollows(desk) {
  effect(() => {
    const title = desk.comparison.value?.title || desk.lanes.value[0].run.title;
    document.title = `${title} · distviz`;
  });
}

function Stage({ desk, acting, pictures }) {
  const wide = useMedia(WIDE);
  const inspecting = useMemo(() => signal(wide), []);
  const lanes = desk.lanes.value;
  // On a narrow screen the inspector is a sheet that comes up for what was selected.
  useEffect(() => {
    let timer = null;
    return effect(() => {
      clearTimeout(timer);
      // Not at once: the second tap of a double tap must still find the node.
      if (desk.selection.value && !matchMedia(WIDE).matches) timer = setTimeout(() => (inspecting.value = true), SHEET_MS);
    });
  }, []);
  return html`<div class="stage" data-lanes=${lanes.length}>
    <header class="stage-head">
      <${Trail} desk=${desk} acting=${acting} />
      <${Progress} runs=${lanes.map(({ run }) => run)} />
      <${Tools} desk=${desk} acting=${acting} inspecting=${inspecting} />
    </header>
    <div class="stage-body">
      <div class="stage-main">
        <${Tabs} desk=${desk} />
        <${Views} desk=${desk} acting=${acting} pictures=${pictures} wide=${wide} />
      </div>
      <${Inspector} desk=${desk} open=${inspecting} />
    </div>
    <${Transport} desk=${desk} acting=${acting} />
    <${Menu} desk=${desk} acting=${acting} />
    <${Palette} desk=${desk} acting=${acting} />
    <${Help} desk=${desk} acting=${acting} />
    <${Toasts} desk=${desk} />
  </div>`;
}

function Tools({ desk, acting, inspecting }) {
  const hunt = desk.scenario?.hunt_url;
  const experiment = desk.scenario?.experiment_url;
  const tool = (name, label, hint, press, pressed) => html`<button type="button" class="button quiet icon" aria-label=${label} title=${hint ? `${label} (${hint})` : label}
    aria-pressed=${pressed} onClick=${press}>${icon(name)}</button>`;
  return html`<div class="stage-tools" role="group" aria-label=${t("Tools")}>
    ${hunt && html`<a class="button quiet icon" href=${hunt} aria-label=${t("Hunt: break a promise with other seeds")} title=${t("Hunt: break a promise with other seeds")}>${icon("target")}</a>`}
    ${experiment && html`<a class="button quiet icon" href=${experiment} aria-label=${t("Experiment: many seeds of many choices")} title=${t("Experiment: many seeds of many choices")}>${icon("grid")}</a>`}
    ${cutAllowed(desk) && tool("scissors", t("Cut the network by hand"), "P", () => partition(desk, acting, []), desk.cutting.value ? "true" : "false")}
    ${tool("link", t("Copy a link to this moment"), "Y", () => copyLink(desk))}
    ${tool("search", t("Find a command"), "Ctrl+K", () => (desk.dialog.value = "palette"))}
    ${tool("help", t("Help"), "?", () => (desk.dialog.value = "help"))}
    ${tool("panel", t("Inspector"), "", () => (inspecting.value = !inspecting.value), inspecting.value ? "true" : "false")}
  </div>`;
}

function Tabs({ desk }) {
  const current = desk.tab.value;
  const tabs = views(desk);
  const walk = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const at = tabs.findIndex(({ key }) => key === current);
    desk.tab.value = tabs[(at + step + tabs.length) % tabs.length].key;
    requestAnimationFrame(() => document.getElementById(`tab-${desk.tab.peek()}`)?.focus());
  };
  return html`<div class="tabs" role="tablist" aria-label=${t("Views")} onKeyDown=${walk}>
    ${tabs.map(({ key, title }) => html`<button type="button" role="tab" key=${key} id=${`tab-${key}`} aria-controls=${`view-${key}`} aria-selected=${key === current ? "true" : "false"}
      tabindex=${key === current ? "0" : "-1"} onClick=${() => (desk.tab.value = key)}>${title}</button>`)}
  </div>`;
}

/** The topology stays in place when another view is shown, so that its canvases keep their picture. */
function Views({ desk, acting, pictures, wide }) {
  const current = desk.tab.value;
  const lanes = desk.lanes.value;
  const { kernel, system, cursor } = desk;
  const seek = (t_ns) => desk.seek(t_ns);
  const view = (tab, content) => html`<div class=${`view view-${tab}`} role="tabpanel" id=${`view-${tab}`} key=${tab} aria-labelledby=${`tab-${tab}`} hidden=${tab !== current}>${content}</div>`;
  const charts = html`<${Charts} lanes=${desk.lanes} cursor=${cursor} seek=${seek} kernel=${kernel} system=${system} />`;
  return html`<div class="views">
    ${view("topology", html`<div class="lanes">${lanes.map((_, index) => html`<${Lane} key=${index} desk=${desk} acting=${acting} index=${index} pictures=${pictures} />`)}</div>
      ${wide && current === "topology" && html`<div class="under">${desk.pictured.value && charts}</div>`}`)}
    ${kernel.tabs().map(({ key, title, View }) => view(key, current === key && html`<${Guard} View=${View} given=${{ desk, acting }} title=${title} />`))}
    ${view("charts", current === "charts" && charts)}
    ${view("results", current === "results" && html`<${Results} lanes=${desk.lanes} cursor=${cursor} kernel=${kernel} system=${system} open=${(row) => desk.explain(row)} experiment=${desk.scenario?.experiment_url ?? null} />`)}
    ${view("log", current === "log" && html`<${Log} desk=${desk} />`)}
  </div>`;
}

function useMedia(query) {
  const media = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(media.matches);
  useEffect(() => {
    const changed = () => setMatches(media.matches);
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, [media]);
  return matches;
}
