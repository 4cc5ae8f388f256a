// Work that takes a while: shown after half a second, with a way to stop it.

import { html, useEffect, useRef, useState } from "../lib/html.js";
import { t } from "../lib/text.js";

const PATIENCE_MS = 500;

/** [task, start]: start(label, work) runs `await work({signal, progress})`; a second start while busy is ignored.
 *  task is null or {label, share (0..1, or null where it cannot be told), late, cancel}. */
export function useTask() {
  const [task, setTask] = useState(null);
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (label, work) => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    const show = (changes) => setTask((now) => ({ ...now, ...changes }));
    show({ label, share: null, late: false, cancel: () => controller.abort() });
    const timer = setTimeout(() => show({ late: true }), PATIENCE_MS);
    try {
      await work({ signal: controller.signal, progress: (share) => show({ share: share < 1 ? share : null }) });
    } catch (error) {
      if (error.name !== "AbortError") throw error; // stopped by the person: nothing to say
    } finally {
      clearTimeout(timer);
      running.current = null;
      setTask(null);
    }
  };
  return [task, start];
}

/** The line that says what is going on, once it takes longer than people wait without asking. */
export function Busy({ task }) {
  if (!task?.late) return null;
  return html`<div class="busy" role="status">
    <span>${task.label}</span>
    ${task.share === null
      ? html`<span class="progress endless" role="progressbar" aria-label=${task.label}></span>`
      : html`<progress class="progress" max="1" value=${task.share} aria-label=${task.label}></progress>`}
    <button type="button" class="button small" onClick=${task.cancel}>${t("Cancel")}</button>
  </div>`;
}
