// Sends what a form holds: shows what is wrong where it is wrong, keeps everything that was typed.

import { useState } from "../lib/html.js";
import { useTask } from "./busy.js";
import { focusField, isShown } from "./fields.js";

/** {task, refusal, refuse, attempt}. attempt(label, work) runs work(tools) once the form has no problem that can be
 *  seen here; a refusal of the server stands at its field, or in `refusal` where the page has no such field. */
export function useAttempt(form) {
  const [task, start] = useTask();
  const [refusal, setRefusal] = useState("");
  const refuse = (error) => {
    if (error.field === undefined) throw error; // not the server's answer: our own mistake
    const path = error.field ? form.refuse(error.field.replace(/^document\./, ""), error.message, isShown) : "";
    setRefusal(path ? "" : error.message);
    if (path) requestAnimationFrame(() => focusField(path));
  };
  const attempt = (label, work) => {
    setRefusal("");
    form.tried.value = true;
    const [first] = form.problems();
    if (first) return requestAnimationFrame(() => focusField(first.path));
    return start(label, (tools) => work(tools).catch((error) => {
      if (error.name === "AbortError") throw error;
      refuse(error);
    }));
  };
  return { task, refusal, setRefusal, refuse, attempt };
}
