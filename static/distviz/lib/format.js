// Numbers and times as people read them.

const SECOND = 1e9;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function language() {
  return globalThis.document?.documentElement.lang || "en";
}

const formats = new Map();

function numberFormat(digits, fixed) {
  const key = `${language()}/${digits}/${fixed}`;
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat(language(), {
      maximumFractionDigits: digits, minimumFractionDigits: fixed ? digits : 0,
    }));
  }
  return formats.get(key);
}

/** A number with at most `digits` decimals, grouped as the language does; "–" for null and NaN. */
export function number(value, digits = 0) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : numberFormat(digits, false).format(value);
}

/** A number with exactly `digits` decimals: what stands below each other lines up. */
export function fixed(value, digits) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : numberFormat(digits, true).format(value);
}

/** A number with three significant digits: 0.123, 1.23, 12.3, 123, 1,230. */
export function three(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  return number(value, size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A count in at most five characters: 950, 12.3k, 4.56M. */
export function short(value) {
  if (value < 10000) return number(Math.round(value));
  const [size, unit] = value < 1e6 ? [1e3, "k"] : value < 1e9 ? [1e6, "M"] : [1e9, "G"];
  const scaled = value / size;
  return number(scaled, scaled < 10 ? 2 : scaled < 100 ? 1 : 0) + unit;
}

/** A count in at most four characters: 950, 6.1k, 17k, 1.2M. */
export function brief(value) {
  if (value < 999.5) return number(Math.round(value));
  const [size, unit] = value < 999500 ? [1e3, "k"] : value < 999.5e6 ? [1e6, "M"] : [1e9, "G"];
  const scaled = value / size;
  return number(scaled, scaled < 9.95 ? 1 : 0) + unit;
}

export function percent(share, digits = 0) {
  return share === null || Number.isNaN(share) ? "–" : `${number(100 * share, digits)} %`;
}

/** A length of time in ns: "3.21 ms", "4.20 s", "12 min". */
export function span(ns) {
  if (ns === null || ns === undefined || Number.isNaN(ns)) return "–";
  if (ns === 0) return "0 s";
  if (ns < 1e3) return `${three(ns)} ns`;
  if (ns < 1e6) return `${three(ns / 1e3)} µs`;
  if (ns < SECOND) return `${three(ns / 1e6)} ms`;
  if (ns < 2 * MINUTE) return `${three(ns / SECOND)} s`;
  return ns < 2 * HOUR ? `${three(ns / MINUTE)} min` : `${three(ns / HOUR)} h`;
}

/** A time in ns among a node's fields, to the millisecond at least: "7.18 ms", "0.603 s", "2.219 s". */
export function fieldTime(ns) {
  return Math.abs(ns) < SECOND / 10 ? span(ns) : `${numberFormat(3, true).format(ns / SECOND)} s`;
}

/** A moment in a Run of `duration_ns`: "4.21 s", "12:34.5", "3:04:05"; always the same width in one Run. */
export function moment(t_ns, duration_ns) {
  if (duration_ns < 2 * MINUTE) {
    const digits = duration_ns >= 10 * SECOND ? 2 : duration_ns >= SECOND ? 3 : 5;
    return `${numberFormat(digits, true).format(t_ns / SECOND)} s`;
  }
  const seconds = t_ns / SECOND;
  if (duration_ns < 2 * HOUR) {
    const tenths = Math.floor(seconds * 10 + 1e-6);
    return `${Math.floor(tenths / 600)}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
  }
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function two(value) {
  return String(value).padStart(2, "0");
}

/** Seconds for a URL: as short as they can be said without losing a microsecond. */
export function urlSeconds(t_ns) {
  return String(Math.round(t_ns / 1e3) / 1e6);
}

/** A playback speed: "0.1x", "20x". */
export function speed(value) {
  return `${number(value, 3)}×`;
}

const CLOCK_STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** The step of a time axis, in seconds: a round number of seconds, or of minutes, hours and days. */
export function timeStep(extent_s, wanted) {
  const rough = extent_s / wanted;
  if (rough <= 30) return roundStep(extent_s, wanted);
  return CLOCK_STEPS_S.find((step) => step >= rough) ?? 86400 * roundStep(extent_s / 86400, wanted);
}

/** The name of a round moment on a time axis: "20 s", "5:00", "2:00:00". */
export function timeTick(t_ns, duration_ns) {
  if (duration_ns >= 2 * MINUTE) return moment(t_ns, duration_ns).replace(/\.0$/, "");
  return `${Number((t_ns / SECOND).toFixed(6))} s`;
}

/** Round steps (1, 2, 5 times a power of ten): about `wanted` of them in `extent`. */
export function roundStep(extent, wanted) {
  const rough = extent / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((step) => step * power >= rough) ?? 10);
}
