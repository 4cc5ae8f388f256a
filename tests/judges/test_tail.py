"""Latencies as a histogram: percentiles, exact addition in any order, and there and back as bytes."""

from itertools import permutations

import numpy as np
import pytest

from simulator.judges.tail import NOTHING, Tail, unpacked
from simulator.systems.load_balancer import layout, tally


def tail(latencies) -> Tail:
    """The Tail of some latencies in ns, bucket by bucket as the kernel counts them."""
    cells: dict[int, list[int]] = {}
    for ns in latencies:
        cell = cells.setdefault(int(bucket(ns)), [0, 0])
        cell[0], cell[1] = cell[0] + 1, cell[1] + ns
    rows = np.array([[number, *cells[number]] for number in sorted(cells)], np.int64).reshape(-1, 3)
    return Tail(rows, min(latencies, default=0), max(latencies, default=0))


def bucket(ns: int) -> int:
    """Between 2^(b // 512) (1 + b % 512 / 512) and the next, by definition."""
    octave = ns.bit_length() - 1
    return octave * 512 + (ns - 2**octave) * 512 // 2**octave


SOME = [np.random.default_rng(seed).exponential(1e7, 3000).astype(int).tolist() for seed in range(4)]


def test_the_buckets_are_those_of_the_kernel():
    assert layout.SUB_BUCKETS == 512
    for ns in (1, 2, 3, 511, 512, 1023, 10**6 + 1, 10**9, 10**15):
        assert tally.LOWEST + int(bucket(ns)) == int(np.float64(ns).view(np.int64)) >> 43


@pytest.mark.parametrize("q", [0.5, 0.9, 0.99, 0.999])
def test_a_percentile_is_within_a_fifth_of_a_percent(q):
    values = sorted(SOME[0])
    exact = values[int(np.ceil(q * len(values))) - 1]
    assert tail(values).quantile(q) == pytest.approx(exact, rel=0.002)


def test_a_point_of_mass_is_exact():
    assert tail([1234567] * 90 + [5_000_001] * 10).quantile(0.9) == 1234567
    assert tail([1234567] * 90 + [5_000_001] * 10).quantile(0.91) == 5_000_001


def test_the_mean_is_exact():
    assert tail(SOME[0]).mean == sum(SOME[0]) / len(SOME[0])


def test_addition_is_exact_in_every_order():
    whole = tail([ns for some in SOME for ns in some])
    for order in permutations(SOME):
        made = Tail(NOTHING)
        for some in order:
            made = made.plus(tail(some))
        assert (made.rows == whole.rows).all() and (made.shortest, made.longest) == (whole.shortest, whole.longest)
        assert made.pack() == whole.pack()


def test_there_and_back_as_bytes():
    for one in (tail(SOME[1]), tail([1]), tail([2**60, 2**60 + 1]), Tail(NOTHING)):
        again = unpacked(one.pack())
        assert (again.rows == one.rows).all() and (again.shortest, again.longest) == (one.shortest, one.longest)


def test_nothing_has_no_percentile():
    assert Tail(NOTHING).quantile(0.5) is None and Tail(NOTHING).mean == 0.0 and Tail(NOTHING).beyond() == ([], [])


@pytest.mark.parametrize("q", [0.5, 0.9, 0.99])
def test_within_a_limit_and_the_percentile_say_the_same(q):
    one = tail(SOME[2])
    at = one.quantile(q)
    assert one.within(at) >= q * one.count > one.within(at * 0.997)


def test_failed_requests_are_infinitely_slow():
    one = tail([10**6] * 90)
    assert one.quantile(0.9, missing=10) == 10**6
    assert one.quantile(0.91, missing=10) is None


def test_the_complementary_distribution_falls_to_one_request():
    one = tail(SOME[3])
    ms, share = one.beyond()
    assert len(ms) == len(share) <= 200 and ms == sorted(ms) and share == sorted(share, reverse=True)
    assert 0 < share[-1] < 0.002 and 0.97 < share[0] <= 0.99
    middle = next(place for place, value in enumerate(share) if value <= 0.5)
    assert ms[middle] == pytest.approx(one.quantile(1 - share[middle]), rel=0.01)
