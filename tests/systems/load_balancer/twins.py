"""What the tests of the load balancer share: runs of the kernel and of its oracle side by side."""

import random

import numpy as np

from simulator.engine.action import Action, ActionRefused
from simulator.engine.clock import MS, S
from simulator.engine.simulation import plan
from simulator.systems.load_balancer import build
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.layout import NOWHERE, OUTCOMES, ROW
from simulator.systems.load_balancer.oracle import Oracle
from simulator.systems.load_balancer.strategies import strategies
from tests.systems.load_balancer.drawn import drawn_resilience

ARRIVALS = (
    {"law": "poisson", "rate_per_s": 800},
    {"law": "deterministic", "rate_per_s": 700},
    {"law": "bursty", "low_rate_per_s": 100, "high_rate_per_s": 2000, "low_mean_s": 0.3, "high_mean_s": 0.1},
    {"law": "bursty", "low_rate_per_s": 0, "high_rate_per_s": 2000, "low_mean_s": 0.3, "high_mean_s": 0.1},
    {"law": "curve", "points": [[0, 300], [0.4, 1500], [0.5, 0], [0.9, 0], [1.2, 900]]},
    {"law": "curve", "points": [[0.1, 1200], [0.3, 400]], "shape": "steps", "repeat_s": 0.5},
    {"law": "closed", "clients": 40, "think_ms": 30},
    {"law": "closed", "clients": 15, "think_ms": 5, "think": "constant"},
)
SERVICES = (
    {"law": "exponential", "mean_ms": 10},
    {"law": "deterministic", "mean_ms": 10},
    {"law": "erlang", "mean_ms": 10, "stages": 3},
    {"law": "hyperexponential", "mean_ms": 10, "scv": 5},
    {"law": "bounded_pareto", "minimum_ms": 2, "maximum_ms": 500, "shape": 1.3},
)
DELAYS = (
    {"law": "none"},
    {"law": "constant", "delay_ms": 1},
    {"law": "uniform", "minimum_ms": 0, "maximum_ms": 3},
    {"law": "exponential", "minimum_ms": 0.1, "mean_ms": 2},
)
STRATEGIES = (
    {"name": "power_of_two"},
    {"name": "power_of_two", "choices": 3},
    {"name": "power_of_two", "choices": 2, "replacement": True},
    {"name": "random"},
    {"name": "round_robin"},
    {"name": "least_connections", "tie": "lowest"},
    {"name": "least_connections", "tie": "random"},
    {"name": "least_connections", "tie": "rotating"},
    {"name": "peak_ewma", "decay_ms": 50},
    {"name": "peak_ewma", "choices": 4},
    {"name": "smooth_weighted_round_robin"},
    {"name": "weighted_least_connections"},
    {"name": "least_request"},
    {"name": "least_request", "choice_count": 5, "active_request_bias": 0.5},
    {"name": "least_response_time", "decay_ms": 50},
    {"name": "join_idle_queue"},
    {"name": "source_hash"},
    {"name": "ring_hash"},
    {"name": "ring_hash", "points": 3, "minimum_ring": 1},
    {"name": "bounded_ring_hash", "balance_factor": 110},
    {"name": "bounded_ring_hash", "points": 10, "minimum_ring": 1, "then": "jump"},
    {"name": "rendezvous"},
    {"name": "maglev", "table_size": 251},
    {"name": "sticky_cookie"},
    {"name": "sticky_cookie", "first": "random"},
    {"name": "sticky_cookie", "first": "least_connections"},
    {"name": "client_side_weighted_round_robin", "blackout_s": 0.1, "expiration_s": 0.5, "update_s": 0.1, "report_ms": 50},
    {"name": "prequal"},
    {"name": "prequal", "pool": 4, "probe_rate": 1.7, "remove_rate": 0.3, "q_rif": 0.5, "age_ms": 20},
    {"name": "first"},
    {"name": "first", "maxconn": 3},
    {"name": "least_work_left"},
)
BY_SOURCE = ("source_hash", "ring_hash", "bounded_ring_hash", "rendezvous", "maglev", "sticky_cookie")
BALANCERS = (
    {},
    {"balancers": {"count": 3}},
    {"balancers": {"count": 2, "placement": "at_random"}, "sources": {"population": 50, "skew": 1.0}},
    {"balancers": {"count": 5, "placement": "by_source"}, "sources": {"population": 20}},
    {"balancers": {"count": 3, "placement": "dns", "ttl_s": 0.2, "notice_s": 0.1}, "sources": {"population": 30}},
    {"balancers": {"count": 3, "placement": "anycast", "notice_s": 0.15}, "sources": {"population": 30}},
)
ATTEMPTS = (
    {},
    {"retries": {"retries": 2}},
    {"retries": {"retries": 3, "retrier": "client", "try_timeout_ms": 20, "backoff_ms": 2}},
    {"retries": {"retries": 1, "try_timeout_ms": 10, "backoff_ms": 0, "budget": 0.1, "concurrent_at_least": 1}},
    {"retries": {"retries": 2, "try_timeout_ms": 30, "retry_on": ["timeout", "no_server"]}, "hedging": {"after_ms": 12, "hedges": 2}},
    {"retries": {"retries": 3, "bucket": 0.05, "bucket_rate_per_s": 20, "bucket_most": 5, "retry_on": ["timeout", "refused", "overflow"]}},
    {"hedging": {"after_ms": 0, "cancel": "on_start"}},
    {"hedging": {"after_ms": 5, "hedges": 3, "cancel": "on_answer"}, "retries": {"retries": 1}},
    {"hedging": {"after_ms": 1, "hedges": 2, "cancel": "on_start"}, "retries": {"retries": 2, "backoff_ms": 1, "try_timeout_ms": 25}},
    {"hedging": {"after_ms": 0}, "retries": {"retries": 0, "retrier": "client"}},
    {"retries": {"retries": 10, "retrier": "client", "backoff_ms": 0, "retry_on": ["timeout", "crashed", "refused", "rejected", "no_server"]}},
)
SERVERS = (
    {},
    {},
    {"discipline": "sharing"},
    {"discipline": "priority"},
    {"stops": {"every_s": 0.2, "length": {"law": "deterministic", "mean_ms": 30}}},
    {"discipline": "sharing", "stops": {"every_s": 0.1, "length": {"law": "exponential", "mean_ms": 20}},
     "slowness": {"every_s": 0.2, "mean_s": 0.1, "share": 0.4, "factor": 4}},
    {"discipline": "priority", "warm_up": {"factor": 5, "time_s": 0.3}, "slowness": {"every_s": 0.1, "mean_s": 0.2, "share": 1}},
    {"discipline": "sharing", "warm_up": {"factor": 3, "time_s": 0.5},
     "stops": {"every_s": 0.05, "length": {"law": "bounded_pareto", "minimum_ms": 1, "maximum_ms": 100}}},
)
FRONTS = (
    {},
    {},
    {"kind": {"name": "layer_7", "cores": 2, "request_ms": 0.8, "handshake_ms": 1, "authentication_ms": 0.1, "keep_alive_s": 0.1,
              "compression_ms": 0.3, "transfer_ms": 2}},
    {"kind": {"name": "layer_7", "request_ms": 0, "transfer_ms": 1}},
    {"kind": {"name": "layer_7", "request_ms": 0.1, "connections": 2, "pending": 20}},
    {"kind": {"name": "layer_7", "request_ms": 0, "connections": 1}},
    {"kind": {"name": "layer_4", "keep_alive_s": 0.05, "forward_ms": 0}},
    {"kind": {"name": "hardware", "packets_per_s": 6000, "connections_per_s": 300, "table": 30, "keep_alive_s": 0.1}},
    {"kind": {"name": "hardware", "handshakes_per_s": 200, "table": 15, "keep_alive_s": 0, "standby": True, "failover_s": 0.1,
              "mirrored": True}},
    {"kind": {"name": "hardware", "forward_ms": 0, "standby": True, "failover_s": 0.3}},
)
CACHES = (
    {},
    {},
    {"on": True, "capacity": 20, "keys": {"law": "zipf", "count": 100}},
    {"on": True, "capacity": 30, "evict": "fifo", "keys": {"law": "uniform", "count": 60}, "ttl_s": 0.2},
    {"on": True, "capacity": None, "keys": {"law": "zipf", "count": 50, "exponent": 0.5}, "ttl_s": 0.05, "refresh": True},
    {"on": True, "capacity": 1, "keys": {"law": "uniform", "count": 3}, "ttl_s": 0.1, "refresh": True},
)
CLASSES = [{"name": "page", "share": 3}, {"share": 1, "demand": 2.5, "priority": 4}, {"share": 0.5, "demand": 0.3, "group": 1}]
ATTACKS = [{"start_s": 0.2, "length_s": 0.6, "rate_per_s": 900, "demand": 0.5},
           {"start_s": 0.5, "length_s": 9, "rate_per_s": 300, "sources": 40, "priority": 2}]
WORK = (
    {},
    {},
    {"classes": CLASSES[:2]},
    {"classes": CLASSES},
    {"attacks": ATTACKS},
    {"attacks": ATTACKS[1:], "classes": CLASSES[:2]},
    {"fan_out": 7},
    {"fan_out": 3, "classes": CLASSES[:2], "attacks": ATTACKS[:1]},
)
SCALING = (
    {},
    {},
    {"scaling": {"maximum": 20, "every_s": 1, "start_s": 0.3, "calm_s": 1, "target": 0.5}},
    {"scaling": {"maximum": 8, "minimum": 3, "every_s": 1, "start_s": 0, "calm_s": 0, "tolerance": 0}},
)
KINDS = ("resize", "crash", "crash", "restart", "restart", "slow", "pause", "resume", "resume", "drain", "undrain", "remove",
         "add_server", "rate")


class Recording:
    """What the scenarios floor hands down, as far as the system looks at it."""

    def __init__(self, arrival_ns, demand_ns=None):
        self.arrival_ns, self.demand_ns = np.asarray(arrival_ns), demand_ns


def balancer(options: dict, duration_ns: int = 3 * S, seed: int = 1, inputs: dict | None = None, warm_up_ns: int = 0,
             keep: bool = True):
    """A LoadBalancer of `options` whose finished requests are also gathered in `finished` (rows as lists)."""
    run = build(Config.model_validate(options), seed, plan(duration_ns), inputs or {}, {"warm_up_ns": warm_up_ns}, keep)
    run.finished = []
    hashed = run.trace.block

    def block(table, rows, count):
        run.finished += rows.tolist()
        hashed(table, rows, count)

    run.trace.block = block
    return run


def requests(run) -> list[dict]:
    """The finished requests of a run made by `balancer`, by number, as {column: value}."""
    run.drain_rows()
    return [dict(zip(ROW, row, strict=True)) for row in sorted(run.finished)]


def live(run) -> list[dict]:
    """The requests that are still somewhere in the system, by number."""
    pool = run.state.pool[(run.state.pool["stage"] != NOWHERE) & (run.state.pool["attempt"] >= 0)]
    return sorted(({name: int(row[name]) for name in ROW} for row in pool), key=lambda row: row["k"])


def do(run, at_ns: int, kind: str, target: str = "", **params) -> str:
    """Advance to at_ns and apply an Action; "" or the sentence that refuses it."""
    run.advance(at_ns)
    try:
        run.apply(Action(at_ns, kind, target, params))
    except ActionRefused as refused:
        return str(refused)
    return ""


def drawn_options(draw: random.Random, strategy: dict) -> dict:
    """A random Config with `strategy`; where the source decides, sources mostly come back."""
    groups = [{"count": draw.randint(1, 8), "slots": draw.randint(1, 3), "speed": draw.choice([1, 1, 0.5, 2]),
               "queue_limit": draw.choice([None, None, 0, 2, 10]), "zone": draw.randint(1, 3), **draw.choice(SERVERS)}
              for _ in range(draw.randint(1, 3))]
    work = drawn_work(draw, strategy)
    return {"arrivals": draw.choice(ARRIVALS), "service": draw.choice(SERVICES), "strategy": strategy, **work,
            "client_delay": draw.choice(DELAYS), "server_delay": draw.choice(DELAYS), "servers": groups,
            "timeout_ms": draw.choice([None, 20, 60, 2]), "detection_ms": draw.choice([0, 10, 100, 500]),
            **drawn_balancers(draw, strategy, CACHES[:1] if "fan_out" in work else CACHES), **draw.choice(SCALING),
            **drawn_resilience(draw)}


def drawn_work(draw: random.Random, strategy: dict) -> dict:
    """Classes, attacks, parts, and attempts where these go together."""
    work = draw.choice(WORK)
    if strategies()[strategy["name"]].build and "classes" in work:
        work = work | {"classes": CLASSES[:2]}
    return work if "fan_out" in work else work | draw.choice(ATTEMPTS)


def drawn_balancers(draw: random.Random, strategy: dict, caches: tuple) -> dict:
    """Balancers and sources of some kind."""
    found = draw.choice(BALANCERS[2:] if strategy["name"] in BY_SOURCE else BALANCERS)
    return {"sources": {"population": draw.choice([0, 0, 40])}} | found | {
        "balancers": found.get("balancers", {}) | draw.choice(FRONTS) | {"cache": draw.choice(caches)}}


def drawn_target(draw: random.Random, kind: str) -> str:
    """What an Action of `kind` is done to."""
    if kind in ("rate", "add_server"):
        return ""
    return f"balancer-{draw.randrange(3)}" if kind in ("crash", "restart") and draw.random() < 0.4 else f"server-{draw.randrange(8)}"


def drawn_actions(draw: random.Random, duration_ns: int, count: int) -> list[Action]:
    """Random Actions in order of time, many of them at equal times, some of them refused."""
    ranges = {"slow": {"factor": [1, 2, 5, 0.5]}, "rate": {"factor": [0, 0.5, 1, 2, 1.3]},
              "add_server": {"speed": [1, 0.7], "slots": [1, 2, 3]}, "resize": {"speed": [2, 0.5], "downtime_s": [0, 0.2]}}
    found = []
    for _ in range(count):
        kind = draw.choice(KINDS)
        at_ns = draw.choice([draw.randrange(duration_ns), draw.randrange(duration_ns // (100 * MS)) * 100 * MS])
        params = {name: draw.choice(values) for name, values in ranges.get(kind, {}).items()}
        found.append(Action(at_ns, kind, drawn_target(draw, kind), params))
    return sorted(found, key=lambda action: action.at_ns)


def compare(options: dict, seed: int, actions: list[Action], duration_ns: int, inputs: dict | None = None) -> int:
    """Kernel and oracle must agree request by request and refusal by refusal; how many requests were over."""
    kernel, oracle = balancer(options, duration_ns, seed, inputs), Oracle(Config.model_validate(options), seed, inputs or {})
    for action in actions:
        refusals = [do(run, action.at_ns, action.kind, action.target, **action.params) for run in (kernel, oracle)]
        assert refusals[0] == refusals[1]
    kernel.advance(duration_ns)
    oracle.advance(duration_ns)
    kernel.drain_rows()
    for ours, theirs in zip(kernel.finished, oracle.rows, strict=False):
        assert tuple(ours) == theirs, dict(zip(ROW, zip(ours, theirs, strict=True), strict=True))
    assert len(kernel.finished) == len(oracle.rows)
    totals = kernel.keyframe()["totals"]
    assert [totals[name] for name in OUTCOMES[1:]] == oracle.totals[1:]
    assert kernel.state.in_flight.tolist() == oracle.in_flight
    assert int(kernel.cells["retrying"]) == oracle._retrying
    for name in ("down", "ejected", "ejections", "consecutive", "right", "whole"):
        assert kernel.state.standing[name].tolist() == [[getattr(one, name) for one in row] for row in oracle._standing], name
    assert np.array_equal(kernel.state.weight, oracle._weights)
    for name in ("inside", "entries", "dropped", "lookups", "hits", "announced", "pending"):
        assert kernel.state.fronts[name].tolist() == [getattr(front, name) for front in oracle.fronts], name
    if kernel.config.balancers.kind.name != "ideal":
        assert kernel.state.fronts["made"].tolist() == [front.made for front in oracle.fronts]
    assert kernel.state.fronts["held"].tolist() == [len(front.cached) for front in oracle.fronts]
    assert kernel.state.cores.tolist() == [front.cores for front in oracle.fronts]
    assert np.array_equal(kernel.state.memory, oracle.memory)
    assert np.array_equal(kernel.state.truth, oracle.truth)
    return len(oracle.rows)
