// Files out of the browser and into it.

import { t } from "../lib/text.js";

const AT_MOST = 512 * 1024;

/** Gives `value` to the person as a JSON file called `name`. */
export function download(name, value) {
  saveText(name, JSON.stringify(value, null, 2), "application/json");
}

/** Gives `text` to the person as a file called `name`. */
export function saveText(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** [the JSON object in the file, ""], or [null, a sentence that says why there is none]. */
export async function readJson(file) {
  if (file.size > AT_MOST) return [null, t("{name} is too large to be a scenario.", { name: file.name })];
  try {
    const value = JSON.parse(await file.text());
    if (value && typeof value === "object" && !Array.isArray(value)) return [value, ""];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // not JSON: said below
  }
  return [null, t("{name} is not a JSON object.", { name: file.name })];
}
