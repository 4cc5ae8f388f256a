// One lane's time series of an actor system: samples of arriving Segments, folded into columns for the charts.

const RATES = ["sent", "delivered", "lost", "ok", "failed", "unknown"];
const LEVELS = ["in_flight", "mean_ms", "p99_ms"];

export class ClusterSeries {
  /** plan: {duration_ns, window_ns, sample_ns}, as in a Run's JSON; system: SYSTEM, which names the gauges. */
  constructor({ duration_ns, window_ns, sample_ns }, system = null) {
    this.plan = { duration_ns, window_ns, sample_ns };
    this.gauges = (system?.gauges ?? []).map(({ name }) => name);
    this.length = Math.ceil(duration_ns / sample_ns);
    this.version = 0; // grows with each Segment
    this.held = new Set();
    this.filled = new Uint8Array(this.length);
    this.values = Object.fromEntries([...RATES, ...LEVELS, ...this.gauges].map((name) => [name, new Float32Array(this.length).fill(NaN)]));
  }

  /** Takes in one decoded Segment; one already held is ignored. */
  add({ number, tables: { samples } }) {
    if (this.held.has(number) || !samples?.t_ns.length) return;
    this.held.add(number);
    samples.t_ns.forEach((t_ns, row) => {
      const place = this.placeOf(t_ns);
      this.filled[place] = 1;
      for (const [name, column] of Object.entries(this.values)) if (name in samples) column[place] = samples[name][row];
    });
    this.version += 1;
  }

  /** The sample (index) whose interval (start, end] holds t_ns. */
  placeOf(t_ns) {
    const place = Math.ceil(t_ns / this.plan.sample_ns - 1e-9) - 1;
    return Math.min(Math.max(place, 0), this.length - 1);
  }

  /** Buckets of `width` samples: {t: their ends in s, sent, delivered, lost, ok, failed, unknown: a second;
   *  in_flight, mean_ms, and the gauges: means; p99_ms: the largest; gauges: {name: [...]}}; null where
   *  nothing is known. The latencies are of operations answered ok: means are weighted with their number. */
  columns(width = 1) {
    const out = { t: [], gauges: Object.fromEntries(this.gauges.map((name) => [name, []])) };
    for (const name of [...RATES, ...LEVELS]) out[name] = [];
    for (let first = 0; first < this.length; first += width) this.#bucket(out, first, Math.min(first + width, this.length));
    return out;
  }

  #bucket(out, first, end) {
    const places = [];
    for (let place = first; place < end; place += 1) if (this.filled[place]) places.push(place);
    const span_s = (places.length * this.plan.sample_ns) / 1e9;
    out.t.push(Math.min(end * this.plan.sample_ns, this.plan.duration_ns) / 1e9);
    for (const name of RATES) out[name].push(places.length ? this.#sum(name, places) / span_s : null);
    out.in_flight.push(this.#mean("in_flight", places));
    out.mean_ms.push(this.#mean("mean_ms", places, "ok"));
    out.p99_ms.push(this.#largest("p99_ms", places));
    for (const name of this.gauges) out.gauges[name].push(this.#mean(name, places));
  }

  #sum(name, places) {
    return places.reduce((sum, place) => sum + (this.values[name][place] || 0), 0);
  }

  /** The mean of what is known, weighted with the column `weight`; null without any. */
  #mean(name, places, weight = null) {
    let [sum, weights] = [0, 0];
    for (const place of places) {
      const value = this.values[name][place];
      if (Number.isNaN(value)) continue;
      const one = weight ? this.values[weight][place] || 0 : 1;
      sum += value * one;
      weights += one;
    }
    return weights > 0 ? sum / weights : null;
  }

  #largest(name, places) {
    const known = places.map((place) => this.values[name][place]).filter((value) => !Number.isNaN(value));
    return known.length ? Math.max(...known) : null;
  }
}
