"""Experiments on the real stack: 1,000 cells of 100,000 requests (10^8) from the click to the table, and two workers against one.

A cell is ten seeds of ten thousand requests each (on average over the loads) that are sent after the warm-up. Polls as a page
does, once a second, with ?since=.
"""

import json
import tempfile
import time
from pathlib import Path

from tests.stack import Stack, Visitor, wait_until

RATES = 200
LOADS = (400, 800)
WARM_UP = 0.023
"""The share of a replication that the pilots leave out here, on average."""
SEEDS = 10
REQUESTS = 10_000
SERVERS = 10
STRATEGIES = ("random", "round_robin", "power_of_two", "least_connections", "peak_ewma")
LIMIT_S = 600

DOCUMENT = {"format": "distviz-scenario/1", "system": "load_balancer", "title": "Bench", "duration_s": round(REQUESTS / (sum(LOADS) / 2) / (1 - WARM_UP), 3),
            "config": {"arrivals": {"law": "poisson", "rate_per_s": 800}, "servers": [{"count": SERVERS}]}}


def main() -> dict:
    """Run the bench; its numbers, which it also prints."""
    found = {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="distviz-bench-") as folder:
            stack = Stack(Path(folder) / "var", DISTVIZ_WORKERS=str(workers))
            try:
                found[workers] = _measured(stack.start(), workers, RATES)
            finally:
                stack.stop()
    print(f"two workers are {found[1] / found[2]:.2f} times as fast as one")
    return {"seconds": found[2], "speed_up": found[1] / found[2]}


def _measured(stack: Stack, workers: int, rates: int) -> float:
    """Seconds from the POST to the whole table."""
    wait_until(lambda: stack.pids()["worker"] and len(stack.pool()) == workers, 400, "the pool")
    visitor = Visitor(stack)
    _table(visitor, 4)  # the workers have compiled what they need
    began = time.monotonic()
    said, size = _table(visitor, rates)
    spent_s = time.monotonic() - began
    cells = len(said["cells"])
    print(f"{workers} worker(s): {cells:,} cells, {said['done']:,} replications, {said['requests']:,} requests in {spent_s:.1f} s "
          f"({said['requests'] / spent_s:,.0f} requests/s, {1000 * workers * spent_s / said['done']:.2f} ms of a worker each), {size / 1e6:.1f} MB of JSON")
    return spent_s


def _table(visitor: Visitor, rates: int) -> tuple[dict, int]:
    """(the whole Experiment, how much was sent for it), polled as a page polls."""
    loads = [LOADS[0] + (LOADS[1] - LOADS[0]) * step / rates for step in range(rates)]
    axes = [{"path": "strategy", "values": [{"name": name} for name in STRATEGIES]}, {"path": "arrivals.rate_per_s", "values": loads}]
    said = visitor.post("/api/experiments/", {"document": DOCUMENT, "axes": axes, "seeds": SEEDS})
    cells, size, until = {}, 0, time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        for cell in said["cells"]:
            cells[cell["number"]] = cell
        size += len(json.dumps(said))
        if said["state"] not in ("queued", "running"):
            assert said["state"] == "done" and said["answer"] and all(cell["done"] == SEEDS for cell in cells.values()), said["error"]
            return said | {"cells": [cells[number] for number in sorted(cells)]}, size
        time.sleep(1.0 if rates > 4 else 0.2)
        said = visitor.json(f"/api/experiments/{said['id']}/?since={said['stamp']}")
    raise AssertionError(f"not done within {LIMIT_S} s")
