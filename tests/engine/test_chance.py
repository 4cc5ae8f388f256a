"""Chance: streams by name, draws by number, the same bits everywhere."""

import math
import random

from simulator.engine import chance


def test_bits_are_splitmix64():
    """The reference sequence of Steele, Lea and Flood's generator from state 1234567."""
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert [chance.bits(1234567, index) for index in range(5)] == expected


def test_a_stream_depends_on_seed_and_name_alone():
    assert chance.key(1, "arrivals") == chance.key(1, "arrivals")
    assert len({chance.key(seed, name) for seed in range(50) for name in ("arrivals", "service", "link/a->b")}) == 150


def test_golden_keys_never_change():
    """A change here changes every digest there is."""
    assert chance.key(1, "arrivals") == 281247042445725438
    assert chance.uniform(chance.key(1, "arrivals"), 0) == 0.5782479099089715


def test_uniform_is_open_and_even():
    draws = [chance.uniform(chance.key(1, "even"), index) for index in range(20_000)]
    assert 0 < min(draws) and max(draws) < 1
    assert abs(sum(draws) / len(draws) - 0.5) < 0.01
    assert abs(sum((draw - 0.5) ** 2 for draw in draws) / len(draws) - 1 / 12) < 0.002


def test_below_is_even_and_within():
    counts = [0] * 7
    for index in range(14_000):
        counts[chance.below(chance.key(2, "below"), index, 7)] += 1
    assert max(counts) - min(counts) < 250


def test_neighbouring_numbers_and_streams_are_unrelated():
    one, other = chance.key(1, "a"), chance.key(1, "b")
    pairs = [(chance.uniform(one, k) - 0.5, chance.uniform(one, k + 1) - 0.5, chance.uniform(other, k) - 0.5) for k in range(20_000)]
    for left, right in ((0, 1), (0, 2)):
        assert abs(sum(pair[left] * pair[right] for pair in pairs) / len(pairs)) * 12 < 0.03


def test_log_and_exp_are_within_one_unit_of_the_last_place():
    draw = random.Random(3)
    for x in [1e-300, 5e-17, 0.5, 1.0, 1 + 2**-52, math.e, 1e300] + [draw.expovariate(1) * 10 ** draw.randint(-20, 20) for _ in range(5000)]:
        assert abs(chance.log(x) - math.log(x)) <= math.ulp(math.log(x))
    for x in [0.0, 1.0, -1.0, 700.0, -700.0] + [draw.uniform(-700, 700) for _ in range(5000)]:
        assert abs(chance.exp(x) - math.exp(x)) <= math.ulp(math.exp(x))
    assert chance.exp(-800.0) == 0.0


def test_a_stream_counts_its_own_draws():
    stream, key = chance.stream(9, "die"), chance.key(9, "die")
    assert [stream.uniform(), stream.below(6), stream.exponential(2.0)] == [
        chance.uniform(key, 0), chance.below(key, 1, 6), -2.0 * chance.log(chance.uniform(key, 2))]


def test_dice_are_the_same_in_every_version_of_python():
    """Only random() is promised; a change here changes every digest of the protocols."""
    draw = chance.dice(1, "link/a->b").random
    assert [draw() for _ in range(3)] == [0.4682544487501794, 0.059641258210756054, 0.04175510609635136]


def test_the_ziggurat_draws_the_exponential_law():
    """Mean, variance and tail of 200,000 draws, each within four standard errors."""
    draw = chance.dice(1, "ziggurat").random
    drawn = [chance.exponential(draw) for _ in range(200_000)]
    mean = sum(drawn) / len(drawn)
    assert abs(mean - 1) < 4 / len(drawn) ** 0.5
    assert abs(sum((x - mean) ** 2 for x in drawn) / len(drawn) - 1) < 4 * (8 / len(drawn)) ** 0.5
    for least in (0.05, 0.5, 1.0, 3.0, 7.8, 9.0):
        share, truth = sum(x > least for x in drawn) / len(drawn), math.exp(-least)
        assert abs(share - truth) < 4 * (truth * (1 - truth) / len(drawn)) ** 0.5
