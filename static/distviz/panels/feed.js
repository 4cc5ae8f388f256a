// From the lanes' stores to the time series that the charts draw, at a pace the eye can use.

import { onThemeChange } from "../lib/canvas.js";
import { signal, useEffect, useMemo, useRef, useState } from "../lib/html.js";

const REDRAW_MS = 120; // Segments come many a second: they are drawn together

const known = new WeakMap(); // store -> Series, so that hiding the charts forgets nothing

function seriesOf(store, kernel) {
  if (known.has(store)) return known.get(store);
  const series = kernel.newSeries(store);
  known.set(store, series);
  store.segments().forEach((segment) => take(series, store, segment));
  store.onSegment((segment) => take(series, store, segment));
  return series;
}

/** A Segment far from the cursor may have lost its requests for a while: they are waited for. */
function take(series, store, segment) {
  if (segment.tables.requests || !segment.tables.samples) series.add(segment);
  else store.requestsLater(segment.number).then((requests) => series.add({ ...segment, tables: { ...segment.tables, requests } }));
}

/** {series: one per lane, version: signal that changes when there is more, fold(kind) -> folded data per lane}. */
export function useFeed(list, kernel) {
  const total = (all) => all.reduce((sum, one) => sum + one.version, 0);
  const stores = list.map((lane) => lane.store);
  const series = useMemo(() => stores.map((store) => seriesOf(store, kernel)), stores);
  const version = useMemo(() => signal(total(series)), []);
  useEffect(() => {
    let timer = null;
    const bump = () => {
      timer = null;
      version.value = total(series);
    };
    const stops = stores.map((store) => store.revision.subscribe(() => {
      timer ??= setTimeout(bump, REDRAW_MS);
    }));
    return () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    };
  }, [series]);
  return { series, version, fold: useMemo(() => folder(kernel.folds(series)), [series, version.value]) };
}

/** Folds once per kind: the rate and the latency chart share their buckets. */
function folder(kinds) {
  const folded = {};
  return (kind) => (folded[kind] ??= kinds[kind]());
}

/** A signal that follows `source`, but changes at most once in `every_ms` (the last value always arrives). */
export function useCalm(source, every_ms) {
  const calm = useMemo(() => signal(source.peek()), [source]);
  useEffect(() => {
    let timer = null;
    const stop = source.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = null;
        calm.value = source.peek();
      }, every_ms);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [source]);
  return calm;
}

/** One function for the component's life that calls the newest `given`: a new closure redraws nothing. */
export function useSteady(given) {
  const newest = useRef(given);
  newest.current = given;
  return useMemo(() => (...values) => newest.current(...values), []);
}

/** A number that changes when the colours do, so that canvases are drawn anew. */
export function useTheme() {
  const [theme, setTheme] = useState(0);
  useEffect(() => onThemeChange(() => setTheme((number) => number + 1)), []);
  return theme;
}
