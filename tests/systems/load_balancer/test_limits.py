"""Limits and losers, one test a rule: breakers, rate limits, budgets of retries, shedding, cancelling, draining, zones."""

import pytest

from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.config import Config
from simulator.systems.load_balancer.layout import OUTCOMES
from tests.systems.load_balancer.steady import STEADY, chosen, ended
from tests.systems.load_balancer.twins import balancer, do, requests


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
