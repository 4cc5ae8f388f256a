// The command palette: type a few letters of what is wanted.

import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../lib/html.js";
import { keyLabel } from "../lib/keys.js";
import { t } from "../lib/text.js";
import { commands, targetCommands } from "./commands.js";

const SHOWN = 12;

export function Palette({ desk, acting }) {
  return desk.dialog.value === "palette" ? html`<${OpenPalette} desk=${desk} acting=${acting} />` : null;
}

function OpenPalette({ desk, acting }) {
  const dialog = useRef(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const all = useMemo(() => everything(desk, acting), []);
  const found = useMemo(() => matching(all, query), [query]);
  useLayoutEffect(() => dialog.current.showModal(), []);
  const close = () => (desk.dialog.value = null);
  const run = (command) => {
    if (command.reason) return;
    close();
    command.run();
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) setAt((at + step + found.length) % found.length);
    else if (event.key === "Enter" && found[at]) run(found[at]);
    else return;
    event.preventDefault();
  };
  const type = (event) => {
    setQuery(event.target.value);
    setAt(0);
  };
  return html`<dialog class="palette" ref=${dialog} onClose=${close} onClick=${(event) => event.target === dialog.current && close()} aria-label=${t("Commands")}>
    <input class="input" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${found[at] ? `palette-${at}` : null}
      aria-label=${t("Find a command")} placeholder=${desk.kernel.hands().palette} value=${query} onInput=${type} onKeyDown=${onKeyDown} autocomplete="off" spellcheck="false" />
    <ul id="palette-list" role="listbox" aria-label=${t("Commands")}>
      ${found.map((command, index) => html`<${Row} key=${command.key} id=${`palette-${index}`} command=${command} chosen=${index === at} run=${() => run(command)} point=${() => setAt(index)} />`)}
    </ul>
    ${found.length === 0 && html`<p class="quiet-text palette-none">${t("No command is called that.")}</p>`}
  </dialog>`;
}

function Row({ id, command, chosen, run, point }) {
  const box = useRef(null);
  useEffect(() => chosen && box.current.scrollIntoView({ block: "nearest" }), [chosen]);
  return html`<li id=${id} ref=${box} role="option" aria-selected=${chosen} aria-disabled=${command.reason ? "true" : "false"} onClick=${run} onPointerMove=${point}>
    <span>${command.title}${command.reason && html`<small>${command.reason}</small>`}</span>
    ${command.keys.map((key) => html`<kbd>${keyLabel(key)}</kbd>`)}
  </li>`;
}

/** What can be done to what is selected, the general commands, then the system's and every other node's. */
function everything(desk, acting) {
  const chosen = desk.selection.peek();
  const others = desk.kernel.nodes(desk).filter((node) => node !== chosen?.node);
  const first = chosen ? targetCommands(desk, acting, chosen) : [];
  const whole = targetCommands(desk, acting, desk.kernel.whole);
  const rest = others.flatMap((node) => targetCommands(desk, acting, { node })).map((command) => ({ ...command, keys: [] }));
  const known = new Set();
  return [...first, ...commands(desk, acting), ...whole, ...rest].filter(({ key }) => !known.has(key) && known.add(key));
}

/** Commands that hold every word typed; the shorter the title, the earlier among equals. */
function matching(all, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all.slice(0, SHOWN * 2);
  const hits = all.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  return hits.sort((a, b) => (a.reason ? 1 : 0) - (b.reason ? 1 : 0) || a.title.length - b.title.length).slice(0, SHOWN);
}
