"""What is asked of the servers, where it is known exactly: the work that arrives, and the shares that a blind strategy deals out."""

import numpy as np

from simulator.judges.capacity import overload
from simulator.judges.stability import Stability
from simulator.systems.load_balancer.layout import OUTCOMES, TOTAL

BLIND = ("random", "round_robin")
"""Strategies that give every server the same share of the requests, whatever becomes of them."""

STEADY = ("poisson", "deterministic")
"""Open arrivals whose rate is always the same."""

TURNED_AWAY = slice(OUTCOMES.index("timeout") + 1, None)
"""Outcomes that spare a server the work, or may."""


def impossible(run) -> Stability | None:
    """The verdict "unstable" where the laws alone say that the servers cannot do the work; None where they say nothing.

    Nothing is said where anything may turn work away or adapt to it (limits, caches, closed clients, an autoscaler), where
    the rate changes in time, where an Action has changed the system, or where this very run turned a request away.
    """
    config, nodes = run.config, run.state.nodes
    if run.acted or _adapts(config) or run.state.outcomes[TOTAL, TURNED_AWAY].any():
        return None
    shares = np.full(len(nodes), 1.0 / len(nodes)) if _blind(config) else None
    return overload(work(run), nodes["speed"] * nodes["slots"], shares, _random(config))


def work(run) -> float:
    """What arrives in a second on average, attacks and second attempts left out, in seconds of a server of speed 1."""
    return run.config.arrivals.rate_per_s * run.config.fan_out * _demand_s(run)


def _demand_s(run) -> float:
    """Mean work of a request (or of a part of one), in seconds at speed 1."""
    classes = run.config.classes
    scale = sum(one.share * one.demand for one in classes) / sum(one.share for one in classes) if classes else 1.0
    return run.mean_demand_ns * scale / 1e9


def _adapts(config) -> bool:
    """Whether the load may change, or be kept away from the servers, or they be faster, so that more may be offered than is done."""
    kind, gives_up = config.balancers.kind.name, config.timeout_ms is not None
    return (
        config.arrivals.law not in STEADY or any(group.queue_limit is not None for group in config.servers)
        or any(group.slowness.every_s is not None and group.slowness.factor < 1.0 for group in config.servers)
        or any(one.group is not None for one in config.classes)
        or config.shedding.after_ms is not None or config.rate_limit.rate_per_s is not None
        or getattr(config.balancers.kind, "connections", None) is not None or config.breakers.max_requests is not None or config.balancers.cache.on or config.scaling.maximum is not None
        or kind == "hardware" or gives_up and (kind == "layer_7" or config.timeout_ms <= _longest_ms(config.client_delay))
        or config.hedging.cancel != "never" and (gives_up or config.retries.try_timeout_ms is not None)
    )


def _longest_ms(delay) -> float:
    """A request that takes longer than the client's patience on its way to the balancer may never be worked on."""
    return {"none": 0.0, "constant": getattr(delay, "delay_ms", 0.0), "uniform": getattr(delay, "maximum_ms", 0.0)}.get(delay.law, np.inf)


def _blind(config) -> bool:
    """Whether every server is given an equal share, whatever becomes of it: nothing takes one out, and nothing is tried twice."""
    several = config.retries.retries or config.retries.try_timeout_ms is not None or config.hedging.after_ms is not None
    near = config.zones.count > 1 and config.zones.routing != "any"
    return (config.strategy.name in BLIND and config.balancers.kind.name in ("ideal", "layer_7")
            and not (several or near or config.health.on or config.outliers.on))


def _random(config) -> bool:
    """Whether anything is left to chance: then 100 % is already too much."""
    clockwork = config.arrivals.law == config.service.law == "deterministic" and config.strategy.name != "random"
    varied = len({one.demand for one in config.classes}) > 1 or config.balancers.placement == "at_random"
    return not clockwork or varied
