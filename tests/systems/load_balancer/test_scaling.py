"""The autoscaler and a bigger machine: what they promise, rule by rule."""

import pytest

from simulator.engine.clock import S
from simulator.systems.load_balancer.config_scaling import Scaling
from simulator.systems.load_balancer.scaling import Autoscaler, Seen
from tests.systems.load_balancer.twins import balancer, do


def seen(busy: list[int], slots: int = 10, starting: int = 0, leaving: int = 0) -> list[Seen]:
    """Servers of `slots` slots with so many busy each, then some that are starting, then some idle ones that drain."""
    ready = [Seen(index, "up", True, slots, one, one == 0) for index, one in enumerate(busy)]
    late = [Seen(len(ready) + i, "up", False, slots, 0, True) for i in range(starting)]
    return ready + late + [Seen(len(ready) + starting + i, "draining", True, slots, 0, True) for i in range(leaving)]


def decisions(scaler: Autoscaler, servers: list[Seen], seconds: int, begin_s: int = 0) -> list[tuple]:
    """What it decided in each of `seconds`, (added, drained, removed), those without effect left out."""
    found = [scaler.look((begin_s + second) * S, servers) for second in range(1, seconds + 1)]
    return [one for one in found if any(one)]


def test_it_wants_the_servers_there_are_times_share_busy_over_target_rounded_up():
    scaler = Autoscaler(Scaling(maximum=100, target=0.5))
    assert decisions(scaler, seen([8, 8, 9]), 15) == [(2, [], [])]  # 3 x 0.833 / 0.5 = 5


def test_within_the_tolerance_nothing_is_done():
    scaler = Autoscaler(Scaling(maximum=100, target=0.5, tolerance=0.1))
    assert decisions(scaler, seen([5, 5, 6]), 60) == []  # 0.533 / 0.5 = 1.067


def test_servers_that_are_starting_count_as_idle_when_more_are_wanted():
    scaler = Autoscaler(Scaling(maximum=100, target=0.5))
    assert decisions(scaler, seen([9, 9], starting=2), 15) == []  # 18 of 40 slots: 0.9 of the target


def test_in_one_decision_the_number_at_most_doubles_or_grows_by_four():
    assert decisions(Autoscaler(Scaling(maximum=100, target=0.1)), seen([10]), 15) == [(4, [], [])]
    assert decisions(Autoscaler(Scaling(maximum=100, target=0.1)), seen([10] * 6), 15) == [(6, [], [])]


def test_the_bounds_hold():
    assert decisions(Autoscaler(Scaling(maximum=3, target=0.1)), seen([10, 10]), 15) == [(1, [], [])]
    idle = Autoscaler(Scaling(maximum=9, minimum=2, calm_s=0))
    assert decisions(idle, seen([0, 0, 0, 0]), 15) == [(0, [3, 2], [])]


def test_servers_are_taken_away_only_to_the_largest_number_wanted_within_the_calm():
    scaler = Autoscaler(Scaling(maximum=9, calm_s=60, target=0.5))
    assert decisions(scaler, seen([5, 5, 5, 5]), 15) == []
    assert decisions(scaler, seen([1, 1, 1, 1]), 45, 15) == []
    assert decisions(scaler, seen([1, 1, 1, 1]), 15, 60) == [(0, [3, 2, 1], [])]


def test_who_was_told_to_drain_is_removed_once_nothing_is_left_there():
    scaler = Autoscaler(Scaling(maximum=9, calm_s=0, target=0.5))
    assert decisions(scaler, seen([5, 0]), 15) == [(0, [1], [])]
    busy = [Seen(0, "up", True, 10, 5, False), Seen(1, "draining", True, 10, 1, False)]
    assert decisions(scaler, busy, 3, 15) == []
    assert decisions(scaler, [busy[0], Seen(1, "draining", True, 10, 0, True)], 1, 18) == [(0, [], [1])]


def test_who_drains_for_another_reason_is_left_alone():
    scaler = Autoscaler(Scaling(maximum=9, calm_s=0, target=0.5))
    assert decisions(scaler, seen([5], leaving=1), 30) == []


def scaled(rate_per_s: float, seconds: int, count: int = 2, **scaling):
    """A run of 10 ms requests at servers of 1 slot, `count` at first, that is advanced to its end."""
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": rate_per_s}, "servers": [{"count": count}],
                    "strategy": {"name": "least_connections"}, "scaling": {"maximum": 50} | scaling}, seconds * S)
    run.advance(seconds * S)
    return run


def test_a_farm_that_is_too_small_grows_until_the_target_is_met():
    run = scaled(1000, 180, count=12, target=0.5)
    states = [server["state"] for server in run.keyframe()["servers"]]
    assert 18 <= states.count("up") <= 32  # 10 slots of work at 50 %; what chance once asked for stays for 300 s
    assert {action["kind"] for action in run.tables()["actions"]} == {"add_server"}


def test_a_new_server_takes_its_first_request_only_after_its_start():
    run = scaled(1000, 46, start_s=30)
    servers = run.keyframe()["servers"]
    assert servers[2]["state"] == "up" and servers[2]["in_flight"] > 0
    assert servers[-1]["state"] == "starting" and servers[-1]["in_flight"] == 0


def test_a_farm_that_is_too_large_shrinks_and_loses_no_request():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 100}, "servers": [{"count": 12}], "detection_ms": 0,
                    "scaling": {"maximum": 50, "minimum": 2, "calm_s": 15}}, 120 * S)
    run.advance(120 * S)
    states = [server["state"] for server in run.keyframe()["servers"]]
    assert states.count("removed") == 10 and states[:2] == ["up", "up"]
    assert run.summary()["failed"] == 0


def test_a_bigger_machine_costs_a_downtime_and_then_works_faster():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 50}, "servers": [{"count": 1}]}, 60 * S)
    assert do(run, 10 * S, "resize", "server-0", speed=4.0, downtime_s=5.0) == ""
    server = run.keyframe()["servers"][0]
    assert (server["state"], server["speed"], server["known_down"]) == ("starting", 4.0, True)
    run.advance(14 * S)
    lost = run.keyframe()["totals"]["no_server"]
    assert lost > 100
    run.advance(16 * S)
    assert run.keyframe()["servers"][0]["state"] == "up"
    run.advance(60 * S)
    assert run.keyframe()["totals"]["no_server"] == pytest.approx(250, abs=60)


def test_there_is_a_largest_machine():
    run = balancer({}, S)
    assert "factor" not in (said := do(run, 0, "resize", "server-0", speed=65.0)) and "speed" in said
