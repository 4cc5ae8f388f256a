"""Exact identities, job by job, on the same arrivals: a run is what a queue of a few lines of Python says it is."""

from heapq import heapreplace

import pytest

from simulator.engine import chance
from simulator.engine.clock import S
from simulator.systems.load_balancer import laws
from tests.systems.load_balancer.twins import balancer, do, requests

HYPEREXPONENTIAL = {"law": "hyperexponential", "mean_ms": 10, "scv": 4}


def over(options, duration_ns=20 * S, actions=()):
    """The requests of a run without network, that are over, by number."""
    run = balancer(options, duration_ns)
    for at_ns, kind, target, params in actions:
        assert do(run, at_ns, kind, target, **params) == ""
    run.advance(duration_ns)
    done = requests(run)
    assert len(done) > 5000
    return done, run


def demands(options, done):
    """What the requests need, drawn a second time."""
    law, parameters = laws.service_law(balancer(options).config.service)
    return [laws.whole(laws.demand(law, parameters, None, chance.key(1, "service"), one["k"])) for one in done]


def central_queue(slots, arrivals, works):
    """When each request would be done that waits in one first-in first-out queue for so many slots."""
    free, ends = [0] * slots, []
    for at_ns, work in zip(arrivals, works, strict=True):
        ends.append(max(at_ns, free[0]) + work)
        heapreplace(free, ends[-1])
    return ends


def in_order(run_rows):
    """Requests in the order of their numbers, with no gap: the first so many are over, or nearly so."""
    return {one["k"]: one for one in run_rows}


@pytest.mark.parametrize(("servers", "rate"), [
    ([{"count": 10}], 850), ([{"count": 4, "slots": 3}], 1000), ([{"count": 2, "slots": 5}, {"count": 6}], 1400), ([{"count": 1}], 80),
], ids=["10x1", "4x3", "2x5+6x1", "1x1"])
@pytest.mark.parametrize("service", [{"law": "exponential", "mean_ms": 10}, HYPEREXPONENTIAL], ids=lambda law: law["law"])
def test_least_work_left_is_one_central_queue(servers, rate, service):
    options = {"arrivals": {"law": "poisson", "rate_per_s": rate}, "service": service, "servers": servers,
               "strategy": {"name": "least_work_left"}}
    run = balancer(options, 20 * S * 800 // rate)
    run.advance(20 * S * 800 // rate)
    rows = in_order(requests(run))
    sent = {one["k"]: one["sent"] for one in rows.values()} | {int(row["k"]): int(row["sent"]) for row in run.state.pool if row["stage"] != 5}
    numbers = sorted(sent)
    assert numbers == list(range(len(numbers))) and len(rows) > 1000
    works = demands(options, [{"k": k} for k in numbers])
    slots = sum(group["count"] * group.get("slots", 1) for group in servers)
    ends = central_queue(slots, [sent[k] for k in numbers], works)
    assert [one["done"] for one in rows.values()] == [ends[k] for k in rows]


def test_round_robin_with_deterministic_service_is_a_central_queue():
    options = {"arrivals": {"law": "poisson", "rate_per_s": 900}, "service": {"law": "deterministic", "mean_ms": 10},
               "servers": [{"count": 10}], "strategy": {"name": "round_robin"}}
    done, _run = over(options)
    assert [one["k"] for one in done] == list(range(len(done)))
    assert [one["done"] for one in done] == central_queue(10, [one["sent"] for one in done], demands(options, done))


def test_a_random_split_is_so_many_queues_of_their_own():
    """Which server is drawn depends on the request's number alone, and each is a queue by itself."""
    options = {"arrivals": {"law": "poisson", "rate_per_s": 400}, "service": HYPEREXPONENTIAL, "servers": [{"count": 5}],
               "strategy": {"name": "random"}}
    done, _run = over(options)
    free, key = [0] * 5, chance.key(1, "strategy")
    works, sent = dict(zip([one["k"] for one in done], demands(options, done), strict=True)), {one["k"]: one for one in done}
    for k, one in sorted(sent.items()):
        server = chance.below(key, k * 64, 5)
        free[server] = max(one["sent"], free[server]) + works[k]
        assert (one["server"], one["done"]) == (server, free[server])


def test_what_a_server_knows_of_its_work_comes_true():
    """With one slot and no slowdown a server is done at BUSY_UNTIL of the last arrival, whatever stops it in between."""
    options = {"arrivals": {"law": "poisson", "rate_per_s": 700}, "servers": [{"count": 8}], "strategy": {"name": "least_work_left"}}
    run = balancer(options, 10 * S)
    do(run, 2 * S, "pause", "server-3")
    do(run, 4 * S, "resume", "server-3")
    do(run, 5 * S, "crash", "server-5")
    do(run, 6 * S, "restart", "server-5")
    do(run, 9 * S, "rate", factor=0)
    promised = run.state.truth[:, 1].copy()
    run.advance(60 * S)
    last = {one["server"]: one["done"] for one in sorted(requests(run), key=lambda one: one["done"]) if one["answer"] == 1}
    assert all(last[server] == promised[server] for server in range(8))
