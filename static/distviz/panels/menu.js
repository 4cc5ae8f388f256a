// The menu of everything that can be done to a thing on the picture. What would change nothing is greyed, with the reason.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { keyLabel } from "../lib/keys.js";
import { t } from "../lib/text.js";
import { choiceText, fitsPattern, isText, possible } from "./faults.js";

/** Shown while desk.menu holds {target, x, y, kind}; with `kind` it begins with what that Action takes. */
export function Menu({ desk, acting }) {
  const open = desk.menu.value;
  return open ? html`<${OpenMenu} key=${`${JSON.stringify(open.target)}/${open.kind}`} desk=${desk} acting=${acting} ...${open} />` : null;
}

function OpenMenu({ desk, acting, target, x, y, kind }) {
  const box = useRef(null);
  const entries = possible(desk, target);
  const [chosen, setChosen] = useState(entries.find(({ spec, reason }) => spec.kind === kind && !reason) ?? null);
  const close = useClosing(desk, box);
  usePlace(box, x, y, chosen);
  const run = (offer, params = offer.params ?? {}) => {
    close();
    acting.act({ kind: offer.spec.kind, target: offer.target, params });
  };
  const choose = (offer) => (offer.spec.params.length && !offer.params ? setChosen(offer) : run(offer));
  return html`<div class="menu" ref=${box} data-typing=${chosen ? "" : null}>
    <p class="menu-title" id="menu-title">${Object.keys(target).length ? desk.kernel.titleOf(desk, target) : t("The whole system")}<span>${desk.kernel.condition(desk, target)}</span></p>
    ${chosen
      ? html`<${Params} system=${desk.system} spec=${chosen.spec} run=${(params) => run(chosen, params)} back=${() => setChosen(null)} />`
      : html`<div role="menu" aria-labelledby="menu-title" onKeyDown=${walk}>
          ${entries.map((offer, at) => html`<${About} key=${`about ${offer.target} ${offer.spec.kind}`} offer=${offer} before=${entries[at - 1]} />
            <${Entry} key=${`${offer.target} ${offer.spec.kind}`} ...${offer} choose=${() => choose(offer)} />`)}
          ${entries.length === 0 && html`<p class="menu-none">${t("Nothing can be done to this here.")}</p>`}
        </div>`}
  </div>`;
}

/** A heading where the entries turn to something else: the other direction of a link, the whole system. */
function About({ offer, before }) {
  return offer.about && offer.about !== before?.about ? html`<p class="menu-about" role="presentation">${offer.about}</p>` : null;
}

function Entry({ spec, title = spec.title, params, reason, choose }) {
  return html`<button type="button" class="menu-entry" role="menuitem" aria-disabled=${reason ? "true" : "false"} onClick=${() => reason || choose()}>
    <span>${title}${spec.params.length && !params ? "…" : ""}</span>
    ${spec.shortcut && html`<kbd>${keyLabel(spec.shortcut)}</kbd>`}
    ${reason && html`<small>${reason}</small>`}
  </button>`;
}

/** The numbers and texts that an Action takes. */
function Params({ system, spec, run, back }) {
  const form = useRef(null);
  useEffect(() => {
    const [first] = form.current.elements;
    first.focus();
    first.select?.();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    const input = ({ name }) => form.current.elements[name];
    const wrong = spec.params.find((param) => param.pattern && !fitsPattern(param, input(param).value));
    if (wrong) return complain(input(wrong), t("This text is not of the right form."));
    const read = (param) => (isText(param) ? input(param).value : Number(input(param).value));
    run(Object.fromEntries(spec.params.map((param) => [param.name, read(param)])));
  };
  return html`<form class="menu-form" ref=${form} onSubmit=${submit} aria-label=${spec.title}>
    <strong>${spec.title}</strong>
    ${spec.params.map((param) => html`<label key=${param.name} class="field"><span>${param.title}${param.unit ? ` (${param.unit})` : ""}</span><${ParamInput} system=${system} param=${param} /></label>`)}
    <div class="row"><button class="button primary small">${t("Do it")}</button>
      <button type="button" class="button small" onClick=${back}>${t("Back")}</button></div>
  </form>`;
}

/** Let the browser say what is wrong with an input, as it does for numbers. */
function complain(input, sentence) {
  input.setCustomValidity(sentence);
  input.reportValidity();
}

function ParamInput({ system, param }) {
  const { name, choices, pattern } = param;
  if (choices?.length) {
    return html`<select class="select" name=${name}>${choices.map((choice) => html`<option key=${choice} value=${choice} selected=${choice === param.default}>${choiceText(system, choice)}</option>`)}</select>`;
  }
  if (pattern) return html`<input class="input" name=${name} type="text" required value=${param.default} spellcheck=${false} autocomplete="off" onInput=${(event) => event.target.setCustomValidity("")} />`;
  return html`<input class="input" name=${name} type="number" required min=${param.minimum} max=${param.maximum} step=${param.integer ? 1 : "any"} value=${param.default} />`;
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
