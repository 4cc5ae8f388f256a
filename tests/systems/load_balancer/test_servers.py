"""What servers do besides first in, first out: processor sharing, priority, stops, episodes of slowness, warming up."""

import numpy as np
import pytest

from simulator.engine.clock import MS, S
from tests.systems.load_balancer.twins import Recording, balancer, do, live, requests

RECORDED = {"arrivals": {"law": "recorded", "recording": "0" * 16}, "service": {"law": "recorded"}}
CONSTANT_STOPS = {"every_s": 1.0, "length": {"law": "deterministic", "mean_ms": 100}}


def replay(arrivals_ms, demands_ms, group, until_ms=1000, prepare=lambda run: None):
    """The times in ms at which requests of these arrivals and demands leave one server."""
    recording = Recording(np.array(arrivals_ms) * MS, np.array(demands_ms) * MS)
    run = balancer(RECORDED | {"servers": [{"count": 1} | group]}, until_ms * MS, inputs={"0" * 16: recording})
    prepare(run)
    run.advance(until_ms * MS)
    return [one["depart"] / MS for one in requests(run)]


# Processor sharing


def test_requests_that_share_a_processor_are_each_served_at_once_and_more_slowly():
    # alone until 2, then halves: the first has 8 left and needs 16; the second has 4 left then, alone
    assert replay([0, 2], [10, 12], {"discipline": "sharing"}) == [18.0, 22.0]


def test_two_slots_serve_two_at_full_speed_and_four_at_half_speed():
    group = {"discipline": "sharing", "slots": 2}
    assert replay([0, 0], [10, 10], group) == [10.0, 10.0]
    assert replay([0, 0, 0, 0], [10, 10, 10, 10], group) == [20.0] * 4


def test_a_short_request_overtakes_a_long_one_under_processor_sharing():
    assert replay([0, 1], [100, 1], {"discipline": "sharing"})[1] == 3.0
    assert replay([0, 1], [100, 1], {})[1] == 101.0


def test_a_pause_a_slowdown_and_their_end_are_exact_under_processor_sharing():
    def prepare(run):
        do(run, 2 * MS, "pause", "server-0")
        do(run, 7 * MS, "resume", "server-0")
        do(run, 9 * MS, "slow", "server-0", factor=3)

    # 4 ms of work are done at 9; 6 are left, 18 at a third of the speed
    assert replay([0], [10], {"discipline": "sharing"}, prepare=prepare) == [27.0]


def test_as_many_wait_under_processor_sharing_as_the_limit_says():
    run = balancer(RECORDED | {"servers": [{"count": 1, "slots": 2, "queue_limit": 1, "discipline": "sharing"}]}, S,
                   inputs={"0" * 16: Recording(np.zeros(5, int), np.full(5, 10 * MS))})
    run.advance(5 * MS)
    server = run.keyframe()["servers"][0]
    assert (server["busy"], server["queue"]) == (2, 1)
    assert run.keyframe()["totals"]["rejected"] == 2


HYPER = {"law": "hyperexponential", "mean_ms": 10, "scv": 4}
CONSTANT = {"law": "deterministic", "mean_ms": 10}


@pytest.mark.parametrize(("service", "discipline", "truth"), [
    (CONSTANT, "sharing", 5.0), (HYPER, "sharing", 5.0), (CONSTANT, "fifo", 3.0), (HYPER, "fifo", 11.0),
], ids=["constant-sharing", "hyper-sharing", "constant-fifo", "hyper-fifo"])
def test_processor_sharing_is_insensitive_to_the_service_law(service, discipline, truth):
    """TRUTH: M/G/1 at 0.8; mean time in the system, in service times."""
    found = []
    for seed in range(10):
        run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 80}, "service": service,
                        "servers": [{"count": 1, "discipline": discipline}]}, 6000 * S, seed, warm_up_ns=200 * S, keep=False)
        run.advance(6000 * S)
        state = run.state
        found.append(state.histogram[:, 1].sum() / state.histogram[:, 0].sum() / (10 * MS))
    mean, half = np.mean(found), 2.262 * np.std(found, ddof=1) / np.sqrt(len(found))
    print(f"{mean:.3f} +- {half:.3f}, truth {truth}")
    assert abs(mean - truth) <= max(1.5 * half, 0.005 * truth)
    assert half <= 0.03 * truth


def test_the_areas_of_a_server_that_shares_obey_littles_law():
    run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 700}, "servers": [
        {"count": 5, "discipline": "sharing"}, {"count": 2, "slots": 3, "discipline": "priority"}]}, 30 * S)
    do(run, 20 * S, "rate", factor=0)
    run.advance(30 * S)
    run.summary()
    areas = run.recorder.areas
    assert (abs(areas[:, 0] + areas[:, 1] - areas[:, 2]) / areas[:, 2]).max() < 1e-9


def test_what_a_server_that_shares_is_working_on_fails_in_the_order_in_which_it_came():
    run = balancer(RECORDED | {"servers": [{"count": 1, "discipline": "sharing"}]}, S,
                   inputs={"0" * 16: Recording(np.arange(6) * MS, np.array([90, 20, 80, 30, 70, 60]) * MS)})
    assert do(run, 10 * MS, "crash", "server-0") == ""
    run.advance(S)
    run.drain_rows()
    assert [row[0] for row in run.finished] == list(range(6))
    assert live(run) == []


# Stops


def test_a_stop_puts_off_everything_by_its_length():
    """One request is always there: what it gets in a second is what the stops leave of it."""
    for discipline in ("fifo", "sharing"):
        group = {"discipline": discipline, "stops": CONSTANT_STOPS}
        [depart] = replay([0], [50_000], group, 200_000)
        stops = round((depart - 50_000) / 100)
        assert depart == 50_000 + 100 * stops
        assert 30 < stops < 70  # 50 expected: Poisson


def test_stops_are_rare_in_the_mean_and_seen_from_p99():
    options = {"arrivals": {"law": "poisson", "rate_per_s": 300}, "strategy": {"name": "random"}}
    numbers = []
    for stops in ({}, {"every_s": 10.0, "length": {"law": "deterministic", "mean_ms": 300}}):
        run = balancer(options | {"servers": [{"count": 10, "stops": stops}]}, 200 * S)
        run.advance(200 * S)
        numbers.append(run.summary()["latency_ms"])
    assert numbers[1]["p50"] < 1.2 * numbers[0]["p50"]
    assert numbers[1]["p99"] > 4 * numbers[0]["p99"]


def test_the_share_of_time_in_stops_is_length_over_cycle():
    run = balancer({"servers": [{"count": 20, "stops": CONSTANT_STOPS}]}, 500 * S, keep=False)
    run.advance(500 * S)
    share = run.state.nodes["stopped"].sum() / (20 * 500 * S)
    assert share == pytest.approx(0.1 / 1.1, rel=0.03)


def test_stops_and_episodes_are_written_into_the_trace():
    run = balancer({"servers": [{"count": 4, "stops": CONSTANT_STOPS,
                                 "slowness": {"every_s": 2.0, "mean_s": 1.0, "share": 0.5, "factor": 4}}]}, 20 * S)
    run.advance(20 * S)
    changes = run.tables()["changes"]
    paused = [row["at_ns"] for row in changes if row["server"] == 0 and row["state"] == "paused" and row["slow"] == 1.0]
    ended = [row["at_ns"] for row in changes if row["server"] == 0 and row["state"] == "up"]
    assert any(at_ns + 100 * MS in ended for at_ns in paused)
    slow = [row for row in changes if row["slow"] == 4.0]
    at_once = {row["at_ns"] for row in slow if row["state"] == "up"}
    assert all(sum(row["at_ns"] == at_ns for row in slow) <= 2 for at_ns in at_once)
    assert any(sum(row["at_ns"] == at_ns for row in slow) == 2 for at_ns in at_once)


# Episodes of slowness, warming up


def test_an_episode_slows_a_share_of_the_group_and_no_other_group():
    slowness = {"every_s": 1.0, "mean_s": 1.0, "share": 0.3, "factor": 5}
    run = balancer({"servers": [{"count": 10, "slowness": slowness}, {"count": 5}]}, 60 * S)
    seen, chosen = set(), set()
    for at_ns in range(0, 60 * S, 200 * MS):
        run.advance(at_ns)
        slow = [index for index, server in enumerate(run.keyframe()["servers"]) if server["slow"] == 5.0]
        seen.add(len(slow))
        chosen.update(slow)
    assert seen == {0, 3}
    assert chosen == set(range(10))  # drawn anew each time


def test_a_restarted_server_is_cold_and_warms_in_ten_steps():
    run = balancer({"servers": [{"count": 2, "warm_up": {"factor": 6, "time_s": 10}}]}, 30 * S)
    slow = lambda: run.keyframe()["servers"][0]["slow"]  # noqa: E731
    assert slow() == 1.0  # at the beginning all are warm
    do(run, 5 * S, "crash", "server-0")
    do(run, 6 * S, "restart", "server-0")
    assert slow() == 6.0
    run.advance(7 * S)
    assert slow() == 5.5
    run.advance(15 * S + 999 * MS)
    assert slow() == pytest.approx(1.5)
    run.advance(16 * S)
    assert slow() == 1.0
    do(run, 17 * S, "add_server")
    assert run.keyframe()["servers"][2]["slow"] == 6.0


def test_a_cold_server_works_as_much_as_its_factor_lets_it():
    def prepare(run):
        do(run, 0, "crash", "server-0")
        do(run, 0, "restart", "server-0")
        run.advance(90 * MS)

    # half of the speed for 100 ms in the first step, then 1 / 1.9: 50 + 52.63
    [depart] = replay([100], [100], {"warm_up": {"factor": 2, "time_s": 2}}, prepare=prepare)
    assert depart == pytest.approx(200 + (100 - 50) * 1.9, abs=0.01)
