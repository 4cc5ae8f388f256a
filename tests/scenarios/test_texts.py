"""What the built-in Scenarios' texts say really happens."""

from functools import cache

import numpy as np
import pytest

from simulator.scenarios.document import with_config
from simulator.scenarios.library import builtin
from simulator.scenarios.play import prepare
from tests.systems.truth import bounded_pareto

S = 1_000_000_000


class Played:
    """A built-in Scenario run to its end under one of its lanes (None: as it is)."""

    def __init__(self, key: str, config: dict):
        playing = prepare(with_config(builtin()[key], config))
        self.segments = list(playing.segments())
        self.summary = playing.summary()

    def counted(self, column: str, from_s: float, until_s: float) -> int:
        """The sum of a column of the samples with from_s < time <= until_s."""
        samples = {name: np.concatenate([segment.tables["samples"][name] for segment in self.segments]) for name in ("t_ns", column)}
        within = (samples["t_ns"] > from_s * S) & (samples["t_ns"] <= until_s * S)
        return int(samples[column][within].sum())

    def most(self, column: str) -> int:
        """The largest value of a column of the samples."""
        return int(max(segment.tables["samples"][column].max() for segment in self.segments))

    def queued(self, from_s: float, until_s: float) -> np.ndarray:
        """Requests that wait at servers, at each sample with from_s < time <= until_s."""
        times, queued = (np.concatenate([segment.tables["samples"][name] for segment in self.segments]) for name in ("t_ns", "queued"))
        return queued[(times > from_s * S) & (times <= until_s * S)]

    def overtaken(self) -> int:
        """How often a request left its server before the one that had come there just before it."""
        ended = {}
        for segment in self.segments:
            table = segment.tables["requests"]
            rows = zip(*(table[name].tolist() for name in ("k", "server", "sent_ns", "done", "outcome")), strict=True)
            ended.update((k, (server, sent_ns, sent_ns + done)) for k, server, sent_ns, done, outcome in rows if outcome == 1)
        rows = sorted(ended.values())
        return sum(before[0] == after[0] and after[2] < before[2] for before, after in zip(rows, rows[1:], strict=False))

    def latencies_ms(self, from_s: float, until_s: float) -> np.ndarray:
        """Latencies of the answered requests that the viewer holds and that were sent in this time."""
        latest = {}
        for segment in self.segments:
            table = segment.tables["requests"]
            rows = zip(table["k"].tolist(), table["sent_ns"].tolist(), table["done"].tolist(), table["outcome"].tolist(), strict=True)
            latest.update((k, done / 1e6) for k, sent_ns, done, outcome in rows if outcome == 1 and from_s * S < sent_ns <= until_s * S)
        return np.array(list(latest.values()))

    def p99_ms(self) -> float:
        """The 99th percentile over the whole Run."""
        return self.summary["latency_ms"]["p99"]


@cache
def played(key: str, lane: int | None = None) -> Played:
    """One Run, shared by the tests."""
    document = builtin()[key]
    return Played(key, {} if lane is None else document.lanes("en")[lane]["config"])


def lanes(key: str) -> dict[str, Played]:
    """All lanes of the Comparison that the Scenario suggests, by title."""
    return {lane["title"]: played(key, index) for index, lane in enumerate(builtin()[key].lanes("en"))}


def about(value: float):
    """What a text may call "about": within 6 %."""
    return pytest.approx(value, rel=0.06)


def test_calm():
    found = lanes("calm")
    assert played("calm").summary["utilisation"] == pytest.approx(0.6, abs=0.02)
    means = {title: run.summary["latency_ms"]["mean"] for title, run in found.items()}
    assert (means["Random"], means["Power of two choices"], means["Least connections"]) == (about(370), about(270), about(230))
    assert (found["Random"].p99_ms(), found["Power of two choices"].p99_ms()) == (about(1300), about(730))


def test_overload():
    for run in lanes("overload").values():
        assert run.summary["stable"] is False and run.summary["latency_ms"]["p99"] is None
        assert run.summary["in_system"] == about(1800)
        assert run.counted("ok", 10, 60) / 50 == about(200)


def test_one_slow_server():
    found = lanes("one-slow-server")
    assert [run.summary["stable"] for run in found.values()] == [False, True, True, True]
    slow = found["Round robin"].summary["servers"][9]
    assert slow["max_queue"] == about(400) and "server-9" in found["Round robin"].summary["stability"]
    assert [run.p99_ms() for run in list(found.values())[1:]] == [about(860), about(610), about(510)]


def test_crash_at_the_peak():
    run = played("crash-at-the-peak")
    assert run.summary["failed"] == 23 == run.counted("failed", 25, 27.2)
    assert run.p99_ms() == about(2300)


def test_crash_with_two_choices():
    run = played("crash-with-two-choices")
    assert run.summary["failed"] == 25
    assert run.p99_ms() == about(1040)
    assert lanes("crash-with-two-choices")["Round robin"].summary["failed"] == 23


def test_bursts():
    bursty, poisson = lanes("bursts").values()
    assert 500 < bursty.most("queued") < 560
    assert (bursty.summary["latency_ms"]["mean"], poisson.summary["latency_ms"]["mean"]) == (about(820), about(285))
    assert (bursty.p99_ms(), poisson.p99_ms()) == (about(2600), about(790))


def test_many_small_and_few_large_servers():
    small, large = played("many-small-servers"), played("few-large-servers")
    assert (small.summary["failed"], large.summary["failed"]) == (3, 30)
    assert large.most("queued") == about(205)
    assert (np.median(small.latencies_ms(0, 25)), np.median(large.latencies_ms(0, 25))) == (about(350), about(161))
    assert (np.median(small.latencies_ms(25, 45)), np.median(large.latencies_ms(25, 45))) == (about(400), about(830))


def test_black_hole():
    found = lanes("black-hole")
    assert played("black-hole").counted("sent", 20, 25) == 714
    assert [run.summary["failed"] for run in found.values()] == [92, about(175), 376, about(175)]


def test_long_pause():
    round_robin, two_choices, least, _ewma = lanes("long-pause").values()
    assert [run.summary["servers"][6]["max_queue"] for run in (round_robin, two_choices, least)] == [26, 4, 1]
    assert all(run.summary["latency_ms"]["max"] == pytest.approx(4300, abs=300) and run.summary["failed"] == 0
               for run in lanes("long-pause").values())


def test_timeouts_and_bounded_queues():
    endless, bounded = played("timeouts"), played("bounded-queues")
    assert (endless.summary["failed"], endless.summary["sent"]) == (5343, 11508)
    assert endless.counted("ok", 25, 30) == 0
    assert endless.counted("ok", 40, 50) / 10 < 60 < 170 < endless.counted("ok", 55, 60) / 5
    assert (bounded.summary["failed"], bounded.summary["outcomes"]["rejected"], bounded.summary["outcomes"]["timeout"]) == (666, 653, 13)
    assert bounded.counted("ok", 15, 25) / 10 == about(192)
    assert bounded.counted("failed", 26, 60) < 30


def test_a_few_huge_requests():
    _random, round_robin, two_choices, least = lanes("a-few-huge-requests").values()
    assert round_robin.summary["latency_ms"]["p50"] == about(150)
    assert [run.p99_ms() for run in (round_robin, two_choices, least)] == [about(4300), about(1430), about(730)]
    assert round_robin.summary["utilisation"] == pytest.approx(0.55, abs=0.02)


def test_rolling_update():
    run = played("rolling-update")
    assert (run.counted("failed", 0, 30), run.counted("failed", 30, 60)) == (33, 0)


def test_large_cluster():
    found = lanes("large-cluster")
    assert played("large-cluster").summary["in_system"] == about(1750)
    assert found["Power of two choices"].p99_ms() == about(525)
    for title in ("Random", "Round robin"):
        assert found[title].summary["servers"][17]["max_queue"] == pytest.approx(420, abs=40)
        assert found[title].summary["latency_ms"]["max"] > 15_000


def test_an_autoscaler_that_sees_a_hundred_per_cent_at_most_orders_too_few():
    """autoscaler"""
    late, soon, always = lanes("autoscaler").values()
    assert late.summary["sent"] == about(240_000)
    assert [one.summary["failed"] for one in (late, soon)] == [about(35_800), about(15_800)] and always.summary["failed"] == 0
    ordered = [row["at_ns"] // S for segment in late.segments for row in segment.tables["actions"] if row["kind"] == "add_server"]
    assert [ordered.count(at_s) for at_s in sorted(set(ordered))] == [2, 3, 4]


def test_retry_storm():
    storm, bucket, breaker, shedding = lanes("retry-storm").values()
    assert storm.counted("ok", 0, 20) / 20 > 265 and storm.counted("ok", 30, 90) == 0
    assert bucket.counted("ok", 40, 90) / bucket.counted("sent", 40, 90) == pytest.approx(1, abs=0.02)
    assert bucket.counted("ok", 26, 36) / bucket.counted("sent", 26, 36) < 0.5
    for cured in (breaker, shedding):
        assert cured.summary["failed"] == about(810)
        assert cured.counted("failed", 26, 90) < 50


def test_grey_failure():
    failed = [run.summary["failed"] for run in lanes("grey-failure").values()]
    assert failed == [about(1060), about(160), about(90), about(170)]
    alive, work, outliers, ended = lanes("grey-failure").values()
    assert alive.counted("failed", 30, 60) / alive.counted("sent", 30, 60) == pytest.approx(0.1, abs=0.01)
    assert work.counted("failed", 30, 60) == 0 < ended.counted("failed", 50, 60)


def test_outlier_ejection():
    nobody, ejection, retry = lanes("outlier-ejection").values()
    assert nobody.counted("failed", 20, 70) / 50 == about(47)
    assert nobody.counted("failed", 20, 70) / nobody.counted("sent", 20, 70) == about(0.2)
    assert (ejection.summary["failed"], retry.summary["failed"]) == (10, 1)


def test_panic():
    panics, never = lanes("panic").values()
    assert panics.summary["failed"] == 0 and panics.p99_ms() == about(280)
    assert never.counted("ok", 25, 60) / 35 == about(55) and never.counted("sent", 25, 60) / 35 == about(238)
    assert never.most("queued") == about(3000)


def test_diurnal_day():
    day, steady = lanes("diurnal-day").values()
    assert (day.most("queued"), steady.most("queued")) == (165, 29)
    assert (np.median(day.latencies_ms(90, 100)), np.median(day.latencies_ms(0, 20))) == (about(650), about(193))


def test_flash_crowd():
    endless, bounded = lanes("flash-crowd").values()
    assert 2500 < endless.most("queued") < 2600
    assert np.median(endless.latencies_ms(30, 40)) == about(12_000)
    assert bounded.summary["failed"] == about(2400) and bounded.summary["latency_ms"]["max"] < 2000
    assert endless.counted("sent", 40, 60) == bounded.counted("sent", 40, 60)


def test_closed_or_open():
    closed, opened = lanes("closed-or-open").values()
    assert (closed.most("in_system"), opened.most("in_system")) == (119, about(510))
    found = closed.summary["closed"]
    assert found["response_ms"] == about(320) == closed.summary["latency_ms"]["mean"]
    assert found["response_ms"] == pytest.approx(1000 * found["clients"] / found["throughput_per_s"] - found["think_ms"], rel=0.01)
    assert opened.summary["latency_ms"]["mean"] == about(780)


def test_fan_out():
    hundred, ten, single = lanes("fan-out").values()
    assert np.mean(hundred.latencies_ms(0, 60) > 461 + 110) == pytest.approx(0.634, abs=0.05)  # 110 ms are spent on the way
    assert [np.median(run.latencies_ms(0, 60)) for run in (hundred, ten, single)] == [about(630), about(380), about(170)]


def test_layer_4_and_layer_7():
    layer_4, layer_7, one_core = lanes("layer-4-and-layer-7").values()
    busy, longest = ([server[name] for server in layer_4.summary["servers"]] for name in ("utilisation", "max_queue"))
    assert sum(share < 0.5 for share in busy) >= 5 and sum(queue > 100 for queue in longest) == 2 and layer_4.summary["stable"] is False
    assert layer_4.summary["balancers"][0]["connections"] == 20
    assert layer_7.summary["stable"] and max(server["max_queue"] for server in layer_7.summary["servers"]) <= 3
    assert [run.summary["balancers"][0]["utilisation"] for run in (layer_7, one_core)] == [about(0.24), about(0.95)]
    assert [run.summary["latency_ms"]["p50"] for run in (layer_7, one_core)] == [about(9), about(23)]
    assert max(server["max_queue"] for server in one_core.summary["servers"]) <= 3, "the queue is not at the servers"


def test_a_cache_in_front():
    recent, first, none = lanes("a-cache-in-front").values()
    assert 0.5 < first.summary["cache_hit_ratio"] < recent.summary["cache_hit_ratio"] < 1.1 * first.summary["cache_hit_ratio"]
    assert none.summary["stable"] is False and none.summary["cache_hit_ratio"] is None and recent.summary["stable"]
    calm, cold, warm = (np.mean(recent.queued(*span)) for span in ((20, 40), (40, 42), (50, 90)))
    assert cold > 3 * calm and warm < 1.5 * calm, (calm, cold, warm)


def test_processor_sharing():
    sharing, queueing = lanes("processor-sharing").values()
    for name in ("p50", "mean"):
        assert queueing.summary["latency_ms"][name] > 1.4 * sharing.summary["latency_ms"][name]
    assert sharing.summary["sent"] == queueing.summary["sent"]
    assert sharing.overtaken() > 1000 and queueing.overtaken() == 0
    pareto = builtin()["processor-sharing"].options.service
    mean_ms = bounded_pareto(pareto.minimum_ms, pareto.maximum_ms, pareto.shape)[0]
    constant = {"service": {"law": "deterministic", "mean_ms": mean_ms}}
    shared, queued = (Played("processor-sharing", constant | {"servers": [{"count": 10, "discipline": name}]}) for name in ("sharing", "fifo"))
    assert queued.summary["latency_ms"]["mean"] < shared.summary["latency_ms"]["mean"] == about(sharing.summary["latency_ms"]["mean"])


def test_garbage_collection():
    stops, choices, none = lanes("garbage-collection").values()
    paused = [row for segment in stops.segments for row in segment.tables["changes"] if row["state"] == "paused"]
    assert len(paused) / 10 == pytest.approx(60 / 5.2, rel=0.15) and len({row["server"] for row in paused}) == 10
    found = [run.summary["latency_ms"] for run in (stops, none)]
    assert found[0]["p50"] == pytest.approx(found[1]["p50"], rel=0.1) and found[1]["p99"] / found[0]["p99"] == pytest.approx(1 / 3, abs=0.03)
    assert found[1]["max"] < found[0]["p99"], "beyond the 99th percentile there is nothing that a run without stops knows"
    longest = [[server["max_queue"] for server in run.summary["servers"]] for run in (stops, choices)]
    assert min(longest[0]) >= 8 > 4 >= max(longest[1])
