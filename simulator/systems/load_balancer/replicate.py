"""A replication of the load balancer: the kernel and the judge of every Run, few samples, nothing kept of single requests."""

from bisect import bisect_right
from collections import deque

import numpy as np

from simulator.engine.clock import S
from simulator.engine.replication import Order, Replication
from simulator.engine.simulation import Plan
from simulator.systems.load_balancer.layout import COUNTED, OK, OUTCOMES
from simulator.systems.load_balancer.recorder import sent
from simulator.systems.load_balancer.simulation import LoadBalancer
from simulator.systems.load_balancer.summary import present_ns, utilisation, verdict

HOUR_NS = 3600 * S
EXTRAS = ("attempts", "retries", "hedges")
"""What is counted beside the requests and their first attempts, where a request may have several."""


def replicate(config, seed: int, order: Order) -> Replication:
    """One replication. ActionRefused where the system refuses an Action of the Order."""
    step = max(1, order.duration_ns // order.samples)
    run = LoadBalancer(config, seed, Plan(order.duration_ns, order.duration_ns, step), order.inputs, {"warm_up_ns": order.warm_ns},
                       keep=False)
    stops = sorted({*range(step, order.duration_ns, step), order.warm_ns, order.duration_ns} - {0})
    levels, before, waiting = [], _counted(run), deque(order.actions)
    while len(levels) < len(stops):
        while waiting and waiting[0].at_ns < stops[len(levels)]:
            action = waiting.popleft()
            run.advance(action.at_ns)
            run.apply(action)
        limit = order.warm_ns if run.now_ns < order.warm_ns else order.duration_ns
        limit = min(limit, waiting[0].at_ns) if waiting else limit
        levels += run.advance_each(stops[len(levels):bisect_right(stops, limit)], order.beat)
        if stops[len(levels) - 1] == order.warm_ns:
            before = _counted(run)
    return _measured(run, np.array(stops), np.array(levels), before)


def _counted(run: LoadBalancer) -> np.ndarray:
    """What servers have finished, and EXTRAS, from the beginning until now."""
    return np.array([run.state.nodes["left"].sum(), *(int(run.cells[name]) for name in EXTRAS)])


def _measured(run: LoadBalancer, times: np.ndarray, levels: np.ndarray, before: np.ndarray) -> Replication:
    run.recorder.touch(run.state, run.now_ns)
    # The beginning counts here: a queue that grows has grown from the first request on, and the longer the look, the surer.
    stability = verdict(run, 0)
    done = _counted(run) - before
    cells = run.state.histogram
    used = np.flatnonzero(cells[:, 0])
    return Replication(
        _scalars(run, int(done[0]), times, levels), dict(zip(OUTCOMES[2:], run.state.outcomes[COUNTED, 2:].tolist(), strict=False)),
        _extras(run, done[1:].tolist()), stability.stable, stability.template, stability.params,
        np.column_stack([used, cells[used]]), int(run.cells["latency_min"]) if len(used) else 0, int(run.cells["latency_max"]), times, levels)


def _scalars(run: LoadBalancer, finished: int, times: np.ndarray, levels: np.ndarray) -> dict:
    counted, span_s = run.state.outcomes[COUNTED], (run.now_ns - run.warm_ns) / S
    asked, over, ok = _sent(run), int(counted.sum()), int(counted[OK])
    warm = int(np.searchsorted(times, run.warm_ns))
    worst = warm + int(levels[warm:].argmax())
    return {
        "sent": asked, "ok": ok, "failed": over - ok, "events": run.events, "span_s": span_s,
        "offered_per_s": asked / span_s, "goodput_per_s": ok / span_s, "throughput_per_s": finished / span_s,
        "utilisation": utilisation(run), "server_hours": float(present_ns(run).sum()) / HOUR_NS,
        "worst_ns": int(times[worst]), "worst_in_system": int(levels[worst]),
    }


def _extras(run: LoadBalancer, counts: list[int]) -> dict:
    """Attempts, retries and hedges a request; nothing where each request has one attempt."""
    asked = _sent(run)
    if not asked or not run.state.rules["several"][0]:
        return {}
    each = {f"{name}_per_request": count / asked for name, count in zip(EXTRAS, counts, strict=True)}
    return each | {"attempts_per_request": 1 + each["attempts_per_request"]}


def _sent(run: LoadBalancer) -> int:
    return sent(run.state) - run.recorder.sent_before
