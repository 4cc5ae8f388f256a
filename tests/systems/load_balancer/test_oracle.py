"""The kernel is what its plain-Python oracle is, request by request, whatever is asked of both."""

import random

import numpy as np
import pytest

from simulator.engine.action import Action
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.strategies import strategies
from tests.systems.load_balancer.twins import (
    ARRIVALS, CACHES, DELAYS, FRONTS, Recording, SERVICES, STRATEGIES, balancer, compare, do, drawn_actions, drawn_options,
)


def test_every_strategy_is_compared():
    assert {strategy["name"] for strategy in STRATEGIES} == set(strategies())


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: "-".join(map(str, strategy.values())))
def test_kernel_and_oracle_agree_whatever_happens(strategy):
    draw = random.Random(f"oracle {strategy}")
    over = sum(compare(drawn_options(draw, strategy), seed, drawn_actions(draw, 2 * S, 30), 2 * S) for seed in range(2))
    assert over > 500


def tied_and_shared(draw):
    """A random Config whose servers share their processor, behind layer 7 with a cache; hedges at once, tied; shedding."""
    options = drawn_options(draw, draw.choice([{"name": "first"}, {"name": "first", "maxconn": 3}]))
    options.pop("fan_out", None)
    options["balancers"] |= FRONTS[draw.choice([2, 3])] | {"cache": draw.choice(CACHES[2:])}
    for group in options["servers"]:
        group["discipline"] = "sharing"
    return options | {"hedging": {"after_ms": 0, "cancel": "on_start"},
                      "shedding": {"after_ms": draw.choice([1, 5, 20]), "interval_ms": draw.choice([None, 50])}}


def test_kernel_and_oracle_agree_on_what_servers_know_that_share_behind_a_cache():
    draw = random.Random("tied and shared")
    assert sum(compare(tied_and_shared(draw), seed, drawn_actions(draw, S, 10), S) for seed in range(4)) > 500


POOLS = ({"connections": 1}, {"connections": 2, "pending": 3}, {"connections": 5, "pending": 0})


@pytest.mark.parametrize("placement", ["dns", "anycast", "in_turn"])
@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: "-".join(map(str, pool.values())))
def test_kernel_and_oracle_agree_on_connections_and_on_how_clients_find_balancers_that_crash(pool, placement):
    draw, over = random.Random(f"upstream {pool} {placement}"), 0
    for seed in range(3):
        options = drawn_options(draw, draw.choice(STRATEGIES))
        options["balancers"] |= {"count": 3, "kind": {"name": "layer_7", "request_ms": 0.1} | pool, "placement": placement,
                                 "ttl_s": draw.choice([0, 0.1, 0.5]), "notice_s": draw.choice([0, 0.05, 0.3])}
        crashes = [Action(at_ns * MS, kind, "balancer-1", {}) for at_ns, kind in ((300, "crash"), (600, "restart"), (800, "crash"))]
        over += compare(options, seed, sorted(drawn_actions(draw, S, 15) + crashes, key=lambda action: action.at_ns), S)
    assert over > 300


@pytest.mark.parametrize("service", SERVICES, ids=lambda law: law["law"])
@pytest.mark.parametrize("arrivals", ARRIVALS[:3], ids=lambda law: law["law"])
def test_kernel_and_oracle_agree_on_every_law(arrivals, service):
    assert compare({"arrivals": arrivals, "service": service}, 3, [], S) > 100


@pytest.mark.parametrize("server_delay", DELAYS, ids=lambda law: law["law"])
@pytest.mark.parametrize("client_delay", DELAYS, ids=lambda law: law["law"])
def test_kernel_and_oracle_agree_on_every_delay(client_delay, server_delay):
    draw = random.Random(f"{client_delay} {server_delay}")
    options = {"client_delay": client_delay, "server_delay": server_delay, "timeout_ms": 30, "servers": [{"count": 9}]}
    assert compare(options, 4, drawn_actions(draw, S, 10), S) > 100


def test_kernel_and_oracle_agree_on_a_recording():
    draw = np.random.default_rng(1)
    arrival = np.sort(draw.integers(0, S, 900))
    recording = Recording(arrival - arrival[0], draw.integers(1, 20 * MS, 900))
    options = {"arrivals": {"law": "recorded", "recording": "0" * 16, "speed_up": 1.5}, "service": {"law": "recorded"}}
    actions = [action for action in drawn_actions(random.Random(2), S, 30) if action.kind not in ("pause", "rate")]
    assert compare(options, 1, actions, 60 * S, {"0" * 16: recording}) == 900


def test_ties_run_in_the_order_in_which_they_were_scheduled():
    """Everything is a multiple of 1 ms: arrivals, service, delays and the deadline."""
    options = {"arrivals": {"law": "deterministic", "rate_per_s": 1000}, "service": {"law": "deterministic", "mean_ms": 10},
               "client_delay": {"law": "constant", "delay_ms": 1}, "server_delay": {"law": "constant", "delay_ms": 1},
               "timeout_ms": 14, "strategy": {"name": "least_connections", "tie": "rotating"}}
    actions = [action for action in drawn_actions(random.Random(5), S, 60) if action.at_ns % MS == 0 and action.kind != "rate"]
    assert compare(options, 1, actions, S) > 600


def sliced(options, actions, duration_ns, slices):
    """The digest, summary and last keyframe of a run that is advanced to each of `slices` in between."""
    run = balancer(options, duration_ns, warm_up_ns=300 * MS)
    for at_ns, action in sorted([(action.at_ns, action) for action in actions] + [(at_ns, None) for at_ns in slices],
                                key=lambda pair: pair[0]):
        run.advance(at_ns)
        if action:
            run.apply(action)
    run.advance(duration_ns)
    return run.summary(), run.keyframe()


def test_it_does_not_matter_how_a_run_is_sliced():
    draw = random.Random("slices")
    for strategy in STRATEGIES[::2]:
        options, duration = drawn_options(draw, strategy), S
        actions = accepted(options, drawn_actions(draw, duration, 12), duration)
        whole = sliced(options, actions, duration, [])
        for _ in range(2):
            assert sliced(options, actions, duration, [draw.randrange(duration) for _ in range(60)]) == whole


def accepted(options, actions, duration_ns):
    """Those of `actions` that are not refused."""
    run = balancer(options, duration_ns)
    return [action for action in actions if not do(run, action.at_ns, action.kind, action.target, **action.params)]
