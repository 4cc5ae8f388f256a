"""Resilience, one test a rule: health checks, outlier ejection, panic, slow start; and the defaults."""

import pytest
from pydantic import ValidationError

from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.config_resilience import HealthChecks, Outliers, SlowStart
from simulator.systems.load_balancer.layout import OUTCOMES
from tests.systems.load_balancer.steady import STEADY, chosen, ended
from tests.systems.load_balancer.twins import balancer, do, requests

CHECKS = {"on": True, "interval_ms": 100, "timeout_ms": 50, "rise": 2, "fall": 3}
OUTLIERS = {"on": True, "success_rate": False}


def changes(run, server):
    """(at_ns, avoided) of a server, in order."""
    return [(row["at_ns"], row["known_down"]) for row in run.tables()["changes"] if row["server"] == server]


# Health checks


def test_a_crashed_server_is_chosen_until_so_many_checks_in_a_row_have_failed():
    run = balancer(STEADY | {"health": CHECKS}, 5 * S)
    do(run, 1 * S + MS, "crash", "server-0")
    run.advance(1 * S + 269 * MS)  # checks of server-0 set out at 20, 120, ... ms and are given up 50 ms later
    assert chosen(run) == [0, 1, 2, 3, 4]
    run.advance(1 * S + 270 * MS)
    assert chosen(run) == [1, 2, 3, 4]


def test_a_restarted_server_is_chosen_after_so_many_checks_in_a_row_have_passed():
    run = balancer(STEADY | {"health": CHECKS}, 5 * S)
    do(run, 1 * S + MS, "crash", "server-0")
    do(run, 2 * S + MS, "restart", "server-0")
    run.advance(2 * S + 119 * MS)
    assert chosen(run) == [1, 2, 3, 4]
    run.advance(2 * S + 120 * MS)
    assert chosen(run) == [0, 1, 2, 3, 4]
    assert changes(run, 0) == [(1 * S + MS, False), (1 * S + 270 * MS, True), (2 * S + MS, True), (2 * S + 120 * MS, False)]


def test_with_checks_the_fixed_detection_time_counts_no_more():
    run = balancer(STEADY | {"health": CHECKS | {"fall": 1000}, "detection_ms": 0}, 3 * S)
    do(run, 1 * S, "crash", "server-0")
    run.advance(3 * S)
    assert chosen(run) == [0, 1, 2, 3, 4]


def test_a_paused_server_answers_no_check():
    run = balancer(STEADY | {"health": CHECKS}, 5 * S)
    do(run, 1 * S + MS, "pause", "server-2")
    run.advance(2 * S)
    assert chosen(run) == [0, 1, 3, 4]


def test_each_balancer_checks_for_itself():
    run = balancer(STEADY | {"health": CHECKS, "balancers": {"count": 2}}, 5 * S)
    do(run, 1 * S + MS, "crash", "server-0")
    run.advance(1 * S + 265 * MS)  # the checks of balancer 1 set out at 60, 160, ... ms, those of balancer 0 at 10, 110, ...
    assert (chosen(run, 0), chosen(run, 1)) == ([1, 2, 3, 4], [0, 1, 2, 3, 4])
    run.advance(1 * S + 310 * MS)
    assert chosen(run, 1) == [1, 2, 3, 4]


def test_a_check_travels_over_the_delay_to_the_servers():
    options = STEADY | {"health": CHECKS | {"timeout_ms": 39, "fall": 1}}
    for delay_ms, expected in ((19, [0, 1, 2, 3, 4]), (20, [])):
        run = balancer(options | {"server_delay": {"law": "constant", "delay_ms": delay_ms}}, 2 * S)
        run.advance(1 * S)
        assert chosen(run) == expected


def test_a_grey_failure_is_seen_only_by_a_check_that_is_work():
    for answer_ms, expected in ((0, [0, 1, 2, 3, 4]), (2, [0, 2, 3, 4])):
        run = balancer(STEADY | {"health": CHECKS | {"answer_ms": answer_ms}}, 3 * S)
        do(run, 1 * S, "slow", "server-1", factor=30)
        run.advance(3 * S)
        assert chosen(run) == expected


def test_checks_stop_when_their_server_is_removed():
    run = balancer(STEADY | {"health": CHECKS, "arrivals": {"law": "poisson", "rate_per_s": 0.001}, "servers": [{"count": 1}]}, 10 * S)
    do(run, 1 * S, "remove", "server-0")
    run.advance(2 * S)
    before = run.events
    run.advance(10 * S)
    assert run.events == before


def test_a_server_that_is_added_is_checked_at_once():
    run = balancer(STEADY | {"health": CHECKS}, 5 * S)
    do(run, 1 * S, "add_server")
    do(run, 2 * S, "crash", "server-5")
    run.advance(3 * S)
    assert chosen(run) == [0, 1, 2, 3, 4]


def test_the_time_limit_of_a_check_is_not_above_its_interval():
    with pytest.raises(ValidationError):
        Config.model_validate({"health": {"on": True, "interval_ms": 10, "timeout_ms": 11}})


def test_checks_have_the_defaults_of_haproxy():
    health = HealthChecks()
    assert (health.interval_ms, health.rise, health.fall, health.on) == (2000, 2, 3, False)


# Outlier ejection


def test_five_errors_in_a_row_eject_a_server_at_once():
    run = balancer(STEADY | {"outliers": OUTLIERS, "detection_ms": 3_600_000}, 60 * S)
    do(run, 1 * S, "crash", "server-3")
    run.advance(60 * S)
    refused = [row["sent"] for row in requests(run) if OUTCOMES[row["outcome"]] == "refused"]
    assert sum(sent < 10 * S for sent in refused) == 5
    assert chosen(run) == [0, 1, 2, 4]


def test_an_ejection_lasts_the_base_time_times_the_number_of_ejections_and_ends_at_a_sweep():
    run = balancer(STEADY | {"outliers": OUTLIERS, "detection_ms": 3_600_000}, 150 * S)
    do(run, 1 * S, "crash", "server-3")
    run.advance(150 * S)
    told = changes(run, 3)[1:]
    assert [at_ns // S for at_ns, avoided in told if not avoided] == [40, 110]  # 1.25 s + 30 s, then 40.25 s + 60 s, at the next 10 s
    assert [at_ns // S for at_ns, avoided in told if avoided] == [1, 40, 110]


def test_ejections_never_last_longer_than_the_maximum():
    options = {"outliers": OUTLIERS | {"interval_ms": 1000, "base_ejection_ms": 2000, "max_ejection_ms": 3000}, "detection_ms": 3_600_000}
    run = balancer(STEADY | options, 60 * S)
    do(run, 1 * S, "crash", "server-3")
    run.advance(60 * S)
    told = changes(run, 3)[1:]
    lengths = [(back - out) / S for (out, _), (back, _) in zip(told[2::2], told[3::2], strict=False)]
    assert len(lengths) > 5 and all(2 < length <= 4 for length in lengths)


def test_ejections_are_forgotten_one_by_one_while_a_server_is_well():
    options = {"outliers": OUTLIERS | {"interval_ms": 1000, "base_ejection_ms": 1000}, "detection_ms": 3_600_000}
    run = balancer(STEADY | options, 60 * S)
    do(run, 1 * S, "crash", "server-3")
    run.advance(10 * S)
    before = int(run.state.standing["ejections"][0, 3])
    do(run, 10 * S, "restart", "server-3")
    run.advance(60 * S)
    assert before >= 2 and run.state.standing["ejections"][0, 3] == 0


def test_no_more_than_the_maximum_share_is_ejected_but_always_one():
    for share, expected in ((0.1, 1), (0.4, 2), (0.41, 3), (0.0, 0)):
        run = balancer(STEADY | {"outliers": OUTLIERS | {"max_ejection_share": share}, "detection_ms": 3_600_000}, 9 * S)
        for server in range(4):
            do(run, 1 * S, "crash", f"server-{server}")
        run.advance(9 * S)
        assert 5 - len(chosen(run)) == expected


def test_a_server_whose_success_rate_is_far_below_the_others_is_ejected():
    options = {"servers": [{"count": 11}, {"count": 1, "queue_limit": 0, "speed": 0.02}], "arrivals": {"law": "poisson", "rate_per_s": 1000},
               "outliers": {"on": True, "consecutive": 1_000_000}}
    run = balancer(STEADY | options, 15 * S)
    run.advance(10 * S - 1)
    assert len(chosen(run)) == 12
    run.advance(10 * S)
    assert chosen(run) == list(range(11))


@pytest.mark.parametrize("options", [{"minimum_hosts": 13}, {"request_volume": 1000}, {"stdev_factor": 4.0}, {"success_rate": False}],
                         ids=lambda options: next(iter(options)))
def test_success_rates_are_compared_only_where_there_is_enough_to_compare(options):
    options = {"servers": [{"count": 11}, {"count": 1, "queue_limit": 0, "speed": 0.02}], "arrivals": {"law": "poisson", "rate_per_s": 1000},
               "outliers": {"on": True, "consecutive": 1_000_000} | options}
    run = balancer(STEADY | options, 15 * S)
    run.advance(15 * S)
    assert len(chosen(run)) == 12


def test_a_black_hole_is_ejected_once_the_client_gives_up():
    run = balancer(STEADY | {"outliers": OUTLIERS, "timeout_ms": 200}, 20 * S)
    do(run, 1 * S, "pause", "server-1")
    run.advance(20 * S)
    assert chosen(run) == [0, 2, 3, 4]
    assert ended(run, "timeout") < 30


@pytest.mark.parametrize("ends", [True, False])
def test_a_check_that_passes_ends_an_ejection_unless_it_is_told_not_to(ends):
    options = {"outliers": OUTLIERS | {"check_unejects": ends}, "health": CHECKS, "servers": [{"count": 5, "queue_limit": 0}]}
    run = balancer(STEADY | options | {"service": {"law": "deterministic", "mean_ms": 1}}, 9 * S)
    do(run, 1 * S, "slow", "server-1", factor=1000)
    run.advance(9 * S)
    told = changes(run, 1)[1:]
    assert (len(told) > 2) is ends and told[0][1]


def test_outliers_have_the_defaults_of_envoy():
    found = Outliers()
    assert (found.consecutive, found.interval_ms, found.base_ejection_ms, found.max_ejection_ms) == (5, 10_000, 30_000, 300_000)
    assert (found.max_ejection_share, found.stdev_factor, found.minimum_hosts, found.request_volume) == (0.1, 1.9, 5, 100)
    assert found.success_rate and found.check_unejects and not found.on


# Panic


def test_in_a_panic_a_balancer_chooses_among_all_servers():
    for count, expected in ((2, [2, 3, 4]), (3, [0, 1, 2, 3, 4])):
        run = balancer(STEADY | {"panic_share": 0.5, "detection_ms": 0}, 3 * S)
        for server in range(count):
            do(run, 1 * S, "crash", f"server-{server}")
        assert chosen(run) == expected


def test_without_a_panic_threshold_there_may_be_no_server_to_choose():
    run = balancer(STEADY | {"detection_ms": 0}, 3 * S)
    for server in range(5):
        do(run, 1 * S, "crash", f"server-{server}")
    run.advance(3 * S)
    assert chosen(run) == [] and ended(run, "no_server") == 200


def test_servers_that_drain_or_are_removed_are_not_chosen_even_in_a_panic():
    run = balancer(STEADY | {"panic_share": 1.0, "detection_ms": 0}, 3 * S)
    do(run, 1 * S, "crash", "server-0")
    do(run, 1 * S, "drain", "server-1")
    do(run, 1 * S, "remove", "server-2")
    assert chosen(run) == [0, 3, 4]


# Slow start


def test_the_weight_of_a_server_that_comes_back_grows_over_the_window():
    for aggression, expected in ((1.0, 0.5), (2.0, 0.5**0.5), (0.25, 0.1)):
        options = {"slow_start": {"window_ms": 10_000, "aggression": aggression}, "detection_ms": 0}
        run = balancer(STEADY | options, 20 * S)
        do(run, 1 * S, "crash", "server-1")
        do(run, 2 * S, "restart", "server-1")
        run.advance(7 * S)
        assert run.state.weight[0].tolist() == pytest.approx([1, expected, 1, 1, 1], abs=0.001)
        run.advance(12 * S + 10 * MS)
        assert run.state.weight[0].tolist() == [1, 1, 1, 1, 1]


def test_servers_that_are_there_from_the_beginning_have_their_full_weight():
    run = balancer(STEADY | {"slow_start": {"window_ms": 10_000}}, 2 * S)
    do(run, 1 * S, "add_server", speed=2.0, slots=3)
    run.advance(2 * S)
    assert run.state.weight[0].tolist() == pytest.approx([1, 1, 1, 1, 1, 0.6], abs=0.01)


def test_slow_start_has_the_defaults_of_envoy():
    assert (SlowStart().aggression, SlowStart().least_weight) == (1.0, 0.1)
