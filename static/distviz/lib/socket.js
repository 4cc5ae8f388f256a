// The page's one socket. It comes back by itself: after each loss it waits a little longer, and
// whoever uses it says again what is wanted when `onOpen` is called.

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const PING_MS = 20000;
const SILENCE_MS = 50000;

let early = null;

/** Open the connection that the next Socket will use, while the page that needs it is still on its way. */
export function openEarly(url) {
  early ??= new WebSocket(absolute(url));
}

function absolute(url) {
  const whole = new URL(url, location.href);
  whole.protocol = whole.protocol.replace("http", "ws");
  return whole;
}

export class Socket {
  /** `handlers`: {onOpen(), onText(message), onBinary(buffer), onState("connecting" | "live" | "reconnecting", failures)}. */
  constructor(url, handlers) {
    this.url = absolute(url);
    this.handlers = handlers;
    this.failures = 0;
    this.closed = false;
    this.#open();
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** Send one JSON message; false where there is no connection (say it again at onOpen). */
  send(message) {
    if (!this.ready || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.pinging);
    this.socket?.close();
  }

  #open() {
    clearTimeout(this.timer);
    this.handlers.onState(this.failures ? "reconnecting" : "connecting", this.failures);
    const socket = early?.readyState <= WebSocket.OPEN ? early : new WebSocket(this.url);
    early = null;
    this.ready = false; // until onOpen has been called, also where the connection was open already
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = () => socket === this.socket && this.#lost();
    this.socket = socket;
    if (socket.readyState === WebSocket.OPEN) queueMicrotask(() => this.#opened());
  }

  #opened() {
    this.ready = true;
    this.heard = Date.now();
    this.pinging = setInterval(() => this.#ping(), PING_MS);
    this.handlers.onState("live", 0);
    this.handlers.onOpen();
  }

  #heard(data) {
    this.heard = Date.now();
    this.failures = 0;
    if (typeof data === "string") this.handlers.onText(JSON.parse(data));
    else this.handlers.onBinary(data);
  }

  /** A connection that has gone silent is dead even when nobody said so. */
  #ping() {
    if (Date.now() - this.heard > SILENCE_MS) this.socket.close();
    else this.send({ do: "ping" });
  }

  #lost() {
    clearInterval(this.pinging);
    if (this.closed) return;
    this.failures += 1;
    this.handlers.onState("reconnecting", this.failures);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.#open(), wait * (0.75 + Math.random() / 2));
  }

  #hurry() {
    const waiting = this.socket?.readyState === WebSocket.CLOSED && !this.closed;
    if (waiting) this.#open();
  }
}
