"""The numbers of a Run: latencies from the histogram, areas, servers, and whether the load can be served."""

import numpy as np

from simulator.engine import ENGINE_VERSION
from simulator.engine.clock import MS, S
from simulator.judges.stability import judge
from simulator.systems.load_balancer import fronting
from simulator.systems.load_balancer.config_work import names
from simulator.systems.load_balancer.histogram import Histogram
from simulator.systems.load_balancer.layout import COUNTED, OK, OUTCOMES
from simulator.systems.load_balancer.offered import impossible
from simulator.systems.load_balancer.recorder import sent as all_sent

PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99_9": 0.999}


def summary(run) -> dict:
    """The summary of a LoadBalancer as it stands, as JSON; all of it about requests sent after the warm-up."""
    run.recorder.touch(run.state, run.now_ns)
    counted, span_s = run.state.outcomes[COUNTED], max(0, run.now_ns - run.warm_ns) / S
    sent = all_sent(run.state) - run.recorder.sent_before
    over, ok = int(counted.sum()), int(counted[OK])
    stability = verdict(run, run.warm_ns)
    histogram = Histogram(run.state.histogram, int(run.cells["latency_min"]), int(run.cells["latency_max"]))
    servers = _servers(run, span_s)
    return {
        "sent": sent, "ok": ok, "failed": over - ok, "in_system": sent - over,
        "outcomes": dict(zip(OUTCOMES[2:], counted[2:].tolist(), strict=False)),
        "latency_ms": _latency(histogram, stability.stable),
        "throughput_per_s": ok / span_s if span_s else 0.0,
        "utilisation": utilisation(run), "fairness": _fairness(run),
        "span_s": span_s, "warm_up_s": run.warm_ns / S, "little": _little(run, span_s, over),
        "stable": stability.stable, "stability": stability.sentence,
        "stability_template": stability.template, "stability_values": stability.params,
        **_kinds(run, stability.stable), **_closed(run, span_s, over),
        "cache_hit_ratio": fronting.hit_ratio(run), "balancers": fronting.summary(run, span_s),
        "servers": servers, "histogram": histogram.coarse(), "events": run.events,
        "engine_version": ENGINE_VERSION, "digest": run.trace.digest(),
    }


def _kinds(run, stable: bool) -> dict:
    """What became of each class of requests and of each attack; nothing where all requests are alike."""
    found = []
    for index, name in enumerate(names(run.config)):
        kind, counts = run.state.kinds[index], run.state.by_kind[index]
        histogram = Histogram(run.state.kind_latency[index], int(kind["latency_min"]), int(kind["latency_max"]))
        sent, over, ok = int(kind["sent"]), int(counts.sum()), int(counts[OK])
        found.append({"name": name, "sent": sent, "ok": ok, "failed": over - ok, "in_system": sent - over,
                      "outcomes": dict(zip(OUTCOMES[2:], counts[2:].tolist(), strict=False)), "latency_ms": _latency(histogram, stable)})
    return {"classes": found} if found else {}


def _closed(run, span_s: float, over: int) -> dict:
    """Closed clients: R = N / X - Z, with the mean think time Z by the area under those that think; nothing where others send too."""
    clients = int(run.state.rules["closed"][0])
    if not clients or not over or run.config.attacks:
        return {}
    response = run.recorder.sojourn / over
    return {"closed": {"clients": clients, "throughput_per_s": over / span_s, "response_ms": response / MS,
                       "think_ms": (clients * span_s * S - run.recorder.area) / over / MS}}


def verdict(run, since_ns: int):
    """Unstable where the laws say so, whatever the luck of the seed; else the judge's verdict on the backlogs since then."""
    known = impossible(run)
    if known is not None:
        return known
    nodes, recorder = run.state.nodes, run.recorder
    first = next((i for i, at_ns in enumerate(recorder.times) if at_ns >= since_ns), len(recorder.times))
    backlog = _table(recorder.backlog[first:], len(nodes))
    departure_ns = np.maximum(run.mean_demand_ns, 1.0) / (nodes["speed"] * nodes["slots"])
    return judge(recorder.times[first:], backlog, departure_ns)


def _table(rows: list[np.ndarray], servers: int) -> np.ndarray:
    """Backlogs, a row a sample; a server that was not there yet had none."""
    if rows and len(rows[0]) == servers:  # servers only ever become more
        return np.array(rows)
    table = np.zeros((len(rows), servers), np.int32)
    for row, levels in zip(table, rows, strict=True):
        row[: len(levels)] = levels
    return table


def _latency(histogram: Histogram, stable: bool) -> dict:
    """In ms; null where nothing was answered, or where the numbers would only say when one stopped looking."""
    known = stable and histogram.count > 0
    measures = {"mean": histogram.mean, **{name: histogram.quantile(q) for name, q in PERCENTILES.items()},
                "max": histogram.maximum}
    return {name: value / MS if known else None for name, value in measures.items()} | {"count": histogram.count}


def _little(run, span_s: float, over: int) -> dict:
    """Little's law: mean number in the system, rate of those that are over, their mean time, and |L - lambda W| / L."""
    number = run.recorder.area / (span_s * S) if span_s else 0.0
    rate = over / span_s if span_s else 0.0
    time_s = run.recorder.sojourn / over / S if over else 0.0
    return {"l": number, "lambda_per_s": rate, "w_s": time_s, "error": abs(number - rate * time_s) / number if number else 0.0}


def present_ns(run) -> np.ndarray:
    """How long each server has been there since the warm-up."""
    nodes = run.state.nodes
    until = np.where(nodes["removed"] >= 0, nodes["removed"], run.now_ns)
    return np.maximum(until - np.maximum(nodes["added"], run.warm_ns), 0).astype(float)


def utilisation(run) -> float:
    """The share of all slots that were busy, servers that are down included, since the warm-up."""
    capacity = float((present_ns(run) * run.state.nodes["slots"]).sum())
    return float(run.recorder.areas[:, 1].sum()) / capacity if capacity else 0.0


def _fairness(run) -> float | None:
    """Jain's index of the answers per unit of capacity: 1 is even, 1 / n is all on one."""
    nodes = run.state.nodes
    capacity = present_ns(run) * nodes["slots"] * nodes["speed"]
    share = nodes["ok"][capacity > 0] / capacity[capacity > 0]
    return float(share.sum() ** 2 / (len(share) * (share**2).sum())) if share.any() else None


def _servers(run, span_s: float) -> list[dict]:
    nodes, areas, present = run.state.nodes, run.recorder.areas, present_ns(run)
    return [{
        "id": f"server-{index}", "sent": int(node["sent"]), "ok": int(node["ok"]), "failed": int(node["failed"]),
        "utilisation": busy / (time * int(node["slots"])) if time else 0.0,
        "mean_queue": queued / time if time else 0.0, "max_queue": int(node["max_queue"]),
    } for index, (node, (queued, busy, _), time) in enumerate(zip(nodes, areas.tolist(), present.tolist(), strict=True))]
