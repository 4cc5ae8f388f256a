"""How clients find a balancer by DNS and anycast, and how many connections a balancer has to each server."""

import pytest

from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.layout import LOST, OK, OVERFLOW
from tests.systems.load_balancer.steady import ended
from tests.systems.load_balancer.twins import balancer, do, requests

EVENLY = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 1}}
CRASH_NS, RESTART_NS = 1000 * MS, 4000 * MS


def pool(connections, pending=None, **more):
    """One server of four slots, each request 30 ms, behind a proxy with so many connections to it."""
    kind = {"name": "layer_7", "request_ms": 0, "connections": connections, "pending": pending}
    return balancer({"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 30},
                     "servers": [{"count": 1, "slots": 4}], "balancers": {"kind": kind}} | more, 2 * S)


def test_no_more_requests_are_at_a_server_than_there_are_connections_to_it():
    run = pool(2)
    for at_ns in range(5 * MS, 1000 * MS, 5 * MS):
        run.advance(at_ns)
        server, front = run.keyframe()["servers"][0], run.keyframe()["balancers"][0]
        assert server["busy"] + server["queue"] <= 2 and server["queue"] == 0
        assert front["in_flight"] == front["pending"] + server["busy"] + server["queue"]
    assert front["pending"] > 20, "a hundred a second come, and 67 can be done"


def test_who_waits_for_a_connection_goes_in_the_order_of_arrival():
    found = requests(after(pool(1), 2 * S))
    served = [one for one in found if one["outcome"] == OK]
    assert [one["at_server"] for one in served] == [10 * MS + 30 * MS * place for place in range(len(served))]
    assert [one["k"] for one in served] == list(range(len(served)))


def after(run, at_ns):
    """The run at that time."""
    run.advance(at_ns)
    return run


def test_where_as_many_wait_as_may_the_next_one_is_refused():
    run = after(pool(1, pending=3), 2 * S)
    assert run.keyframe()["balancers"][0]["pending"] <= 3
    assert ended(run, "overflow") == pytest.approx(200 * 2 / 3, abs=6)
    assert {one["server"] for one in requests(run) if one["outcome"] == OVERFLOW} == {-1}


def test_with_enough_connections_nothing_changes():
    plain = requests(after(pool(None), 2 * S))
    assert requests(after(pool(1000), 2 * S)) == plain and plain


def test_a_balancer_that_crashes_loses_those_that_wait_for_a_connection_at_once():
    run = pool(1)
    assert not do(run, 1000 * MS, "crash", "balancer-0")
    run.advance(1001 * MS)
    lost = [one for one in requests(run) if one["outcome"] == LOST and one["server"] >= 0]
    assert len(lost) > 50 and {one["done"] for one in lost} == {1000 * MS}
    assert run.keyframe()["balancers"][0]["pending"] == 0
    assert not do(run, 1100 * MS, "restart", "balancer-0")
    run.advance(2 * S)
    assert run.keyframe()["servers"][0]["busy"] <= 1, "the connections begin anew"


def spread(placement, **more):
    """Twenty clients, three balancers; balancer-1 crashes after a second and is there again after four."""
    options = EVENLY | {"sources": {"population": 20}, "servers": [{"count": 5}],
                        "balancers": {"count": 3, "placement": placement} | more}
    run = balancer(options, 8 * S, 3)
    assert not do(run, CRASH_NS, "crash", "balancer-1")
    assert not do(run, RESTART_NS, "restart", "balancer-1")
    return requests(after(run, 8 * S))


def of(found, since, until):
    """The requests sent in that time."""
    return [one for one in found if since <= one["sent"] < until]


def test_a_source_asks_dns_once_in_a_time_to_live():
    found = spread("dns", ttl_s=3600, notice_s=0)
    asked = {one["source"]: {other["balancer"] for other in found if other["source"] == one["source"]} for one in found}
    assert all(len(told) == 1 for told in asked.values()) and len({tuple(told) for told in asked.values()}) == 3


def test_whoever_was_told_of_a_balancer_that_is_dead_goes_there_until_the_time_to_live_is_over():
    found = spread("dns", ttl_s=1, notice_s=0.5)
    assert {one["outcome"] for one in of(found, 0, CRASH_NS)} == {OK}
    dead = of(found, CRASH_NS, RESTART_NS)
    lost = [one["sent"] for one in dead if one["outcome"] == LOST]
    assert lost and all(one["balancer"] == 1 for one in dead if one["outcome"] == LOST)
    assert max(lost) > CRASH_NS + 500 * MS, "some go there although DNS does not tell it any more"
    assert max(lost) < CRASH_NS + 1500 * MS, "noticed after 0.5 s, forgotten a time to live later"
    assert not [one for one in of(found, CRASH_NS + 1500 * MS, RESTART_NS + 500 * MS) if one["balancer"] == 1]
    assert [one for one in of(found, RESTART_NS + 500 * MS, 8 * S) if one["balancer"] == 1], "and it is found again"


def test_anycast_moves_the_sources_of_a_dead_balancer_alone_as_soon_as_it_is_withdrawn():
    found = spread("anycast", notice_s=0.5)
    near = {one["source"]: one["balancer"] for one in of(found, 0, CRASH_NS)}
    for one in found:
        withdrawn = CRASH_NS + 500 * MS <= one["sent"] < RESTART_NS + 500 * MS
        home = near.get(one["source"], one["balancer"])
        assert one["balancer"] == (2 if withdrawn and home == 1 else home)
    assert {one["outcome"] for one in of(found, CRASH_NS + 500 * MS, 7 * S)} == {OK}
    assert LOST in {one["outcome"] for one in of(found, CRASH_NS, CRASH_NS + 500 * MS)}


def test_where_no_balancer_is_announced_dns_tells_any():
    options = EVENLY | {"balancers": {"count": 2, "placement": "dns", "ttl_s": 0, "notice_s": 0}}
    run = balancer(options, 2 * S)
    for number in range(2):
        assert not do(run, 500 * MS, "crash", f"balancer-{number}")
    found = requests(after(run, S))
    assert {one["balancer"] for one in found if one["outcome"] == LOST} == {0, 1}
