"""Staleness against time: what theory says agrees with drawing it, and the store's own messages agree with theory."""

import numpy as np
import pytest

from simulator.judges.consistency.history import History, of_rows
from simulator.judges.consistency.staleness import Aged, aged, staleness, wilson
from simulator.judges.consistency.wars import stale_after
from simulator.judges.statistics import mean_interval
from simulator.parts.legs import Quorums, beyond
from simulator.parts.options import ConstantDelay, ExponentialDelay, MixedDelay, UniformDelay
from simulator.scenarios.document import parse
from simulator.scenarios.play import prepare
from tests.judges.consistency.stores import op, told

SSD, DISK = MixedDelay(), MixedDelay(share=0.38, minimum_ms=1.05, shape=1.51, rate_per_ms=0.183)
QUICK, SLOW, EVEN = ExponentialDelay(minimum_ms=0.0, mean_ms=1.0), ExponentialDelay(minimum_ms=0.0, mean_ms=5.0), UniformDelay()
TIMES_MS = (0.0, 0.2, 1.0, 3.0, 10.0)
DRAWS = 100_000


def drawn(chance, delay, count, n):
    """Legs by inverting the chance to take longer."""
    grid = np.concatenate([np.linspace(0, 30, 60_001), np.geomspace(30.001, 1e5, 20_000)])
    tails = beyond(delay, grid)
    return np.interp(-chance.random((count, n)), -tails, grid)


def monte_carlo(quorums, t):
    """The share of stale reads among DRAWS writes, each with one read."""
    chance = np.random.default_rng(7)
    write, acknowledge, read, respond = (drawn(chance, delay, DRAWS, quorums.n) for delay in quorums[3:])
    done = np.sort(write + acknowledge, axis=1)[:, quorums.w - 1]
    late = write > done[:, None] + t + read
    first = np.argsort(read + respond, axis=1)[:, :quorums.r]
    return np.take_along_axis(late, first, axis=1).all(axis=1).mean()


@pytest.mark.parametrize("quorums", [
    Quorums(3, 1, 1, SSD, SSD, SSD, SSD), Quorums(3, 1, 1, DISK, SSD, SSD, SSD), Quorums(3, 1, 1, SLOW, QUICK, QUICK, QUICK),
    Quorums(3, 2, 1, SLOW, QUICK, QUICK, QUICK), Quorums(5, 2, 2, SLOW, EVEN, QUICK, EVEN), Quorums(5, 1, 3, SLOW, QUICK, EVEN, QUICK)])
def test_theory_agrees_with_drawing_it(quorums):
    known = stale_after(quorums, TIMES_MS)
    for t, chance in zip(TIMES_MS, known, strict=True):
        assert abs(chance - monte_carlo(quorums, t)) < 0.006, (t, chance)
    assert list(known) == sorted(known, reverse=True)


def test_the_numbers_of_the_paper():
    at_once = [1 - stale_after(Quorums(3, 1, 1, write, SSD, SSD, SSD), [0.0])[0] for write in (SSD, DISK)]
    assert np.allclose(at_once, [0.974, 0.439], atol=0.005), "VLDB 2012, section 5.6: consistent right after the acknowledgement"


def test_quorums_that_meet_are_never_stale_and_legs_that_never_vary_are_either_or():
    assert stale_after(Quorums(3, 2, 2, SLOW, QUICK, QUICK, QUICK), [0.0, 1.0]).tolist() == [0, 0]
    one = ConstantDelay(delay_ms=1.0)
    assert stale_after(Quorums(3, 1, 1, one, one, one, one), [0.0])[0] < 1e-6


def test_a_read_is_as_old_as_the_acknowledgement_of_the_newest_write():
    history = told("a w x 1", "a w x 2", "b r x 1", "b r x 2", "c r y nil")
    assert aged(history) == [Aged(1 / 1e6, True), Aged(3 / 1e6, False)], "of y nothing had been written"
    pending = History((*history.operations[:2], op(2, "p", "write", 3, 4, None), op(3, "b", "read", None, 5, 6, 3)))
    assert aged(pending) == [Aged(2 / 1e6, False)], "who reads what is newer still has missed nothing"


def test_the_interval_of_a_share():
    assert wilson(0, 0) == (None, None)
    assert np.allclose(wilson(5, 50), (0.0435, 0.2136), atol=1e-4)
    assert wilson(0, 10)[0] == 0


def lived(seed):
    """Of a run whose quorums need not meet and whose writes hardly overlap: how stale it was, and what theory says of it."""
    legs = {"delay": QUICK.model_dump(), "write": SLOW.model_dump()}
    document = parse({"format": "distviz-scenario/1", "system": "replicated_store", "title": "PBS", "duration_s": 0.5, "config": {
        "replication": {"name": "dynamo", "r": 1, "w": 1, "sloppy": False, "handoff_ms": None, "read_repair": False, "anti_entropy_s": None},
        "replicas": 3, "clients": 10, "keys": 12, "think_ms": 3, "read_share": 0.9, "network": legs}})
    playing = prepare(document, seed, keep=False)
    playing.rush()
    return staleness(of_rows(playing.told), playing.quorums)


def test_the_stores_own_messages_are_as_stale_as_theory_says():
    found = [lived(seed) for seed in range(1, 11)]
    for place in (slice(0, 8), slice(2, 8)):  # all of them, and those some time after the acknowledgement
        parts = [one["bins"][place] for one in found]
        reads = [sum(part["reads"] for part in bins) for bins in parts]
        missed = [sum(part["missed"] for part in bins) for bins in parts]
        known = [sum((part["predicted"] or 0) * part["reads"] for part in bins) for bins in parts]
        interval = mean_interval([(one - other) / count for one, other, count in zip(missed, known, reads, strict=True)])
        print(f"stale {sum(missed)} of {sum(reads)} reads, theory {sum(known):.1f}; measured - theory: {interval.mean:+.4f} +- {interval.half:.4f}")
        assert abs(interval.mean) <= max(1.5 * interval.half, 0.005) and interval.half <= 0.02
