// A page of charts and results on made-up Segments, for the tests: ?lanes=1..4, ?live (not finished), ?rate=.

import { html, render, signal } from "/static/vendor/preact.js";
import { Charts } from "/static/distviz/panels/charts.js";
import { kernelOf } from "/static/distviz/panels/kernels.js";
import { Progress } from "/static/distviz/panels/progress.js";
import { Results } from "/static/distviz/panels/summary.js";
import { TraceStore } from "/static/distviz/trace/store.js";

const query = new URLSearchParams(location.search);
const LANES = Number(query.get("lanes") ?? 1);
const RATE = Number(query.get("rate") ?? 100);
const LIVE = query.has("live");
const PLAN = { duration_ns: 60e9, window_ns: 1e9, sample_ns: 5e7 };
const SAMPLES = 20;
const SERVERS = 8;
const TITLES = ["power of two", "random", "round robin", "least connections"];

let dice = 1;
const chance = () => {
  dice = (dice * 1103515245 + 12345) % 2147483648;
  return dice / 2147483648;
};

function segment(number, lane) {
  const [from_ns, until_ns] = [number * PLAN.window_ns, (number + 1) * PLAN.window_ns];
  const crashed = number >= 20 && number < 30;
  return {
    number, from_ns, until_ns,
    keyframe: { servers: Array.from({ length: SERVERS }, (_, i) => ({ id: `server-${i}`, state: "up", slots: 1 })) },
    meta: { requests: { seen: RATE, kept: RATE, stride: 1 } },
    tables: {
      samples: samples(from_ns, crashed, lane), servers: servers(crashed), requests: requests(from_ns, until_ns, crashed, lane),
      changes: [], actions: [], rates: [],
    },
  };
}

function samples(from_ns, crashed, lane) {
  const columns = { t_ns: new Float64Array(SAMPLES) };
  for (const name of ["in_system", "queued", "busy", "sent", "ok", "failed"]) columns[name] = new Uint32Array(SAMPLES);
  for (const name of ["mean_ms", "p50_ms", "p90_ms", "p99_ms"]) columns[name] = new Float32Array(SAMPLES);
  for (let row = 0; row < SAMPLES; row += 1) {
    columns.t_ns[row] = from_ns + (row + 1) * PLAN.sample_ns;
    columns.sent[row] = RATE / SAMPLES;
    columns.failed[row] = crashed ? 1 : 0;
    columns.ok[row] = columns.sent[row] - columns.failed[row];
    columns.queued[row] = Math.round((crashed ? 40 : 6) * (1 + lane / 2) * chance());
    columns.p50_ms[row] = 8 + chance();
    columns.p90_ms[row] = 20 + chance();
    columns.p99_ms[row] = 40 + chance();
  }
  return columns;
}

function servers(crashed) {
  const columns = {};
  for (const name of ["queue", "busy", "in_flight"]) columns[name] = new Uint32Array(SAMPLES * SERVERS);
  columns.queue.forEach((_, i) => {
    columns.busy[i] = chance() < 0.7 ? 1 : 0;
    columns.queue[i] = Math.floor((crashed ? 9 : 3) * chance());
  });
  return columns;
}

/** Each is sent 2 s before its window ends at the earliest and answered within the window. */
function requests(from_ns, until_ns, crashed, lane) {
  const columns = { sent_ns: new Float64Array(RATE), done: new Float32Array(RATE), outcome: new Uint8Array(RATE).fill(1) };
  for (let i = 0; i < RATE; i += 1) {
    const latency_ns = 1e6 * (1 - (8 + 3 * lane + (crashed ? 20 : 0)) * Math.log(1 - chance()));
    columns.done[i] = latency_ns;
    columns.sent_ns[i] = from_ns + ((until_ns - from_ns) * (i + 0.5)) / RATE - latency_ns;
  }
  return columns;
}

function summary(lane) {
  const edges_ms = Array.from({ length: 161 }, (_, i) => 0.1 * 10 ** (i / 32));
  const mean = 9 + 4 * lane;
  const stable = lane !== 2;
  const at = (share) => (stable ? -mean * Math.log(1 - share) : null);
  return {
    sent: 19366, ok: 19366 - lane * 31, failed: lane * 31, in_system: 0,
    outcomes: { timeout: lane * 20, crashed: lane * 11, refused: 0, rejected: 0, no_server: 0 },
    latency_ms: { mean: stable ? mean : null, p50: at(0.5), p90: at(0.9), p99: at(0.99), p99_9: at(0.999), max: stable ? mean * 11.3 : null, count: 19000 },
    throughput_per_s: 101.23 - lane, utilisation: 0.7123 + lane / 100, fairness: 0.99931 - lane / 50, span_s: 60, warm_up_s: 0,
    little: { l: 1.23, lambda_per_s: 101.2, w_s: 0.0121, error: 0.0003 }, stable,
    stability: stable ? "The load is served: no queue keeps growing." : "Unstable: server-0 is given more work than it can do.",
    servers: Array.from({ length: SERVERS }, (_, i) => ({ id: `server-${i}`, sent: 2400 + i * 7, ok: 2390 + i, failed: i, utilisation: 0.7 + i / 50, mean_queue: (9 - i) / 8, max_queue: 3 + i })),
    histogram: { edges_ms, counts: edges_ms.slice(1).map((edge, i) => Math.round(19000 * (Math.exp(-edges_ms[i] / mean) - Math.exp(-edge / mean)))) },
    events: 123456, engine_version: 1, digest: "0123456789abcdef".repeat(4),
  };
}

function run(lane) {
  return {
    id: `00000000-0000-0000-0000-00000000000${lane}`, ...PLAN, state: LIVE ? "running" : "done", progress_ns: 33e9, title: "One slow server", seed: 1,
    actions: [{ at_ns: 20e9, kind: "crash" }], journal: [{ at_ns: 30e9, kind: "restart" }], mine: true,
    comparison: LANES > 1 ? "11111111-1111-1111-1111-111111111111" : null, summary: LIVE ? null : summary(lane), error: null,
  };
}

const lanes = signal(Array.from({ length: LANES }, (_, i) => ({
  run: run(i), store: new TraceStore(PLAN, { decode: async ([number]) => segment(number, i) }), colour: `--lane-${i + 1}`, title: TITLES[i],
})));
const cursor = signal(4.21e9);
const kernel = kernelOf({ kernel: "traffic" });
Object.assign(globalThis, { lanes, cursor });
render(html`<${Charts} lanes=${lanes} kernel=${kernel} cursor=${cursor} seek=${(t_ns) => { cursor.value = t_ns; }} />`, document.getElementById("charts"));
const Below = () => html`<${Progress} runs=${lanes.value.map((lane) => lane.run)} /><${Results} lanes=${lanes} kernel=${kernel} cursor=${cursor} />`;
render(html`<${Below} />`, document.getElementById("results"));
for (let number = 0; number < (LIVE ? 33 : 60); number += 1) {
  for (const lane of lanes.value) await lane.store.put(number, new Uint8Array([number]));
}
document.body.dataset.ready = "yes";
