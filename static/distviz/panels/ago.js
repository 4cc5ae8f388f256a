// How long ago something was, as people say it.

const STEPS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30], ["month", 12], ["year", Infinity]];

/** "3 minutes ago", in the page's language; `iso` is a time that Date can read. */
export function ago(iso, now = Date.now()) {
  let amount = (Date.parse(iso) - now) / 1000;
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.round(amount), unit);
    amount /= size;
  }
  return iso;
}
