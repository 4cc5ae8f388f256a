// Fills the stores of the Runs on the stage: from the socket, and over REST while sockets fail.

import { signal } from "../lib/html.js";
import { ask } from "../lib/rest.js";
import { Socket } from "../lib/socket.js";
import { t } from "../lib/text.js";
import { readFrame } from "../trace/decode.js";

const FAILURES_UNTIL_REST = 2;
const POLL_MS = 700;
const ASK_AGAIN_MS = 3000;

export class Feeder {
  /** `heard`: {run(RUN), branch(message), error(message), stored(run id, number)}. */
  constructor(url, heard) {
    this.heard = heard;
    this.stores = new Map();
    this.asked = new Map();
    /** {state: "connecting" | "live" | "reconnecting" | "polling", failures}. */
    this.connection = signal({ state: "connecting", failures: 0 });
    this.socket = new Socket(url, {
      onOpen: () => this.stores.forEach((store, run) => this.#watch(run, store)),
      onText: (message) => this.#text(message),
      onBinary: (buffer) => this.#binary(buffer),
      onState: (state, failures) => this.#state(state, failures),
    });
  }

  /** Keep `store` filled with the Segments of `run` (an id). */
  watch(run, store) {
    if (this.stores.get(run) === store) return;
    this.stores.set(run, store);
    this.#watch(run, store);
  }

  unwatch(run) {
    if (this.stores.delete(run)) this.socket.send({ do: "unwatch", run });
  }

  /** Send JSON over the socket; false where there is none at the moment. */
  send(message) {
    return this.socket.send(message);
  }

  /** Ask for Segment `number` of `run` before all others. */
  need(run, number) {
    const key = `${run}/${number}`;
    if (Date.now() - (this.asked.get(key) ?? 0) < ASK_AGAIN_MS) return;
    this.asked.set(key, Date.now());
    if (this.stores.get(run)?.lost(number)) this.#restore(run, number);
    else this.socket.send({ do: "need", run, number });
  }

  #watch(run, store) {
    this.socket.send({ do: "watch", run, have: store.contiguous });
  }

  #text(message) {
    if (message.is === "run") this.heard.run(message.run);
    else if (message.is === "branch") this.heard.branch(message);
    else if (message.is === "error") this.heard.error(message);
  }

  async #binary(buffer) {
    const { run, number, payload } = readFrame(buffer);
    this.socket.send({ do: "ack", run, number }); // before it is decoded: the next one travels meanwhile
    const store = this.stores.get(run);
    if (store) await this.#put(run, store, number, payload);
  }

  async #put(run, store, number, payload) {
    try {
      await store.put(number, payload);
      if (store.entries.size === store.count) performance.mark("whole run");
    } catch (error) {
      this.heard.error({ error: t("Segment {number} cannot be read: {reason}", { number, reason: error.message }) });
      return;
    }
    this.heard.stored(run, number);
  }

  /** A Segment that is held, but whose requests were dropped to save memory. */
  async #restore(run, number) {
    const payload = await fetchSegment(run, number);
    const store = this.stores.get(run);
    if (!payload || !store) return;
    store.restore(number, payload);
    store.requests(number);
  }

  #state(state, failures) {
    const polling = state !== "live" && failures >= FAILURES_UNTIL_REST;
    this.connection.value = { state: polling ? "polling" : state, failures };
    if (polling && !this.polling) this.polling = this.#poll();
  }

  /** While the socket is down: ask for what is missing, one after the other. */
  async #poll() {
    while (this.connection.peek().state === "polling") {
      for (const [run, store] of [...this.stores]) await this.#pollRun(run, store);
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    this.polling = null;
  }

  async #pollRun(id, store) {
    const run = await ask("GET", `/api/runs/${id}/`).catch(() => null); // unreachable: the banner says so already
    if (!run) return;
    this.heard.run(run);
    while (store.contiguous + 1 < run.segments && this.connection.peek().state === "polling") {
      const number = store.contiguous + 1;
      const payload = await fetchSegment(id, number);
      if (!payload) return;
      await this.#put(id, store, number, payload);
    }
  }
}

async function fetchSegment(run, number) {
  const answer = await fetch(`/api/runs/${run}/segments/${number}/`).catch(() => null); // offline: asked again later
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}
