"""Experiments as the server would tell them, made up: strategies of different strength against a load, and a sizing."""

from math import exp

STRATEGIES = ("Power of two", "Random", "Round robin", "Least connections")
LOADS = (400, 500, 600, 700, 800, 900, 1000, 1100)
SEEDS = 10
ID = "11111111-2222-3333-4444-555555555555"
CAPACITY = 1000
STRENGTH = (0.3, 1.0, 0.6, 0.22)
COUNTED = 38_000


def est(mean: float, half: float | None = None, count: int = SEEDS) -> dict:
    """An EST."""
    return {"mean": mean, "half": 0.04 * mean if half is None else half, "count": count}


def cell(number: int, at: list[int], load: float, strength: float, done: int = SEEDS, servers: int | None = None) -> dict:
    """A CELL of a balancer whose latency grows as the load nears what its servers can do."""
    share = load / CAPACITY
    stable = share < 0.98 if done else None
    mean = 10 * (1 + strength * share / max(1 - share, 0.02))
    latency = {"mean": est(mean), "p50": est(0.7 * mean), "p90": est(2.1 * mean), "p99": est(4.4 * mean), "p99_9": est(6.8 * mean, 0.9 * mean)}
    measures = {
        "latency_ms": latency if stable else None, "throughput_per_s": est(min(load, CAPACITY), 2), "goodput_per_s": est(min(load, CAPACITY), 2),
        "offered_per_s": est(load, 2), "failure_share": est(0.0 if stable else 0.08, 0.001), "utilisation": est(min(share, 1), 0.004),
        "server_hours": est(0.1667, 0.0), "outcomes": {"ok": 1.0}, "extras": {"attempts_per_request": est(1.02, 0.01)},
    }
    return {
        "number": number, "at": at, "servers": servers, "stamp": number + 1, "done": done, "seeds": SEEDS, "stable": stable,
        "unstable": 0 if stable or not done else SEEDS, "requests": COUNTED * done, "warm_up_s": 4.2 if done else None,
        "stability": None if stable or not done else "Unstable: the queues grew with every seed.",
        "worst": {"seed": 3, "at_ns": 12_345_000_000, "in_system": 61} if done else None,
        **(measures if done else dict.fromkeys(measures)),
    }


def axes() -> list[dict]:
    """Strategies, and a load."""
    return [
        {"path": "strategy", "title": "Strategy", "unit": "", "load": False, "values": [{"value": {"name": name.lower().replace(" ", "_")}, "label": name} for name in STRATEGIES]},
        {"path": "arrivals.rate_per_s", "title": "Rate", "unit": "1/s", "load": True, "values": [{"value": load, "label": f"{load:,}"} for load in LOADS]},
    ]


def grid(done: int = SEEDS, **more) -> dict:
    """An EXPERIMENT of four strategies and eight loads; `done`: seeds of each cell so far."""
    cells = [cell(row * len(LOADS) + column, [row, column], load, STRENGTH[row], done) for row in range(len(STRATEGIES)) for column, load in enumerate(LOADS)]
    going = done < SEEDS
    return {
        "id": ID, "url": f"/experiments/{ID}/", "state": "running" if going else "done", "phase": "replications" if going else None, "kind": "grid",
        "title": "One slow server", "system": "load_balancer", "scenario": "one-slow", "config": {}, "duration_ns": 60_000_000_000, "warm_up_s": None,
        "first_seed": 1, "seeds": SEEDS, "axes": axes(), "sizing": None, "cells_total": len(cells), "done": len(cells) * done, "total": len(cells) * SEEDS,
        "events": 9_000_000, "requests": len(cells) * done * COUNTED, "seconds": 12.3, "stamp": 40 + done, "error": None, "visibility": "private", "mine": True,
        "created": "2026-01-01T10:00:00+00:00", "cells": cells, "answer": _answer(cells) if done > 1 else None,
        "assumptions": ["Arrivals are an open stream: nobody waits for an answer before asking again.", "The first part of each run, found by MSER-5, is left out."],
    } | more


def _answer(cells: list[dict]) -> dict:
    return {
        "compared": 0, "measures": ["mean_ms", "p99_ms", "failure_share"], "points": [_point(cells, column) for column in range(len(LOADS))],
        "loads": [{"at": [row, None], "axis": 1, "largest_stable": 900, "open": False, "knee": 700 if row else 800, "knee_open": False, "power": []} for row in range(len(STRATEGIES))],
        "sentence": "Least connections has the lowest mean latency at every load; at 900 1/s its mean is 29.8 ms, 68 % below Random.",
    }


def _point(cells: list[dict], column: int) -> dict:
    row = [cells[place * len(LOADS) + column] for place in range(len(STRATEGIES))]
    stable = row[0]["stable"]
    pairs = []
    for a in range(len(row)):
        for b in range(a + 1, len(row)):
            said = [_diff(row[a]["latency_ms"][name]["mean"], row[b]["latency_ms"][name]["mean"]) if stable else None for name in ("mean", "p99")]
            pairs.append({"a": a, "b": b, "mean_ms": said[0], "p99_ms": said[1], "failure_share": _diff(0.0, 0.0), "stable": "both" if stable else "neither"})
    return {"at": [None, column], "cells": [one["number"] for one in row], "best": 3 if stable else None, "pairs": pairs}


def _diff(a: float, b: float) -> dict:
    gap = b - a
    significant = abs(gap) > 1
    return {"difference": gap, "half": 0.8 if gap else 0.0, "count": SEEDS, "p": 0.001 if significant else 0.4, "significant": significant,
            "lower": ("a" if gap > 0 else "b") if significant else None}


def whole_cell(one: dict) -> dict:
    """A CELL as its own address tells it: tail and seeds with it."""
    mean = one["latency_ms"]["mean"]["mean"] if one["latency_ms"] else 0
    times = [1.06 ** step for step in range(150)] if mean else []
    tail = [(ms, exp(-ms / mean)) for ms in times if exp(-ms / mean) > 1 / 380_000] if mean else []
    rows = [{"seed": 1 + seed, "stable": bool(one["stable"]), "sent": COUNTED, "ok": COUNTED, "failed": 0, "mean_ms": mean, "p50_ms": 0.7 * mean, "p90_ms": 2 * mean,
             "p99_ms": 4.4 * mean, "p99_9_ms": 6.8 * mean, "throughput_per_s": 600, "goodput_per_s": 600, "utilisation": 0.6, "server_hours": 0.1667,
             "worst_ns": 12_345_000_000, "worst_in_system": 61} for seed in range(one["done"])]
    return one | {"config": {}, "tail": {"ms": [ms for ms, _ in tail], "share": [share for _, share in tail]}, "replications": rows}


def sizing() -> dict:
    """An EXPERIMENT that asked for the smallest number of servers."""
    tried = ([12, 6, 9, 8], [12, 18, 15, 13], [12, 6, 9, 11], [12, 6, 8, 7])
    answers = (9, 15, None, 8)
    cells, sizes = [], []
    for row, numbers in enumerate(tried):
        probes = []
        for servers in sorted(numbers):
            holds = answers[row] is not None and servers >= answers[row]
            made = cell(len(cells), [row], 500 if holds else 940, STRENGTH[row], servers=servers)
            if servers == 6:
                made |= {"stable": False, "latency_ms": None, "unstable": SEEDS}
            cells.append(made)
            probes.append({"cell": made["number"], "servers": servers, "holds": holds, "undecided": row == 2 and servers == 12,
                           "share": est(0.994 if holds else 0.97, 0.002), "percentile_ms": made["latency_ms"]["p99"]["mean"] if made["latency_ms"] else None})
        said = f"{answers[row]} servers hold." if answers[row] else "None of 1 to 12 servers holds."
        sizes.append({"at": [row], "servers": answers[row], "said": said, "over": True, "probes": probes})
    asked = {"servers": "servers.0.count", "low": 1, "high": 18, "percentile": 0.99, "below_ms": 60, "lost": 1}
    return grid() | {"kind": "sizing", "axes": axes()[:1], "sizing": asked, "cells": cells, "cells_total": len(cells),
                     "answer": {"sizes": sizes, "sentence": "Least connections needs the fewest servers: 8, with one of them lost."}}
