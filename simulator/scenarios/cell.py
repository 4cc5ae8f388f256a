"""One Cell of an Experiment: what its seeds measured so far, and the numbers with their intervals that come of it.

FACTS, JSON values: {"done", "unstable": seeds, "stable": true | false | None (no seed yet), "stability": the judge's sentence as
{"template", "values"} | None, "latency_ms": {"mean", "p50", "p90", "p99", "p99_9"} | None, one ESTIMATE for each of RATES,
"outcomes": {how requests failed: share}, "extras": {name: ESTIMATE}, "requests", "events", "worst": {"seed", "at_ns", "in_system"}}
ESTIMATE: {"mean", "half" (95 %, None for fewer than two seeds), "count"}. Records are in the order of their seeds, so the same
seeds make the same bytes, in whatever order they came.

A Cell is unstable where two of its seeds are, or a fifth of them, whichever is more; then it has no latency at all. The
judge of a single run errs towards "served" (one false alarm in 5,000), so that so many of them cannot be chance; and of
few short runs at 110 % load it sees half. Fewer unstable seeds are left out of the latencies, and counted. Where the laws
alone say that the work cannot be done, one seed is enough.
"""

from collections.abc import Iterable, Sequence

from simulator.judges import capacity
from simulator.judges.statistics import mean_interval
from simulator.judges.tail import Tail
from simulator.scenarios.replication import latencies

UNSTABLE_AT_LEAST = 2
UNSTABLE_SHARE = 0.2
RATES = ("throughput_per_s", "goodput_per_s", "offered_per_s", "failure_share", "utilisation", "server_hours")
LATENCIES = {"mean": "mean_ms", "p50": "p50_ms", "p90": "p90_ms", "p99": "p99_ms", "p99_9": "p99_9_ms"}


def added(records: Sequence[dict], more: Iterable[dict]) -> list[dict]:
    """Records of different seeds together, by seed."""
    return sorted([*records, *more], key=lambda record: record["seed"])


def facts(records: Sequence[dict], tail: Tail) -> dict:
    """The FACTS of some records, and of the latencies of all stable ones together."""
    unstable = [record for record in records if not record["stable"]]
    stable = None if not records else is_stable(len(unstable), len(records)) and not any(map(certain, unstable))
    sent, over = sum(record["sent"] for record in records), sum(record["ok"] + record["failed"] for record in records)
    outcomes = sorted({name for record in records for name in record["outcomes"]})
    return {
        "done": len(records), "unstable": len(unstable), "stable": stable,
        "stability": {name: unstable[0][name] for name in ("template", "values")} if unstable and not stable else None,
        "latency_ms": _latencies(records, tail) if stable else None,
        **{name: estimate([measure(record, name) for record in records]) for name in RATES},
        "outcomes": {name: sum(record["outcomes"].get(name, 0) for record in records) / over if over else 0.0 for name in outcomes},
        "extras": _extras(records), "requests": sent, "events": sum(record["events"] for record in records), "worst": worst(records),
    }


def is_stable(unstable: int, seeds: int) -> bool:
    """Whether a Cell is called stable that has so many unstable seeds."""
    return unstable < max(UNSTABLE_AT_LEAST, UNSTABLE_SHARE * seeds)


def certain(record: dict) -> bool:
    """Whether it is unstable by the laws alone, with any seed."""
    return record["template"] in capacity.SENTENCES


def measure(record: dict, name: str) -> float | None:
    """A number of a record; None where it has none."""
    if name == "failure_share":
        over = record["ok"] + record["failed"]
        return record["failed"] / over if over else None
    return record.get(name)


def estimate(values: Sequence[float | None]) -> dict | None:
    """The ESTIMATE of the mean of some seeds' numbers; None where none of them has one."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return {"mean": known[0], "half": None, "count": 1} if known else None
    found = mean_interval(known)
    return {"mean": found.mean, "half": found.half, "count": found.count}


def worst(records: Sequence[dict]) -> dict | None:
    """Of the worst seed, when it was worst: an unstable one before all, then that with the highest 99th percentile."""
    if not records:
        return None
    found = max(records, key=lambda record: (not record["stable"], record.get("p99_ms") or 0.0, record["worst_in_system"], -record["seed"]))
    return {"seed": found["seed"], "at_ns": found["worst_ns"], "in_system": found["worst_in_system"]}


def _latencies(records: Sequence[dict], tail: Tail) -> dict | None:
    """The mean over the seeds; percentiles of all requests together, their intervals from the seeds' own (sectioning)."""
    if not tail.count:
        return None
    pooled = latencies(tail)
    seeds = {key: estimate([record.get(name) for record in records]) for key, name in LATENCIES.items()}
    return {key: found if key == "mean" else found | {"mean": pooled[LATENCIES[key]]} for key, found in seeds.items()}


def _extras(records: Sequence[dict]) -> dict:
    names = sorted({name for record in records for name in record["extras"]})
    return {name: estimate([record["extras"].get(name) for record in records]) for name in names}
