"""Each strategy's own rule, against an independent tiny model or the sentence of its source."""

from collections import Counter
from math import ceil

import numpy as np
import pytest

from simulator.engine import chance
from simulator.engine.clock import MS, NEVER, S
from simulator.systems.load_balancer.layout import CRASHED, OK
from simulator.systems.load_balancer.strategies import BUSY_UNTIL, LOAD, NOTES, SLOTS, WORKED
from simulator.systems.load_balancer.strategies.prequal import POOL, RIF, SERVER, SIZE, WIDTH, estimate, remember_load
from tests.systems.load_balancer.test_strategies import Picker


def build(pick, eligible=None):
    """Give a Picker the table of the servers that may be chosen."""
    eligible = list(range(len(pick.in_flight))) if eligible is None else eligible
    pick.table = pick.strategy.build(eligible, pick.weight, pick.params, chance.key(1, "strategy"))
    return pick


def of_source(pick, source, eligible=None):
    """The server of a source."""
    pick.k = source - 1  # Picker takes the request's number as its source
    return int(pick(eligible))


# In turns


def test_smooth_weighted_round_robin_is_that_of_nginx():
    pick = Picker("smooth_weighted_round_robin", 3)
    pick.weight[:] = [5, 1, 1]
    assert "".join("abc"[pick()] for _ in range(14)) == "aabacaa" * 2


def test_smooth_weighted_round_robin_gives_every_server_its_share_and_skips_who_is_gone():
    pick = Picker("smooth_weighted_round_robin", 4)
    pick.weight[:] = [0.5, 2, 1, 1.5]
    assert [Counter(pick() for _ in range(1000))[server] for server in range(4)] == [100, 400, 200, 300]
    assert Counter(pick([0, 3]) for _ in range(40)) == {0: 10, 3: 30}


@pytest.mark.parametrize("bias", [0.0, 1.0, 2.0])
def test_least_request_with_weights_is_a_schedule_of_earliest_deadlines(bias):
    """Envoy's EdfScheduler: deadline = time of the last pick + 1 / (weight / (active + 1) ^ bias)."""
    pick = Picker("least_request", 3, active_request_bias=bias)
    pick.weight[:] = [1, 2.37, 4.19]  # no ties but by rounding
    build(pick)
    entries, clock, order = [], 0.0, 0
    for server in range(3):
        order += 1
        entries.append((clock + 1 / pick.weight[server], order, server))
    draw = np.random.default_rng(1)
    for _ in range(300):
        entry = min(entries)
        entries.remove(entry)
        clock, _, expected = entry
        order += 1
        entries.append((clock + (pick.in_flight[expected] + 1) ** bias / pick.weight[expected], order, expected))
        assert pick() == expected
        pick.in_flight[:] = draw.integers(0, 5, 3)


def test_least_request_with_equal_weights_is_two_choices_with_replacement():
    pick = build(Picker("least_request", 2))
    pick.in_flight[:] = [0, 5]
    assert Counter(pick() for _ in range(4000))[1] / 4000 == pytest.approx(0.25, abs=0.03)


def report(pick, server, now_ns, qps, utilisation):
    """A server's answer carries a report to the balancer."""
    pick.truth[server, NOTES + 4], pick.truth[server, NOTES + 6] = qps, utilisation
    pick.strategy.observe(server, now_ns, MS, OK, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)


def test_client_side_weights_are_requests_over_utilisation_after_the_blackout_until_they_expire():
    pick = build(Picker("client_side_weighted_round_robin", 3))
    for now_ns in (S, 12 * S):  # reports for 11 s: the blackout of 10 s is over
        report(pick, 0, now_ns, 100, 0.2)  # 500
        report(pick, 1, now_ns, 50, 0.5)  # 100
    shares = Counter(pick(now_ns=5 * S) for _ in range(300))
    assert set(shares.values()) == {100}  # blackout: round robin
    pick.memory[:, 2] = [S + 1, S + 1, 0]
    shares = Counter(int(pick(now_ns=13 * S)) for _ in range(9000))  # 500 : 100 : their mean, 300
    assert [shares[server] / 9000 for server in range(3)] == pytest.approx([5 / 9, 1 / 9, 3 / 9], abs=0.005)
    shares = Counter(pick(now_ns=193 * S) for _ in range(300))
    assert set(shares.values()) == {100}  # expired after 3 minutes


def test_servers_report_what_they_have_done_in_a_window():
    pick = Picker("client_side_weighted_round_robin", 1)
    served = lambda now_ns: pick.strategy.served(  # noqa: E731
        0, now_ns, 5 * MS, 1, OK, pick.truth, pick.memory[None], pick.params, chance.key(1, "strategy"))
    pick.truth[0, SLOTS] = 2
    served(S)
    for number in range(1, 201):
        pick.truth[0, WORKED] = number * 4 * MS
        served(S + number * 5 * MS)
    assert pick.truth[0, NOTES + 4] == pytest.approx(200) and pick.truth[0, NOTES + 6] == pytest.approx(800 / 2000)


# By load


def test_weighted_least_connections_takes_the_fewest_for_its_weight_and_equals_in_turns():
    pick = Picker("weighted_least_connections", 4)
    pick.weight[:] = [1, 2, 4, 1]
    pick.in_flight[:] = [2, 2, 5, 3]  # 2, 1, 1.25, 3
    assert [pick() for _ in range(3)] == [1, 1, 1]
    pick.in_flight[:] = [1, 2, 4, 9]
    assert Counter(pick() for _ in range(70)) == {0: 10, 1: 20, 2: 40}


def test_least_response_time_multiplies_by_the_requests_there_would_be():
    pick = Picker("least_response_time", 3)
    for server, latency in enumerate((10, 25, 90)):
        pick.strategy.observe(server, 0, latency * MS, OK, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)
    pick.in_flight[:] = [1, 0, 0]
    assert pick() == 0  # 20 against 25
    pick.in_flight[:] = [2, 0, 0]
    assert pick() == 1
    observe = pick.strategy.observe  # one decay time later, half is forgotten that is older
    observe(1, 10 * S, 125 * MS, OK, pick.in_flight, pick.truth, pick.memory, pick.shared, pick.params)
    assert pick.memory[1, 0] == pytest.approx((25 * chance.exp(-1) + 125 * (1 - chance.exp(-1))) * MS)


def test_a_server_that_never_answered_gets_one_request_at_a_time():
    pick = Picker("least_response_time", 2)
    pick.memory[0, 0] = 10 * MS
    assert pick() == 1
    pick.in_flight[:] = [9, 1]
    assert pick() == 0


def test_first_fills_one_server_after_the_other():
    pick = Picker("first", 3)
    pick.truth[:, SLOTS] = [2, 1, 2]
    chosen = []
    for _ in range(7):
        chosen.append(pick())
        pick.in_flight[chosen[-1]] += 1
    assert chosen == [0, 0, 1, 2, 2, 0, 1]  # all are full: fewest requests for its places, the first of equals
    pick = Picker("first", 2, maxconn=3)
    pick.in_flight[:] = [2, 0]
    assert pick() == 0
    pick.in_flight[:] = [3, 0]
    assert pick() == 1


def test_least_work_left_waits_least_and_avoids_who_is_down():
    pick = Picker("least_work_left", 4)
    pick.truth[:, BUSY_UNTIL] = [50, 30, NEVER, 40]
    assert pick(now_ns=10) == 1 and pick([0, 2, 3], now_ns=10) == 3 and pick([2]) == 2
    pick.truth[:, BUSY_UNTIL] = 0  # all idle: the fastest
    pick.weight[:] = [1, 2, 4, 1]
    assert pick(now_ns=60) == 2


def test_idle_servers_wait_in_a_list_and_the_one_that_waits_longest_is_next():
    pick = Picker("join_idle_queue", 3)
    pick.truth[:, SLOTS] = 1
    memory = pick.memory[None]
    assert [pick(now_ns=1) for _ in range(3)] == [0, 1, 2]  # all are idle at first
    for server, now_ns in ((2, 10), (0, 20), (1, 30)):
        pick.strategy.served(server, now_ns, 5, 1, OK, pick.truth, memory, pick.params, 5)
    pick.strategy.served(2, 40, 5, 1, OK, pick.truth, memory, pick.params, 5)  # it is in the list already
    assert [pick(now_ns=50) for _ in range(3)] == [2, 0, 1]
    assert set(pick(now_ns=50) for _ in range(60)) == {0, 1, 2}  # the list is empty: at random
    pick.truth[0, LOAD] = 1
    pick.strategy.served(0, 60, 5, 1, OK, pick.truth, memory, pick.params, 5)  # it is still busy
    pick.strategy.served(1, 60, 5, 1, CRASHED, pick.truth, memory, pick.params, 5)
    pick.strategy.served(2, 60, 5, 1, OK, pick.truth, memory, pick.params, 5)
    assert pick(now_ns=61) == 2


def test_an_idle_server_is_in_the_list_of_one_balancer_each_as_likely():
    pick = Picker("join_idle_queue", 2)
    pick.truth[:, SLOTS], memory, lists = 1, np.zeros((4, 2, 4)), Counter()
    for now_ns in range(1, 2001):
        pick.truth[1, NOTES] = 2  # it has been chosen
        pick.strategy.served(1, now_ns, 5, 1, OK, pick.truth, memory, pick.params, chance.key(1, "strategy"))
        found = np.flatnonzero(memory[:, 1, 0])
        assert len(found) == 1
        lists[int(found[0])] += 1
    assert min(lists.values()) > 430 and len(lists) == 4


# By probes


def fill(pick, answers):
    """Put answers (server, load, latency) into the pool."""
    for i, (server, load, latency) in enumerate(answers):
        pick.shared[POOL + i * WIDTH : POOL + (i + 1) * WIDTH] = [server, load, latency, 0, 9]
    pick.shared[SIZE] = len(answers)


def test_prequal_takes_the_fastest_that_is_not_hot_and_else_the_least_loaded():
    pick = Picker("prequal", 20, probe_rate=0, remove_rate=0, q_rif=0.5)
    for load in (1, 2, 3, 4):
        remember_load(load, pick.shared)
    fill(pick, [(4, 3, 1.0), (5, 2, 9.0), (6, 1, 12.0), (7, 2, 30.0)])  # more than 2 is hot
    assert pick() == 5 and pick.shared[POOL + WIDTH + RIF] == 3  # and now it is hot itself
    assert pick() == 6
    fill(pick, [(4, 7, 1.0), (5, 3, 9.0)])
    assert pick() == 5


def test_prequal_keeps_16_answers_of_three_probes_a_request_and_drops_old_ones():
    pick = Picker("prequal", 100)
    sizes = []
    for now_ns in range(40):
        pick(now_ns=now_ns)
        sizes.append(int(pick.shared[SIZE]))
    assert sizes[0] == 3 and max(sizes) == 16 and sizes[-1] >= 14
    pool = pick.shared[POOL : POOL + WIDTH * 16].reshape(16, WIDTH)[: sizes[-1]]
    assert len(set(pool[:, SERVER])) == sizes[-1]
    pick.params[1] = 0.0
    pick(now_ns=2 * S)
    assert pick.shared[SIZE] == 0


def test_a_server_says_the_median_latency_of_requests_that_met_as_many():
    pick = Picker("prequal", 2)
    for load, latency in ((1, 10), (3, 70), (3, 50), (3, 60), (8, 500)):
        pick.strategy.served(1, 0, latency, load, OK, pick.truth, pick.memory[None], pick.params, 1)
    for there, expected in ((0, 10), (2, 60), (3, 60), (9, 500)):
        pick.truth[1, LOAD] = there
        assert estimate(1, pick.truth) == expected + 1  # 0 would be: none
    assert estimate(0, pick.truth) == 0.0


# By the source


@pytest.mark.parametrize("name", ["source_hash", "ring_hash", "bounded_ring_hash", "rendezvous", "maglev"])
def test_a_source_meets_the_same_server_and_all_servers_get_sources(name):
    pick = Picker(name, 8)
    if pick.strategy.build:
        build(pick)
    places = [of_source(pick, source) for source in range(2000)]
    assert places == [of_source(pick, source) for source in range(2000)]
    assert min(Counter(places).values()) > 150 and len(set(places)) == 8


@pytest.mark.parametrize(("name", "share"), [("source_hash", 1.0), ("ring_hash", 0.0), ("rendezvous", 0.0), ("maglev", 0.06)])
def test_how_many_sources_move_between_servers_that_stay(name, share):
    """modulo 9 to 8: a source stays with a probability of 1/9, as of all sources .889 move; ring and rendezvous: none."""
    pick, everybody, stayed = Picker(name, 9), list(range(9)), [0, 1, 2, 3, 5, 6, 7, 8]
    if pick.strategy.build:
        build(pick)
    before = [of_source(pick, source) for source in range(3000)]
    if pick.strategy.build:
        build(pick, stayed)
    after = [of_source(pick, source, stayed) for source in range(3000)]
    assert everybody == sorted(set(before)) and stayed == sorted(set(after))
    moved = [new for old, new in zip(before, after, strict=True) if old != 4 and old != new]
    if share == 1.0:
        assert sum(old != new for old, new in zip(before, after, strict=True)) / 3000 == pytest.approx(8 / 9, abs=0.03)
    else:
        assert len(moved) <= share * 3000


@pytest.mark.parametrize("then", ["clockwise", "jump"])
def test_bounded_loads_keep_every_server_below_its_bound(then):
    pick = build(Picker("bounded_ring_hash", 10, balance_factor=125, then=then))
    for _ in range(1000):
        server = of_source(pick, 3)  # one source sends all
        total = int(pick.in_flight.sum()) + 1
        assert pick.in_flight[server] < ceil(1.25 * total / 10)
        pick.in_flight[server] += 1
    assert pick.in_flight.max() <= ceil(1.25 * 1000 / 10) and (pick.in_flight > 0).sum() >= 8


def test_bounded_loads_leave_a_source_where_the_ring_has_it():
    plain, bounded = build(Picker("ring_hash", 10)), build(Picker("bounded_ring_hash", 10))
    bounded.in_flight[:] = 4
    assert [of_source(bounded, source) for source in range(300)] == [of_source(plain, source) for source in range(300)]


@pytest.mark.parametrize("first", ["round_robin", "random", "least_connections"])
def test_a_cookie_brings_a_source_back_as_long_as_its_server_may_be_chosen(first):
    pick = Picker("sticky_cookie", 4, first=first)
    pick.table = [0] * 50
    met = {}
    for source in [3, 7, 3, 9, 7, 3, 20, 21, 22] * 4:
        pick.in_flight[:] = [source % 3, 1, source % 2, 2]
        server = of_source(pick, source)
        assert met.setdefault(source, server) == server
    others = [server for server in range(4) if server != met[3]]
    moved = of_source(pick, 3, others)
    assert moved in others and of_source(pick, 3) == moved  # the new one is in the cookie now
    assert of_source(pick, 50) in range(4)  # one without a place for a cookie is served, too
