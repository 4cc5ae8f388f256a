"""The numbers of a run of actors."""

from simulator.engine import ENGINE_VERSION
from simulator.engine.clock import MS, S

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def totals(cluster) -> dict:
    """What became of the messages so far."""
    counts = cluster.counts
    return {"sent": cluster.sent, "delivered": counts.delivered, "lost": counts.lost, "cut": counts.cut, "down": counts.down,
            "dropped": counts.dropped}


def summary(run) -> dict:
    """The summary of a Protocol as it stands, as JSON. Latencies are of operations that ended ok, from their invocation."""
    cluster, telling = run.cluster, run.cluster.telling
    metrics = run.facts.metrics(cluster) if run.facts.metrics else []
    span_s = run.now_ns / S
    ok = telling.outcomes["ok"]
    return {
        "events": run.events, "messages": totals(cluster), "operations": {**telling.outcomes, "open": len(telling.open)},
        "latency_ms": latency_ms(telling.latencies_ns), "throughput_per_s": ok / span_s if span_s else 0.0,
        "writes": {"forced": cluster.counts.forced, "lazy": cluster.counts.lazy},
        "breaches": list(telling.breaches.values()),
        "reached": {one.key: telling.reached.get(one.key) for one in telling.properties if not one.always},
        "metrics": [{"key": key, "title": title, "value": value, "unit": unit} for key, title, value, unit in metrics],
        "span_s": span_s, "engine_version": ENGINE_VERSION, "digest": run.trace.digest() if run.keep else None,
    }


def latency_ms(latencies_ns) -> dict:
    """Mean and percentiles of latencies in ms; None where there is none."""
    ordered = sorted(latencies_ns)
    count = len(ordered)
    ranked = {name: ordered[-(-count * round(q * 100) // 100) - 1] / MS if count else None for name, q in PERCENTILES.items()}
    return {"mean": sum(ordered) / count / MS if count else None, **ranked, "max": ordered[-1] / MS if count else None, "count": count}
