// The page's one socket. It comes back by itself: after each loss it waits a little longer, and
// whoever uses it says again what is wanted when `onOpen` is called.

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8000;
const PING_MS = 20000;
const SILENCE_MS = 50000;

export class Socket {
  /** `handlers`: {onOpen(), onText(message), onBinary(buffer), onState("connecting" | "live" | "reconnecting", failures)}. */
  constructor(url, handlers) {
    this.url = new URL(url, location.href);
    this.url.protocol = this.url.protocol.replace("http", "ws");
    this.handlers = handlers;
    this.failures = 0;
    this.closed = false;
    this.#open();
    addEventListener("online", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
  }

  /** Send one JSON message; false where there is no connection (say it again at onOpen). */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
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
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = () => socket === this.socket && this.#lost();
    this.socket = socket;
  }

  #opened() {
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
