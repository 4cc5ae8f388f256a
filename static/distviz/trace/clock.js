// The playback clock: which moment of the Trace is shown. It knows no wall clock; it is told how much time passed.

export const SPEEDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
export const MAX = Infinity;
const WHOLE_RUN_AT_LEAST_S = 75;
const WHOLE_RUN_AT_MAX_S = 8;

/** The speed at which a Run of this length can be watched: the fastest that still takes over a minute. */
export function defaultSpeed(duration_ns) {
  const fits = SPEEDS.filter((speed) => speed >= 1 && duration_ns / 1e9 / speed >= WHOLE_RUN_AT_LEAST_S);
  return fits.at(-1) ?? 1;
}

export class Clock {
  constructor(duration_ns, speed = defaultSpeed(duration_ns)) {
    this.duration_ns = duration_ns;
    this.speed = speed;
    this.t_ns = 0;
    this.playing = false;
    /** True while playing has to wait for Segments. */
    this.waiting = false;
  }

  /** Simulated ns that pass in one second of the viewer's. */
  get pace_ns() {
    if (this.speed !== MAX) return this.speed * 1e9;
    return Math.max(SPEEDS.at(-1) * 1e9, this.duration_ns / WHOLE_RUN_AT_MAX_S);
  }

  /** Let `wall_ms` pass, but not beyond `limit_ns`, the end of what was received. Returns t_ns. */
  advance(wall_ms, limit_ns) {
    if (!this.playing) return this.t_ns;
    const wanted = this.t_ns + (wall_ms / 1000) * this.pace_ns;
    const end = Math.min(limit_ns, this.duration_ns);
    this.waiting = wanted > end && end < this.duration_ns;
    this.t_ns = Math.max(this.t_ns, Math.min(wanted, end));
    if (this.t_ns >= this.duration_ns) this.pause();
    return this.t_ns;
  }

  /** Play; from the start again where the end had been reached. */
  play() {
    if (this.t_ns >= this.duration_ns) this.t_ns = 0;
    this.playing = true;
  }

  pause() {
    this.playing = false;
    this.waiting = false;
  }

  seek(t_ns) {
    this.t_ns = Math.max(0, Math.min(this.duration_ns, t_ns));
    this.waiting = false;
  }

  /** Pause on the next (direction 1) or previous (-1) multiple of `grain_ns`. */
  step(direction, grain_ns) {
    this.pause();
    const place = this.t_ns / grain_ns;
    const next = direction > 0 ? Math.floor(place + 1e-6) + 1 : Math.ceil(place - 1e-6) - 1;
    this.seek(next * grain_ns);
  }

  faster() {
    const next = SPEEDS.find((speed) => speed > this.speed);
    this.speed = next ?? MAX;
  }

  slower() {
    this.speed = SPEEDS.filter((speed) => speed < this.speed).at(-1) ?? SPEEDS[0];
  }
}
