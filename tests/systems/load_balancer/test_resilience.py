"""Resilience, one test a rule: health checks, outlier ejection, panic, slow start, breakers, limits, budgets; and the defaults."""

import pytest
from pydantic import ValidationError

from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.config_resilience import HealthChecks, Outliers, SlowStart
from simulator.systems.load_balancer.layout import OUTCOMES
from tests.systems.load_balancer.twins import balancer, do, requests

STEADY = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 1},
          "strategy": {"name": "round_robin"}, "servers": [{"count": 5}]}
CHECKS = {"on": True, "interval_ms": 100, "timeout_ms": 50, "rise": 2, "fall": 3}
OUTLIERS = {"on": True, "success_rate": False}


def chosen(run, b=0):
    """The servers that balancer b may choose now."""
    run.kernel(run.now_ns)
    return run.state.eligible[b, : run.state.choice[b]].tolist()


def ended(run, name):
    """How many requests ended so."""
    return int(run.state.outcomes[0, OUTCOMES.index(name)])


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


# Breakers, limits, budgets


def test_beyond_the_breaker_requests_fail_at_once():
    options = {"breakers": {"max_requests": 4}, "service": {"law": "deterministic", "mean_ms": 1000}, "servers": [{"count": 10}]}
    run = balancer(STEADY | options, 10 * S)
    run.advance(10 * S)
    rows = requests(run)
    turned = [row for row in rows if OUTCOMES[row["outcome"]] == "overflow"]
    assert len(turned) == ended(run, "overflow") > 900 and all(row["done"] == row["sent"] and row["server"] == -1 for row in turned)
    assert ended(run, "ok") == 36


def test_each_balancer_has_a_breaker_of_its_own():
    options = {"breakers": {"max_requests": 4}, "service": {"law": "deterministic", "mean_ms": 1000}, "servers": [{"count": 10}],
               "balancers": {"count": 2}}
    run = balancer(STEADY | options, 10 * S)
    run.advance(10 * S)
    assert 60 < ended(run, "ok") <= 72


def test_a_rate_limit_lets_the_bucket_and_then_the_rate_through():
    run = balancer(STEADY | {"rate_limit": {"rate_per_s": 10, "burst": 50}}, 10 * S)
    run.advance(10 * S)
    assert ended(run, "ok") == pytest.approx(50 + 10 * 10, abs=1)
    assert ended(run, "limited") == 1000 - ended(run, "ok")


def test_retries_take_no_tokens_of_the_rate_limit_where_the_balancer_tries_again():
    options = {"rate_limit": {"rate_per_s": 1000, "burst": 1}, "servers": [{"count": 2, "queue_limit": 0}], "detection_ms": 3_600_000,
               "retries": {"retries": 5, "backoff_ms": 0.001}}
    for retrier, expected in (("balancer", 0), ("client", 1)):
        run = balancer(STEADY | options | {"retries": options["retries"] | {"retrier": retrier}}, 5 * S)
        do(run, 1 * S, "crash", "server-0")
        run.advance(5 * S)
        assert (ended(run, "limited") > 0) == expected


def test_no_more_retries_are_under_way_than_the_breaker_allows():
    options = {"retries": {"retries": 1, "try_timeout_ms": 20, "backoff_ms": 0}, "breakers": {"max_retries": 3},
               "service": {"law": "deterministic", "mean_ms": 500}, "servers": [{"count": 20}], "arrivals": {"law": "poisson", "rate_per_s": 500}}
    run = balancer(STEADY | options, 2 * S)
    most = 0
    for at_ns in range(10 * MS, 2 * S, 10 * MS):
        run.advance(at_ns)
        most = max(most, int(run.cells["retrying"]))
    assert most == 3 and run.cells["over_budget"] > 0


def test_a_bucket_of_retries_allows_a_share_of_the_requests_and_some_each_second():
    options = {"retries": {"retries": 1, "bucket": 0.2, "bucket_rate_per_s": 5, "bucket_most": 10}, "servers": [{"count": 1}],
               "detection_ms": 3_600_000}
    run = balancer(STEADY | options, 11 * S)
    do(run, 1 * S, "crash", "server-0")
    run.advance(11 * S)
    assert int(run.cells["retries"]) == pytest.approx(10 + 10 * (0.2 * 100 + 5), abs=2)


# Load shedding and cancelling


def test_a_server_throws_away_what_has_waited_too_long_when_its_turn_comes():
    options = {"shedding": {"after_ms": 50}, "servers": [{"count": 1}], "service": {"law": "deterministic", "mean_ms": 20}}
    run = balancer(STEADY | options, 5 * S)
    run.advance(5 * S)
    rows = requests(run)
    waited = {name: [row["start" if name == "ok" else "depart"] - row["at_server"] for row in rows if OUTCOMES[row["outcome"]] == name]
              for name in ("ok", "shed")}
    assert max(waited["ok"]) <= 50 * MS < min(waited["shed"])
    assert ended(run, "ok") == pytest.approx(250, abs=3) and ended(run, "shed") > 230


def test_a_burst_is_served_where_only_a_standing_queue_is_shed():
    burst = {"servers": [{"count": 1}], "service": {"law": "deterministic", "mean_ms": 9}, "arrivals": {"law": "deterministic", "rate_per_s": 100}}
    for interval_ms, expected in ((None, True), (300, False)):
        run = balancer(STEADY | burst | {"shedding": {"after_ms": 5, "interval_ms": interval_ms}}, 3 * S)
        do(run, 1 * S, "rate", factor=3)
        do(run, 1 * S + 40 * MS, "rate", factor=0.5)
        run.advance(3 * S)
        assert (ended(run, "shed") > 0) is expected


def test_a_server_that_goes_on_throws_all_away_that_has_waited_too_long():
    run = balancer(STEADY | {"shedding": {"after_ms": 100}, "servers": [{"count": 1, "slots": 3}]}, 5 * S)
    do(run, 1 * S, "pause", "server-0")
    do(run, 2 * S, "resume", "server-0")
    assert ended(run, "shed") == pytest.approx(90, abs=2)
    run.advance(5 * S)
    assert ended(run, "shed") == pytest.approx(90, abs=2)


def test_of_two_tied_requests_only_one_is_served():
    tied = {"hedging": {"after_ms": 0, "cancel": "on_start"}, "strategy": {"name": "round_robin"}, "service": {"law": "exponential", "mean_ms": 30},
            "servers": [{"count": 6}]}
    runs = [balancer(STEADY | tied | {"hedging": tied["hedging"] | {"cancel": cancel}}, 20 * S) for cancel in ("never", "on_start")]
    for run in runs:
        run.advance(20 * S)
    untied, tied = [sum(row["depart"] >= row["start"] >= 0 for row in requests(run)) / ended(run, "ok") for run in runs]
    assert untied == pytest.approx(2, abs=0.1) and tied == pytest.approx(1, abs=0.01)
    assert runs[1].summary()["latency_ms"]["p99"] < runs[0].summary()["latency_ms"]["p99"]


def test_an_answer_cancels_what_has_not_begun_elsewhere():
    options = {"hedging": {"after_ms": 20, "cancel": "on_answer"}, "service": {"law": "exponential", "mean_ms": 30}, "servers": [{"count": 5}]}
    run = balancer(STEADY | options, 20 * S)
    run.advance(20 * S)
    answers = [OUTCOMES[row["answer"]] for row in requests(run)]
    assert answers.count("cancelled") > 100 and ended(run, "cancelled") == 0


def test_word_that_an_attempt_need_not_begin_travels():
    options = {"hedging": {"after_ms": 0, "cancel": "on_start"}, "service": {"law": "deterministic", "mean_ms": 15},
               "servers": [{"count": 2}], "arrivals": {"law": "deterministic", "rate_per_s": 40},
               "server_delay": {"law": "constant", "delay_ms": 2}}
    run = balancer(STEADY | options, 5 * S)
    run.advance(5 * S)
    started = sum(row["start"] >= 0 for row in requests(run))
    assert started == pytest.approx(400, abs=4)  # both begin before they hear of each other


def test_a_cancelled_attempt_is_no_error_of_its_server():
    options = {"hedging": {"after_ms": 20, "cancel": "on_answer"}, "service": {"law": "exponential", "mean_ms": 30},
               "outliers": {"on": True, "consecutive": 1, "max_ejection_share": 1.0}}
    run = balancer(STEADY | options, 10 * S)
    run.advance(10 * S)
    assert chosen(run) == [0, 1, 2, 3, 4]


# Draining


def test_what_is_left_when_draining_has_lasted_long_enough_fails():
    options = {"service": {"law": "deterministic", "mean_ms": 400}, "servers": [{"count": 50}], "drain_limit_ms": 300}
    run = balancer(STEADY | options, 5 * S)
    do(run, 2 * S + 100 * MS, "drain", "server-0")
    run.advance(2 * S + 400 * MS)
    assert ended(run, "crashed") == 1
    do(run, 3 * S, "undrain", "server-0")
    run.advance(5 * S)
    assert ended(run, "crashed") == 1 and chosen(run)[0] == 0


def test_a_drain_that_was_ended_cuts_nothing_off():
    options = {"service": {"law": "deterministic", "mean_ms": 400}, "servers": [{"count": 50}], "drain_limit_ms": 300}
    run = balancer(STEADY | options, 5 * S)
    do(run, 2 * S + 100 * MS, "drain", "server-0")
    do(run, 2 * S + 200 * MS, "undrain", "server-0")
    do(run, 2 * S + 300 * MS, "drain", "server-0")
    run.advance(2 * S + 405 * MS)
    assert ended(run, "crashed") == 0


# Zones

ZONES = {"servers": [{"count": 4, "zone": 1}, {"count": 2, "zone": 2}], "strategy": {"name": "random"}}


def shares(options, seconds=20):
    """{(balancer, zone from 1): its share of the balancer's requests}."""
    run = balancer(STEADY | ZONES | options, seconds * S)
    run.advance(seconds * S)
    zones, found = run.state.nodes["zone"], {}
    for row in requests(run):
        pair = (row["balancer"], int(zones[row["server"]]) + 1)
        found[pair] = found.get(pair, 0) + 1
    return {pair: count / sum(other for (b, _), other in found.items() if b == pair[0]) for pair, count in found.items()}


def test_without_routing_by_zone_a_balancer_takes_no_notice_of_zones():
    found = shares({"zones": {"count": 2}, "balancers": {"count": 2}})
    assert found[0, 1] == pytest.approx(2 / 3, abs=0.04) == found[1, 1]


def test_a_balancer_that_prefers_its_zone_stays_there_while_a_server_is_well():
    options = {"zones": {"count": 2, "routing": "local"}, "balancers": {"count": 2}, "detection_ms": 0}
    assert shares(options) == {(0, 1): 1.0, (1, 2): 1.0}
    run = balancer(STEADY | ZONES | options, 3 * S)
    for server in ("server-4", "server-5"):
        do(run, 1 * S, "crash", server)
    run.advance(3 * S)
    assert ended(run, "ok") > 290


def test_zone_aware_routing_keeps_all_servers_equally_busy():
    """Half of the balancers, a third of the servers: two thirds stay, and the rest goes where servers are to spare."""
    found = shares({"zones": {"count": 2, "routing": "aware"}, "balancers": {"count": 2}}, 40)
    assert found[0, 1] == 1.0
    assert found[1, 2] == pytest.approx(2 / 3, abs=0.04) and found[1, 1] == pytest.approx(1 / 3, abs=0.04)


def test_a_small_cluster_takes_no_notice_of_zones():
    found = shares({"zones": {"count": 2, "routing": "aware", "min_cluster_size": 7}, "balancers": {"count": 2}})
    assert found[0, 1] == pytest.approx(2 / 3, abs=0.04)


def test_the_way_to_another_zone_is_longer():
    run = balancer(STEADY | ZONES | {"zones": {"count": 2, "cross_ms": 3}}, 5 * S)
    run.advance(5 * S)
    took = {(int(run.state.nodes["zone"][row["server"]]), row["done"] - row["sent"]) for row in requests(run) if row["start"] == row["at_server"]}
    assert took == {(0, 1 * MS), (1, 7 * MS)}


def test_zones_have_the_default_of_envoy():
    assert Config().zones.min_cluster_size == 6 and Config().zones.routing == "any"
