// The keyboard: one table of keys for the page, silent while somebody types.

import { t } from "./text.js";

const TYPING = "input, textarea, select, [contenteditable=true], [data-typing]";

/** True where a key belongs to the thing that has the focus: a field that is being typed in. */
export function typing(target) {
  return target instanceof Element && target.closest(TYPING) !== null;
}

/** How a key press is written in a table of keys: "Shift+N", "Ctrl+K", "Space", "ArrowLeft", "?". */
export function keyName(event) {
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const command = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  // Shift is part of the sign in "?" and the like, and a modifier for letters and named keys.
  const shift = event.shiftKey && (key.length > 1 || /[A-Z]/.test(key)) ? "Shift+" : "";
  return command + (event.altKey ? "Alt+" : "") + shift + key;
}

/** A key of a table as it is shown to people: "ArrowLeft" is "←". */
export function keyLabel(name) {
  const signs = { Space: t("Space"), ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Delete: "Del" };
  return name.split("+").map((part) => signs[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join("+");
}

/** Listen on `root` for the keys of `table()` (name -> function). Space and Enter are left to a
 *  focused button, link or tab, which they press. Returns a function that stops listening. */
export function listen(root, table) {
  const pressed = (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const name = keyName(event);
    if (typing(event.target) && name !== "Ctrl+K") return;
    if ((name === "Space" || name === "Enter") && event.target.closest?.("button, a, summary, [role=tab]")) return;
    const act = table()[name];
    if (!act) return;
    event.preventDefault();
    act(event);
  };
  root.addEventListener("keydown", pressed);
  return () => root.removeEventListener("keydown", pressed);
}
