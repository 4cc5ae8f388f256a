// One lane's time series: samples of arriving Segments, appended, and folded into buckets for the charts.
//
// Times are ns, latencies ms, rates per second. A Run's Plan has at most 100 windows of 20 samples,
// so arrays of the Plan's length hold everything and a Segment that comes late simply fills its gap.

const OK = 1;
const LEAST_PER_BUCKET = 100; // a 99th percentile of fewer answers is only their maximum
const BUCKETS_AT_LEAST = 25;
const BUCKETS_AT_MOST = 240; // more would only draw the noise of single arrivals
const COUNTS = ["sent", "ok", "failed", "queued", "longest"];
const RATES = ["sent", "ok", "failed"];
const PERCENTILES = ["p50", "p90", "p99"];
const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99 };
const STEPS = [1, 2, 4, 5, 10, 20, 40, 60, 80, 100];
const UTILISATION_POINTS = 40; // busy counts are snapshots: a point pools enough of them to be calm

/** The value at quantile q (0..1) of an ascending array: the smallest with at least q of all at or below it. */
export function quantile(sorted, q) {
  if (sorted.length === 0) return null;
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

export class Series {
  /** plan: {duration_ns, window_ns, sample_ns}, as in a Run's JSON. */
  constructor({ duration_ns, window_ns, sample_ns }) {
    const plan = { duration_ns, window_ns, sample_ns };
    this.plan = plan;
    this.length = Math.ceil(plan.duration_ns / plan.sample_ns);
    this.windows = Math.ceil(plan.duration_ns / plan.window_ns);
    this.perWindow = Math.round(plan.window_ns / plan.sample_ns);
    this.version = 0; // grows with each Segment
    this.sampled = false; // some window kept only a sample of its requests
    this.filled = new Uint8Array(this.length);
    for (const name of COUNTS) this[name] = new Uint32Array(this.length);
    for (const name of PERCENTILES) this[name] = new Float32Array(this.length).fill(NaN);
    this.held = new Map(); // Segment number -> {latencies, starts, busy, slots}
    this.fresh = new Set(); // Segments that are not in `folded` yet
  }

  /** Takes in one decoded Segment (decode.js), requests included; one already held is ignored. */
  add(segment) {
    const { samples } = segment.tables;
    if (this.held.has(segment.number) || !samples || samples.t_ns.length === 0) return;
    const places = Array.from(samples.t_ns, (t) => this.placeOf(t));
    this.#takeSamples(samples, places);
    this.#takeQueues(segment.tables.servers, places);
    this.held.set(segment.number, {
      ...this.#answers(segment),
      ...loads(segment, places.length),
    });
    this.fresh.add(segment.number);
    const kept = segment.meta?.requests;
    if (kept && kept.kept < kept.seen) this.sampled = true;
    this.version += 1;
  }

  /** The sample (index) whose interval (start, end] holds t_ns. */
  placeOf(t_ns) {
    const place = Math.ceil(t_ns / this.plan.sample_ns - 1e-9) - 1;
    return Math.min(Math.max(place, 0), this.length - 1);
  }

  /** The end of sample `place`, in seconds. */
  endOf(place) {
    return Math.min((place + 1) * this.plan.sample_ns, this.plan.duration_ns) / 1e9;
  }

  /** Samples per bucket so that a bucket holds about 100 answers, within the bounds on their number. */
  calmWidth() {
    let answers = 0;
    let samples = 0;
    for (let i = 0; i < this.length; i += 1) {
      if (!this.filled[i]) continue;
      samples += 1;
      answers += this.ok[i];
    }
    const wanted = Math.max(answers > 0 ? (LEAST_PER_BUCKET * samples) / answers : 1, this.length / BUCKETS_AT_MOST);
    const most = Math.max(1, Math.floor(this.length / BUCKETS_AT_LEAST));
    const fitting = STEPS.filter((step) => step <= most);
    return fitting.find((step) => step >= wanted) ?? fitting[fitting.length - 1];
  }

  /** Rates and latency percentiles in buckets of `width` samples; null where nothing is known.
   *  Percentiles are pooled from the requests themselves, never averaged. Only what new Segments touched is
   *  computed anew: the answer is the same object, grown. */
  buckets(width) {
    if (this.folded?.width !== width) {
      this.folded = { width, out: { t: [], sent: [], ok: [], failed: [], p50: [], p90: [], p99: [] } };
      this.fresh = new Set(this.held.keys());
      for (let first = 0; first < this.length; first += width) {
        this.folded.out.t.push(this.endOf(Math.min(first + width, this.length) - 1));
        for (const name of [...RATES, ...PERCENTILES]) this.folded.out[name].push(null);
      }
    }
    for (const bucket of this.#touched(width)) this.#fill(this.folded.out, bucket, width);
    this.fresh.clear();
    return this.folded.out;
  }

  /** Requests waiting: in all queues on average over a bucket, and the longest single queue seen in it. */
  queues() {
    const width = Math.max(1, Math.ceil(this.length / BUCKETS_AT_MOST));
    const out = { t: [], queued: [], longest: [] };
    for (let first = 0; first < this.length; first += width) {
      const end = Math.min(first + width, this.length);
      let [samples, queued, longest] = [0, 0, 0];
      for (let i = first; i < end; i += 1) {
        samples += this.filled[i];
        queued += this.queued[i];
        longest = Math.max(longest, this.longest[i]);
      }
      out.t.push(this.endOf(end - 1));
      out.queued.push(samples > 0 ? queued / samples : null);
      out.longest.push(samples > 0 ? longest : null);
    }
    return out;
  }

  /** Share of the slots in use (0..1): of all servers, of the idlest and of the busiest one. */
  utilisation() {
    const group = Math.max(1, Math.round(this.windows / UTILISATION_POINTS));
    const out = { t: [], mean: [], least: [], most: [] };
    for (let first = 0; first < this.windows; first += group) {
      const end = Math.min(first + group, this.windows);
      out.t.push(Math.min(end * this.plan.window_ns, this.plan.duration_ns) / 1e9);
      const parts = [];
      for (let number = first; number < end; number += 1) {
        if (this.held.has(number)) parts.push(this.held.get(number));
      }
      const { mean, least, most } = shares(parts);
      out.mean.push(mean);
      out.least.push(least);
      out.most.push(most);
    }
    return out;
  }

  #takeSamples(samples, places) {
    places.forEach((place, row) => {
      this.filled[place] = 1;
      this.sent[place] = samples.sent[row];
      this.ok[place] = samples.ok[row];
      this.failed[place] = samples.failed[row];
      this.queued[place] = samples.queued[row];
      this.p50[place] = samples.p50_ms[row];
      this.p90[place] = samples.p90_ms[row];
      this.p99[place] = samples.p99_ms[row];
    });
  }

  #takeQueues(servers, places) {
    if (!servers) return;
    const n = servers.queue.length / places.length;
    places.forEach((place, row) => {
      let longest = 0;
      for (let i = row * n; i < (row + 1) * n; i += 1) longest = Math.max(longest, servers.queue[i]);
      this.longest[place] = longest;
    });
  }

  /** Latencies (ms) of the kept requests that were answered in this Segment's window, sample by sample:
   *  those of its i-th sample are latencies[starts[i]] up to starts[i + 1]. */
  #answers({ tables: { requests }, number, from_ns, until_ns }) {
    const bySample = Array.from({ length: this.perWindow }, () => []);
    for (let i = 0; requests && i < requests.done.length; i += 1) {
      const done_ns = requests.sent_ns[i] + requests.done[i];
      if (requests.outcome[i] !== OK || !(done_ns > from_ns && done_ns <= until_ns)) continue; // NaN: not answered yet
      bySample[this.placeOf(done_ns) - number * this.perWindow].push(requests.done[i] / 1e6);
    }
    const starts = [0];
    for (const sample of bySample) starts.push(starts[starts.length - 1] + sample.length);
    return { latencies: Float32Array.from(bySample.flat()), starts };
  }

  /** The buckets in which Segments that came since the last time have samples. */
  #touched(width) {
    const touched = new Set();
    for (const number of this.fresh) {
      const end = Math.min((number + 1) * this.perWindow, this.length);
      for (let place = number * this.perWindow; place < end; place += 1) touched.add(Math.floor(place / width));
    }
    return touched;
  }

  #fill(out, bucket, width) {
    const first = bucket * width;
    const end = Math.min(first + width, this.length);
    const sums = { sent: 0, ok: 0, failed: 0 };
    let span_s = 0;
    for (let i = first; i < end; i += 1) {
      if (!this.filled[i]) continue;
      span_s += this.endOf(i) - (i * this.plan.sample_ns) / 1e9;
      for (const name of RATES) sums[name] += this[name][i];
    }
    for (const name of RATES) out[name][bucket] = span_s > 0 ? sums[name] / span_s : null;
    const pool = width > 1 ? this.#pool(first, end) : null;
    for (const name of PERCENTILES) out[name][bucket] = pool ? quantile(pool, SHARES[name]) : orNull(this[name][first]);
  }

  /** The latencies answered in samples first..end, ascending. */
  #pool(first, end) {
    const parts = [];
    for (let place = first; place < end;) {
      const number = Math.floor(place / this.perWindow);
      const until = Math.min((number + 1) * this.perWindow, end);
      const part = this.held.get(number);
      const from = number * this.perWindow;
      if (part) parts.push(part.latencies.subarray(part.starts[place - from], part.starts[until - from]));
      place = until;
    }
    const pool = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (pool.set(part, at), at + part.length), 0);
    return pool.sort();
  }
}

/** Per server: the slots seen busy and the slots there were, summed over a Segment's samples. */
function loads(segment, samples) {
  const { servers } = segment.tables;
  const n = servers ? servers.busy.length / samples : 0;
  const busy = new Float32Array(n);
  const slots = new Float32Array(n);
  for (let server = 0; server < n; server += 1) {
    const known = segment.keyframe.servers[server];
    if (!known || known.state === "removed") continue; // one added in this window counts from the next
    for (let row = 0; row < samples; row += 1) busy[server] += servers.busy[row * n + server];
    slots[server] = known.slots * samples;
  }
  return { busy, slots };
}

function shares(parts) {
  const n = Math.max(0, ...parts.map((part) => part.busy.length));
  let busy = 0;
  let slots = 0;
  let least = null;
  let most = null;
  for (let server = 0; server < n; server += 1) {
    const b = parts.reduce((sum, part) => sum + (part.busy[server] ?? 0), 0);
    const s = parts.reduce((sum, part) => sum + (part.slots[server] ?? 0), 0);
    if (s === 0) continue;
    busy += b;
    slots += s;
    least = Math.min(least ?? 1, b / s);
    most = Math.max(most ?? 0, b / s);
  }
  return { mean: slots > 0 ? busy / slots : null, least, most };
}

function orNull(number) {
  return Number.isNaN(number) ? null : number;
}

/** The value of a folded series at t_s: that of the bucket t_s falls in; null before data. `t` holds bucket ends. */
export function valueAt(t, values, t_s) {
  let low = 0;
  let high = t.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t[middle] < t_s) low = middle + 1;
    else high = middle;
  }
  return values[low] ?? null;
}
