// Asks the REST interface. A refusal is one sentence that names the field.

import { t } from "./text.js";

/** The server said no (or could not be reached: status 0). */
export class Refusal extends Error {
  constructor(sentence, field = "", status = 0) {
    super(sentence);
    this.field = field;
    this.status = status;
  }
}

/** The token that every page carries in its language form. */
function csrf() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** The JSON answer (null for none). Throws Refusal, or AbortError when `signal` is aborted. */
export async function ask(method, url, body, { signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const options = { method, headers, signal, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await fetch(url, options).catch((error) => {
    throw error.name === "AbortError" ? error : unreachable();
  });
  return understood(answer.status, await answer.text());
}

/** Posts a form with files; `progress(share)` is called as it goes up. */
export function upload(url, form, { signal, progress = () => {} } = {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", csrf());
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onerror = () => failed(unreachable());
    request.onabort = () => failed(new DOMException("", "AbortError"));
    request.onload = () => {
      try {
        done(understood(request.status, request.responseText));
      } catch (refusal) {
        failed(refusal);
      }
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function unreachable() {
  return new Refusal(t("The server could not be reached. Nothing you typed is lost: try again in a moment."));
}

function understood(status, text) {
  const answer = parsed(text);
  if (status >= 200 && status < 300) return answer;
  throw new Refusal(answer?.error ?? t("The server answered with error {status}.", { status }), answer?.field ?? "", status);
}

function parsed(text) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // a page of HTML from a proxy: the status tells enough
    throw error;
  }
}
