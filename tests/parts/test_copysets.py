"""Copysets (Cidon et al., USENIX ATC 2013; TRUTH.md, "Storage, availability, consistency")."""

from itertools import combinations
from math import comb

import numpy as np
import pytest

from simulator.parts.copysets import chance_of_loss, permutation_phase, replication_phase, scatter_width

NODES, R, FAILED = 100, 3, 5
TRIPLES = np.array(list(combinations(range(FAILED), R)))


def draws(seed):
    """below(n) from a generator."""
    draw = np.random.default_rng(seed)
    return lambda n: int(draw.integers(n))


def lost(copysets, blocks, times, seed=3):
    """(share of `times` losses of 5 nodes at once in which something is lost, mean share of all blocks that is lost).

    blocks: how many each copyset holds.
    """
    draw = np.random.default_rng(seed)
    held = np.zeros((NODES,) * R, np.int64)
    np.add.at(held, tuple(np.sort(np.array(copysets), axis=1).T), blocks)
    failed = np.sort(draw.integers(0, NODES, (times * 6 // 5, FAILED)), axis=1)
    failed = failed[(np.diff(failed, axis=1) > 0).all(axis=1)][:times]
    gone = held[tuple(np.moveaxis(failed[:, TRIPLES], 2, 0))].sum(axis=1)
    return (gone > 0).mean(), gone.mean() / held.sum()


def random_copysets(count, seed):
    """Distinct groups of 3 nodes."""
    draw = np.random.default_rng(seed)
    groups = np.unique(np.argsort(draw.random((count * 3 // 2, NODES)), axis=1)[:, :R], axis=0)
    return draw.permutation(groups)[:count]


@pytest.mark.parametrize(("copysets", "expected"), [(33, 0.00204), (1000, 0.05997), (10_000, 0.46122)])
def test_chance_of_loss_is_that_of_the_formula(copysets, expected):
    assert chance_of_loss(NODES, R, FAILED, copysets) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize(("copysets", "times", "within"), [(33, 600_000, 0.07), (1000, 300_000, 0.03), (10_000, 100_000, 0.015)])
def test_losses_are_as_rare_as_computed_and_as_large_on_average_whatever_the_number_of_copysets(copysets, times, within):
    """33 copysets are one permutation. The expectation is C(5,3) / C(100,3) of the blocks, each with 90,000 blocks spread over the copysets."""
    made = permutation_phase(range(NODES), R, R - 1, draws(1)) if copysets == 33 else random_copysets(copysets, 2)
    assert len(made) == copysets
    frequency, share = lost(made, 90_000 // copysets, times)
    assert frequency == pytest.approx(chance_of_loss(NODES, R, FAILED, copysets), rel=within)
    assert share == pytest.approx(comb(FAILED, R) / comb(NODES, R), rel=within)


@pytest.mark.parametrize(("replicas", "width", "permutations"), [(3, 2, 1), (3, 10, 5), (2, 4, 4), (3, 3, 2), (5, 9, 3)])
def test_every_permutation_puts_every_node_into_one_copyset(replicas, width, permutations):
    made = permutation_phase(range(60), replicas, width, draws(5))
    assert len(made) == permutations * (60 // replicas)
    for node in range(60):
        assert sum(node in copyset for copyset in made) == permutations
    assert all(len(set(copyset)) == replicas for copyset in made)
    widths = [scatter_width(made, node) for node in range(60)]
    assert max(widths) <= permutations * (replicas - 1)
    assert np.mean(widths) > 0.85 * permutations * (replicas - 1), "few pairs meet twice"


def test_nodes_that_do_not_fit_together_share_no_copyset():
    """Ten racks of six nodes: no copyset has two nodes of one rack, and hardly a node is left over."""
    made = permutation_phase(range(60), 3, 10, draws(5), fits=lambda group: len({node // 6 for node in group}) == len(group))
    assert all(len({node // 6 for node in copyset}) == 3 for copyset in made)
    assert len(made) >= 0.95 * 5 * 20


def test_a_block_goes_to_a_random_copyset_of_its_first_node():
    made = permutation_phase(range(30), 3, 4, draws(9))
    below = draws(2)
    for first in range(30):
        own = {frozenset(copyset) for copyset in made if first in copyset}
        chosen = [replication_phase(made, first, below) for _ in range(40)]
        assert {frozenset(one) for one in chosen} == own and all(one[0] == first for one in chosen)
    assert replication_phase(made, 99, below) == (99,)
