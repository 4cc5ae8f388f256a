// The two kernels, as the panels see them. This is the one place that tells them apart: whatever a panel must know
// of a kernel it asks the adapter, `desk.kernel` on the stage, `kernelOf(system)` elsewhere.
//
// On the stage
//   pictureOf(system)             the class that draws a lane (systems/*.js)
//   headline(system, frame, store)   [{title, value, tone}] over a lane, [] where there is nothing to be said
//   frame(store, t_ns)            the state at a moment, or null
//   marks(selection, lane)        what of a selection the Picture shows: spread into its view
//   stride(segment)               of how many things in the Trace one was kept; thinned(count): said in words
//   tip(entry, hit)               a short text for what the pointer is on, "" where the picture says it already
//   pace(store)                   the speed at which the eye can follow; null: the usual one, undefined: not known yet
//   tabs(), order                 [{key, title, View}] beside the usual ones, View takes {desk}; the keys of all in order
//   Body, titleOf(desk, target)   the inspector: its content ({desk, selection, t_ns, version}) and its heading
//   Told                          the picture in words: {desk, title, store, frame}
//   signs(), hands()              what the help explains
// Hands (a target is what can be selected: {node}, {link}, {message, t_ns}, ...; {} is the whole system)
//   nodes(desk)                   the ids that N walks through
//   selectionOf(hit, t_ns, lane)  from what the Picture says lies at a point
//   offers(desk, target)          [{spec, target (as an Action names it), states (one per lane), about}]
//   condition(desk, target)       its state in a word or two
//   doubleClick(desk, hit)        {kind, target} or null
//   whole                         the target that stands for the whole system
// Time
//   log(store, system)            rows [{at_ns, kind, words, target, event}]; logKinds(): their kinds, for a filter
//   stepFrom(store, t_ns, way)    the time of the next (1) or previous (-1) event, or null
//   bands(store), bandColours(theme), density(store, bins), flags(store, system)   for the scrubber
// Numbers
//   newSeries(store), folds(series), metrics(system)    for the charts
//   Verdict                       {lane, system, open}: what can be judged before the run is over
//   Outcome, files(run), histogram(summary)   for the results
//   measures(summaries), verdict(lanes, system), note()   for comparisons
// Pages
//   Sketch, facts(card)           for the gallery
//   Load                          what is asked of the system, before it runs: {config, recordings}
//   sections(schema)              for the set-up form: [{title, keys, about, used}] of its options, the first without a title; used: open where a scenario uses them
//   schedule(system, config, nodes)   for the set-up form: {specs: Actions that can be scheduled, targets(spec): ids}

import { actors } from "./kernel_actors.js";
import { traffic } from "./kernel_traffic.js";

const KERNELS = { actors, traffic };

/** The adapter for a SYSTEM or a CARD. */
export function kernelOf(system) {
  return KERNELS[system?.kernel ?? "traffic"];
}
