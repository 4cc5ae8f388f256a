"""What balancers do besides choosing: cores, connections, ceilings, caches, crashes and standbys."""

import lzma
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from simulator.engine.chance import below
from simulator.engine.clock import MS, S
from simulator.systems.load_balancer.fronting import popularity
from simulator.systems.load_balancer.layout import LOST
from tests.systems.load_balancer.twins import Recording, balancer, do, requests

TRACES = Path(__file__).resolve().parents[4] / "shared" / "traces"
EVENLY = {"arrivals": {"law": "deterministic", "rate_per_s": 100}, "service": {"law": "deterministic", "mean_ms": 1}}


def kind(name, **options):
    """A Config's balancers of this kind."""
    return {"balancers": {"kind": {"name": name} | options}}


def over(options, duration_ns=S, **more):
    """A run of `options` to its end."""
    run = balancer(options, duration_ns, **more)
    run.advance(duration_ns)
    return run


def outcomes(run):
    """How many requests ended how, without those that never happened."""
    return {name: count for name, count in run.keyframe()["totals"].items() if count and name != "sent"}


# Layer 7


def test_a_proxys_cores_are_a_queue_of_their_own():
    """TRUTH: M/M/1 is not it (work is constant): M/D/1 at 0.8 has mean time 3 service times; here in front of idle servers."""
    found = []
    for seed in range(10):
        run = balancer({"arrivals": {"law": "poisson", "rate_per_s": 800}, "service": {"law": "deterministic", "mean_ms": 0.0001},
                        "servers": [{"count": 100}]} | kind("layer_7", cores=1, request_ms=1), 300 * S, seed, warm_up_ns=20 * S, keep=False)
        run.advance(300 * S)
        found.append(run.state.histogram[:, 1].sum() / run.state.histogram[:, 0].sum() / MS)
        assert run.summary()["balancers"][0]["utilisation"] == pytest.approx(0.8, rel=0.02)
    mean, half = np.mean(found), 2.262 * np.std(found, ddof=1) / np.sqrt(len(found))
    print(f"{mean:.3f} +- {half:.3f}, truth 3.0")
    assert abs(mean - 3.0) <= max(1.5 * half, 0.015)
    assert half < 0.06


def test_only_a_new_connection_pays_for_its_handshake():
    proxy = kind("layer_7", request_ms=0.5, handshake_ms=2, authentication_ms=0.25, keep_alive_s=0.05)
    first = [one["done"] - one["sent"] for one in requests(over(EVENLY | proxy | {"sources": {"population": 1}}))]
    assert first[0] == round(3.75 * MS) and set(first[1:]) == {round(1.75 * MS)}
    slow = EVENLY | {"arrivals": {"law": "deterministic", "rate_per_s": 10}, "sources": {"population": 1}}
    assert {one["done"] - one["sent"] for one in requests(over(slow | proxy))} == {round(3.75 * MS)}
    assert {one["done"] - one["sent"] for one in requests(over(EVENLY | proxy))} == {round(3.75 * MS)}


def test_compression_costs_work_and_saves_time_on_the_line():
    plain = kind("layer_7", request_ms=0, transfer_ms=10)
    packed = kind("layer_7", request_ms=0, transfer_ms=10, compression_ms=2, compressed_to=0.3)
    assert {one["done"] - one["sent"] for one in requests(over(EVENLY | plain))} == {11 * MS}
    assert {one["done"] - one["sent"] for one in requests(over(EVENLY | packed))} == {6 * MS}


# Layer 4


def test_layer_4_pins_a_source_to_the_server_it_was_given_first():
    options = EVENLY | {"sources": {"population": 5}, "strategy": {"name": "random"}, "servers": [{"count": 8}]}
    assert len({one["server"] for one in requests(over(options | kind("layer_7")))}) == 8
    run = balancer(options | kind("layer_4"), 4 * S)
    do(run, 2 * S, "drain", "server-0")
    run.advance(4 * S)
    rows = requests(run)
    key = int(run.state.rules["source_key"][0])
    of = {source: [one["server"] for one in rows if below(key, one["k"], 5) == source] for source in range(5)}
    assert sum(len(set(servers)) for servers in of.values()) <= 6  # one moved at most: who was on server-0
    assert all(0 not in servers[len(servers) // 2 + 2:] for servers in of.values())


# Hardware


def test_what_is_above_a_ceiling_is_dropped():
    options = {"arrivals": {"law": "deterministic", "rate_per_s": 1000}, "servers": [{"count": 100}]}
    run = over(options | kind("hardware", packets_per_s=5000, packets_per_request=10), 10 * S)
    totals = run.keyframe()["totals"]
    assert totals["sent"] == 10_000
    assert totals["sent"] - totals["dropped"] == pytest.approx(500 * 10 + 50, abs=5)  # and a bucket of a tenth of a second
    assert run.summary()["outcomes"]["dropped"] == totals["dropped"] == run.summary()["balancers"][0]["dropped"]


def test_a_ceiling_of_connections_does_not_touch_those_that_are_kept():
    options = {"arrivals": {"law": "deterministic", "rate_per_s": 1000}, "servers": [{"count": 100}], "sources": {"population": 20}}
    assert "dropped" not in outcomes(over(options | kind("hardware", connections_per_s=200), 2 * S))
    assert outcomes(over(options | {"sources": {}} | kind("hardware", connections_per_s=200), 2 * S))["dropped"] > 1500


def test_a_full_table_drops_new_connections_and_forgets_idle_ones():
    options = EVENLY | {"service": {"law": "deterministic", "mean_ms": 1000}, "servers": [{"count": 1, "slots": 100}]}
    run = over(options | kind("hardware", table=30, forward_ms=0), 10 * S)
    # Erlang: 100 a second of 1 s each are offered to 30 places, which never stand empty
    assert run.keyframe()["balancers"][0]["entries"] == 30
    assert outcomes(run)["ok"] == pytest.approx(30 * 9, abs=2)
    idle = over(EVENLY | {"sources": {"population": 50}} | kind("hardware", table=10, keep_alive_s=0.02), 4 * S)
    assert idle.keyframe()["balancers"][0]["entries"] <= 3
    assert "dropped" not in outcomes(idle)


# Crashes


def test_a_balancer_that_is_down_loses_what_arrives_and_all_that_was_under_way():
    options = EVENLY | {"service": {"law": "deterministic", "mean_ms": 100}, "servers": [{"count": 1, "slots": 100}]}
    for balancers in ({}, kind("layer_7"), kind("layer_4"), kind("hardware")):
        run = balancer(options | balancers, 3 * S)
        assert do(run, S + MS, "crash", "balancer-0") == ""
        assert run.keyframe()["balancers"][0]["state"] == "down"
        assert run.keyframe()["balancers"][0]["in_flight"] == 0
        assert run.tables()["actions"][-1]["values"]["count"] == 10  # 100 a second for 100 ms
        assert do(run, 2 * S + MS, "restart", "balancer-0") == ""
        run.advance(3 * S)
        assert outcomes(run)["lost"] == 10 + 100
        assert sum(outcomes(run).values()) + run.keyframe()["in_system"] == run.keyframe()["totals"]["sent"]
        assert [row["state"] for row in run.tables()["balancer_changes"]] == ["up"]


def test_only_the_requests_of_the_balancer_that_crashed_are_lost():
    run = balancer(EVENLY | {"balancers": {"count": 4}}, 4 * S)
    do(run, 2 * S, "crash", "balancer-2")
    run.advance(4 * S)
    assert {one["balancer"] for one in requests(run) if one["outcome"] == LOST} == {2}
    assert outcomes(run)["lost"] == pytest.approx(50, abs=1)


def test_a_standby_takes_over_after_the_failover_time():
    for mirrored in (False, True):
        run = balancer(EVENLY | {"service": {"law": "deterministic", "mean_ms": 1000}, "servers": [{"count": 1, "slots": 200}]}
                       | kind("hardware", standby=True, failover_s=0.5, mirrored=mirrored), 4 * S)
        do(run, 2 * S + MS, "crash", "balancer-0")
        run.advance(4 * S)
        assert run.keyframe()["balancers"][0]["state"] == "up"
        # half a second of arrivals is lost, and the answers of half a second, or all that was under way
        assert outcomes(run)["lost"] == pytest.approx(50 + (50 if mirrored else 100), abs=2)
        assert [row["state"] for row in run.tables()["balancer_changes"]] == ["down", "up"]
        assert run.tables()["changes"] == []


def test_a_client_that_tries_again_finds_another_balancer():
    options = EVENLY | {"balancers": {"count": 2}, "retries": {"retries": 1, "retrier": "client", "retry_on": ["lost"], "backoff_ms": 1}}
    run = balancer(options, 3 * S)
    do(run, S, "crash", "balancer-0")
    run.advance(3 * S)
    assert "lost" not in outcomes(run)


def test_a_dead_balancer_does_not_try_again():
    options = EVENLY | {"service": {"law": "deterministic", "mean_ms": 50}, "retries": {"retries": 3, "try_timeout_ms": 30},
                        "servers": [{"count": 50}]}
    run = balancer(options, 2 * S)
    do(run, S, "crash", "balancer-0")
    do(run, S, "restart", "balancer-0")
    run.advance(2 * S)
    rows = requests(run)
    assert outcomes(run)["lost"] > 0
    lost = {one["k"] for one in rows if one["outcome"] == LOST and one["attempt"] == 0}
    late = [one for one in rows if one["k"] in lost and one["attempt"] > 0 and one["sent"] > S]
    assert late and all(one["server"] == -1 for one in late)


def test_an_action_on_a_balancer_that_is_not_there_is_refused():
    run = balancer({"balancers": {"count": 2}}, S)
    assert "balancer-0 to balancer-1" in do(run, 0, "crash", "balancer-2")
    assert do(run, 0, "restart", "balancer-1")
    assert ("crash", "balancer-1", "") in run.actions()
    assert do(run, 0, "pause", "balancer-1")


# Caches


def cached(keys, rate_per_s=1000.0, **options):
    """A Config whose balancer has a cache in front of servers that answer at once."""
    return {"arrivals": {"law": "poisson", "rate_per_s": rate_per_s}, "service": {"law": "deterministic", "mean_ms": 0.0001},
            "servers": [{"count": 100}], "balancers": {"cache": {"on": True, "keys": keys} | options}}


@pytest.mark.parametrize(("refresh", "truth"), [(False, 0.5), (True, 0.632121)], ids=["plain", "refreshed"])
def test_a_cache_with_a_time_to_live_has_the_hit_ratio_of_theory(refresh, truth):
    """TRUTH: lT = 1: lT / (1 + lT) without refresh, 1 - e^-lT with; here 1000 keys of 1 request a second each, 1 s."""
    options = cached({"law": "uniform", "count": 1000}, capacity=None, ttl_s=1.0, refresh=refresh)
    found = []
    for seed in range(10):
        run = balancer(options, 120 * S, seed, warm_up_ns=10 * S, keep=False)
        run.advance(120 * S)
        found.append(run.summary()["cache_hit_ratio"])
    mean, half = np.mean(found), 2.262 * np.std(found, ddof=1) / np.sqrt(len(found))
    print(f"{mean:.5f} +- {half:.5f}, truth {truth}")
    assert abs(mean - truth) <= max(1.5 * half, 0.005 * truth)
    assert half <= 0.005


def test_a_hit_is_answered_by_the_balancer_at_once():
    run = over(cached({"law": "uniform", "count": 1}, capacity=1), S)
    rows = requests(run)
    assert rows[0]["server"] >= 0 and rows[0]["done"] > rows[0]["sent"]
    assert all(one["server"] == -1 and one["done"] == one["sent"] and one["outcome"] == 1 for one in rows[1:])
    front = run.keyframe()["balancers"][0]
    assert (front["lookups"], front["hits"], front["held"]) == (len(rows), len(rows) - 1, 1)


def test_an_answer_that_has_expired_is_fetched_again():
    run = over(cached({"law": "uniform", "count": 1}, 100.0, ttl_s=0.2) | {"arrivals": {"law": "deterministic", "rate_per_s": 100}})
    fetched = [one["sent"] for one in requests(run) if one["server"] >= 0]
    assert np.diff(fetched).tolist() == [210 * MS] * (len(fetched) - 1)  # stored 100 ns after it was asked for


def test_zipf_keys_are_as_popular_as_they_should_be():
    """TRUTH: zipfian 0.99 over 1000 keys: P(top) .12938, top ten .38247; here the share that a cache of the top ever misses."""
    run = balancer(cached({"law": "zipf", "count": 1000, "exponent": 0.99}), S)
    weights = popularity(run.config)
    assert weights[0] / weights[-1] == pytest.approx(0.12938, abs=1e-5)
    assert weights[9] / weights[-1] == pytest.approx(0.38247, abs=1e-5)


def plain_hits(keys, capacity, lru):
    """Hits of a cache of `capacity` over `keys`, in a few lines of plain Python."""
    held, hits = OrderedDict(), 0
    for one in keys:
        if one in held:
            hits += 1
            if lru:
                held.move_to_end(one)
            continue
        if len(held) == capacity:
            held.popitem(last=False)
        held[one] = True
    return hits


@pytest.mark.parametrize("evict", ["lru", "fifo"])
@pytest.mark.parametrize("capacity", [100, 1000])
def test_a_recorded_key_stream_hits_as_often_as_in_plain_python(evict, capacity):
    """76,118 accesses of a shop's product pages, one every 10 ms; servers answer long before the next comes."""
    file = TRACES / "web07.trace.xz"
    if not file.exists():
        pytest.skip("the shared recordings are not here")
    keys = np.frombuffer(lzma.decompress(file.read_bytes()), ">i4")
    recording = Recording(np.arange(len(keys)) * 10 * MS)
    recording.asked = keys
    options = cached({"law": "recorded"}, capacity=capacity, evict=evict) | {"arrivals": {"law": "recorded", "recording": "0" * 16}}
    run = balancer(options, len(keys) * 10 * MS, inputs={"0" * 16: recording}, keep=False)
    run.advance(len(keys) * 10 * MS)
    front = run.keyframe()["balancers"][0]
    assert (front["lookups"], front["hits"]) == (len(keys), plain_hits(keys.tolist(), capacity, evict == "lru"))
    print(f"{evict} {capacity}: hit ratio {run.summary()['cache_hit_ratio']:.4f}")


def test_caches_that_would_not_fit_are_refused():
    with pytest.raises(ValueError, match="2,000,000"):
        balancer({"balancers": {"count": 64, "cache": {"on": True, "keys": {"law": "zipf", "count": 200_000}}}})
