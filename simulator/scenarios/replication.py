"""Replications of a Scenario: the pilot that finds the warm-up, and the record of one seed, JSON values only.

RECORD: {"seed", "stable", "sent", "ok", "failed", "events", "span_s", "utilisation", "offered_per_s", "goodput_per_s",
"throughput_per_s", "server_hours", "worst_ns", "worst_in_system", "outcomes", "extras"}, of a stable one "mean_ms", "p50_ms",
"p90_ms", "p99_ms", "p99_9_ms" (null where nothing was answered), of an unstable one "template" and "values" of the judge's
sentence; where a limit was asked for, "within": the share of the requests that ended which were answered within it.
"""

from collections.abc import Callable, Mapping
from math import ceil

from simulator.engine.action import ActionRefused
from simulator.engine.clock import MS
from simulator.engine.replication import Order, Replication
from simulator.judges.statistics import mser5
from simulator.judges.tail import NOTHING, Tail
from simulator.scenarios.document import ScenarioDocument
from simulator.scenarios.mistake import Mistake, Phrase

SAMPLES = 128
"""How often a replication looks at its queues, for the judge of stability: four times for each of its batches."""

PILOT_SAMPLES = 1000
LEAST_SHARE = 0.01
"""The warm-up is at least this share of a replication, so that a lucky pilot does not decide alone."""

LEAST_SHARE_OF_LOSS = 0.1
"""The same where servers are down from the beginning: those who must notice it have noticed it by then."""

PERCENTILES = {"p50_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "p99_9_ms": 0.999}


def pilot(document: ScenarioDocument, seed: int, inputs: Mapping, beat: Callable[[], None] = lambda: None) -> int:
    """The warm-up in ns that MSER-5 finds in the requests in the system of a run of its own, at 1,000 even times.

    The pilot's seed is none of those that are measured, so what is left out does not depend on what is measured.
    """
    found = _played(document, seed, 0, PILOT_SAMPLES, inputs, beat)
    return ceil(document.duration_ns * mser5(found.levels) / len(found.levels))


def record(document: ScenarioDocument, seed: int, warm_ns: int, inputs: Mapping, limit_ms: float | None = None,
           beat: Callable[[], None] = lambda: None) -> tuple[dict, Tail]:
    """(RECORD, latencies) of one seed; the latencies of an unstable one are left out."""
    found = _played(document, seed, warm_ns, SAMPLES, inputs, beat)
    tail = Tail(found.latencies, found.shortest, found.longest)
    made = {"seed": seed, "stable": found.stable, **found.scalars, "outcomes": found.outcomes, "extras": found.extras}
    if limit_ms is not None:
        over = found.scalars["ok"] + found.scalars["failed"]
        made["within"] = tail.within(limit_ms * MS) / over if found.stable and over else 0.0
    if not found.stable:
        return made | {"template": found.template, "values": found.values}, Tail(NOTHING)
    return made | latencies(tail), tail


def latencies(tail: Tail) -> dict:
    """{"mean_ms", "p50_ms", ...} of a Tail, null where it is empty."""
    found = {"mean_ms": tail.mean if tail.count else None} | {name: tail.quantile(q) for name, q in PERCENTILES.items()}
    return {name: None if ns is None else ns / MS for name, ns in found.items()}


def least_warm_up(document: ScenarioDocument, lost: int = 0) -> int:
    """The warm-up in ns that is left out whatever a pilot says."""
    share = LEAST_SHARE_OF_LOSS if lost else LEAST_SHARE
    return max(document.warm_up_ns, ceil(document.duration_ns * share))


def _played(document: ScenarioDocument, seed: int, warm_ns: int, samples: int, inputs: Mapping, beat) -> Replication:
    actions = tuple(sorted(document.deeds(), key=lambda action: action.at_ns))
    order = Order(document.duration_ns, warm_ns, samples, actions, {key: inputs[key] for key in document.recordings()}, beat)
    try:
        return document.facts.replicate(document.options, seed, order)
    except ActionRefused as refused:
        raise Mistake("actions", Phrase("{field}: {said}", field="actions", said=Phrase(refused.template, **refused.values))) from None
