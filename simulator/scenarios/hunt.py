"""Looks through seeds for one that breaks a promise. Pure: no database, no clock.

A Hunt plays one Scenario, its nemesis on, under many seeds. What it finds is a *tally*, a dict of JSON
values; tallies of different seeds can be merged in any order and any grouping with the same result:

{"done": seeds played, "events": events run, "violations": seeds in which a promise was broken,
 "properties": {key: seeds that broke this one}, "reached": {key: seeds in which this came about},
 "first": {key: the FINDING of the seed that broke this one earliest},
 "earliest": [the FINDINGs that come first, at most EARLIEST_KEPT]}
FINDING: {"at_ns", "seed", "property", "template", "values", "node"}, the first broken promise of its seed.

Instead of broken promises a Hunt may look for histories that a consistency model rejects; "property" is then the model.

Findings are ordered by simulated time, then by seed. The first of all is the *worst seed*: the promise that
is broken soonest has the fewest events and faults before it, and so the shortest explanation.
"""

from collections.abc import Callable, Iterable
from math import inf, sqrt

from simulator.engine.words import N_
from simulator.scenarios import play
from simulator.scenarios.document import MAX_SEED, ScenarioDocument, with_config
from simulator.scenarios.mistake import Mistake, Phrase
from simulator.scenarios.rejection import rejection
from simulator.scenarios.size import expected_work

EARLIEST_KEPT = 10
Z_95 = 1.959963984540054
"""Of 95 draws in 100 of the normal law, none lies further from the mean, in standard deviations."""

FAULTS_A_RUN = 20
"""How often the nemesis strikes where nobody says how often, in a whole Run, on average."""


def nothing() -> dict:
    """The tally of no seed at all."""
    return {"done": 0, "events": 0, "violations": 0, "properties": {}, "reached": {}, "first": {}, "earliest": []}


def search(document: ScenarioDocument, seeds: Iterable[int], beat: Callable[[], None] = lambda: None,
           events_at_most: float = inf, model: str = "") -> dict:
    """The tally of `seeds`. `beat` is called on the way, often; it may raise to end the search.

    model: looked for are not broken promises, but histories that this consistency model rejects.

    Mistake (413) where a single seed needs more than `events_at_most` events.
    """
    tally = nothing()
    for seed in seeds:
        playing = play.prepare(document, seed, keep=False)
        playing.rush(lambda playing=playing: playing.events > events_at_most or beat())
        if playing.events > events_at_most:
            sentence = N_("Seed {seed} needs more than {most:,} events: shorten duration_s.")
            raise Mistake("duration_s", Phrase(sentence, seed=seed, most=round(events_at_most)), status=413)
        tally = merged(tally, tally_of(seed, playing.summary() | _rejected(playing, model)))
    return tally


def _rejected(playing, model: str) -> dict:
    """What stands in place of the broken promises where a model is asked for."""
    if not model:
        return {}
    found = rejection(playing.asked(), model)
    return {"breaches": [found] if found else []}


def tally_of(seed: int, summary: dict) -> dict:
    """The tally of one seed, from the summary of its Run."""
    first = {}
    for breach in summary["breaches"]:
        found = {name: breach[name] for name in ("at_ns", "property", "template", "values", "node")} | {"seed": seed}
        if breach["property"] not in first or _order(found) < _order(first[breach["property"]]):
            first[breach["property"]] = found
    return {
        "done": 1, "events": summary["events"], "violations": int(bool(first)),
        "properties": dict.fromkeys(first, 1), "first": first, "earliest": sorted(first.values(), key=_order)[:1],
        "reached": {key: 1 for key, at_ns in summary["reached"].items() if at_ns is not None},
    }


def merged(one: dict, other: dict) -> dict:
    """The tally of the seeds of both; they must have none in common."""
    first = dict(one["first"])
    for key, found in other["first"].items():
        first[key] = min(found, first.get(key, found), key=_order)
    return {
        **{name: one[name] + other[name] for name in ("done", "events", "violations")},
        **{name: _sums(one[name], other[name]) for name in ("properties", "reached")},
        "first": dict(sorted(first.items())),
        "earliest": sorted([*one["earliest"], *other["earliest"]], key=_order)[:EARLIEST_KEPT],
    }


def interval(violations: int, seeds: int) -> tuple[float, float]:
    """Wilson's 95 % interval of the share of seeds that break a promise (JASA 22, 1927); (0, 1) for no seed.

    It holds at the ends too: none in 1,000 seeds is not "never", but "in fewer than 4 of 1,000".
    """
    if not seeds:
        return 0.0, 1.0
    share, square = violations / seeds, Z_95 * Z_95
    middle = share + square / (2 * seeds)
    half = Z_95 * sqrt(share * (1 - share) / seeds + square / (4 * seeds * seeds))
    low, high = (middle - half) / (1 + square / seeds), (middle + half) / (1 + square / seeds)
    return (max(0.0, low) if violations else 0.0), (min(1.0, high) if violations < seeds else 1.0)


def expected_events(document: ScenarioDocument) -> float:
    """Events to be expected of one seed."""
    return expected_work(document, document.deeds(), {})


def hunted(document: ScenarioDocument, overrides: dict | None = None) -> ScenarioDocument:
    """`document` as it is hunted: `overrides` laid over its Config, and its nemesis on.

    Where the nemesis sleeps and `overrides` do not say how often it strikes, it strikes FAULTS_A_RUN times in
    a Run. Mistake where the system has no promises that could be broken.
    """
    if document.facts.kernel != "actors":
        sentence = N_("system must be one that promises something: {system} has no properties to be broken.")
        raise Mistake("system", Phrase(sentence, system=document.system))
    made = with_config(document, overrides or {})
    if made.config["nemesis"]["rate_per_s"] or "rate_per_s" in (overrides or {}).get("nemesis", {}):
        return made
    return with_config(made, {"nemesis": {"rate_per_s": usual_rate(made)}})


def usual_rate(document: ScenarioDocument) -> float:
    """Faults a second that make FAULTS_A_RUN in a Run of `document`, rounded to three digits."""
    seconds = document.duration_s * (document.config["nemesis"]["until_share"] or 1)
    return min(1000.0, float(f"{FAULTS_A_RUN / seconds:.3g}"))


def quiet(document: ScenarioDocument) -> ScenarioDocument:
    """`document` with its nemesis asleep."""
    return with_config(document, {"nemesis": {"rate_per_s": 0}})


def check_seeds(first_seed: int, seeds: int, most: int) -> None:
    """Mistake where this many seeds, from this one on, are none, too many, or beyond the last."""
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= most:
        raise Mistake("seeds", Phrase(N_("seeds must be a whole number from 1 to {most:,}."), most=most))
    last = MAX_SEED - seeds + 1
    if isinstance(first_seed, bool) or not isinstance(first_seed, int) or not 0 <= first_seed <= last:
        raise Mistake("first_seed", Phrase(N_("first_seed must be a whole number from 0 to {most:,}."), most=last))


def _sums(one: dict, other: dict) -> dict:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


def _order(found: dict) -> tuple:
    return found["at_ns"], found["seed"], found["property"]
