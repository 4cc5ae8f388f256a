// What a person has typed so far: one document, what is wrong with it and what differs from where they began.

import { signal } from "../lib/html.js";
import { get, set } from "../lib/schema.js";

/** The state behind a set-up form. Components that read it are drawn again when it changes.
 *
 *  root:     the JSON Schema whose $defs hold.
 *  document: signal of the whole document; nothing is ever taken out of it because it is wrong.
 *  check:    check(document) -> [{path, sentence}], what can be seen to be wrong without the server.
 */
export class FormState {
  constructor({ root, document, base = document, check, recordings = [] }) {
    this.root = root;
    this.document = signal(document);
    this.base = signal(base);
    this.refused = signal(new Map()); // the server's sentences, by path; one goes when its field is changed
    this.touched = signal(new Set()); // fields left once: only then is a half-typed number called wrong
    this.tried = signal(false);
    this.check = check;
    this.recordings = recordings;
    this.others = new Map(); // what was typed into a choice that is not chosen now, by path and choice
  }

  get(path) {
    return get(this.document.value, path);
  }

  baseAt(path) {
    return get(this.base.value, path);
  }

  set(path, value) {
    this.document.value = set(this.document.value, path, value);
    const left = [...this.refused.value].filter(([refused]) => !related(refused, path));
    if (left.length < this.refused.value.size) this.refused.value = new Map(left);
  }

  replace(document) {
    this.document.value = document;
    this.refused.value = new Map();
  }

  touch(path) {
    if (!this.touched.value.has(path)) this.touched.value = new Set(this.touched.value).add(path);
  }

  problems() {
    return this.check(this.document.value);
  }

  errorAt(path) {
    const refused = this.refused.value.get(path);
    if (refused) return refused;
    if (!this.tried.value && !this.touched.value.has(path)) return "";
    return this.problems().find((problem) => problem.path === path)?.sentence ?? "";
  }

  /** Shows the server's sentence at the nearest field that is on the page; "" or that field's path. */
  refuse(field, sentence, isShown) {
    let path = field;
    while (path && !isShown(path)) path = path.split(".").slice(0, -1).join(".");
    this.refused.value = new Map([[path, sentence]]);
    return path;
  }
}

function related(a, b) {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
