// The menu of everything that can be done to a node. What would change nothing is greyed, with the reason.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { keyLabel } from "../lib/keys.js";
import { t } from "../lib/text.js";
import { possible, roleOf, stateWord } from "./faults.js";

/** Shown while desk.menu holds {node, x, y, kind}; with `kind` it begins with that Action's numbers. */
export function Menu({ desk, acting }) {
  const open = desk.menu.value;
  return open ? html`<${OpenMenu} key=${`${open.node}/${open.kind}`} desk=${desk} acting=${acting} ...${open} />` : null;
}

function OpenMenu({ desk, acting, node, x, y, kind }) {
  const box = useRef(null);
  const entries = possible(desk, node);
  const [chosen, setChosen] = useState(entries.find(({ spec, reason }) => spec.kind === kind && !reason)?.spec ?? null);
  const close = useClosing(desk, box);
  usePlace(box, x, y, chosen);
  const run = (spec, params = {}) => {
    close();
    acting.act({ kind: spec.kind, target: roleOf(node) ? node : "", params });
  };
  const title = titleOf(node);
  return html`<div class="menu" ref=${box} data-typing=${chosen ? "" : null}>
    <p class="menu-title" id="menu-title">${title}<span>${roleOf(node) ? stateOf(desk, node) : ""}</span></p>
    ${chosen
      ? html`<${Numbers} spec=${chosen} run=${run} back=${() => setChosen(null)} />`
      : html`<div role="menu" aria-labelledby="menu-title" onKeyDown=${walk}>
          ${entries.map(({ spec, reason }) => html`<${Entry} key=${spec.kind} spec=${spec} reason=${reason} choose=${() => (spec.params.length ? setChosen(spec) : run(spec))} />`)}
        </div>`}
  </div>`;
}

function titleOf(node) {
  return { clients: t("Clients"), balancer: t("Balancer") }[node] ?? node;
}

function stateOf(desk, node) {
  return [...new Set(desk.server(node).map((server) => stateWord(server?.state)))].join(" / ");
}

function Entry({ spec, reason, choose }) {
  return html`<button type="button" class="menu-entry" role="menuitem" aria-disabled=${reason ? "true" : "false"} onClick=${() => reason || choose()}>
    <span>${spec.title}${spec.params.length ? "…" : ""}</span>
    ${spec.shortcut && html`<kbd>${keyLabel(spec.shortcut)}</kbd>`}
    ${reason && html`<small>${reason}</small>`}
  </button>`;
}

/** The numbers that an Action takes. */
function Numbers({ spec, run, back }) {
  const form = useRef(null);
  useEffect(() => form.current.querySelector("input").select(), []);
  const submit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(spec.params.map(({ name }) => [name, Number(form.current.elements[name].value)]));
    run(spec, values);
  };
  return html`<form class="menu-form" ref=${form} onSubmit=${submit} aria-label=${spec.title}>
    <strong>${spec.title}</strong>
    ${spec.params.map((param) => html`<label key=${param.name} class="field"><span>${param.title}${param.unit ? ` (${param.unit})` : ""}</span>
      <input class="input" name=${param.name} type="number" required min=${param.minimum} max=${param.maximum} step=${param.integer ? 1 : "any"} value=${param.default} /></label>`)}
    <div class="row"><button class="button primary small">${t("Do it")}</button>
      <button type="button" class="button small" onClick=${back}>${t("Back")}</button></div>
  </form>`;
}

/** Close on Escape and on a press elsewhere; the focus goes back to where it came from. */
function useClosing(desk, box) {
  const opener = useRef(document.activeElement);
  const close = () => {
    desk.menu.value = null;
    opener.current?.focus?.({ preventScroll: true });
  };
  // With the first picture of the menu: an Escape may follow its opening at once.
  useLayoutEffect(() => {
    const elsewhere = (event) => box.current?.contains(event.target) || (desk.menu.value = null);
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    addEventListener("pointerdown", elsewhere, true);
    addEventListener("keydown", escape, true);
    return () => {
      removeEventListener("pointerdown", elsewhere, true);
      removeEventListener("keydown", escape, true);
    };
  }, []);
  return close;
}

/** Beside the pointer, but always wholly on the screen. */
function usePlace(box, x, y, chosen) {
  useLayoutEffect(() => {
    const { style, offsetWidth, offsetHeight } = box.current;
    style.left = `${Math.max(8, Math.min(x, innerWidth - offsetWidth - 8))}px`;
    style.top = `${Math.max(8, Math.min(y, innerHeight - offsetHeight - 8))}px`;
    if (!chosen) (box.current.querySelector("[aria-disabled=false]") ?? box.current.querySelector("[role=menuitem]"))?.focus();
  }, [x, y, chosen]);
}

/** Up and down walk through the entries, Home and End jump. */
function walk(event) {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  const entries = [...event.currentTarget.querySelectorAll("[role=menuitem]")];
  const at = entries.indexOf(document.activeElement);
  const next = event.key === "Home" ? 0 : event.key === "End" ? entries.length - 1 : event.key in steps ? (at + steps[event.key] + entries.length) % entries.length : null;
  if (next === null) return;
  event.preventDefault();
  event.stopPropagation();
  entries[next]?.focus();
}
