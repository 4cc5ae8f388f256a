"""Ring, rendezvous and Maglev: shares, and that nothing moves that need not."""

import numpy as np
import pytest

from simulator.parts.maglev import maglev, orders
from simulator.parts.placement import by_jumps, by_score, copied, modulo, on_ring, without
from simulator.parts.rendezvous import rendezvous
from simulator.parts.ring import owner, points_of, ring

KEYS = range(4000)


def place_on_ring(nodes, key=7, points=100):
    table = ring(nodes, [points] * len(nodes), key)
    return [owner(table, item * 1_073_741 % 2**32) for item in KEYS]


def place_by_score(nodes, key=7):
    return [rendezvous(key, item, nodes, [1.0] * len(nodes)) for item in KEYS]


@pytest.mark.parametrize("place", [place_on_ring, place_by_score])
def test_no_key_moves_between_nodes_that_did_not_change(place):
    few, many = place([0, 1, 2, 3, 5, 8]), place([0, 1, 2, 3, 4, 5, 8])
    assert {after for before, after in zip(few, many, strict=True) if before != after} == {4}
    assert 0.05 < sum(before != after for before, after in zip(few, many, strict=True)) / len(KEYS) < 0.25


@pytest.mark.parametrize(("points", "expected"), [(1, 0.998), (10, 0.315), (100, 0.0997), (1000, 0.0316)])
def test_more_points_make_shares_more_even(points, expected):
    """Relative standard deviation of the shares of 200 nodes, over several rings."""
    deviations = []
    for key in range(40 if points < 100 else 8):
        positions, owners = ring(range(200), [points] * 200, key + 1)
        arcs = np.diff(positions, prepend=positions[-1] - 2**32)
        shares = np.bincount(owners, arcs, 200) / 2**32
        deviations.append(shares.std() * 200)
    assert np.sqrt(np.mean(np.square(deviations))) == pytest.approx(expected, rel=0.06)


def test_points_follow_the_weights_and_the_bounds_of_the_ring():
    assert points_of([1.0] * 10, 160, 1024, 2**23) == [160] * 10
    assert points_of([1.0] * 10, 1, 1024, 2**23) == [103] * 10  # Envoy: at least 1024 in all
    assert points_of([1.0, 3.0], 100, 1, 2**23) == [100, 300]
    assert sum(points_of([1.0] * 1000, 100_000, 1, 10_000)) == 10_000
    assert points_of([], 160, 1024, 2**23) == []


def test_rendezvous_goes_by_the_weights():
    counts = np.bincount([rendezvous(1, item, [0, 1, 2], [1.0, 2.0, 5.0]) for item in range(20_000)]) / 20_000
    assert counts == pytest.approx([0.125, 0.25, 0.625], abs=0.015)


def paper(nodes, size, key):
    """The pseudocode of the paper, figure "Populate"."""
    offsets, skips = orders(nodes, size, key)
    permutation = [[(offset + j * skip) % size for j in range(size)] for offset, skip in zip(offsets, skips, strict=True)]
    following, entry, filled = [0] * len(nodes), [-1] * size, 0
    while True:
        for i in range(len(nodes)):
            c = permutation[i][following[i]]
            while entry[c] >= 0:
                following[i] += 1
                c = permutation[i][following[i]]
            entry[c] = nodes[i]
            following[i] += 1
            filled += 1
            if filled == size:
                return entry


@pytest.mark.parametrize("nodes", [[0], [3, 5], list(range(7)), list(range(50))])
def test_the_table_of_maglev_is_that_of_the_paper(nodes):
    assert maglev(nodes, [1.0] * len(nodes), 251, 99) == paper(nodes, 251, 99)


def test_maglev_shares_are_as_equal_as_can_be_and_follow_the_weights():
    table = maglev(list(range(10)), [1.0] * 10, 65_537, 5)
    counts = np.bincount(table)
    assert counts.max() - counts.min() <= 1
    counts = np.bincount(maglev([0, 1, 2], [4.0, 2.0, 1.0], 65_537, 5)) / 65_537
    assert counts == pytest.approx([4 / 7, 2 / 7, 1 / 7], abs=0.001)


def test_maglev_moves_few_keys_between_nodes_that_stay():
    before, after = maglev(list(range(10)), [1.0] * 10, 65_537, 5), maglev(list(range(1, 10)), [1.0] * 9, 65_537, 5)
    moved = sum(one != other for one, other in zip(before, after, strict=True) if one != 0) / 65_537
    assert 0.0 < moved < 0.05


ITEMS = 3000
POLICIES = {"modulo": modulo, "ring": lambda *of: on_ring(*of, 200), "rendezvous": by_score, "jump": by_jumps}


@pytest.mark.parametrize("replicas", [1, 3])
@pytest.mark.parametrize("policy", POLICIES)
def test_every_item_has_so_many_different_nodes_and_shares_are_nearly_even(policy, replicas):
    placed = POLICIES[policy](range(10), ITEMS, replicas)
    assert all(len(set(nodes)) == replicas for nodes in placed)
    counts = np.bincount([node for nodes in placed for node in nodes], minlength=10)
    assert counts.std() / counts.mean() < 0.12
    assert [len(nodes) for nodes in POLICIES[policy](range(2), 5, 3)] == [2] * 5, "with fewer nodes than replicas each has one"


@pytest.mark.parametrize(("policy", "nodes", "expected"), [
    ("modulo", 3, 3 / 4), ("modulo", 10, 10 / 11), ("ring", 3, 1 / 4), ("ring", 10, 1 / 11), ("rendezvous", 3, 1 / 4), ("rendezvous", 10, 1 / 11),
    ("jump", 3, 1 / 4), ("jump", 10, 1 / 11)])
def test_what_a_join_moves(policy, nodes, expected):
    """.75 and .9091 with the remainder; elsewhere one share, all of it to the new node. A leave is the same, backwards."""
    before, after = (POLICIES[policy](range(count), ITEMS, 1) for count in (nodes, nodes + 1))
    assert copied(before, after) / ITEMS == pytest.approx(expected, abs=0.035)
    if policy != "modulo":
        assert {new for old, new in zip(before, after, strict=True) if old != new} == {(nodes,)}


@pytest.mark.parametrize("policy", ["ring", "rendezvous"])
def test_no_replica_moves_between_nodes_that_stay(policy):
    few, many = (POLICIES[policy](nodes, ITEMS, 3) for nodes in ([0, 1, 2, 4, 7], [0, 1, 2, 3, 4, 7]))
    for old, new in zip(few, many, strict=True):
        assert set(new) - set(old) <= {3}
    assert copied(few, many) / (3 * ITEMS) == pytest.approx(1 / 6, abs=0.03)
    for old, new in zip(many, few, strict=True):  # and when it leaves again
        assert len(set(new) - set(old)) == (3 in old)


def test_the_last_takes_the_place_of_one_that_leaves_a_jump_hash():
    assert without("abcd", "b") == ("a", "d", "c") and without("abcd", "d") == ("a", "b", "c") and without("ab", "x") == ("a", "b")
    before, after = (by_jumps(nodes, ITEMS, 1) for nodes in (range(10), without(range(10), 4)))
    assert copied(before, after) / ITEMS == pytest.approx(2 / 10, abs=0.03), "its items, and those of the one that takes its place"
